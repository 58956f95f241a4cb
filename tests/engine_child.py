"""A worker in a process of its own, for tests that kill it: writes down when each job begins, ends.

Started as `python -m tests.engine_child ADDRESS WORKER SECONDS`; SECONDS is how long a job takes.
"""

import sys
import time

from sqlalchemy import Column, Integer, MetaData, String, Table, select

from jetkiz.engine.dbos_adapter import DbosEngine
from jetkiz.storage.database import Database

metadata = MetaData()
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String, nullable=False),
    Column("event", String, nullable=False),
)


def write_down(database: Database, ref: str, event: str) -> None:
    """Append one line to the history."""
    with database.write() as connection:
        connection.execute(history.insert().values(ref=ref, event=event))


def told(database: Database, event: str) -> list[str]:
    """Return the refs of an event in order."""
    with database.read() as connection:
        query = select(history.c.ref).where(history.c.event == event).order_by(history.c.id)
        return list(connection.scalars(query))


def engine_of(database: Database, worker: str, seconds: float) -> DbosEngine:
    """Return an engine whose only kind of job takes a while and leaves a history."""
    engine = DbosEngine(database, worker, poll_seconds=0.02)

    def work(ref: str) -> None:
        write_down(database, ref, "begin")
        time.sleep(seconds)
        write_down(database, ref, "end")

    engine.handler("work", work)
    return engine


def main() -> None:
    """Run until killed."""
    address, worker, seconds = sys.argv[1:]
    engine_of(Database(address), worker, float(seconds)).start()
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
