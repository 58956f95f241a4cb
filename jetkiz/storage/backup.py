"""How a school's data is copied whole while work goes on, and how a copy is put back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.database import Database
from jetkiz.storage.whole_files import put_in_place

# Those of the nights; a copy that a person asked for ends in KEEP and is the person's to delete.
PATTERN = f"jetkiz-{'[0-9]' * 4}-??-??-{'[0-9]' * 6}.sqlite3"
KEEP = "-kept"
_ASIDE = ".before-"
# Small files of the data folder that are neither in the database nor among the stored files.
KEPT = ("keys/sheet_codes.json", "channels.toml")


def back_up(database: Database, folder: Path, now: datetime, *, keep: bool = False) -> Path:
    """Copy a SQLite database into ``folder`` and prove the copy sound; return where it lies.

    The copy is one moment of the database: writers go on meanwhile. It gets its name only
    when it is whole. With ``keep`` no later night deletes it.
    """
    source = database.engine.url.database
    if not database.is_sqlite or source is None:
        raise JetkizError(
            N_("This database is PostgreSQL: its own tools back it up."),
            N_("Run: pg_dump --format=custom --file={file} {url}"),
            file=folder / f"jetkiz-{now:%Y-%m-%d-%H%M%S}.dump",
            url=database.engine.url.set(drivername="postgresql").render_as_string(),
        )
    target = folder / f"jetkiz-{now:%Y-%m-%d-%H%M%S}{KEEP if keep else ''}.sqlite3"
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with half_written(target) as half:
            with closing(sqlite3.connect(source)) as connection:
                connection.execute("VACUUM INTO ?", [str(half)])
            require_sound(half)
    return target


@contextmanager
def half_written(place: Path) -> Iterator[Path]:
    """Give the name of a half file that becomes ``place`` at the end, or goes on an error.

    It gets its name only when it lies on the disk itself: else a name may name nothing after a
    power cut, or on a stick that was pulled out.
    """
    half = place.with_name(place.name + ".half")
    half.unlink(missing_ok=True)
    try:
        yield half
        with half.open("r+b") as content:
            os.fsync(content.fileno())
        put_in_place(half, place)
    finally:
        half.unlink(missing_ok=True)


def require_there(folder: Path) -> None:
    """Refuse a folder that is not there: without its disk the copies would fill another."""
    if not folder.is_dir():
        raise JetkizError(
            N_("The folder for backups {folder} is not there."),
            N_("Plug its disk in, make the folder, or change the setting backup_folder."),
            folder=folder,
        )


def copy_kept(data: Path, target: Path) -> list[str]:
    """Copy what lies beside the database and cannot be made again; return the names.

    The keys know the answer sheets that are out: with new ones no sheet finds its student.
    """
    names = [name for name in KEPT if (data / name).is_file()]
    with plain_errors(target):
        for name in names:
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with half_written(place) as half:
                shutil.copyfile(data / name, half)
    return names


def restore(database: Database, copy: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database; return where the old one was laid aside.

    No process may have the database open. The old file is kept, with its log beside it.
    """
    if not database.is_sqlite or database.engine.url.database is None:
        raise JetkizError(
            N_("This database is PostgreSQL: its own tools put a backup back."),
            N_("Run: pg_restore --clean --dbname={url} {file}"),
            file=copy,
            url=database.engine.url.set(drivername="postgresql").render_as_string(),
        )
    require_sound(copy)
    place = Path(database.engine.url.database)
    database.engine.dispose()
    _require_alone(place)
    aside = place.with_name(f"{place.name}{_ASIDE}{now:%Y-%m-%d-%H%M%S}")
    with plain_errors(place.parent), half_written(place) as half:
        shutil.copyfile(copy, half)
        was_there = place.exists()
        # A log left beside another database would be replayed into it.
        for end in ("", "-wal", "-shm"):
            part = place.with_name(place.name + end)
            if part.exists():
                part.replace(aside.with_name(aside.name + end))
    return aside if was_there else None


def is_put_back(data: Path, since: datetime) -> bool:
    """Whether a copy took the place of the database since a moment, and the old one lies beside."""
    aside = data.glob(f"*{_ASIDE}*")
    return any(one.stat().st_ctime >= since.timestamp() for one in aside)


def _require_alone(place: Path) -> None:
    """Refuse while any process has the database open, be it only a page somebody left open.

    SQLite gives up its write-ahead log only to the last who has the file open.
    """
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return
        raise JetkizError(
            N_("Another program has the database open: {file}."),
            N_("Stop Jetkiz and its console on every computer, and repeat."),
            file=place,
        ) from error
    except sqlite3.DatabaseError:
        # What cannot be read is at rest, and is laid aside as it is.
        return


def forget_old(folder: Path, keep: int, fresh: Path | None = None) -> list[Path]:
    """Delete all nights' copies but the newest ``keep`` and the ``fresh`` one; return those.

    Copies are named by the clock: after it was put back the fresh one seems to be the oldest.
    """
    old = [file for file in sorted(folder.glob(PATTERN))[: -keep or None] if file != fresh]
    for file in old:
        file.unlink()
    return old


def require_sound(file: Path) -> None:
    """Refuse a file that is no sound SQLite database."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise JetkizError(
            N_("The file {file} is not a sound database: {reason}."),
            N_("Take another copy; keep this one for whoever can look into it."),
            file=file,
            reason=found[0],
        )


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Say in a sentence that a folder cannot be written."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise JetkizError(
            N_("Nothing could be written to {folder}: {reason}."),
            N_("Free some space or choose another folder; the database itself is untouched."),
            folder=folder,
            reason=getattr(error, "strerror", None) or error,
        ) from error
