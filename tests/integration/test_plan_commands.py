"""The plan commands as a coordinator types them, on both databases and in three languages."""

import json
import re
import shutil
from datetime import date

import pytest

from jetkiz.delivery.ledger import lesson_states
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students
from jetkiz.roster.tables import student, student_identity
from jetkiz.storage.database import Database
from tests.factories import WEEK, People
from tests.plan_desk import people_of_whom
from tests.spoken import Jetkiz


@pytest.fixture
def people(database: Database) -> People:
    """Alice has Telegram, of Bob nothing is known, Charlie has the post."""
    telegram, post = {FactKind.TELEGRAM: "linked"}, {FactKind.POST: "yes"}
    return people_of_whom(database, {"alice": telegram, "charlie": post})


@pytest.fixture
def command(people: People, plan_desk: Jetkiz) -> Jetkiz:
    assert people.alice
    return plan_desk


def test_a_plan_is_made_said_in_words_and_left_as_files(command: Jetkiz) -> None:
    text = command.run("plan", "make", WEEK)
    assert "Ask these families first, nothing is known of them: Test Bob." in text
    assert "Plan 1 of week 2026-W05: a draft." in text
    assert "1 student: Telegram." in text
    assert "Every lesson has a channel." in text
    assert re.search(r"sides to print, estimated, without empty backs: \d+ of 5000\.", text)
    folder = command.folder / "plans" / WEEK / "1"
    assert json.loads((folder / "plan" / "report.json").read_text())["checker"] == []
    assert (folder / "problem" / "manifest.toml").is_file()
    assert "Test" not in "".join(one.read_text() for one in folder.rglob("*.csv"))


def test_a_plan_of_equal_inputs_is_not_made_twice(command: Jetkiz) -> None:
    command.run("plan", "make", WEEK)
    text = command.run("plan", "make", WEEK)
    assert "Nothing has changed since plan 1: it stands." in text
    assert not (command.folder / "plans" / WEEK / "2").exists()


def test_what_has_no_channel_is_said_with_the_reason(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_PRINT_CAPACITY", "0")
    text = command.run("plan", "make", WEEK, language="ru")
    assert "6 уроков без канала: бумага подошла бы, но страницы закончились." in text
    assert "2 ученика: нет канала." in text


def test_a_plan_is_shown_checked_published_and_reported(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "make", WEEK)
    assert "a draft" in command.run("plan", "show", WEEK)
    assert "keeps every rule" in command.run("plan", "check", WEEK)
    text = command.run("plan", "publish", WEEK, "--yes", "--by", "Aigul")
    assert "Plan 1 of week 2026-W05 is in force for 3 students." in text
    assert "published already" in command.run("plan", "publish", WEEK, "--yes")
    assert "published." in command.run("plan", "show", WEEK)
    with database.read() as connection:
        states = lesson_states(connection, WEEK, [people.charlie])
    assert {one.channel for one in states} == {"post"}
    assert "post: planned 3" in command.run("report", "week", WEEK)


def test_publishing_asks_and_refuses_where_nobody_can_answer(command: Jetkiz) -> None:
    command.run("plan", "make", WEEK)
    assert "repeat the command with --yes" in command.refuses("plan", "publish", WEEK)


def test_a_newer_plan_replaces_only_on_request(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("plan", "make", WEEK)
    command.run("plan", "publish", WEEK, "--yes")
    monkeypatch.setenv("JETKIZ_PRINT_CAPACITY", "10")
    command.run("plan", "make", WEEK)
    assert "repeat with --replace" in command.refuses("plan", "publish", WEEK, "--yes")
    text = command.run("plan", "publish", WEEK, "--yes", "--replace")
    assert "Plan 2 of week 2026-W05 is in force" in text


def test_a_channel_switched_off_after_planning_waits(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("plan", "make", WEEK)
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "")
    text = command.run("plan", "publish", WEEK, "--yes")
    assert "Telegram is switched off: 3 lessons wait until it is switched on." in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Lesson w05-0: Telegram, because: the only channel that reaches this home."),
        (
            "ru",
            "Lesson w05-0: Telegram; причина: единственный канал, который доходит до этой семьи.",
        ),
        ("kk", "Lesson w05-0: Telegram, себебі: бұл үйге жететін жалғыз арна."),
    ],
)
def test_a_choice_is_explained_to_the_reader(command: Jetkiz, language: str, words: str) -> None:
    command.run("plan", "make", WEEK)
    text = command.run("plan", "explain", "alice", "w05-0", language=language)
    assert text.splitlines()[0] == words
    assert text == command.run("plan", "explain", "alice", "w05-0", WEEK, language=language)


def test_a_student_may_be_named_by_number(command: Jetkiz, people: People) -> None:
    command.run("plan", "make", WEEK)
    assert "Lesson w05-1: post" in command.run("plan", "explain", str(people.charlie), "w05-1")


def test_facts_that_changed_since_are_said(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "make", WEEK)
    as_planned = command.run("plan", "explain", "alice", "w05-0")
    _block(database, people.alice)
    text = command.run("plan", "explain", "alice", "w05-0")
    assert text.startswith(as_planned)
    (today,) = text.removeprefix(as_planned).splitlines()
    assert today == (
        "With what is known today it would be another way. "
        "Lesson w05-0: no channel, because: no channel reaches this home."
    )
    found = command.refuses("plan", "check", WEEK)
    assert "breaks 3 rules" in found


def test_a_plan_with_telegram_is_explained_with_it_where_no_token_is_set(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("plan", "make", WEEK)
    as_planned = command.run("plan", "explain", "alice", "w05-0")
    assert "Telegram: chosen" in as_planned
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "")
    assert command.run("plan", "explain", "alice", "w05-0") == as_planned


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_where_the_inputs_are_not_kept_the_answer_says_so(
    command: Jetkiz, database: Database, people: People, harm: str
) -> None:
    command.run("plan", "make", WEEK)
    inputs = command.folder / "plans" / WEEK / "1" / "problem"
    if harm == "gone":
        shutil.rmtree(inputs)
    else:
        options = inputs / "options.csv"
        options.write_text(options.read_text().replace("telegram", "post"))
    answer, warning, *_ = command.run("plan", "explain", "alice", "w05-0").splitlines()
    assert answer.endswith("Telegram, because: the only channel that reaches this home.")
    assert warning == "What was known when the plan was made is not kept; known today:"
    _block(database, people.alice)
    *_, today = command.run("plan", "explain", "alice", "w05-0").splitlines()
    assert today.startswith("With what is known today it would be another way.")


def test_a_lesson_of_a_student_who_changed_grade_is_still_explained(
    command: Jetkiz, database: Database, people: People
) -> None:
    command.run("plan", "make", WEEK)
    as_planned = command.run("plan", "explain", "alice", "w05-0")
    with database.write() as connection:
        move = student.update().where(student.c.id == people.alice)
        connection.execute(move.values(grade=9))
    assert command.run("plan", "explain", "alice", "w05-0") == as_planned


def _block(database: Database, number: int) -> None:
    with database.write() as connection:
        (alice,) = read_students(connection, only=[number])
        blocked = Fact(FactKind.TELEGRAM, "blocked", Source.BOT, date(2026, 1, 20))
        learn(connection, alice.household, blocked)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "nobody", "w05-0"), "no student 'nobody'"),
        (("explain", "4711", "w05-0"), "no student '4711'"),
        (("explain", "alice", "w99"), "no lesson 'w99' in the language"),
        (("show", "2026-W06"), "no plan for week 2026-W06"),
        (("publish", "2026-W06"), "no plan for week 2026-W06"),
        (("check", "nonsense"), "no week 'nonsense'"),
        (("make", "2026-W06"), "no lessons for week 2026-W06"),
        (("make", "2026-W03"), "is over"),
        (("override", "alice", "w05-0", "post", "--why", " "), "needs a reason"),
    ],
)
def test_what_does_not_exist_is_refused_in_words(
    command: Jetkiz, arguments: tuple[str, ...], words: str
) -> None:
    assert words in command.refuses("plan", *arguments)


def test_a_roster_id_of_two_students_is_not_guessed(
    command: Jetkiz, database: Database, people: People
) -> None:
    with database.write() as connection:
        connection.execute(
            student_identity.update()
            .where(student_identity.c.student_id == people.charlie)
            .values(sourced_id="alice")
        )
    text = command.refuses("plan", "explain", "alice", "w05-0")
    assert f"Use the student's number: {people.alice}, {people.charlie}." in text


def test_a_decision_by_hand_is_kept_and_given_back(
    command: Jetkiz, database: Database, people: People
) -> None:
    with database.write() as connection:
        (alice,) = read_students(connection, only=[people.alice])
        fact = Fact(FactKind.POST, "yes", Source.GUARDIAN, date(2026, 1, 15))
        learn(connection, alice.household, fact)
    decision = ("plan", "override", "alice", "all", "post", "--why", "the phone is broken")
    assert "Kept." in command.run(*decision, "--until", "2026-03-01")
    command.run("plan", "make", WEEK)
    words = "post, because: decided by the teacher or the coordinator"
    assert words in command.run("plan", "explain", "alice", "w05-0")
    back = ("plan", "override", "alice", "all", "planner", "--why", "it is mended")
    assert "Kept." in command.run(*back)
    assert "There was no decision by hand" in command.run(*back)


def test_a_decision_that_cannot_be_kept_is_said_when_planning(
    command: Jetkiz, people: People
) -> None:
    command.run("plan", "override", "bob", "w05-0", "telegram", "--why", "he likes it")
    text = command.run("plan", "make", WEEK)
    expected = f"The decision Telegram for student {people.bob} cannot be kept for 1 lesson"
    assert expected in text
