"""Which workers live, which fell silent, and who gives their unfinished jobs to the living.

All moments here are the database's own: machines may disagree about the time, their
database does not.
"""

import logging
import os
import platform
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from jetkiz.engine.port import Engine
from jetkiz.engine.tables import lease, worker
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.database import Database

BEAT_SECONDS: Final = 5.0
REAP_SECONDS: Final = 10.0
SILENT_AFTER: Final = timedelta(seconds=30)
REAPER: Final = "reaper"

BOT_NAME: Final = "bot:"
"""What the name begins with under which a process speaks for a bot."""

_OTHER_NAME: Final = N_(
    "Stop it first, or give this one another name with the setting worker. "
    "If it was switched off a moment ago, wait half a minute."
)
_ONE_SENDER: Final = N_(
    "One bot speaks from one process: stop it there first, or run here without the bot. "
    "If it was switched off a moment ago, wait half a minute."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Boot:
    """One life of a worker: its name, and what tells this life from all others."""

    worker: str
    id: str
    host: str
    process: int


def new_boot(name: str) -> Boot:
    """Return a new life for a worker name."""
    return Boot(name, uuid.uuid4().hex, platform.node(), os.getpid())


def database_now(connection: Connection) -> datetime:
    """Return the moment by the clock of the database."""
    moment: datetime = connection.execute(select(func.now(type_=UtcDateTime()))).scalar_one()
    return moment


def claim(connection: Connection, boot: Boot) -> None:
    """Take a worker's name, or refuse because another live process has it."""
    now = database_now(connection)
    c = worker.c
    row = connection.execute(select(worker).where(c.worker_id == boot.worker)).first()
    life = {"boot_id": boot.id, "host": boot.host, "process": boot.process, "beat_at": now}
    if row is None:
        taken = insert_new(connection, worker, [{"worker_id": boot.worker, **life}], ["worker_id"])
    elif _is_alive(row, boot, now):
        taken = 0
    else:
        mine = (c.worker_id == boot.worker, c.boot_id == row.boot_id)
        taken = connection.execute(update(worker).where(*mine).values(life)).rowcount
    if not taken:
        raise JetkizError(
            N_("Another process already runs here as {worker!r} (on {host})."),
            _ONE_SENDER if boot.worker.startswith(BOT_NAME) else _OTHER_NAME,
            worker=boot.worker,
            host=row.host if row else boot.host,
        )


def _is_alive(row: Any, boot: Boot, now: datetime) -> bool:
    # A beat far ahead was written before the clock was put back: nobody has beaten since.
    if not row.boot_id or abs(now - row.beat_at) >= SILENT_AFTER:
        return False
    return row.host != boot.host or _process_runs(row.process)


def _process_runs(number: int) -> bool:
    # Only POSIX can ask without harm; elsewhere a killed worker's name is free half a minute later.
    if os.name != "posix":
        return True
    if number == os.getpid():
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def beat(connection: Connection, boot: Boot) -> bool:
    """Say that this life goes on; False when another life took the name meanwhile."""
    c = worker.c
    mine = (c.worker_id == boot.worker, c.boot_id == boot.id)
    moment = database_now(connection)
    return connection.execute(update(worker).where(*mine).values(beat_at=moment)).rowcount == 1


def leave(connection: Connection, boot: Boot) -> None:
    """Give the name back; jobs that were cut off are reaped like those of a dead worker."""
    c = worker.c
    mine = (c.worker_id == boot.worker, c.boot_id == boot.id)
    connection.execute(update(worker).where(*mine).values(boot_id=""))


def silent_workers(connection: Connection, but: Sequence[str] = ()) -> list[str]:
    """Return the workers that have not beaten for half a minute."""
    c = worker.c
    now = database_now(connection)
    silent = ~c.beat_at.between(now - SILENT_AFTER, now + SILENT_AFTER)
    return list(
        connection.scalars(
            select(c.worker_id).where(silent, c.worker_id.not_in(but)).order_by(c.worker_id)
        )
    )


def living_workers(connection: Connection) -> list[str]:
    """Return the workers that run now: claimed, and beaten within half a minute."""
    c = worker.c
    now = database_now(connection)
    beats = c.beat_at.between(now - SILENT_AFTER, now + SILENT_AFTER)
    rows = connection.execute(select(worker).where(c.boot_id != "", beats).order_by(c.worker_id))
    here = platform.node()
    return [row.worker_id for row in rows if row.host != here or _process_runs(row.process)]


def hold_lease(connection: Connection, name: str, owner: str, length: timedelta) -> bool:
    """Take or prolong a lease; False while another owner's has not run out.

    A lease longer than any that is given was taken before the clock was put back: it is free.
    """
    now = database_now(connection)
    until = now + length
    if insert_new(connection, lease, [{"name": name, "owner": owner, "until": until}], ["name"]):
        return True
    c = lease.c
    free = (c.name == name, (c.owner == owner) | ~c.until.between(now, until))
    values = {"owner": owner, "until": until}
    return connection.execute(update(lease).where(*free).values(values)).rowcount == 1


def reap_silent(database: Database, engine: Engine, boot: Boot) -> int:
    """Give the jobs of silent workers to the living, if it is our turn; return how many.

    Done again every ten seconds as long as there is anything to give: a database that fell
    over in the middle loses nothing.
    """
    with database.write() as connection:
        if not hold_lease(connection, REAPER, boot.id, SILENT_AFTER):
            return 0
        silent = silent_workers(connection, [boot.worker])
    count = sum(engine.reap(name) for name in silent)
    if count:
        log.warning("jobs_reaped count=%d workers=%s", count, ",".join(silent))
    return count


class Heart:
    """A thread that beats for the names of this process and looks after silent workers."""

    def __init__(
        self,
        database: Database,
        boots: Sequence[Boot],
        engine: Engine | None,
        on_loss: Callable[[], None],
        seconds: float = BEAT_SECONDS,
    ) -> None:
        self._database = database
        self._boots = boots
        self._engine = engine
        self._on_loss = on_loss
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Take the names and begin to beat."""
        with self._database.write() as connection:
            for boot in self._boots:
                claim(connection, boot)
        self._thread.start()

    def stop(self) -> None:
        """Stop beating and give the names back."""
        self._stop.set()
        self._thread.join()
        try:
            with self._database.write() as connection:
                for boot in self._boots:
                    leave(connection, boot)
        except JetkizError as error:
            # The names are free half a minute later all the same.
            log.warning("names_not_given_back reason=%s", error)

    def _run(self) -> None:
        beats = 0
        every = max(1, round(REAP_SECONDS / BEAT_SECONDS))
        while not self._stop.wait(self._seconds):
            try:
                if not self._beat():
                    return
                if self._engine and beats % every == 0:
                    reap_silent(self._database, self._engine, self._boots[0])
            except JetkizError as error:
                # A database that is away for a moment, or all night, must not end the worker; one
                # line a beat is enough to see it.
                log.warning("heart_missed_a_beat reason=%s", error)
            except SQLAlchemyError:
                log.exception("heart_missed_a_beat")
            beats += 1

    def _beat(self) -> bool:
        with self._database.write() as connection:
            lost = [boot.worker for boot in self._boots if not beat(connection, boot)]
        if lost:
            log.critical("worker_name_lost names=%s", ",".join(lost))
            self._on_loss()
        return not lost
