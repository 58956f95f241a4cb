"""What each kind of job does, and when a day's leftovers are cleared away."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jetkiz.channel import Channel
from jetkiz.engine.port import Engine
from jetkiz.homework.forgetting import forget_marked, forget_taken_out, forget_unnamed
from jetkiz.homework.model import SILENCE
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.storage.backup import (
    back_up,
    copy_kept,
    forget_old,
    is_put_back,
    require_there,
)
from jetkiz.storage.file_copies import copy_files
from jetkiz.storage.forgotten_files import drop_old_notes
from jetkiz.storage.workplace import Workplace, wall_clock
from scheduler.dispatch import (
    HAND_OVER,
    enqueue_due,
    hand_over,
    prepare_feedback,
    requeue_stranded,
)
from scheduler.falling_back import fall_back, needed_by, open_weeks
from scheduler.reminding import remind
from scheduler.rules.fallback_firing import check_hour

KEEP_JOBS: Final = timedelta(days=7)
KEEP_BACKUPS: Final = 14
# A file is there before the message that brought it is handled.
ON_THE_WAY: Final = timedelta(days=2)
# A page that a child took out of a draft: nobody sees it any more.
KEEP_TAKEN_OUT: Final = timedelta(days=30)
KEEP_ASIDE: Final = timedelta(days=30)
# Students whose second ways take over in one transaction: others write in between.
AT_ONCE: Final = 100

log = logging.getLogger(__name__)


class Worker:
    """The handlers of all kinds of jobs, over one school's workplace and channels."""

    def __init__(
        self, workplace: Workplace, engine: Engine, channels: Mapping[str, Channel]
    ) -> None:
        self._workplace = workplace
        self._engine = engine
        self._channels = channels
        self._zone = ZoneInfo(workplace.settings.zone)

    def register(self) -> None:
        """Tell the engine which kind of job is whose."""
        self._engine.handler(HAND_OVER, self.hand_over)
        self._engine.handler("hand_over_due", self.hand_over_due)
        self._engine.handler("send_feedback", self.send_feedback)
        self._engine.handler("seal_drafts", self.seal_drafts)
        self._engine.handler("fall_back", self.fall_back)
        self._engine.handler("send_reminders", self.send_reminders)
        self._engine.handler("nightly", self.nightly)

    def hand_over(self, ref: str) -> None:
        """Hand one batch to its channel."""
        hand_over(self._workplace, self._channels, int(ref))

    def hand_over_due(self, _slot: str) -> None:
        """Queue every batch whose moment has come, and those that a fault left behind."""
        now = self._workplace.clock()
        requeue_stranded(self._workplace, self._engine, now)
        with self._workplace.database.write() as connection:
            enqueue_due(connection, self._engine, now)

    def send_feedback(self, _slot: str) -> None:
        """Put marks and words that were given since the last look on their way home."""
        now = self._workplace.clock()
        with self._workplace.database.write() as connection:
            prepared = prepare_feedback(connection, self._channels, now)
            if prepared.batches:
                enqueue_due(connection, self._engine, now)

    def fall_back(self, _slot: str) -> None:
        """Let second ways take over from what failed for good or never left."""
        now, database = self._workplace.clock(), self._workplace.database
        check = check_hour(self._workplace.settings.fallback_check)
        with database.read() as connection:
            weeks = open_weeks(connection, now.astimezone(self._zone).date())
            found = {
                week: needed_by(connection, self._channels, week, check, now) for week in weeks
            }
        for week, students in found.items():
            for start in range(0, len(students), AT_ONCE):
                some = set(students[start : start + AT_ONCE])
                with database.write() as connection:
                    if fall_back(connection, self._channels, week, check, now, some):
                        enqueue_due(connection, self._engine, now)

    def seal_drafts(self, _slot: str) -> None:
        """Hand in homework to which nothing was added for half an hour."""
        now = self._workplace.clock()
        with self._workplace.database.write() as connection:
            seal_silent_drafts(connection, now - SILENCE, self._zone, now)

    def send_reminders(self, _slot: str) -> None:
        """Call open tasks to mind, child by child, at the hour that the family chose."""
        now = self._workplace.clock()
        with self._workplace.database.write() as connection:
            remind(connection, self._channels, self._zone, now)

    def nightly(self, _slot: str) -> None:
        """Back the data up, forget jobs that ended long ago, and pages marked long ago."""
        now = self._workplace.clock()
        settings = self._workplace.settings
        self._back_up(settings.data / "backups", now)
        self._forget_pages(now)
        count = self._engine.purge(now - KEEP_JOBS)
        log.info("nightly_done jobs_purged=%d", count)
        if settings.backup_folder:
            self._back_up_elsewhere(Path(settings.backup_folder), now)

    def _forget_pages(self, now: datetime) -> None:
        """Delete the pages whose time is over, then what nothing shows any more.

        Files bear the time of the machine, whatever clock the school lives by.
        """
        settings, files, wall = self._workplace.settings, self._workplace.files, wall_clock()
        old = wall - ON_THE_WAY
        there = files.sealed_before(old)
        marked = unnamed = 0
        with self._workplace.database.write() as connection:
            month = now - KEEP_TAKEN_OUT
            taken_out = forget_taken_out(connection, files, month, wall.date(), old)
            if settings.keep_pages >= 0:
                before = now - timedelta(days=settings.keep_pages)
                marked = forget_marked(connection, files, before, wall.date(), old)
            # A database that was laid aside may come back, and names other files.
            if not is_put_back(settings.data, wall - KEEP_ASIDE):
                unnamed = forget_unnamed(connection, files, there, old, wall.date())
        halves = files.sweep_halves(old)
        drop_old_notes(files.folder, wall.date())
        log.info(
            "pages_forgotten marked=%d taken_out=%d unnamed=%d halves=%d",
            *(marked, taken_out, unnamed, halves),
        )

    def _back_up(self, folder: Path, now: datetime) -> None:
        if self._workplace.database.is_sqlite:
            copy = back_up(self._workplace.database, folder, now.astimezone(self._zone))
            forget_old(folder, KEEP_BACKUPS, copy)

    def _back_up_elsewhere(self, folder: Path, now: datetime) -> None:
        """Copy all that cannot be made again to another disk, homework too."""
        require_there(folder)
        self._back_up(folder, now)
        count = copy_files(self._workplace.files, folder / "files")
        copy_kept(self._workplace.settings.data, folder)
        log.info("backed_up_elsewhere files=%d", count)
