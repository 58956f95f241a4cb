"""How jobs are kept and run: DBOS on SQLite and PostgreSQL, and nothing of DBOS elsewhere."""

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
)
from sqlalchemy import Connection, Engine

from jetkiz.engine.port import Handler, Job, Stats
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Clock, wall_clock

APPLICATION: Final = "jetkiz"
# Never derived from the program: jobs of "another version" would wait for ever after an upgrade.
VERSION: Final = "1"
QUEUE: Final = "jobs"
WORKFLOW: Final = "job"
POLL_SECONDS: Final = 0.1
MOST_AT_ONCE: Final = 8
OPEN: Final = ["DELAYED", "ENQUEUED", "PENDING"]
READY: Final = ["ENQUEUED", "PENDING"]
ENDED_BADLY: Final = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
ENDED: Final = ["SUCCESS", "CANCELLED", *ENDED_BADLY]
CHUNK: Final = 500

log = logging.getLogger(__name__)


def migrate(database: Database) -> None:
    """Make or upgrade the tables in which DBOS keeps jobs; running it again changes nothing."""
    _quieten()
    DBOS.migrate(database.engine.url.render_as_string(hide_password=False))


def _quieten() -> None:
    # DBOS adds a console handler of its own unless it finds one; ours go through the root logger.
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.ERROR)
    if not any(isinstance(one, _AlreadyTold) for one in logger.filters):
        logger.addFilter(_AlreadyTold())


class _AlreadyTold(logging.Filter):
    """Leaves out what DBOS says about a failed job: the adapter said it with kind and number."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep all other records."""
        return not record.getMessage().startswith("Exception encountered in background workflow")


class _Told:
    """Logs why a job failed and lets the failure go on: DBOS keeps only that there was one."""

    def __init__(self, kind: str, ref: str) -> None:
        self._kind = kind
        self._ref = ref

    def __enter__(self) -> None:
        """Begin the job."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Say what ended the job; a cancelled one has not failed."""
        if isinstance(error, Exception):
            log.error("job_failed kind=%s ref=%s", self._kind, self._ref, exc_info=error)


class DbosEngine:
    """Jobs in DBOS; one engine can run in a process at a time, any number can enqueue."""

    _running_here: "DbosEngine | None" = None

    def __init__(
        self,
        database: Database,
        worker: str,
        clock: Clock = wall_clock,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        _quieten()
        self.worker = worker
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._engine = _write_engine(database)
        self._handlers: dict[str, Handler] = {}
        self._busy = 0
        self._busy_lock = threading.Lock()
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )

    def handler(self, kind: str, function: Handler) -> None:
        """Say what a kind of job does."""
        self._handlers[kind] = function

    def enqueue(self, tx: Connection, job: Job) -> None:
        """Write the job beside the caller's own rows."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": job.key,
            "app_version": VERSION,
            "queue_partition_key": job.partition,
        }
        wait = (job.not_before - self._clock()).total_seconds() if job.not_before else 0.0
        if wait > 0:
            options["delay_seconds"] = wait
        self._client.enqueue_in_transaction(tx, options, job.kind, job.ref)

    def start(self) -> None:
        """Take up the jobs this worker left behind, then whatever is ready."""
        if DbosEngine._running_here is not None:
            raise JetkizError(
                N_("An engine already runs in this process."),
                N_("Stop it before another one is started."),
            )

        def run(kind: str, ref: str) -> None:
            self._run(kind, ref)

        DBOS(config=self._config())
        DBOS.workflow(name=WORKFLOW)(run)
        self._client.register_queue(
            QUEUE,
            partition_concurrency=1,
            worker_concurrency=MOST_AT_ONCE,
            polling_interval_sec=self._poll_seconds,
        )
        DBOS.launch()
        DbosEngine._running_here = self

    def _config(self) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": self.worker,
            "system_database_engine": self._engine,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "log_level": "ERROR",
            # Notifications are not used; their thread only delays stopping.
            "notification_listener_polling_interval_sec": self._poll_seconds * 10,
        }

    def _run(self, kind: str, ref: str) -> None:
        with self._counted(), _Told(kind, ref):
            self._handlers[kind](ref)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._busy_lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._busy_lock:
                self._busy -= 1

    def stop(self, timeout: float = 10.0) -> None:
        """Let running jobs end; one that does not is taken up again at the next start."""
        if DbosEngine._running_here is not self:
            return
        seconds = math.ceil(timeout) if self._busy else 0
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=seconds)
        DbosEngine._running_here = None

    def unfinished(self, keys: Iterable[str]) -> frozenset[str]:
        """Ask DBOS for the jobs with these keys that have not ended."""
        wanted = list(keys)
        found: set[str] = set()
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            found.update(self._ids(workflow_ids=part, status=OPEN))
        return frozenset(found)

    def reap(self, dead_worker: str) -> int:
        """Put the running jobs of a dead worker back into the queue; public calls only."""
        ids = self._ids(status=["PENDING"], executor_id=dead_worker)
        if ids:
            self._client.resume_workflows(ids, queue_name=QUEUE)
        return len(ids)

    def stats(self) -> Stats:
        """Count waiting, running and failed jobs."""
        return Stats(
            waiting=len(self._ids(status=["DELAYED", "ENQUEUED"])),
            running=len(self._ids(status=["PENDING"])),
            failed=len(self._ids(status=ENDED_BADLY)),
        )

    def purge(self, before: datetime) -> int:
        """Delete ended jobs in portions, so that no transaction grows long."""
        moment = before.astimezone(UTC).isoformat()
        count = 0
        while ids := self._ids(status=ENDED, completed_before=moment, limit=CHUNK):
            self._client.delete_workflows(ids)
            count += len(ids)
        return count

    def wait_idle(self, timeout: float) -> bool:
        """Look every few hundredths of a second; the database is asked when nothing runs here."""
        end = time.monotonic() + timeout
        while self._busy or self._ids(status=READY, limit=1):
            if time.monotonic() > end:
                return False
            time.sleep(min(self._poll_seconds, 0.05))
        return True

    def _ids(self, **conditions: Any) -> list[str]:
        found = self._client.list_workflows(
            queue_name=QUEUE, load_input=False, load_output=False, **conditions
        )
        return [one.workflow_id for one in found]


def _write_engine(database: Database) -> Engine:
    # DBOS reads before it writes: on SQLite such a transaction must take the write lock at once.
    return database.engine.execution_options(jetkiz_write=True)
