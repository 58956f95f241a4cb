"""Learning as a coordinator meets it: switched on, said, explained, shown, on both databases."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from jetkiz.delivery.states import State
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.register import read_students, read_surroundings
from jetkiz.roster.tables import household_identity, school
from jetkiz.storage.database import Database
from scheduler.tables import plan_run
from tests.factories import WEEK, People
from tests.past_weeks import hear, live_through
from tests.plan_desk import people_of_whom
from tests.spoken import Jetkiz, stop_the_clock

PAST = ["2025-W51", "2026-W02", "2026-W03"]
LEARNED = "Likelihoods are learned from 3 weeks, about 1 student."


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def people(database: Database) -> People:
    """Alice has Telegram and fetches paper, and for three weeks nothing came by Telegram."""
    telegram, fetches = {FactKind.TELEGRAM: "linked"}, {FactKind.PICK_UP: "yes"}
    told = {"alice": telegram | fetches, "bob": fetches, "charlie": fetches}
    found = people_of_whom(database, told)
    with database.write() as connection:
        live_through(connection, found, PAST, "telegram", State.FAILED)
        some = found.lessons[:1]
        hear(connection, found, PAST[0], "telegram", State.ACKNOWLEDGED, lessons=some)
    return found


@pytest.fixture
def command(people: People, plan_desk: Jetkiz, monkeypatch: pytest.MonkeyPatch) -> Jetkiz:
    assert people.alice
    monkeypatch.setattr("tests.plain_channels.PlainHands.likelihood", 0.46)
    return plan_desk


@pytest.fixture
def learning(command: Jetkiz, monkeypatch: pytest.MonkeyPatch) -> Jetkiz:
    monkeypatch.setenv("JETKIZ_LEARNING", "yes")
    return command


def report(command: Jetkiz, version: int = 1) -> dict[str, object]:
    folder = command.folder / "plans" / WEEK / str(version) / "plan"
    found: dict[str, object] = json.loads((folder / "report.json").read_text())
    return found


@on_sqlite
def test_a_plan_says_nothing_of_learning_unless_it_learned(command: Jetkiz) -> None:
    assert "learned" not in command.run("plan", "make", WEEK)
    assert "learned" not in command.run("plan", "explain", "alice", "w05-0")
    found = report(command)
    assert found["learning"] is False
    assert "learned_students" not in found


def test_a_plan_that_learned_says_from_what(learning: Jetkiz) -> None:
    assert LEARNED in learning.run("plan", "make", WEEK)
    assert LEARNED in learning.run("plan", "show", WEEK)
    found = report(learning)
    assert (found["learning"], found["learned_weeks"], found["learned_students"]) == (True, 3, 1)
    assert "keeps every rule" in learning.run("plan", "check", WEEK)


def spaced(text: str) -> str:
    """Dates hold spaces at which no line is broken."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


EVIDENCE = {
    "en": "learned: 1 of 9 received since December 15, 2025; for homes of the region 54%;",
    "ru": "по опыту: с 15 декабря 2025 г. получено 1 из 9; по семьям региона 54%;",
    "kk": "жеткені: 1; өңірдегі үйлер бойынша 54%;",
}


@on_sqlite
def test_the_answer_to_why_tells_the_evidence_in_three_languages(learning: Jetkiz) -> None:
    learning.run("plan", "make", WEEK)
    for language, words in EVIDENCE.items():
        text = spaced(learning.run("plan", "explain", "alice", "w05-0", language=language))
        (line,) = (one for one in text.splitlines() if words in one)
        assert line.startswith("Telegram:")
    assert "тәжірибе: 2025 ж. 15 желтоқсан күнінен бастап 9 сабақтың ішінде" in line


@on_sqlite
def test_why_is_answered_by_what_was_known_then(
    learning: Jetkiz, database: Database, people: People
) -> None:
    """Work of a week long past is scanned after the plan was made: its evidence stays as it was."""
    learning.run("plan", "make", WEEK)
    before = learning.run("plan", "explain", "alice", "w05-0")
    assert "1 of 9 received" in before
    with database.write() as connection:
        for week in PAST:
            hear(connection, people, week, "telegram", State.RETURNED)
    assert "keeps every rule" in learning.run("plan", "check", WEEK)
    after = learning.run("plan", "explain", "alice", "w05-0")
    assert after.startswith(before)
    (today,) = after.removeprefix(before).splitlines()
    assert today.startswith("With what is known today it would be another way.")
    assert "Telegram" in today


@on_sqlite
def test_a_plan_is_checked_by_what_it_learned_even_after_learning_is_switched_off(
    learning: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.run("plan", "make", WEEK)
    monkeypatch.setenv("JETKIZ_LEARNING", "off")
    assert "keeps every rule" in learning.run("plan", "check", WEEK)
    shutil.rmtree(learning.folder / "plans")
    # What it learned is gone: by the channels' own likelihoods it is worth something else.
    assert "breaks" in learning.refuses("plan", "check", WEEK)


@on_sqlite
def test_switching_learning_on_makes_another_plan(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("plan", "make", WEEK)
    monkeypatch.setenv("JETKIZ_LEARNING", "1")
    assert "Plan 2 of week" in command.run("plan", "make", WEEK)
    assert "Nothing has changed since plan 2" in command.run("plan", "make", WEEK)


EFFECT = {
    "en": [
        "Learned from 3 weeks, about 1 student. Neither plan is kept.",
        "Without learning: lessons expected to be received 3.6 of 9; cost 368 tenge.",
        "With learning: lessons expected to be received 4.1 of 9; cost 552 tenge.",
        "Learning changes the channels of 1 student.",
        "Student {alice}: Telegram → paper by hand; 0.9 → 1.4 lessons expected.",
        "  Telegram: 1 of 9 received since December 15, 2025; for homes of the region 54%.",
    ],
    "ru": [
        "Опыт: 3 недели, 1 ученик. Ни один из двух планов не сохраняется.",
        "Без учёта опыта: ожидается, что дойдёт уроков: 3.6 из 9;",
        "С учётом опыта: ожидается, что дойдёт уроков: 4.1 из 9;",
        "Из-за учёта опыта меняются каналы: 1 ученик.",
        "Ученик {alice}: Telegram → ",
        "  Telegram: с 15 декабря 2025 г. получено 1 из 9;",
    ],
    "kk": [
        "Тәжірибе: 3 апта, 1 оқушы. Екі жоспар да сақталмайды.",
        "Тәжірибесіз: 9 сабақтың 3.6 жетеді деп күтіледі",
        "Тәжірибемен: 9 сабақтың 4.1 жетеді деп күтіледі",
        "Тәжірибе ескерілсе, арнасы өзгеретіні: 1 оқушы.",
        "{alice}-оқушы: Telegram → ",
        "  Telegram: 2025 ж. 15 желтоқсан күнінен бастап",
    ],
}


def test_the_plan_with_and_without_learning_is_shown_and_not_kept(
    command: Jetkiz, database: Database, people: People
) -> None:
    for language, words in EFFECT.items():
        text = spaced(command.run("plan", "learned", WEEK, language=language))
        for line, wanted in zip(text.splitlines(), words, strict=True):
            assert line.startswith(wanted.format(alice=people.alice))
    with database.read() as connection:
        assert connection.execute(select(plan_run.c.id)).all() == []
    assert not (command.folder / "plans").exists()


@on_sqlite
def test_where_nothing_was_heard_it_says_so(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, datetime(2025, 12, 10, 5, 0, tzinfo=UTC))
    text = command.run("plan", "learned", WEEK)
    assert text.startswith("No week that is over tells of these homes yet")


@on_sqlite
def test_what_cannot_be_planned_cannot_be_compared(command: Jetkiz) -> None:
    for week, words in (
        ("nonsense", "no week 'nonsense'"),
        ("2026-W03", "is over"),
        ("2026-W06", "no lessons for week 2026-W06"),
    ):
        assert words in command.refuses("plan", "learned", week)


@on_sqlite
def test_a_switch_that_is_neither_on_nor_off_is_refused(
    command: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_LEARNING", "perhaps")
    assert "learning" in command.refuses("plan", "make", WEEK)


def test_homes_of_another_region_or_a_city_are_no_neighbours(
    command: Jetkiz, database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as connection:
        homes = {one.id: one.household for one in read_students(connection)}
        connection.execute(school.update().values(region_kato="39"))
        for number, address in (
            (people.alice, {"settlement_type": "ауыл"}),
            (people.bob, {"settlement_type": "", "rural_okrug": "Ақкөл"}),
            (people.charlie, {"settlement_type": "г.", "region_kato": "11"}),
        ):
            own = household_identity.update().where(
                household_identity.c.household_id == homes[number]
            )
            connection.execute(own.values(address=address))
        live_through(connection, people, ["2025-W50"], "in_person", State.FAILED)
        found = read_surroundings(connection)
    assert [found[homes[one]] for one in (people.alice, people.bob, people.charlie)] == [
        ("39", "rural"),
        ("39", "rural"),
        ("11", "urban"),
    ]
    monkeypatch.setenv("JETKIZ_LEARNING", "on")
    command.run("plan", "make", WEEK)
    assert "nothing is known of this home yet; for homes of the region" in command.run(
        "plan", "explain", "bob", "w05-0"
    )
    assert "region" not in command.run("plan", "explain", "charlie", "w05-0")
