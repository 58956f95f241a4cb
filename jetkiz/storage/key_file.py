"""Where the keys of a school lie: in one small file, read, made once, and replaced as a whole."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from jetkiz.i18n import N_
from jetkiz.storage.sealing import KeyFileError, Keys, new_keys, parse_keys
from jetkiz.storage.whole_files import UnwritableError, put_in_place, sync_folder

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


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
                sync_folder(self.place.parent)
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

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what is different whenever the file was changed; None while it is away."""
        try:
            found = self.place.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def is_open_to_others(self) -> bool:
        """Whether anybody but the owner may touch the key file."""
        return os.name == "posix" and bool(self.place.stat().st_mode & _OTHERS)
