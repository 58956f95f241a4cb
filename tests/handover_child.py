"""A worker in a process of its own that hands a published week over and ends: to be killed.

Started as `python -m tests.handover_child ADDRESS FOLDER`; its channel writes what it was handed
into a file, which stands for the world outside that no database can take back.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from jetkiz.config import Settings
from jetkiz.delivery.consignments import BatchState, read_heads
from jetkiz.delivery.model import Batch, Receipt
from jetkiz.engine.dbos_adapter import DbosEngine
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from jetkiz.wiring import App
from scheduler.dispatch import enqueue_due, prepare_week
from tests.counting_channel import CountingChannel
from tests.factories import WEEK

MORNING = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)


class FileChannel(CountingChannel):
    """Writes every consignment into a file that outlives the process."""

    def __init__(self, file: Path) -> None:
        super().__init__(batch_size=1)
        self.file = file

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        with self.file.open("a") as world:
            world.writelines(f"{one.key}\n" for one in batch.consignments)
            world.flush()
            os.fsync(world.fileno())
        return super().dispatch(batch, now)


def main() -> None:
    """Prepare, hand over, and end when nothing is left."""
    address, folder = sys.argv[1], Path(sys.argv[2])
    database = Database(address)
    workplace = Workplace(Settings(data=folder), database, FileStore(folder), lambda: MORNING)
    channels = {"telegram": FileChannel(folder / "world.txt")}
    app = App(workplace, DbosEngine(database, "school", poll_seconds=0.02), channels)
    app.start()
    with database.write() as connection:
        prepare_week(connection, channels, WEEK, MORNING)
        enqueue_due(connection, app.engine, MORNING)
    app.engine.wait_idle(120)
    app.stop()
    with database.read() as connection:
        left = [
            *read_heads(connection, BatchState.WAITING),
            *read_heads(connection, BatchState.QUEUED),
        ]
    sys.exit(f"{len(left)} batches are left" if left else 0)


if __name__ == "__main__":
    main()
