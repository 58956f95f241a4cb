"""A re-plan as a coordinator types it: shown first, published later, and nothing is unsent."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.ledger import differences, lesson_states
from jetkiz.delivery.model import LessonState, Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.setbacks import read_setbacks
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import read_held
from jetkiz.roster.access_profile import FactKind
from jetkiz.storage.database import Database
from scheduler import replan_runs
from scheduler.model import Plan
from scheduler.plan_store import RunState, read_runs
from scheduler.replanning import make_replan
from tests.factories import WEEK, People
from tests.plan_desk import WEDNESDAY, people_of_whom, tell
from tests.spoken import Jetkiz, stop_the_clock

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def people(database: Database) -> People:
    """Alice has Telegram and fetches paper, Bob fetches it, Charlie has the post."""
    telegram, fetches = {FactKind.TELEGRAM: "linked"}, {FactKind.PICK_UP: "yes"}
    told = {"alice": telegram | fetches, "bob": fetches, "charlie": {FactKind.POST: "yes"}}
    return people_of_whom(database, told)


@pytest.fixture
def command(people: People, plan_desk: Jetkiz, monkeypatch: pytest.MonkeyPatch) -> Jetkiz:
    assert people.alice
    monkeypatch.setattr("tests.plain_channels.PlainChannel.likelihood", 0.95)
    monkeypatch.setattr("tests.plain_channels.PlainHands.likelihood", 0.5)
    plan_desk.run("plan", "make", WEEK)
    return plan_desk


def states(database: Database, student: int) -> list[LessonState]:
    with database.read() as connection:
        return lesson_states(connection, WEEK, [student])


def hand_over(database: Database, student: int, lesson: int) -> None:
    """Hear that a lesson of a student has left by Telegram."""
    receipt = Receipt(
        key=f"left:{student}:{lesson}",
        week=WEEK,
        student=student,
        lessons=(lesson,),
        state=State.DISPATCHED,
        channel="telegram",
        at=WEDNESDAY,
    )
    with database.write() as connection:
        record_receipts(connection, [receipt], WEDNESDAY)


def runs(database: Database) -> list[tuple[int, RunState]]:
    with database.read() as connection:
        return [(one.version, one.state) for one in read_runs(connection, WEEK)]


@on_sqlite
def test_nothing_has_to_change_and_nothing_is_kept(command: Jetkiz, database: Database) -> None:
    assert "Nothing has to change: plan 1 stands." in command.run("plan", "replan", WEEK)
    assert "Nothing has to change" in command.run("plan", "replan", WEEK, "--changed")
    assert runs(database) == [(1, RunState.DRAFT)]


def test_the_difference_is_shown_before_anything_is_published(
    command: Jetkiz, database: Database, people: People
) -> None:
    text = command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    assert "Plan 2 changes plan 1 for 1 student; everybody else keeps theirs." in text
    assert "Telegram → paper by hand" in text
    assert "Test Alice: w05-0" in text
    assert runs(database) == [(2, RunState.DRAFT), (1, RunState.DRAFT)]
    assert states(database, people.alice) == []
    assert "keeps every rule" in command.run("plan", "check", WEEK)


@on_sqlite
def test_a_replan_of_a_published_week_takes_its_place(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "publish", WEEK, "--yes")
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    command.run("plan", "publish", WEEK, "--yes")
    assert runs(database) == [(2, RunState.PUBLISHED), (1, RunState.SUPERSEDED)]
    assert {(one.channel, one.attempt) for one in states(database, people.alice)} == {
        ("in_person", 1)
    }


def test_in_the_middle_of_a_week_only_what_moves_is_tried_again(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "publish", WEEK, "--yes")
    first = states(database, people.alice)[0].lesson
    others = states(database, people.bob) + states(database, people.charlie)
    hand_over(database, people.alice, first)
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    command.run("plan", "publish", WEEK, "--yes")

    found = {one.lesson: (one.channel, one.attempt) for one in states(database, people.alice)}
    assert found.pop(first) == ("telegram", 1)
    assert set(found.values()) == {("in_person", 2)}
    assert states(database, people.bob) + states(database, people.charlie) == others
    assert runs(database) == [(2, RunState.PUBLISHED), (1, RunState.SUPERSEDED)]
    with database.read() as connection:
        assert differences(connection, WEEK) == []
    assert "keeps every rule" in command.run("plan", "check", WEEK)
    assert "Telegram, because" in command.run("plan", "explain", "alice", "w05-0")
    assert "Nothing has to change" in command.run("plan", "replan", WEEK)


def test_what_left_after_the_draft_was_made_stops_its_publishing(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "publish", WEEK, "--yes")
    lessons = [one.lesson for one in states(database, people.alice)]
    hand_over(database, people.alice, lessons[0])
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    hand_over(database, people.alice, lessons[1])

    before = states(database, people.alice)
    refusal = command.refuses("plan", "publish", WEEK, "--yes")
    assert "have left meanwhile" in refusal
    assert states(database, people.alice) == before
    assert runs(database) == [(2, RunState.DRAFT), (1, RunState.PUBLISHED)]
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    command.run("plan", "publish", WEEK, "--yes")
    assert [one.channel for one in states(database, people.alice)][:2] == ["telegram"] * 2


@pytest.fixture
def alone(command: Jetkiz, database: Database, people: People) -> list[int]:
    """A week that has begun, of Alice whom only Telegram reaches; her first lesson has left."""
    tell(database, people.alice, FactKind.PICK_UP, "no")
    command.run("plan", "make", WEEK)
    command.run("plan", "publish", WEEK, "--yes")
    lessons = [one.lesson for one in states(database, people.alice)]
    hand_over(database, people.alice, lessons[0])
    return lessons


def waiting(database: Database, student: int) -> set[int]:
    """The lessons of a student that stand in batches nobody has handed over."""
    with database.read() as connection:
        held = read_held(connection, WEEK, [student])
    return {lesson for one in held if one.state == BatchState.WAITING for lesson in one.lessons}


def test_what_gets_no_other_way_keeps_the_try_it_has(
    command: Jetkiz, database: Database, people: People, alone: list[int]
) -> None:
    before, waits = states(database, people.alice), waiting(database, people.alice)
    assert set(alone[1:]) <= waits
    text = command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    assert "Telegram → no channel" in text
    command.run("plan", "publish", WEEK, "--yes")

    # Nothing took its place: it waits for Telegram as before, and may come after all.
    assert states(database, people.alice) == before
    assert waiting(database, people.alice) == waits
    assert {one.state for one in before} == {State.PLANNED, State.DISPATCHED}
    with database.read() as connection:
        assert differences(connection, WEEK) == []
        assert not read_setbacks(connection, WEEK, [people.alice])
    assert "Nothing has to change" in command.run("plan", "replan", WEEK)


def test_a_way_that_opens_later_takes_over_from_the_try_that_waits_and_from_no_other(
    command: Jetkiz, database: Database, people: People, alone: list[int]
) -> None:
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    command.run("plan", "publish", WEEK, "--yes")
    # Telegram woke up for a moment: one more lesson left, though the plan has no way for it.
    hand_over(database, people.alice, alone[1])
    tell(database, people.alice, FactKind.PICK_UP, "yes", date(2026, 1, 20))
    assert "Telegram → " not in command.run("plan", "replan", WEEK, "--changed")
    command.run("plan", "publish", WEEK, "--yes")
    assert "keeps every rule" in command.run("plan", "check", WEEK)

    found = [(one.channel, one.attempt) for one in states(database, people.alice)]
    assert found[:2] == [("telegram", 1)] * 2
    assert set(found[2:]) == {("in_person", 2)}
    with database.read() as connection:
        held = read_held(connection, WEEK, [people.alice])
        assert differences(connection, WEEK) == []
    carried = {(one.channel, lesson) for one in held for lesson in one.lessons}
    assert carried == {("telegram", alone[0]), ("telegram", alone[1]), ("in_person", alone[2])}


def test_what_cannot_come_any_more_is_called_off_even_without_another_way(
    command: Jetkiz, database: Database, people: People
) -> None:
    """Bob only fetches paper, and his school is closed: nobody prints it for nothing."""
    command.run("plan", "publish", WEEK, "--yes")
    lesson = states(database, people.alice)[0].lesson
    hand_over(database, people.alice, lesson)
    assert {one.channel for one in states(database, people.bob)} == {"in_person"}
    command.run("plan", "replan", WEEK, "--closed", "s1", "--from", "2026-01-26")
    command.run("plan", "publish", WEEK, "--yes")
    found = states(database, people.bob)
    assert {(one.state.is_setback, one.attempt) for one in found} == {(True, 1)}
    assert waiting(database, people.bob) == set()


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen once, while a re-plan is being thought about."""
    real, done = make_replan, list[int]()

    def thinking(*arguments: Any) -> Plan:
        if not done:
            done.append(1)
            act()
        return real(*arguments)

    monkeypatch.setattr(replan_runs, "make_replan", thinking)


def test_of_two_at_once_one_is_kept_and_the_other_is_told(
    command: Jetkiz, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = ("plan", "replan", WEEK, "--channel-down", "telegram")
    meanwhile(monkeypatch, lambda: command.run(*down))
    assert "Somebody else has just made" in command.refuses(*down)
    assert runs(database) == [(2, RunState.DRAFT), (1, RunState.DRAFT)]
    assert not (command.folder / "plans" / WEEK / "3").exists()


@on_sqlite
def test_a_profile_edited_meanwhile_is_a_sentence(
    command: Jetkiz, database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(database, people.bob, FactKind.PICK_UP, "no")
    meanwhile(monkeypatch, lambda: tell(database, people.bob, FactKind.TELEGRAM, "linked"))
    refusal = command.refuses("plan", "replan", WEEK, "--changed")
    assert "changed while week 2026-W05 was planned anew" in refusal
    assert runs(database) == [(1, RunState.DRAFT)]


@on_sqlite
def test_profiles_that_changed_are_read_anew_only_on_request(
    command: Jetkiz, database: Database, people: People
) -> None:
    tell(database, people.bob, FactKind.PICK_UP, "no")
    tell(database, people.bob, FactKind.TELEGRAM, "linked")
    assert "Nothing has to change" in command.run("plan", "replan", WEEK)
    text = command.run("plan", "replan", WEEK, "--changed")
    assert "paper by hand → Telegram" in text
    assert "Test Alice" not in text


@on_sqlite
def test_what_was_down_before_is_still_down_and_said(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "replan", WEEK, "--channel-down", "telegram")
    command.run("plan", "publish", WEEK, "--yes")
    text = command.run("plan", "replan", WEEK, "--closed", "s1", "--from", "2026-01-26")
    assert "Still counted as down since the plan before: Telegram." in text
    assert "paper by hand → no channel" in text
    assert people.alice
    assert database


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--closed", "nowhere"], "There is no school 'nowhere'"),
        (["--from", "2026-01-27"], "belongs to a school that is closed"),
        (["--dropped", "nothing"], "There is no lesson 'nothing'"),
        (["--channel-down", "pigeon"], "pigeon"),
    ],
)
@on_sqlite
def test_what_cannot_have_happened_is_refused(
    command: Jetkiz, options: list[str], words: str
) -> None:
    assert words in command.refuses("plan", "replan", WEEK, *options)


@on_sqlite
def test_a_week_that_is_over_is_not_planned_anew(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, datetime(2026, 2, 2, 5, 0, tzinfo=UTC))
    assert "is over" in command.refuses("plan", "replan", WEEK, "--channel-down", "telegram")
    assert "is over" in command.refuses("plan", "replan", WEEK, "--changed")


@on_sqlite
def test_without_a_plan_or_its_files_there_is_nothing_to_start_from(command: Jetkiz) -> None:
    assert "no plan for week" in command.refuses("plan", "replan", "2026-W06")
    (command.folder / "plans" / WEEK / "1" / "problem" / "lessons.csv").unlink()
    assert "not kept any more" in command.refuses("plan", "replan", WEEK)
