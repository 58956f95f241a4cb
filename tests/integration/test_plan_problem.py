"""What the planner is given, read from both databases, and what it refuses to plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.config import Settings
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson, lesson_grade
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.model import DeliveryMode
from jetkiz.roster.register import learn, read_homes, read_students
from jetkiz.roster.tables import household, student
from jetkiz.storage.database import Database
from scheduler.model import EVERY_LESSON, Override, PlanProblem
from scheduler.overrides import drop_override, keep_override
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import UNASKED_LIKELIHOOD
from tests.factories import WEEK, People, add_people, publish_week
from tests.plain_channels import plain_channels
from tests.weeks_read import read_problem

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 1, 23, 5, 0, tzinfo=UTC)
SETTINGS = Settings(zone="Asia/Qostanay")


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        return add_people(connection)


def _read(
    database: Database, now: datetime = WEDNESDAY, settings: Settings = SETTINGS, week: str = WEEK
) -> PlanProblem:
    channels: Mapping[str, Channel] = plain_channels()
    with database.read() as connection:
        return read_problem(connection, channels, week, settings, now)


def _tell(connection: Connection, number: int, kind: FactKind, value: str) -> None:
    (person,) = read_students(connection, only=[number])
    fact = Fact(kind, value, Source.TEACHER, date(2026, 1, 10))
    learn(connection, person.household, fact, person.id)


def _option(found: PlanProblem, number: int, channel: str) -> tuple[bool, float, str]:
    options = found.options[number, found.student[number].curriculum[0]]
    one = next(each for each in options if each.channel == channel)
    return one.possible, one.likelihood, one.test


def test_a_curriculum_is_language_and_grade_by_day_and_place(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        connection.execute(
            lesson.update().where(lesson.c.id == people.lessons[0]).values(day=date(2026, 1, 27))
        )
        connection.execute(student.update().where(student.c.id == people.bob).values(language="ru"))
        connection.execute(
            lesson_grade.delete().where(lesson_grade.c.lesson_id == people.lessons[1])
        )
    found = _read(database)
    assert found.student[people.alice].curriculum == (people.lessons[2], people.lessons[0])
    assert found.student[people.bob].curriculum == ()
    assert [one.id for one in found.students] == sorted(found.student)


def test_a_channel_answers_from_the_facts_of_the_home(database: Database, people: People) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.TELEGRAM, "linked")
        _tell(connection, people.alice, FactKind.PREFERENCE, "post")
    found = _read(database)
    assert _option(found, people.alice, "telegram") == (True, 0.7, "it reaches the home")
    assert _option(found, people.alice, "post") == (False, 0.0, "nobody knows")
    assert found.student[people.alice].wish == "post"
    assert found.student[people.alice].paper_way == "post"


def test_a_home_nobody_asked_is_tried_by_hand_with_a_low_chance(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        _tell(connection, people.bob, FactKind.TELEGRAM, "never")
    found = _read(database)
    assert _option(found, people.alice, "in_person")[:2] == (True, UNASKED_LIKELIHOOD)
    assert _option(found, people.alice, "post")[0] is False
    assert _option(found, people.bob, "in_person")[0] is False
    plan = make_plan(found)
    reasons = {one.student: {c.reason for c in one.choices} for one in plan.students}
    assert reasons[people.alice] == {ChoiceReason.NOT_ASKED_YET}
    assert reasons[people.bob] == {ChoiceReason.NO_CHANNEL_FITS}


def test_a_need_that_bars_every_form_is_seen(database: Database, people: People) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.TELEGRAM, "linked")
        connection.execute(
            student.update().where(student.c.id == people.alice).values(needs="braille")
        )
    plan = make_plan(_read(database))
    assert {one.reason for one in plan.students[0].choices} == {ChoiceReason.NO_VARIANT}


def test_after_the_cut_off_paper_is_too_late(database: Database, people: People) -> None:
    assert _read(database).channels["post"].too_late == frozenset()
    assert _read(database, FRIDAY).channels["post"].too_late == set(people.lessons)
    assert _read(database, FRIDAY).channels["telegram"].too_late == frozenset()


def test_last_week_is_remembered_by_place(database: Database, people: People) -> None:
    with database.write() as connection:
        publish_week(connection, people, Choice("post", ChoiceReason.ONLY_CHANNEL))
        number = people.lessons[0]
        row = connection.execute(lesson.select().where(lesson.c.id == number)).one()
        values = row._asdict() | {"id": 900, "code": "w06", "week": "2026-W06"}
        connection.execute(lesson.insert().values(values | {"day": date(2026, 2, 2)}))
        connection.execute(lesson_grade.insert().values(lesson_id=900, grade=2))
    found = _read(database, week="2026-W06")
    assert found.previous[people.alice] == ("post", "telegram", "telegram")
    assert people.charlie not in found.previous


def test_limits_come_from_the_settings(database: Database, people: People) -> None:
    settings = replace(SETTINGS, print_capacity=7, post_money=0)
    found = _read(database, settings=settings)
    assert {one.resource.value: one.amount for one in found.capacities} == {
        "print_pages": 7,
        "post_money": 0,
    }
    assert people.alice in found.student


@pytest.mark.parametrize("name", ["print_capacity", "post_money"])
def test_a_negative_limit_is_refused(database: Database, people: People, name: str) -> None:
    assert people.alice
    with pytest.raises(JetkizError, match="less than nothing"):
        _read(database, settings=replace(SETTINGS, **{name: -1}))


def test_a_week_that_is_over_is_refused(database: Database, people: People) -> None:
    assert people.alice
    with pytest.raises(JetkizError, match="is over"):
        _read(database, datetime(2026, 2, 2, 5, 0, tzinfo=UTC))


def test_a_week_without_lessons_is_refused(database: Database, people: People) -> None:
    assert people.alice
    with pytest.raises(JetkizError, match="no lessons for week 2026-W06"):
        _read(database, week="2026-W06")


def test_a_register_without_students_is_refused(database: Database) -> None:
    with pytest.raises(JetkizError, match="no students yet"):
        _read(database)


def _decide(database: Database, *decisions: Override) -> PlanProblem:
    with database.write() as connection:
        for one in decisions:
            keep_override(connection, one, WEDNESDAY)
    return _read(database)


def test_a_decision_on_one_lesson_beats_one_on_all(database: Database, people: People) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.TELEGRAM, "linked")
        _tell(connection, people.alice, FactKind.POST, "yes")
    found = _decide(
        database,
        Override(people.alice, EVERY_LESSON, "post", "coordinator", "no phone this week"),
        Override(people.alice, people.lessons[1], "telegram", "teacher", "it has a film"),
    )
    channels = [found.overrides[people.alice, number].channel for number in people.lessons]
    assert channels == ["post", "telegram", "post"]


def test_a_later_decision_takes_the_place_and_can_be_taken_back(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.TELEGRAM, "linked")
        _tell(connection, people.alice, FactKind.POST, "yes")
    first = Override(people.alice, people.lessons[0], "post", "coordinator", "first thought")
    found = _decide(database, first, replace(first, channel="telegram", why="second thought"))
    assert found.overrides[people.alice, people.lessons[0]].why == "second thought"
    with database.write() as connection:
        assert drop_override(connection, people.alice, people.lessons[0])
        assert not drop_override(connection, people.alice, people.lessons[0])
    assert _read(database).overrides == {}


def test_a_decision_ends_on_its_last_day(database: Database, people: People) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.POST, "yes")
    past = Override(people.alice, EVERY_LESSON, "post", "coordinator", "old", date(2026, 1, 25))
    assert _decide(database, past).overrides == {}
    assert _decide(database, replace(past, until=date(2026, 1, 26))).overrides


def test_a_decision_that_cannot_be_kept_is_set_aside_with_the_test(
    database: Database, people: People
) -> None:
    one = Override(people.alice, people.lessons[0], "telegram", "teacher", "why not")
    found = _decide(database, one, replace(one, lesson=people.lessons[1], channel="pigeon"))
    assert found.overrides == {}
    assert [each.test for each in found.set_aside] == [
        "nobody knows",
        "this school has no such channel",
    ]
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.POST, "yes")
        keep_override(connection, replace(one, channel="post"), WEDNESDAY)
    assert _read(database, FRIDAY).set_aside[0].test == "it would come too late for this lesson"


@pytest.mark.parametrize("channel", ["in_person", "post"])
def test_a_decision_beats_what_nobody_knows(
    database: Database, people: People, channel: str
) -> None:
    """It goes for this student and lesson alone, with the low chance of a trial."""
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.TELEGRAM, "linked")
    found = _decide(
        database, Override(people.alice, people.lessons[0], channel, "aigul", "the uncle comes")
    )
    assert found.set_aside == ()
    possible, likelihood, test = _option(found, people.alice, channel)
    assert (possible, likelihood) == (True, UNASKED_LIKELIHOOD)
    assert test == "nobody has asked this home yet; a person decided to try it"
    first, second, _ = (
        one
        for line in make_plan(found).students
        if line.student == people.alice
        for one in line.choices
    )
    assert first == Choice(channel, ChoiceReason.TEACHER)
    assert second.channel == "telegram"


def test_a_decision_does_not_beat_what_is_known_to_fail(database: Database, people: People) -> None:
    with database.write() as connection:
        _tell(connection, people.alice, FactKind.PICK_UP, "no")
    one = Override(people.alice, people.lessons[0], "in_person", "aigul", "I want it")
    assert [each.test for each in _decide(database, one).set_aside] == [
        "it does not reach the home"
    ]


def test_the_way_for_paper_is_read_with_the_home(database: Database, people: People) -> None:
    with database.write() as connection:
        connection.execute(household.update().values(delivery_mode="hand"))
        homes = read_homes(connection, [people.alice])
    assert [one.delivery_mode for one in homes] == [DeliveryMode.HAND]


def test_a_home_that_left_the_register_keeps_no_way_for_paper(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        connection.execute(household.update().values(active=False))
    assert _read(database).student[people.alice].paper_way == ""
