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


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What was found at a path: the content by file name, and a fingerprint of it all."""

    name: str
    files: dict[str, bytes]
    sha256: str


def read_sources(path: Path) -> SourceFiles:
    """Read a folder, a zip, a workbook or one CSV file; nothing is unpacked to the disk."""
    try:
        files = _read(path)
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
    if not files:
        raise JetkizError(
            N_("{path} holds no table."),
            N_("Give a folder or zip with CSV files, an XLSX workbook or one CSV file."),
            path=path,
        )
    return SourceFiles(path.name, files, _fingerprint(files))


def _read(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        found = [
            file for file in sorted(path.iterdir()) if file.is_file() and _is_wanted(file.name)
        ]
        _check_size(path, sum(file.stat().st_size for file in found))
        return {file.name: file.read_bytes() for file in found}
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
    return {path.name: content}


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


def _unzipped(path: Path, content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "[Content_Types].xml" in archive.namelist():
                return {path.name + BOOK_ENDINGS[0]: content}
            infos = [info for info in archive.infolist() if _is_table(info)]
            _check_size(path, sum(info.file_size for info in infos))
            return {PurePosixPath(info.filename).name: archive.read(info) for info in infos}
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
