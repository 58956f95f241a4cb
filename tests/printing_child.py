"""A process that prints the one batch of a school in stacks of a few sheets, and may be killed."""

import sys
from pathlib import Path

from sqlalchemy import select

from jetkiz.config import Settings
from jetkiz.delivery.consignments import read_batch
from jetkiz.delivery.tables import batch
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.runs.printing import print_batch
from tests.print_school import NOW


def main(folder: Path, processes: int) -> None:
    """Print as the worker does; each pack is a stack of its own."""
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    settings = Settings(
        data=folder,
        zone="Asia/Qostanay",
        stack_sheets=9,
        print_processes=processes,
        registered="always",
    )
    workplace = Workplace(settings, database, FileStore(folder / "files"), lambda: NOW)
    with database.read() as connection:
        one = read_batch(connection, connection.scalars(select(batch.c.id)).one())
    print(len(print_batch(workplace, one, one.consignments, NOW).packs))
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
