"""A school to print for: two homes with children of two languages, lessons, a published week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, update

from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_batch, save_batch
from jetkiz.delivery.model import Batch, Choice, Delivery, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.model import Lesson, LessonKind, Licence, Task
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.tables import lesson
from jetkiz.roster.register import read_students
from jetkiz.roster.tables import guardian, household, household_identity
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.model import ChildPart, Letter, Pack
from tests.factories import WEEK, People, add_people

NOW = datetime(2026, 1, 22, 10, 0, tzinfo=UTC)
POST = Choice("post", ChoiceReason.ONLY_CHANNEL)
TV = Choice("broadcast", ChoiceReason.BEST_VALUE)
LESSON = Lesson(
    id=1,
    code="w05-1",
    language="ru",
    week=WEEK,
    day=date(2026, 1, 26),
    order=1,
    subject="reading",
    grades=(2,),
    title="Мороз",
    kind=LessonKind.TEXT,
    minutes=10,
    needs_picture=False,
    weight=1.0,
    text="Первый *абзац*.",
    licence=Licence("CC0", "Jetkiz"),
    task=Task("Ответь.", date(2026, 1, 29)),
)


def workplace_in(folder: Path, database: Database) -> Workplace:
    """A workplace whose clock stands still before the printing cut-off."""
    settings = Settings(data=folder, zone="Asia/Qostanay")
    return Workplace(settings, database, FileStore(folder / "files"), lambda: NOW)


def print_school(connection: Connection, pages: int = 1) -> People:
    """Alice by post, Bob by hand; two lessons on paper, one on television."""
    people = add_people(connection)
    by_hand = update(household).where(household.c.sourced_id == "h2")
    connection.execute(by_hand.values(delivery_mode="hand", language="ru"))
    connection.execute(update(lesson).values(task_pages=pages))
    for number, name in ((1, "Әлиева"), (2, "Борисова")):
        row = {
            "household_id": number,
            "sourced_id": f"g{number}",
            "family_name": name,
            "given_name": "Күләш",
            "language": "kk",
        }
        connection.execute(guardian.insert().values(row))
    address = {
        "street": "Орталық көше",
        "house": "6",
        "settlement_type": "ауыл",
        "settlement": "Қарасу",
        "region_kato": "39",
        "index6": "011911",
    }
    connection.execute(update(household_identity).values(address=address))
    plans = [StudentPlan(n, people.lessons, (POST, POST, TV)) for n in (people.alice, people.bob)]
    schools = {people.alice: people.school, people.bob: people.school}
    ledger.publish(connection, WEEK, 1, plans, schools)
    return people


def all_deliveries(connection: Connection) -> list[Delivery]:
    """What the published week sends."""
    homes = {one.id: one.household for one in read_students(connection)}
    days = {one.id: one.day for one in read_lessons(connection, WEEK)}
    return ledger.deliveries(connection, WEEK, homes, days)


def post_deliveries(connection: Connection) -> list[Delivery]:
    """What the published week sends by post."""
    return [one for one in all_deliveries(connection) if one.channel == "post"]


def saved_batch(workplace: Workplace, deliveries: Sequence[Delivery], key: str = "run") -> Batch:
    """Prepare deliveries and keep them as the scheduler does."""
    consignments = PostChannel(workplace).prepare(deliveries)
    batch = Batch(key, "post", WEEK, tuple(consignments))
    with workplace.database.write() as connection:
        return read_batch(connection, save_batch(connection, batch, NOW, NOW))


def printed(workplace: Workplace, pages: int = 1) -> People:
    """Fill the database and print the week; return the people."""
    with workplace.database.write() as connection:
        people = print_school(connection, pages)
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    return people


def a_lesson(**changes: object) -> Lesson:
    """The sample lesson with some of its parts changed."""
    return replace(LESSON, **changes)  # type: ignore[arg-type]


def a_pack(*children: ChildPart, **changes: object) -> Pack:
    """A pack for the home of these children, with some of its parts changed."""
    one = Pack(
        consignment="post:x",
        print_id="ABCD-EFGH",
        key="h1",
        household=1,
        week=WEEK,
        language="kk",
        place=1,
        of=1,
        by_post=True,
        addressee=Letter("Әлиева Күләш", ("Абай көшесі",), "011908", "+77091234567"),
        sender=Letter("Мектеп", ("Ақкөл ауылы",), "011900"),
        return_by=date(2026, 1, 30),
        children=children,
    )
    return replace(one, **changes)  # type: ignore[arg-type]
