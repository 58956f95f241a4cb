"""Which files are read: those of a folder, of a zip, one workbook or one CSV file."""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# A school of 2,000 has 5 MB of roster; more than this is no roster or a trap.
LARGEST = 200 * 1024 * 1024
TABLE_ENDINGS = (".csv", ".txt", ".tsv")
BOOK_ENDINGS = (".xlsx", ".xlsm")
ARCHIVE_ENDINGS = (".zip", ".rar", ".7z")


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What was found at a path: the content by file name, and a fingerprint of it all.

    ``unread`` are folders and archives inside, which are not looked into.
    """

    name: str
    files: dict[str, bytes]
    sha256: str
    unread: tuple[str, ...] = ()


def read_sources(path: Path) -> SourceFiles:
    """Read a folder, a zip, a workbook or one CSV file; nothing is unpacked to the disk."""
    try:
        files, unread = _read(path)
    except FileNotFoundError as error:
        raise JetkizError(
            N_("There is no file or folder {path}."),
            N_("Check the spelling, or drag the file into this window to get its path."),
            path=path,
        ) from error
    except OSError as error:
        raise JetkizError(
            N_("{path} cannot be read: {reason}."),
            N_("Close it in other programs and check that you may read it."),
            path=path,
            reason=error.strerror or error,
        ) from error
    if not files and unread:
        raise JetkizError(
            N_("{path} holds no table itself, but this: {inner}."),
            N_("Take it out first, then give one of these folders or archives."),
            path=path,
            inner=", ".join(unread),
        )
    if not files:
        raise JetkizError(
            N_("{path} holds no table."),
            N_("Give a folder or zip with CSV files, an XLSX workbook or one CSV file."),
            path=path,
        )
    return SourceFiles(path.name, files, _fingerprint(files), tuple(unread))


def _read(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files with tables, and the names of what may hold others."""
    if path.is_dir():
        return _of_folder(path)
    _check_size(path, path.stat().st_size)
    content = path.read_bytes()
    if content.startswith(b"PK") and not path.name.lower().endswith(BOOK_ENDINGS):
        return _unzipped(path, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise JetkizError(
            N_("{path} is a workbook of the old kind (XLS) or has a password."),
            N_("Open it and save it as XLSX without a password."),
            path=path,
        )
    return {path.name: content}, []


def _of_folder(path: Path) -> tuple[dict[str, bytes], list[str]]:
    inside = sorted(path.iterdir())
    found = [file for file in inside if file.is_file() and _is_wanted(file.name)]
    _check_size(path, sum(file.stat().st_size for file in found))
    unread = [file.name for file in inside if file.is_file() and _is_archive(file.name)]
    unread += [one.name for one in inside if one.is_dir() and _has_tables(one)]
    return {file.name: file.read_bytes() for file in found}, unread


def _is_archive(name: str) -> bool:
    path = PurePosixPath(name)
    is_hidden = path.name.startswith((".", "~")) or "__MACOSX" in path.parts
    return path.suffix.lower() in ARCHIVE_ENDINGS and not is_hidden


def _has_tables(folder: Path) -> bool:
    try:
        return any(_is_wanted(file.name) or _is_archive(file.name) for file in folder.iterdir())
    except OSError:
        return False  # what may not be opened was not meant


def _is_wanted(name: str) -> bool:
    return name.lower().endswith((*TABLE_ENDINGS, *BOOK_ENDINGS)) and not name.startswith(
        (".", "~")
    )


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST:
        raise JetkizError(
            N_("{path} holds more than {limit} MB."),
            N_("A roster is far smaller: check that it is the right file."),
            path=path,
            limit=LARGEST // 1024 // 1024,
        )


def _unzipped(path: Path, content: bytes) -> tuple[dict[str, bytes], list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "[Content_Types].xml" in archive.namelist():
                return {path.name: content}, []
            infos = [info for info in archive.infolist() if _is_table(info)]
            _check_size(path, sum(info.file_size for info in infos))
            files: dict[str, bytes] = {}
            for info in infos:
                short = PurePosixPath(info.filename).name
                files[info.filename if short in files else short] = archive.read(info)
            return files, [name for name in archive.namelist() if _is_archive(name)]
    # A damaged archive raises any of these, depending on which byte is wrong.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise JetkizError(
            N_("{path} is a damaged or locked zip file: {reason}."),
            N_("Export it again, without a password."),
            path=path,
            reason=error,
        ) from error


def _is_table(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return not info.is_dir() and _is_wanted(path.name) and "__MACOSX" not in path.parts


def _fingerprint(files: dict[str, bytes]) -> str:
    """Hash names and contents, so that a new zip of the same files is the same import."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(hashlib.sha256(name.encode()).digest())
        digest.update(hashlib.sha256(files[name]).digest())
    return digest.hexdigest()
