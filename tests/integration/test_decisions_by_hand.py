"""A person's decision beats the planner, as long as it holds and can be kept, on both databases."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students
from jetkiz.storage.database import Database
from scheduler.asking import set_aside_lines
from scheduler.model import EVERY_LESSON, Override, PlannedStudent
from scheduler.overrides import by_lesson, drop_override, keep_override, read_overrides
from scheduler.plan_store import read_lines
from scheduler.planning import Made, make_and_save
from tests.factories import WEEK, People, add_people
from tests.plain_channels import plain_channels

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 1, 23, 5, 0, tzinfo=UTC)
BY_HAND = ChoiceReason.TEACHER


@pytest.fixture
def people(database: Database) -> People:
    """Alice can be reached by Telegram and by post, the others only by what is tried."""
    with database.write() as connection:
        found = add_people(connection)
        (alice,) = read_students(connection, [found.alice])
        for kind, value in ((FactKind.TELEGRAM, "linked"), (FactKind.POST, "yes")):
            learn(connection, alice.household, Fact(kind, value, Source.SURVEY, date(2026, 1, 9)))
    return found


def decide(
    database: Database,
    student: int,
    lesson: int,
    channel: str,
    until: date | None = None,
) -> None:
    with database.write() as connection:
        one = Override(student, lesson, channel, "aigul", "the mother asked", until)
        keep_override(connection, one, WEDNESDAY)


def plan(database: Database, folder: Path, now: datetime = WEDNESDAY) -> Made:
    settings = Settings(data=folder, zone="Asia/Qostanay")
    return make_and_save(database, plain_channels(), WEEK, settings, now)


def choices(database: Database, made: Made, student: int) -> list[Choice]:
    with database.read() as connection:
        lines = {one.student: one for one in read_lines(connection, made.run.id)}
    return list(lines[student].choices)


@pytest.mark.parametrize("channel", ["telegram", "post"])
def test_a_decision_on_all_lessons_is_kept_for_each(
    database: Database, people: People, tmp_path: Path, channel: str
) -> None:
    decide(database, people.alice, EVERY_LESSON, channel)
    made = plan(database, tmp_path)
    assert choices(database, made, people.alice) == [Choice(channel, BY_HAND)] * 3
    assert made.problem.set_aside == ()
    others = [one.reason for one in choices(database, made, people.bob)]
    assert BY_HAND not in others, "nobody decided anything about Bob"


def test_a_decision_on_one_lesson_beats_the_one_on_all(
    database: Database, people: People, tmp_path: Path
) -> None:
    decide(database, people.alice, EVERY_LESSON, "post")
    decide(database, people.alice, people.lessons[1], "telegram")
    found = choices(database, plan(database, tmp_path), people.alice)
    assert [one.channel for one in found] == ["post", "telegram", "post"]
    with database.write() as connection:
        assert drop_override(connection, people.alice, people.lessons[1])
        assert not drop_override(connection, people.alice, people.lessons[1])
    found = choices(database, plan(database, tmp_path), people.alice)
    assert [one.channel for one in found] == ["post", "post", "post"]


@pytest.mark.parametrize(
    ("until", "holds"),
    [
        (None, True),
        (date(2026, 1, 25), False),  # the Sunday before
        (date(2026, 1, 26), True),  # the Monday of the week itself
        (date(2026, 2, 20), True),
    ],
)
def test_a_decision_holds_in_every_week_that_begins_by_its_last_day(
    database: Database, people: People, until: date | None, *, holds: bool
) -> None:
    decide(database, people.alice, EVERY_LESSON, "post", until)
    with database.read() as connection:
        assert bool(read_overrides(connection, WEEK)) == holds


def test_who_decided_and_why_is_kept_and_the_last_word_counts(
    database: Database, people: People
) -> None:
    decide(database, people.alice, EVERY_LESSON, "post", date(2026, 3, 1))
    decide(database, people.alice, EVERY_LESSON, "telegram")
    with database.read() as connection:
        (one,) = read_overrides(connection, WEEK)
    assert one == Override(
        people.alice, EVERY_LESSON, "telegram", "aigul", "the mother asked", None
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("channel", "now", "words"),
    [
        ("broadcast", WEDNESDAY, "this school has no such channel"),
        ("post", FRIDAY, "it would come too late for this lesson"),
    ],
)
def test_what_cannot_be_kept_is_said_with_the_reason(
    database: Database,
    people: People,
    tmp_path: Path,
    *,
    channel: str,
    now: datetime,
    words: str,
    language: str,
) -> None:
    decide(database, people.alice, EVERY_LESSON, channel)
    made = plan(database, tmp_path, now)
    assert BY_HAND not in {one.reason for one in choices(database, made, people.alice)}
    t = translator(language)
    (line,) = set_aside_lines(made.problem.set_aside, t)
    assert t(words) in line
    assert t.n("{n} lesson", "{n} lessons", 3) in line
    assert "{" not in line


def test_a_decision_about_a_lesson_that_is_not_the_student_s_is_no_decision(
    database: Database, people: People, tmp_path: Path
) -> None:
    decide(database, people.alice, 4711, "post")
    made = plan(database, tmp_path)
    assert made.problem.overrides == {}
    assert made.problem.set_aside == ()


def test_a_decision_is_an_input_like_any_other(
    database: Database, people: People, tmp_path: Path
) -> None:
    first = plan(database, tmp_path)
    decide(database, people.alice, EVERY_LESSON, "post")
    second = plan(database, tmp_path)
    assert (second.is_new, second.run.version) == (True, 2)
    decide(database, people.alice, EVERY_LESSON, "post")
    assert not plan(database, tmp_path).is_new, "the same decision again changes nothing"
    with database.write() as connection:
        drop_override(connection, people.alice, EVERY_LESSON)
    third = plan(database, tmp_path)
    assert (third.is_new, third.run.inputs_hash) == (True, first.run.inputs_hash)


def test_decisions_are_spread_over_the_lessons_of_their_student_only() -> None:
    alice = PlannedStudent(1, 1, 1, "kk", 2, (10, 11))
    bob = PlannedStudent(2, 1, 2, "kk", 2, (11, 12))
    on_all = Override(1, EVERY_LESSON, "post", "a", "w")
    on_one = Override(1, 11, "telegram", "a", "w")
    of_bob = Override(2, 10, "post", "a", "not his lesson")
    of_nobody = Override(3, EVERY_LESSON, "post", "a", "left")
    for order in ([on_all, on_one, of_bob, of_nobody], [of_nobody, of_bob, on_one, on_all]):
        assert by_lesson(order, [alice, bob]) == {(1, 10): on_all, (1, 11): on_one}
