"""Second ways as people are told of them: by the command, in the console, in three languages."""

from dataclasses import replace

import pytest

from jetkiz.delivery import ledger
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import student_week
from jetkiz.i18n import translator
from jetkiz.roster.access_profile import FactKind
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from scheduler.answering import Answer, answer_lines
from scheduler.explain import Explainer
from scheduler.falling_back import Order, fall_back
from scheduler.planner import make_plan
from scheduler.rules.fallback_firing import Cause
from scheduler.second_way_words import cause_line, fallback_in, fallback_line, without_room
from tests.console import Browser, one_database
from tests.counting_channel import CountingChannel
from tests.factories import BY_TELEGRAM, NOW, WEEK, People
from tests.plain_channels import plain_channels
from tests.plan_desk import people_of_whom
from tests.plan_problems import Reached, lesson, problem, student
from tests.second_way_school import CHECK, HandChannel
from tests.spoken import Jetkiz

ORDER = Order(
    *(WEEK, 1, 5, 1, 2, "telegram", "in_person", Cause.FAILED),
    reason=FailureReason.BLOCKED,
    at=NOW,
)


@pytest.fixture
def people(database: Database) -> People:
    """Alice has Telegram and can fetch paper; Bob has nothing but Telegram."""
    telegram, fetches = {FactKind.TELEGRAM: "linked"}, {FactKind.PICK_UP: "yes"}
    told = {"alice": telegram | fetches, "bob": telegram, "charlie": {FactKind.POST: "yes"}}
    return people_of_whom(database, told)


@pytest.fixture
def command(people: People, plan_desk: Jetkiz) -> Jetkiz:
    assert people.alice
    return plan_desk


def _fail_for(database: Database, who: int, lessons: tuple[int, ...]) -> str:
    """Let the first way of lessons fail and the second take over; return the first way."""
    with database.write() as connection:
        (first, *_) = lesson_states(connection, WEEK, [who])
        told = Receipt(
            key=f"failed:{who}",
            week=WEEK,
            student=who,
            lessons=lessons,
            state=State.FAILED,
            channel=str(first.channel),
            at=NOW,
            reason=FailureReason.BLOCKED,
        )
        record_receipts(connection, [told], NOW)
        assert len(fall_back(connection, plain_channels(), WEEK, CHECK, NOW)) == len(lessons)
    return str(first.channel)


@one_database
def test_a_coordinator_hears_what_stands_ready_and_what_took_over(
    command: Jetkiz, database: Database, people: People
) -> None:
    ready = "A second way stands ready for 3 of 9 lessons."
    assert ready in command.run("plan", "make", WEEK)
    assert "No second way was needed so far." in command.run("plan", "fallbacks", WEEK)
    command.run("plan", "publish", WEEK, "--yes")
    _fail_for(database, people.alice, people.lessons[:2])
    said = command.run("plan", "fallbacks", WEEK)
    assert ready in said
    assert "Second ways that took over: 2 lessons, 1 student." in said
    assert "Test Alice: 2 lessons by" in said
    assert "the family blocked the bot." in said


@one_database
@pytest.mark.parametrize(("language", "words"), [("kk", "Екінші жол"), ("ru", "запасной путь")])
def test_it_is_said_in_the_language_of_the_school(
    command: Jetkiz, database: Database, people: People, language: str, words: str
) -> None:
    command.run("plan", "make", WEEK)
    command.run("plan", "publish", WEEK, "--yes")
    _fail_for(database, people.alice, people.lessons[:1])
    assert words in command.run("plan", "fallbacks", WEEK, language=language)


def test_a_week_without_a_plan_or_of_no_calendar_is_refused(command: Jetkiz) -> None:
    assert "no plan for week 2026-W05" in command.refuses("plan", "fallbacks", WEEK)
    assert "no week '2026-5'" in command.refuses("plan", "fallbacks", "2026-5")


def test_why_names_what_follows_a_failure(command: Jetkiz) -> None:
    command.run("plan", "make", WEEK)
    with_one = command.run("plan", "explain", "alice", "w05-0", WEEK)
    assert "If this fails, it goes this way: " in with_one.splitlines()[1]
    without = command.run("plan", "explain", "bob", "w05-0", WEEK)
    assert without.splitlines()[1] == "If this fails, nothing else could still come in time."


def test_where_there_is_no_room_it_is_said_which_way_had_none(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_COPIER_PAGES", "0")
    said = command.run("plan", "make", WEEK)
    assert "A second way stands ready for 0 of " in said
    for language, words in (
        ("en", "all that is kept for second ways is promised to others"),
        ("kk", "екінші жолдарға сақталғаны басқаларға арналып қойған"),
        ("ru", "обещано другим"),
    ):
        line = command.run("plan", "explain", "alice", "w05-0", WEEK, language=language)
        assert words in line.splitlines()[1]
    assert "paper by hand" in command.run("plan", "explain", "alice", "w05-0").splitlines()[1]
    assert "keeps every rule" in command.run("plan", "check", WEEK)


def test_what_second_ways_are_counted_for_is_told_beside_the_room(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_COPIER_PAGES", "100")
    monkeypatch.setattr("tests.plain_channels.PlainHands.likelihood", 0.5)
    command.run("plan", "make", WEEK)
    said = command.run("plan", "fallbacks", WEEK)
    (line,) = [one for one in said.splitlines() if "expected for second ways" in one]
    assert line.startswith("sides of the school's copier: ")
    assert line.endswith("room for 100.0.")
    assert "0.0 expected" not in line


@pytest.mark.parametrize(
    ("fallback", "crowded", "words"),
    [
        (None, None, ["nothing else could still come in time"]),
        (None, "post", ["nothing takes over", "this would be the way: post"]),
        ("in_person", None, ["it goes this way: paper by hand."]),
        (
            "in_person",
            "post",
            ["paper by hand", "This would be better", "promised to others: post"],
        ),
    ],
)
def test_every_case_of_a_second_way_has_its_words(
    fallback: str | None, crowded: str | None, words: list[str]
) -> None:
    said = fallback_line(fallback, crowded, translator("en"))
    assert all(one in said for one in words), said


def test_what_a_replan_left_as_it_was_is_no_want_of_room() -> None:
    shelf = [lesson(5)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.9, in_person=0.5)})
    assert without_room(given, 1, 5, "telegram", None) == "in_person"
    assert without_room(given, 1, 5, "telegram", "in_person") is None
    stands = replace(given, standing={(1, 5): BY_TELEGRAM})
    assert without_room(stands, 1, 5, "telegram", None) is None


def test_a_lesson_without_a_way_is_told_of_no_second_one() -> None:
    shelf = [lesson(1)]
    given = problem(shelf, {student(1, shelf): Reached()})
    found = Explainer(given, make_plan(given).students).explain(1, 1)
    lines = answer_lines(Answer(found, is_kept=True, today=None), "Frost", translator("en"))
    assert not any("If this fails" in line for line in lines)


def test_the_second_way_of_one_lesson_is_found_by_student_and_lesson() -> None:
    plans = [
        StudentPlan(1, (4, 5), (BY_TELEGRAM, BY_TELEGRAM), (None, "post")),
        StudentPlan(2, (4,), (BY_TELEGRAM,)),
    ]
    found = [fallback_in(plans, *place) for place in ((1, 5), (1, 4), (2, 4), (1, 9), (3, 4))]
    assert found == ["post", None, None, None, None]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ORDER, "the family blocked the bot"),
        (replace(ORDER, reason=None), "it failed for good"),
        (replace(ORDER, cause=Cause.CLOSED, reason=None), "no longer reaches this home"),
        (replace(ORDER, cause=Cause.LATE), "by the evening of the day"),
    ],
)
def test_the_reason_that_is_known_is_said(order: Order, words: str) -> None:
    said = cause_line(order, translator("en"))
    assert said.startswith("takes over from Telegram: ")
    assert words in said


async def test_the_console_says_that_paper_took_over_and_from_what(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, second, *_ = web_people.lessons
    ways = {"telegram": CountingChannel(), "in_person": HandChannel()}
    with web_workplace.database.write() as connection:
        connection.execute(student_week.delete())
        plan = StudentPlan(
            web_people.alice, (first, second), (BY_TELEGRAM,) * 2, ("in_person", "in_person")
        )
        ledger.publish(connection, WEEK, 1, [plan], {web_people.alice: web_people.school})
        failed = Receipt(
            *("f", WEEK, web_people.alice, (first,), State.FAILED, "telegram", NOW),
            reason=FailureReason.BLOCKED,
        )
        record_receipts(connection, [failed], NOW)
        assert fall_back(connection, ways, WEEK, CHECK, NOW)
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert visitor.text.count("takes over from Telegram: the family blocked the bot") == 1
    assert "paper by hand" in visitor.text
    by_hand = StudentPlan(web_people.alice, (first,), (Choice("in_person", ChoiceReason.TEACHER),))
    with web_workplace.database.write() as connection:
        ledger.replace_attempt(connection, WEEK, 1, by_hand, web_people.school)
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    # What a person decided since is told instead.
    assert "takes over from" not in visitor.text
