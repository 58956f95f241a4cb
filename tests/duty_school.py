"""A school with a duty class: Alice and Bob are taught there on Monday and Tuesday."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, read_batch, read_heads
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.duty.channel import DutyClassChannel
from scheduler.dispatch import prepare_week
from tests.factories import MONDAY, WEEK, People, add_people

TUESDAY = MONDAY + timedelta(days=1)
FRIDAY_BEFORE = datetime(2026, 1, 23, 5, 0, tzinfo=UTC)
MONDAY_EVENING = datetime(2026, 1, 26, 13, 0, tzinfo=UTC)
TUESDAY_EVENING = MONDAY_EVENING + timedelta(days=1)
SEAT = Choice("duty_class", ChoiceReason.ONLY_CHANNEL)


@dataclass
class Clock:
    """The clock of a test, moved by hand."""

    moment: datetime = FRIDAY_BEFORE

    def __call__(self) -> datetime:
        return self.moment


def duty_workplace(folder: Path, database: Database, clock: Clock) -> Workplace:
    """A workplace with seats; what the database address is stands in the database itself."""
    settings = Settings(data=folder, zone="Asia/Qostanay", duty_seats=5)
    return Workplace(settings, database, FileStore(folder / "files"), clock)


def open_duty_class(workplace: Workplace, *, guests: bool = False) -> People:
    """Publish a week of the duty class and prepare it; with ``guests`` Charlie's school too."""
    with workplace.database.write() as connection:
        people = add_people(connection)
        last = lesson.c.id == people.lessons[2]
        connection.execute(update(lesson).where(last).values(day=TUESDAY, title="Second day"))
        schools = {people.alice: people.school, people.bob: people.school}
        schools |= {people.charlie: people.other_school} if guests else {}
        plans = [StudentPlan(n, people.lessons, (SEAT,) * 3) for n in schools]
        ledger.publish(connection, WEEK, 1, plans, schools)
        channels = {"duty_class": DutyClassChannel(workplace)}
        prepare_week(connection, channels, WEEK, workplace.clock())
    return people


def hand_over_all(workplace: Workplace) -> int:
    """Hand every waiting batch over as the dispatcher does; return how many."""
    with workplace.database.read() as connection:
        heads = read_heads(connection, BatchState.WAITING)
        batches = [read_batch(connection, head.id) for head in heads]
    for batch in batches:
        receipts = DutyClassChannel(workplace).dispatch(batch, workplace.clock())
        with workplace.database.write() as connection:
            record_receipts(connection, receipts, workplace.clock())
    return len(batches)


def stands(workplace: Workplace, student: int) -> list[State]:
    """Where the three lessons of a student stand: two of Monday, one of Tuesday."""
    with workplace.database.read() as connection:
        return [one.state for one in ledger.lesson_states(connection, WEEK, [student])]
