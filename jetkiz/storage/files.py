"""Where pictures, homework and packs lie: by the hash of their content, never overwritten."""

import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.sealing import (
    KeyFileError,
    Keys,
    is_sealed_with_newest,
    new_keys,
    parse_keys,
    seal,
    unseal,
)

SEALED: Final = ".sealed"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class UnwritableError(JetkizError):
    """Nothing could be written where a file belongs: it goes well when there is room again."""

    def __init__(self, place: Path, error: OSError) -> None:
        super().__init__(
            N_("The file {file} cannot be written: {reason}."),
            N_("Free some space or choose another folder, then repeat: nothing is half written."),
            file=place,
            reason=error.strerror,
        )


class KeyFile:
    """The file with the keys that seal what homes send; it lies apart from what it opens."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def read(self) -> Keys:
        """Return the keys, or say what is wrong with their file."""
        try:
            return parse_keys(self.place.read_text("ascii", "replace"), self.place)
        except FileNotFoundError as error:
            raise KeyFileError(
                N_("The key file {file} is missing: homework sealed with it cannot be opened."),
                N_("Put the key file back there, or set key_file to where it lies."),
                file=self.place,
            ) from error
        except OSError as error:
            raise KeyFileError(
                N_("The key file {file} cannot be read: {reason}."),
                N_("Give the account that runs Jetkiz the right to read it."),
                file=self.place,
                reason=error.strerror,
            ) from error

    def read_or_make(self) -> Keys:
        """Return the keys, making them at first use; who makes them at the same moment shares."""
        if not self.place.exists():
            with self._written(new_keys()) as half:
                # A link, not a new name: it never takes the place of a key that is there already.
                with suppress(FileExistsError):
                    os.link(half, self.place)
                half.unlink()
                _sync_folder(self.place.parent)
        return self.read()

    def replace(self, keys: Keys) -> None:
        """Put changed keys in the place of the old, whole or not at all."""
        with self._written(keys) as half:
            put_in_place(half, self.place)

    @contextmanager
    def _written(self, keys: Keys) -> Iterator[Path]:
        """Give a file with the keys, closed to everybody else, that lies on the disk."""
        half = self.place.with_name(f".{self.place.name}.{secrets.token_hex(8)}")
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="ascii") as lines:
                lines.write(keys.text())
                lines.flush()
                os.fsync(lines.fileno())
            yield half
        except OSError as error:
            raise UnwritableError(self.place, error) from error
        finally:
            half.unlink(missing_ok=True)

    def is_open_to_others(self) -> bool:
        """Whether anybody but the owner may touch the key file."""
        return os.name == "posix" and bool(self.place.stat().st_mode & _OTHERS)


class FileStore:
    """Files by the hash of their content: the same twice is one file, a half one never counts.

    What comes from homes is sealed, and its name is a keyed hash; lessons lie as they are.
    """

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.folder = folder
        self.keys = KeyFile(key_file or folder.with_name(f"{folder.name}.key"))
        self._read: Keys | None = None

    def put(self, content: bytes) -> str:
        """Keep a lesson's ``content`` and return its SHA-256 as 64 hex digits."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if not place.exists():
            write_whole(place, content)
        return digest

    def put_sealed(self, content: bytes) -> str:
        """Keep what came from a home, sealed; return its name, 64 hex digits as well."""
        keys = self._writing_keys()
        name = keys.name(content)
        place = self.sealed_path(name)
        if not place.exists():
            write_whole(place, seal(keys, name, content))
        return name

    def _writing_keys(self) -> Keys:
        """Where sealed files are and the key is not, no second key is made: it would part them."""
        if self._read is None:
            self._read = self.keys.read() if self.has_sealed() else self.keys.read_or_make()
        return self._read

    def change_key(self) -> None:
        """Make a new key and seal with it from now on; the old ones stay beside it."""
        keys = self._writing_keys().with_new()
        self.keys.replace(keys)
        self._read = keys

    def has_sealed(self) -> bool:
        """Whether anything lies here that needs the key."""
        return next(self.folder.glob(f"??/*{SEALED}"), None) is not None

    def get(self, digest: str) -> bytes:
        """Return the content with this hash or name."""
        try:
            return self.unsealed(digest, self.sealed_path(digest).read_bytes())
        except FileNotFoundError:
            return self._plain(digest)
        except OSError as error:
            raise _missing(digest) from error

    def unsealed(self, name: str, sealed: bytes) -> bytes:
        """Open a sealed file; a key that another process made new meanwhile is read again."""
        if self._read is not None:
            try:
                return unseal(self._read, name, sealed)
            except KeyFileError:
                self._read = None
        self._read = self.keys.read()
        return unseal(self._read, name, sealed)

    def _plain(self, digest: str) -> bytes:
        try:
            return self.path(digest).read_bytes()
        except OSError as error:
            raise _missing(digest) from error

    def seal_plain(self, digest: str) -> bool:
        """Seal a file that lies open, under the name it has; False when it is sealed or away."""
        plain, place = self.path(digest), self.sealed_path(digest)
        if not plain.exists():
            return False
        if not place.exists():
            write_whole(place, seal(self._writing_keys(), digest, plain.read_bytes()))
        plain.unlink()
        return True

    def seal_anew(self) -> int:
        """Seal every sealed file with the newest key; return how many were sealed with another."""
        self._read = keys = self.keys.read()
        count = 0
        for place in sorted(self.folder.glob(f"??/*{SEALED}")):
            sealed = place.read_bytes()
            if not is_sealed_with_newest(keys, sealed):
                name = place.name.removesuffix(SEALED)
                write_whole(place, seal(keys, name, unseal(keys, name, sealed)))
                count += 1
        return count

    def forget(self, digest: str) -> None:
        """Delete a file for good."""
        for place in (self.sealed_path(digest), self.path(digest)):
            place.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Return where the plain content with this hash lies."""
        return self.folder / digest[:2] / digest

    def sealed_path(self, name: str) -> Path:
        """Return where the sealed content of this name lies."""
        return self.folder / name[:2] / f"{name}{SEALED}"


def _missing(digest: str) -> JetkizError:
    return JetkizError(
        N_("A stored file is missing ({digest})."),
        N_("Restore the folder files from the last backup."),
        digest=digest[:12],
    )


def make_folder(folder: Path) -> None:
    """Make a folder before the work begins that fills it: what would be in vain is not begun."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(folder, error) from error


def write_whole(place: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the power goes."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
        Path(file.name).chmod(0o644)
        put_in_place(Path(file.name), place)
    except OSError as error:
        raise UnwritableError(place, error) from error


def put_in_place(whole: Path, place: Path) -> None:
    """Give a file that lies on the disk its name, and the name a place on the disk as well.

    After a power cut a new name may be gone though its content was written: only a sync of the
    folder keeps it, and of the folder above if this one is new.
    """
    whole.replace(place)
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
