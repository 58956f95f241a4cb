"""What a school looks at reads nothing of other schools, and tells nothing of them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.reports.progress import read_week_report
from jetkiz.roster.tables import household, student, student_identity
from jetkiz.staff.permissions import Role, Viewer
from jetkiz.staff.work_desk import read_marked, read_queue
from jetkiz.storage.bulk_load import bulk_load
from jetkiz.storage.database import Database
from jetkiz.web.pages.first_screen import read_first_screen
from print_packs.channel import PostChannel
from print_packs.runs.composing import gather
from scheduler.preparing import prepare_week
from tests.factories import BY_TELEGRAM, MONDAY, NOW, WEEK, People, add_people, publish_week
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in
from tests.statement_counts import rows_counted

STRANGERS = range(1_000, 1_009)
LOST = FailureReason.NO_ANSWER
Look = Callable[[Connection, Viewer], object]


def add_strangers(connection: Connection, people: People) -> None:
    """Fill the other school: everything failed, and everybody handed in two works."""
    school = {"school_id": people.other_school}
    home = school | {"language": "kk", "delivery_mode": "post", "active": True}
    bulk_load(connection, household, [home | {"id": n, "sourced_id": f"x{n}"} for n in STRANGERS])
    person = school | {"grade": 2, "language": "kk", "active": True}
    bulk_load(connection, student, [person | {"id": n, "household_id": n} for n in STRANGERS])
    name = school | {"family_name": "Stranger", "given_name": "Somebody"}
    names = [name | {"student_id": n, "sourced_id": f"x{n}"} for n in STRANGERS]
    bulk_load(connection, student_identity, names)
    lessons = people.lessons
    plans = [StudentPlan(n, lessons, (BY_TELEGRAM,) * len(lessons)) for n in STRANGERS]
    ledger.publish(connection, WEEK, 1, plans, dict.fromkeys(STRANGERS, people.other_school))
    for number in STRANGERS:
        for lesson in lessons[:2]:
            hand_work_in(connection, number, lesson)
    failed = [
        Receipt(f"failed{n}", WEEK, n, lessons[2:], State.FAILED, "telegram", NOW, reason=LOST)
        for n in STRANGERS
    ]
    record_receipts(connection, failed, NOW)


def hand_work_in(connection: Connection, number: int, lesson: int) -> None:
    page = Page(f"{number}:{lesson}", "0" * 64, "image/jpeg", "telegram")
    add_page(connection, number, lesson, page, NOW)
    work = hand_in(connection, number, lesson, MONDAY, NOW, "telegram")
    if work and lesson % 2:
        marking = Marking(work.id, "5", "", "t", f"m{work.id}")
        give_feedback(connection, marking, NOW)


def told(connection: Connection, people: People) -> None:
    """The own school: a failure, a work that waits, a work that was marked."""
    publish_week(connection, people)
    for lesson in people.lessons[:2]:
        hand_work_in(connection, people.alice, lesson)
    bob, lessons = people.bob, people.lessons
    one = Receipt("f", WEEK, bob, lessons, State.FAILED, "telegram", NOW, reason=LOST)
    record_receipts(connection, [one], NOW)


LOOKS: dict[str, Look] = {
    "first screen": lambda c, who: read_first_screen(c, who, WEEK, date(2026, 1, 27)),
    "queue": read_queue,
    "marked": read_marked,
    "report": lambda c, _: read_week_report(c, WEEK, [1, 2]),
}


def test_a_full_school_next_door_adds_no_row_and_no_word(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        told(connection, people)
        who = Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")
        alone = {name: counted(connection, look, who) for name, look in LOOKS.items()}
        add_strangers(connection, people)
        beside = {name: counted(connection, look, who) for name, look in LOOKS.items()}
    assert all(found and rows for found, rows in alone.values())
    assert beside == alone


def counted(connection: Connection, look: Look, who: Viewer) -> tuple[object, int]:
    with rows_counted(connection) as rows:
        found = look(connection, who)
    return found, rows.read


def test_every_look_reads_on_both_databases(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        told(connection, people)
        add_strangers(connection, people)
        who = Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")
        there = Viewer(2, "there", Role.COORDINATOR, people.other_school, "en")
        for look in LOOKS.values():
            assert "Stranger" not in repr(look(connection, who))
            assert look(connection, there)


def test_a_print_run_reads_its_own_school_only(sqlite_database: Database, tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path, sqlite_database)
    with sqlite_database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    with sqlite_database.write() as connection:
        with rows_counted(connection) as alone:
            before = gather(connection, batch)
        add_strangers(connection, people)
        with rows_counted(connection) as beside:
            after = gather(connection, batch)
    assert after == before
    assert {school for school, _ in after.senders} == {people.school}
    # The head of each school is read, and nobody in it.
    assert beside.read == alone.read


def test_each_school_gets_a_print_run_of_its_own(database: Database, tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path, database)
    by_post = Choice("post", ChoiceReason.ONLY_CHANNEL)
    with database.write() as connection:
        people = print_school(connection)
        plan = StudentPlan(people.charlie, people.lessons, (by_post,) * len(people.lessons))
        ledger.publish(connection, WEEK, 1, [plan], {people.charlie: people.other_school})
        prepared = prepare_week(connection, {"post": PostChannel(workplace)}, WEEK, NOW)
    assert len(prepared.batches) == 2
    assert prepared.consignments == 3
