"""What only one process does at a time: it holds a file while it does, and whoever dies lets go."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from jetkiz.storage.whole_files import UnwritableError, make_folder

# Each system has one of them.
fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None
msvcrt: Any = import_module("msvcrt") if find_spec("msvcrt") else None


@contextmanager
def held(place: Path) -> Iterator[bool]:
    """Hold a file until the end; False if somebody else holds it. The file itself stays.

    A process that is killed holds nothing any more. Raises UnwritableError.
    """
    make_folder(place.parent)
    try:
        file = place.open("ab")
    except OSError as error:
        raise UnwritableError(place, error) from error
    with file:
        yield _is_ours(file)


def _is_ours(file: IO[bytes]) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
