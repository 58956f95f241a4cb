"""The buttons under a day's message stay those of its text, whatever was pressed before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chats.forgetting import forget_words
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.tables import outbox as rows
from bot.words.cards import Day, digest
from bot.words.keyboards import Verb
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.i18n import translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, family_of
from tests.factories import MONDAY, WEEK, People, add_people, publish_week

MOTHER = 11
ON_PAPER = Choice("in_person", ChoiceReason.BEST_VALUE)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    """The first lesson of the day comes on paper, two come by Telegram."""
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, ON_PAPER)
    return people


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        yield opened


def _get_digest(family: Family, student: int, lessons: tuple[int, ...]) -> None:
    shelf = {one.id: one for one in read_lessons(family.connection, only=lessons)}
    day = Day(student, "Alice", MONDAY, tuple(shelf[number] for number in lessons))
    (card,) = digest(day, translator("en"))
    payload = {"chat_id": MOTHER, **card.payload()}
    message = Outgoing("telegram:digest", MOTHER, "sendMessage", payload, lane=Lane.LESSON)
    outbox.put(family.connection, BOT, [message], wall_clock())
    family.deliver()


def _labels(family: Family) -> list[str]:
    rows = family.screens[MOTHER].last["reply_markup"]["inline_keyboard"]
    return [one["text"] for row in rows for one in row]


def _states(family: Family, people: People) -> list[State]:
    return [one.state for one in lesson_states(family.connection, WEEK, [people.alice])]


def test_received_leaves_out_what_came_on_paper(family: Family, people: People) -> None:
    _get_digest(family, people.alice, people.lessons[1:])
    before = _labels(family)
    family.press_verb(MOTHER, Verb.DAY_RECEIVED, people.alice)
    after = _labels(family)
    assert after[:-1] == before[:-1] == ["1. Lesson w05-1", "2. Lesson w05-2"]
    assert after[-1].startswith("Received ")
    assert _states(family, people) == [State.PLANNED, State.ACKNOWLEDGED, State.ACKNOWLEDGED]


def test_the_numbers_stay_those_of_the_text_in_any_order(family: Family, people: People) -> None:
    turned = tuple(reversed(people.lessons[1:]))
    _get_digest(family, people.alice, turned)
    before = _labels(family)
    family.press_verb(MOTHER, Verb.DAY_RECEIVED, people.alice)
    assert _labels(family)[:-1] == before[:-1]


def test_the_answer_to_today_keeps_the_lessons_on_paper(family: Family, people: People) -> None:
    family.says(MOTHER, "/today")
    before = _labels(family)
    assert len(before) == len(people.lessons) + 1
    family.press_verb(MOTHER, Verb.DAY_RECEIVED, people.alice)
    assert _labels(family)[:-1] == before[:-1]
    assert _states(family, people)[0] == State.PLANNED


def test_a_message_nobody_remembers_shows_what_came_by_telegram(
    family: Family, people: People
) -> None:
    _get_digest(family, people.alice, people.lessons[1:])
    _, data, _ = next(one for one in family.screens[MOTHER].buttons() if one[2].verb == "day")
    family.presses(MOTHER, 4711, data)
    assert _labels(family)[:-1] == ["1. Lesson w05-1", "2. Lesson w05-2"]


def test_after_three_months_the_buttons_are_still_those_that_were_shown(family: Family) -> None:
    family.says(MOTHER, "/today")
    before = _labels(family)
    number, data, _ = next(one for one in family.screens[MOTHER].buttons() if one[2].verb == "day")
    for _ in range(2):
        assert forget_words(family.connection, BOT, wall_clock() + timedelta(days=90)) > 0
        texts = str(family.connection.scalars(select(rows.c.payload)).all())
        assert "Lesson" not in texts
        family.restart()
        family.presses(MOTHER, number, data)
        assert _labels(family)[:-1] == before[:-1], "the one on paper among them"
