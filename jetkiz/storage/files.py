"""Where pictures, homework and packs lie: by the hash of their content, never overwritten."""

import hashlib
import os
import tempfile
from pathlib import Path

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


class UnwritableError(JetkizError):
    """Nothing could be written where a file belongs: it goes well when there is room again."""

    def __init__(self, place: Path, error: OSError) -> None:
        super().__init__(
            N_("The file {file} cannot be written: {reason}."),
            N_("Free some space or choose another folder, then repeat: nothing is half written."),
            file=place,
            reason=error.strerror,
        )


class FileStore:
    """Files by SHA-256: the same content twice is one file; a half-written file never counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep ``content`` and return its SHA-256 as 64 hex digits."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if not place.exists():
            write_whole(place, content)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the content with this hash."""
        try:
            return self.path(digest).read_bytes()
        except OSError as error:
            raise JetkizError(
                N_("A stored file is missing ({digest})."),
                N_("Restore the folder files from the last backup."),
                digest=digest[:12],
            ) from error

    def path(self, digest: str) -> Path:
        """Return where the content with this hash lies."""
        return self.folder / digest[:2] / digest


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
    if os.name == "posix":
        for folder in (place.parent, place.parent.parent):
            _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
