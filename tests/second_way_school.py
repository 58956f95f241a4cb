"""A school whose lessons go by Telegram with paper by hand behind them: what its tests share."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update

from jetkiz.channel import Capabilities
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.engine.port import Job
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from scheduler.dispatch import enqueue_due, hand_over, prepare_week
from scheduler.falling_back import Order, fall_back, needed_by, read_orders
from tests.counting_channel import CountingChannel
from tests.factories import BY_TELEGRAM, MONDAY, NOW, WEEK, People, add_people

ZONE = ZoneInfo("Asia/Qostanay")
CHECK = time(18)
EVENING = datetime(2026, 1, 26, 18, 0, tzinfo=ZONE)
FRIDAY = MONDAY + timedelta(days=4)
LATER = timedelta(hours=2)


@dataclass
class HandChannel(CountingChannel):
    """Paper by hand that counts its packs; those of a later try have keys of their own."""

    name: str = "in_person"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(0, frozenset({State.DISPATCHED}), "paper", is_paper=True)


class Jobs:
    """An engine that only remembers what it was asked for."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def enqueue(self, _tx: Connection, job: Job) -> None:
        self.jobs.append(job)


@dataclass
class SecondWays:
    """Alice and Bob, two lessons of Monday and one of Friday each; the test moves the clock."""

    database: Database
    folder: Path
    people: People
    now: datetime = NOW
    telegram: CountingChannel = field(default_factory=CountingChannel)
    paper: HandChannel = field(default_factory=HandChannel)
    off: set[str] = field(default_factory=set)

    @property
    def channels(self) -> dict[str, CountingChannel]:
        all_of_them = {"telegram": self.telegram, "in_person": self.paper}
        return {name: one for name, one in all_of_them.items() if name not in self.off}

    @property
    def workplace(self) -> Workplace:
        files = FileStore(self.folder / "files")
        return Workplace(Settings(data=self.folder), self.database, files, lambda: self.now)

    def prepare(self) -> None:
        with self.database.write() as connection:
            prepare_week(connection, self.channels, WEEK, self.now)

    def send(self) -> None:
        """Hand over whatever is due, as clock and worker would."""
        engine = Jobs()
        with self.database.write() as connection:
            enqueue_due(connection, engine, self.now)  # type: ignore[arg-type]
        for job in engine.jobs:
            hand_over(self.workplace, self.channels, int(job.ref))

    def hear(
        self,
        state: State,
        *lessons: int,
        student: int = 0,
        attempt: int = 1,
        reason: FailureReason | None = None,
    ) -> None:
        """Let evidence come; the same again is the same evidence."""
        who = student or self.people.alice
        numbers = lessons or self.people.lessons
        told = Receipt(
            key=f"{who}:{attempt}:{state.name}:{reason}:{numbers}",
            week=WEEK,
            student=who,
            lessons=numbers,
            state=state,
            channel="telegram" if attempt == 1 else "in_person",
            at=self.now,
            attempt=attempt,
            reason=reason,
        )
        with self.database.write() as connection:
            record_receipts(connection, [told], self.now)

    def look(self) -> list[Order]:
        """Let second ways take over as the worker does."""
        with self.database.read() as connection:
            due = needed_by(connection, self.channels, WEEK, CHECK, self.now)
        with self.database.write() as connection:
            found = fall_back(connection, self.channels, WEEK, CHECK, self.now)
        assert {one.student for one in found} <= set(due)
        return found

    def orders(self) -> list[Order]:
        with self.database.read() as connection:
            return read_orders(connection, WEEK)

    def standing(self, student: int = 0) -> list[tuple[str | None, State]]:
        who = student or self.people.alice
        with self.database.read() as connection:
            states = ledger.lesson_states(connection, WEEK, [who])
        return [(one.channel, one.state) for one in states]

    def waiting(self) -> dict[str, list[int]]:
        """The lessons of Alice that stand in consignments, by channel."""
        with self.database.read() as connection:
            kept = read_consignments(connection, week=WEEK)
        found: dict[str, list[int]] = {}
        for one in kept:
            for content in one.contents:
                if content.student == self.people.alice:
                    found.setdefault(one.channel, []).extend(content.lessons)
        return {name: sorted(lessons) for name, lessons in found.items()}

    def handed(self) -> dict[str, Counter[str]]:
        return {"telegram": self.telegram.handed, "in_person": self.paper.handed}


def move_lesson(connection: Connection, number: int, day: date, due: date) -> None:
    values = {"day": day, "task_due": due}
    connection.execute(update(lesson).where(lesson.c.id == number).values(values))


def open_school(
    database: Database, folder: Path, *fallbacks: str | None, choice: Choice = BY_TELEGRAM
) -> SecondWays:
    """Publish a week in which each lesson goes by Telegram, with these second ways by slot."""
    ways = fallbacks or ("in_person",) * 3
    with database.write() as connection:
        people = add_people(connection)
        move_lesson(connection, people.lessons[2], FRIDAY, FRIDAY + timedelta(days=5))
        plans = [
            StudentPlan(who, people.lessons, (choice,) * 3, ways)
            for who in (people.alice, people.bob)
        ]
        schools = {people.alice: people.school, people.bob: people.school}
        ledger.publish(connection, WEEK, 1, plans, schools)
    school = SecondWays(database, folder, people)
    school.prepare()
    return school


def give_by_hand(school: SecondWays, *lessons: int) -> None:
    """Let a person decide that lessons of Alice go by hand, whatever the plan says."""
    decided = Choice("in_person", ChoiceReason.TEACHER)
    plan = StudentPlan(school.people.alice, lessons, (decided,) * len(lessons))
    with school.database.write() as connection:
        ledger.replace_attempt(connection, WEEK, 1, plan, school.people.school)


def by_lesson(orders: list[Order]) -> dict[tuple[int, int], Order]:
    return {(one.student, one.lesson): replace(one, at=NOW) for one in orders}
