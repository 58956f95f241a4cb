"""How stored files are brought to another disk, and what has to leave it again."""

import shutil
from pathlib import Path

from jetkiz.storage.backup import half_written, plain_errors
from jetkiz.storage.files import SEALED, FileStore, head_of
from jetkiz.storage.forgotten_files import forgotten


def copy_files(source: FileStore, target: Path) -> int:
    """Bring the copies of stored files up to date; return how many were copied.

    What was deleted here for good goes there too, as does an open page that is sealed by now, or
    its copy under an older key. What is only missing here stays: it may be the last one.
    """
    count = 0
    with plain_errors(target):
        copies = FileStore(target)
        copies.sweep_halves()
        for file in source.stored():
            place = target / file.relative_to(source.folder)
            count += not _is_copied(file, place) and _copy(file, place)
            if file.name.endswith(SEALED) and not file.with_suffix("").exists():
                place.with_suffix("").unlink(missing_ok=True)
        for name in forgotten(source.folder):
            if not source.has(name):
                copies.delete(name)
    return count


def _is_copied(file: Path, place: Path) -> bool:
    """Files never change but for the key with which they are sealed; their first bytes name it."""
    if not file.name.endswith(SEALED):
        return place.exists()
    try:
        return head_of(place) == head_of(file)
    except FileNotFoundError:
        return False


def _copy(file: Path, place: Path) -> bool:
    """Copy a file; False when it was deleted a moment ago."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with half_written(place) as written:
            shutil.copyfile(file, written)
    except FileNotFoundError:
        if file.exists():
            raise
        return False
    return True
