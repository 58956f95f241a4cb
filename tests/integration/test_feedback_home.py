"""Marks and words on their way home: each once, by the way that reaches the student."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Choice, Consignment, Kind
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.tables import batch, student_week
from jetkiz.homework.feedback import Marking, give_feedback, unsent_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from scheduler.batching import Prepared
from scheduler.dispatch import prepare_feedback
from tests.counting_channel import CountingChannel
from tests.factories import BY_POST, MONDAY, NOW, WEEK, People, add_people, publish_week

WEDNESDAY = datetime(2026, 1, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def people(database: Database) -> People:
    """Alice and Bob, whose first lesson went by post and the others by Telegram."""
    with database.write() as connection:
        found = add_people(connection)
        publish_week(connection, found, BY_POST)
    return found


def mark(database: Database, number: int, lesson: int, key: str) -> None:
    with database.write() as connection:
        page = Page(f"page-{key}", "a" * 64, "image/jpeg", "telegram")
        add_page(connection, number, lesson, page, NOW)
        work = hand_in(connection, number, lesson, MONDAY, NOW, "button")
        assert work is not None
        give_feedback(connection, Marking(work.id, "5", "Жарайсың!", "teacher", key), NOW)


def link_telegram(database: Database, number: int) -> None:
    with database.write() as connection:
        home = connection.scalar(select(student.c.household_id).where(student.c.id == number))
        learn(connection, home, Fact(FactKind.TELEGRAM, "linked", Source.BOT, MONDAY))


def send(database: Database, now: datetime = WEDNESDAY, *names: str) -> Prepared:
    channels = {name: CountingChannel(name) for name in names or ("telegram", "post", "in_person")}
    with database.write() as connection:
        return prepare_feedback(connection, channels, now)


def sent(database: Database) -> list[Consignment]:
    with database.read() as connection:
        return read_consignments(connection)


def test_without_feedback_nothing_is_prepared(database: Database, people: People) -> None:
    assert send(database) == Prepared()
    assert people.alice


def test_feedback_goes_home_once_by_the_way_of_its_lesson(
    database: Database, people: People
) -> None:
    link_telegram(database, people.alice)
    mark(database, people.alice, people.lessons[0], "first")
    mark(database, people.alice, people.lessons[1], "second")
    assert send(database).consignments == 2
    assert send(database) == Prepared()
    found = sent(database)
    assert {one.key: one.channel for one in found} == {
        "feedback:1": "post",
        "feedback:2": "telegram",
    }
    assert {one.kind for one in found} == {Kind.FEEDBACK}
    assert {one.due for one in found} == {date(2026, 1, 28)}
    with database.read() as connection:
        moments = set(connection.scalars(select(batch.c.not_before)))
    assert moments == {datetime(2026, 1, 28, 2, 30, tzinfo=UTC)}


def test_without_a_linked_chat_feedback_goes_on_paper(database: Database, people: People) -> None:
    mark(database, people.bob, people.lessons[1], "k")
    send(database)
    assert [one.channel for one in sent(database)] == ["post"]


def test_feedback_on_a_lesson_of_the_duty_class_is_handed_over_at_school(
    database: Database,
) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, Choice("duty_class", ChoiceReason.ONLY_CHANNEL))
    link_telegram(database, people.alice)
    mark(database, people.alice, people.lessons[0], "k")
    send(database)
    assert [one.channel for one in sent(database)] == ["in_person"]


def test_feedback_given_in_the_evening_leaves_the_next_morning(
    database: Database, people: People
) -> None:
    mark(database, people.bob, people.lessons[0], "k")
    send(database, datetime(2026, 1, 28, 16, 0, tzinfo=UTC))
    assert [one.due for one in sent(database)] == [date(2026, 1, 29)]


def test_without_a_channel_feedback_waits_and_is_counted(
    database: Database, people: People
) -> None:
    mark(database, people.bob, people.lessons[0], "k")
    assert send(database, WEDNESDAY, "broadcast").left_out == {"none": 1}
    assert send(database).consignments == 1


def test_feedback_to_a_student_who_left_does_not_hold_up_the_others(
    database: Database, people: People
) -> None:
    mark(database, people.alice, people.lessons[0], "a")
    mark(database, people.bob, people.lessons[0], "b")
    with database.write() as connection:
        gone = student.c.id == people.alice
        connection.execute(update(student).where(gone).values(active=False))
    assert send(database) == Prepared((1,), 1, {"none": 1})
    with database.read() as connection:
        assert [one.id for one in unsent_feedback(connection)] == [1]


def test_feedback_on_work_that_no_plan_knows_waits(database: Database, people: People) -> None:
    mark(database, people.alice, people.lessons[0], "a")
    with database.write() as connection:
        connection.execute(student_week.delete())
    assert send(database).left_out == {"none": 1}


class TwoParts(CountingChannel):
    """A channel that needs two consignments for one feedback."""

    def prepare(self, deliveries: object) -> list[Consignment]:
        first = super().prepare(deliveries)[0]  # type: ignore[arg-type]
        return [first, replace(first, key="another")]


def test_a_feedback_in_two_parts_keeps_its_name(database: Database, people: People) -> None:
    mark(database, people.alice, people.lessons[0], "a")
    with database.write() as connection:
        prepare_feedback(connection, {"post": TwoParts("post")}, WEDNESDAY)
    assert [one.key for one in sent(database)] == ["feedback:1", "feedback:1:part-2"]
    assert sent(database)[0].week == WEEK
