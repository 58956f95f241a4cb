"""Alice and Bob's week on the air, published, with homes that receive what a test says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from broadcast.as_run.importing import Imported, LogFile, import_log
from broadcast.as_run.profiles import log_profile
from broadcast.channel import BroadcastChannel
from broadcast.plan.model import Plan
from broadcast.revisions import keep_draft, publish
from broadcast.tables import airing
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries, lesson_states
from jetkiz.delivery.model import Batch, Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import fact_row, read_students
from jetkiz.roster.tables import access_fact
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.air_weeks import air_plan, air_problem
from tests.factories import MONDAY, NOW, WEEK, People, add_people

AFTERWARDS = NOW + timedelta(days=5)
"""Saturday, when all that was planned lies behind."""

BY_TV = Choice("broadcast", ChoiceReason.ONLY_CHANNEL)


@dataclass
class Air:
    """A week of three lessons: first runs on balapan, the first one again on the second channel."""

    database: Database
    folder: Path
    people: People

    @property
    def workplace(self) -> Workplace:
        files = FileStore(self.folder / "files")
        return Workplace(Settings(data=self.folder), self.database, files, lambda: NOW)

    def reads(
        self,
        *lines: str,
        head: str = "airing;status",
        profile: str = "jetkiz",
        now: datetime = AFTERWARDS,
        name: str = "log.csv",
        channel: str = "",
    ) -> Imported:
        """Import a log of these lines, as Aigul."""
        file = LogFile("\n".join([head, *lines, ""]).encode(), name, channel)
        with self.database.write() as connection:
            return import_log(connection, WEEK, file, log_profile(profile), "aigul", now)

    def states(self, student: int) -> list[State]:
        with self.database.read() as connection:
            return [one.state for one in lesson_states(connection, WEEK, [student])]

    def airings(self) -> dict[str, tuple[str, datetime | None, int | None]]:
        c = airing.c
        with self.database.read() as connection:
            rows = connection.execute(select(c.code, c.status, c.actual_start, c.actual_minutes))
            return {row.code: (row.status, row.actual_start, row.actual_minutes) for row in rows}

    def publishes(self, plan: Plan) -> list[str]:
        with self.database.write() as connection:
            number = keep_draft(connection, WEEK, air_problem(), plan, NOW)
            return list(publish(connection, WEEK, number, "aigul", NOW))


def on_air(
    database: Database,
    folder: Path,
    alice: str = "balapan, second",
    bob: str = "",
    second_way: str | None = None,
) -> Air:
    """Publish the week and hand it over; ``alice`` and ``bob`` are the channels of their homes.

    ``second_way`` takes over for Bob what the air does not bring him.
    """
    with database.write() as connection:
        people = add_people(connection)
        plans = [
            StudentPlan(people.alice, people.lessons, (BY_TV,) * 3),
            StudentPlan(people.bob, people.lessons, (BY_TV,) * 3, (second_way,) * 3),
        ]
        schools = {people.alice: people.school, people.bob: people.school}
        ledger.publish(connection, WEEK, 1, plans, schools)
        homes = {one.id: one.household for one in read_students(connection)}
        for student, heard in ((people.alice, alice), (people.bob, bob or alice)):
            fact = Fact(FactKind.TV, heard, Source.SURVEY, MONDAY)
            row = fact_row(homes[student], None, fact)
            connection.execute(access_fact.insert().values(row))
    found = Air(database, folder, people)
    found.publishes(air_plan())
    channel = BroadcastChannel(found.workplace)
    with database.write() as connection:
        days = {n: MONDAY + timedelta(days=d) for d, n in enumerate(people.lessons)}
        planned = deliveries(connection, WEEK, {people.alice: 1, people.bob: 2}, days)
        mine = [one for one in planned if one.channel == "broadcast"]
        batch = Batch(f"broadcast:{WEEK}", "broadcast", WEEK, tuple(channel.prepare(mine)))
        save_batch(connection, batch, NOW, NOW)
    return found
