"""How a file is written: whole, lying on the disk, or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


def make_folder(folder: Path) -> None:
    """Make a folder before the work begins that fills it: what would be in vain is not begun."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(folder, error) from error


def write_whole(place: Path, content: bytes, *, only_over: bool = False) -> bool:
    """Write a file so that it is there whole or not at all, even if the power goes.

    With ``only_over`` it takes the place of one that is there until the last moment; False when
    that one is gone.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            whole = Path(file.name)
            with _gone_unless_done(whole):
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        with _gone_unless_done(whole):
            whole.chmod(0o644)
            if only_over and not place.exists():
                whole.unlink()
                return False
            put_in_place(whole, place)
    except OSError as error:
        raise UnwritableError(place, error) from error
    return True


@contextmanager
def _gone_unless_done(whole: Path) -> Iterator[None]:
    """What cannot get its name is not left beside the others."""
    try:
        yield
    except OSError:
        whole.unlink(missing_ok=True)
        raise


def put_in_place(whole: Path, place: Path) -> None:
    """Give a file that lies on the disk its name, and the name a place on the disk as well.

    After a power cut a new name may be gone though its content was written: only a sync of the
    folder keeps it, and of the folder above if this one is new.
    """
    whole.replace(place)
    for folder in (place.parent, place.parent.parent):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder lie on the disk."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
