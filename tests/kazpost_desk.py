"""A school at Kazpost's services: packs to post, a clock that a test moves, and the stand-in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.kazpost.key import ClientKey
from print_packs.kazpost.numbers import Counter, Ordered, OrderState, read_orders
from print_packs.kazpost.operations import Item, Party
from print_packs.kazpost.service import Service
from print_packs.records import PackRow
from print_packs.s10.tables import s10_number
from tests.factories import NOW
from tests.kazpost_stand_in import KEY, StandIn, kazpost_stand_in
from tests.posted_packs import Posted, add_posted

SENDER = Party("Мектеп", "111908", "Ақкөл", bin="000140002217", phone="8 (714) 255-10-00")
HOME = Party("Әлиева & <Күләш>", "111911", "Қарасу", street="Абай", phone="+77091234567")
ITEM = Item(169)


@dataclass
class Desk:
    """A school with packs to post, whose clock a test moves."""

    workplace: Workplace
    posted: Posted
    stand_in: StandIn
    now: datetime = NOW

    def counter(self, **changes: object) -> Counter:
        service = Service(self.stand_in.address, plain_http=True, seconds=2)
        return replace(Counter(self.workplace, service, ClientKey(KEY)), **changes)  # type: ignore[arg-type]

    def number(self, pack: PackRow | None = None, **changes: object) -> Ordered:
        return self.counter(**changes).number(pack or self.posted.packs[0], ITEM, SENDER, HOME)

    def later(self, minutes: int = 6) -> None:
        self.now += timedelta(minutes=minutes)

    def orders(self) -> list[OrderState]:
        with self.workplace.database.read() as connection:
            return [one.state for one in read_orders(connection, [1, 2, 3, 4, 5])]

    def numbers(self) -> list[tuple[int, str]]:
        c = s10_number.c
        with self.workplace.database.read() as connection:
            rows = connection.execute(select(c.pack_id, c.state).order_by(c.pack_id))
            return [tuple(row) for row in rows]


@contextmanager
def kazpost_desk(migrated: Path, folder: Path) -> Iterator[Desk]:
    """Open the school in ``folder`` on a copy of an empty database."""
    shutil.copy(migrated, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    with database.write() as connection:
        posted = add_posted(connection)
    settings = Settings(data=folder, zone="Asia/Qostanay")
    workplace = Workplace(settings, database, FileStore(folder / "files"), lambda: found.now)
    with kazpost_stand_in() as stand_in:
        found = Desk(workplace, posted, stand_in)
        yield found
    database.close()
