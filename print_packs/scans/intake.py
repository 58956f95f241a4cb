"""How scans come in beside the command: uploaded in the console, or laid into a watched folder.

A file lies whole on the disk before its row says that it waits; what a kill or a power cut breaks
off is read again from its first page, and filed pages are known again. Nothing of a person's is
deleted: what was taken from the folder lies in its folder ``done``, an upload is kept sealed for a
while.
"""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.limited_process import NoRoomError
from jetkiz.roster.tables import school
from jetkiz.storage.database import is_passing
from jetkiz.storage.turns import take_turn
from jetkiz.storage.whole_files import UnwritableError, sync_folder
from jetkiz.storage.workplace import Workplace
from print_packs.scans.page_reader import PageReader, scan_process
from print_packs.scans.return_scans import (
    Progress,
    close_works,
    file_one,
    key_of,
    open_reader,
)
from print_packs.scans.scan_files import (
    FOLDER,
    Brought,
    FileState,
    ScanFile,
    begin,
    end,
    read_waiting,
    register,
)
from print_packs.scans.scan_pages import BROKEN
from print_packs.scans.scan_results import FOR_A_PERSON, PageOutcome
from print_packs.tables import scan_file, scan_page

log = logging.getLogger(__name__)

LARGEST_UPLOAD: Final = 300_000_000
KEPT: Final = timedelta(days=30)
"""For so long an uploaded file, and a page that a person put aside, can be looked at again."""
DONE: Final = "done"
_LOOK: Final = 4.0
_AGAIN: Final = 60.0
_UNTOUCHED: Final = timedelta(days=1)
_KINDS: Final = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".heic", ".heif"})


def spool(workplace: Workplace) -> Path:
    """Return where files lie that wait to be read."""
    return workplace.settings.data / "returns" / "incoming"


def bring(workplace: Workplace, place: Path, brought: Brought) -> ScanFile:
    """Take a whole file in; it is moved, and waits to be read."""
    kept = spool(workplace) / brought.key
    with workplace.database.write() as connection:
        # Whoever has just read the same file to its end deletes it under this turn.
        _take_turn(connection, brought.key)
        try:
            place.replace(kept)
            sync_folder(kept.parent)
        except OSError as error:
            raise UnwritableError(kept, error) from error
        return register(connection, brought, workplace.clock(), FileState.WAITING)


def _take_turn(connection: Connection, key: str) -> None:
    take_turn(connection, f"scan-file:{key}")


def bring_upload(
    workplace: Workplace, place: Path, name: str, at_school: int, who: str, *, is_turned_over: bool
) -> ScanFile:
    """Take an upload in; the file as it came is kept sealed for a while."""
    brought = Brought(
        key_of(workplace, place),
        name,
        who,
        at_school,
        is_turned_over,
        workplace.files.put_sealed(place.read_bytes()),
    )
    return bring(workplace, place, brought)


def work_off(workplace: Workplace, reader: PageReader, tell: Progress = lambda _: None) -> int:
    """Read what waits, oldest first; return how many files. One file stops no other."""
    with workplace.database.read() as connection:
        waiting = read_waiting(connection)
    for file in waiting:
        with workplace.database.write() as connection:
            if not begin(connection, file.id):
                continue
        try:
            refusal = _read(workplace, reader, file, tell)
        except _StoppedError:
            break
        except JetkizError as error:
            if is_passing(error) or isinstance(error, NoRoomError):
                raise
            refusal = error
        except (*BROKEN, SQLAlchemyError) as error:
            if is_passing(error):
                raise
            log.exception("scan_broke_the_reader file=%s", file.id)
            refusal = _broken(file)
        _finish(workplace, file, refusal)
    return len(waiting)


def _read(
    workplace: Workplace, reader: PageReader, file: ScanFile, tell: Progress
) -> JetkizError | None:
    """Read a file and close its works; return why it is not read."""
    place = spool(workplace) / file.key
    if place.exists():
        _, touched, refusal = file_one(workplace, reader, file, place, tell)
        close_works(workplace, touched, workplace.clock())
        return refusal
    return JetkizError(
        N_("The scan {file} is gone from where it waited."),
        N_("Bring it once more: what was filed of it stays filed."),
        file=file.name,
    )


def _broken(file: ScanFile) -> JetkizError:
    return JetkizError(
        N_("The scan {file} was put aside: reading it met a fault of this program."),
        N_("Bring its pages in smaller files; the log says what happened, report it."),
        file=file.name,
    )


def _finish(workplace: Workplace, file: ScanFile, refusal: JetkizError | None) -> None:
    """Write down the end of a file and let go of it, unless it was brought anew meanwhile."""
    with workplace.database.write() as connection:
        _take_turn(connection, file.key)
        if end(connection, file.id, workplace.clock(), refusal):
            (spool(workplace) / file.key).unlink(missing_ok=True)


def sweep_spool(workplace: Workplace) -> int:
    """Delete what no row speaks of any more, or never did because of a power cut; tell how much."""
    with workplace.database.read() as connection:
        wanted = {file.key for file in read_waiting(connection)}
    folder, swept = spool(workplace), 0
    before = workplace.clock() - _UNTOUCHED
    for place in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if place.name not in wanted and place.stat().st_mtime < before.timestamp():
                place.unlink()
                swept += 1
    return swept


class WatchedFolder:
    """A folder into which a scanner writes: a file is taken when two looks find it the same.

    In an installation of several schools each scans into a folder of its own inside, named after
    the school's number in the roster.
    """

    def __init__(self, workplace: Workplace, folder: Path) -> None:
        self._workplace = workplace
        self._seen: dict[Path, tuple[int, int]] = {}
        with workplace.database.read() as connection:
            rows = connection.execute(select(school.c.sourced_id, school.c.id)).all()
        # Nobody else's folder is looked into: what is taken is moved.
        self._folders = {folder: None} | {folder / row.sourced_id: int(row.id) for row in rows}

    def take(self) -> int:
        """Take what lies there whole; return how many files."""
        before, self._seen = self._seen, dict(self._stamps())
        whole = [place for place, stamp in self._seen.items() if before.get(place) == stamp]
        for place in whole:
            self._take(place)
        return len(whole)

    def _stamps(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for folder in self._folders:
            for place in sorted(folder.glob("*")):
                if place.suffix.lower() not in _KINDS or place.name.startswith("."):
                    continue
                with suppress(OSError):
                    found = _stamp(place)
                    if found[0] and place.is_file():
                        yield place, found

    def _take(self, place: Path) -> None:
        """Copy, write down, move aside: in this order nothing is lost, and twice is once."""
        work = self._workplace
        try:
            copy = spool(work) / f"{place.name}.{os.getpid()}.part"
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place, copy)
            with copy.open("rb") as file:
                os.fsync(file.fileno())
            if _stamp(place) != self._seen[place]:
                # A slow scanner went on writing while it was copied: it is looked at once more.
                copy.unlink()
                return
            brought = Brought(key_of(work, copy), place.name, FOLDER, self._folders[place.parent])
            bring(work, copy, brought)
            aside = place.parent / DONE
            aside.mkdir(exist_ok=True)
            place.replace(_free(aside / place.name))
        except OSError as error:
            log.warning("scan_folder_unusable file=%s error=%s", place.name, error.strerror)
        except JetkizError as error:
            log.warning("scan_not_taken file=%s error=%s", place.name, error)


def _stamp(place: Path) -> tuple[int, int]:
    found = place.stat()
    return found.st_size, found.st_mtime_ns


def _free(place: Path) -> Path:
    """Return a name that nobody has: a scanner counts from 1 again every morning."""
    number, free = 1, place
    while free.exists():
        number += 1
        free = place.with_name(f"{place.stem} ({number}){place.suffix}")
    return free


def forget_old(connection: Connection, before: datetime) -> None:
    """Let go of what was uploaded or put aside before a moment; the night deletes the files."""
    f, c = scan_file.c, scan_page.c
    connection.execute(
        update(scan_file).where(f.ended_at < before, f.stored != "").values(stored="")
    )
    ended = c.result.not_in([one.value for one in FOR_A_PERSON])
    old = func.coalesce(c.decided_at, c.scanned_at) < before
    change = update(scan_page).where(c.stored != "", ended, old)
    connection.execute(change.values(stored="", before=""))


class _StoppedError(Exception):
    """The console ends: the file in hand is read again when it begins the next time."""


class ScanIntake:
    """Reads what comes in, in a thread of its own beside the console.

    ``trouble`` is why nothing can be read just now; it is tried again by itself.
    """

    def __init__(self, workplace: Workplace) -> None:
        self.trouble: JetkizError | None = None
        self._workplace = workplace
        self._called = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._cleaned: datetime | None = None
        self._name = workplace.settings.scan_folder
        self._folder: WatchedFolder | None = None

    def start(self) -> None:
        """Begin; what an earlier run left unread is read first."""
        self._thread = threading.Thread(target=self._run, name="scan intake", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the page in hand."""
        self._closing = True
        self._called.set()
        if self._thread:
            self._thread.join()

    def call(self) -> None:
        """Say that something was brought."""
        self._called.set()

    def _run(self) -> None:
        self._called.set()
        while not self._closing:
            pause = _LOOK if self._name else None
            self._called.wait(_AGAIN if self.trouble else pause)
            self._called.clear()
            if not self._closing:
                self._round()

    def _round(self) -> None:
        try:
            if self._name:
                self._folder = self._folder or WatchedFolder(self._workplace, Path(self._name))
                self._folder.take()
            self._clean()
            if self._has_waiting():
                work_off(self._workplace, open_reader(self._workplace), self._tell)
                scan_process().close()
        except (JetkizError, OSError, SQLAlchemyError) as error:
            self.trouble = error if isinstance(error, JetkizError) else _unwell(error)
            log.warning("scan_intake_waits error=%s", error)
        else:
            self.trouble = None

    def _tell(self, _: PageOutcome) -> None:
        if self._closing:
            raise _StoppedError

    def _has_waiting(self) -> bool:
        with self._workplace.database.read() as connection:
            return bool(read_waiting(connection))

    def _clean(self) -> None:
        now = self._workplace.clock()
        if self._cleaned is None or now - self._cleaned > timedelta(hours=6):
            self._cleaned = now
            with self._workplace.database.write() as connection:
                forget_old(connection, now - KEPT)
            sweep_spool(self._workplace)


def _unwell(error: Exception) -> JetkizError:
    return JetkizError(
        N_("Scans cannot be read just now: {reason}."),
        N_("It is tried again every minute; if it stays so, look into the log."),
        reason=type(error).__name__,
    )
