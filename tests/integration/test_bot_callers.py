"""Who an update comes from: one question says the same as those that it takes the place of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.chats import links, staff
from bot.chats.links import Chat
from bot.talking.callers import read_caller
from bot.talking.dialogue_states import LIVES, DialogueState, Doing, read_state, write_state
from jetkiz.roster.tables import school, student
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from tests.bot_staff import add_everybody
from tests.factories import NOW, People
from tests.statement_counts import plans_kept, statements_kept

BOT, MOTHER = 1, 5


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        yield opened


@pytest.fixture
def people(connection: Connection) -> People:
    return add_everybody(connection)


def opened(connection: Connection, *children: int, number: int = MOTHER) -> Chat:
    chat = links.open_chat(connection, BOT, number, "ru")
    for one in children:
        links.link(connection, chat, one, "guardian", NOW)
    return links.open_chat(connection, BOT, number, "ru")


def agrees(connection: Connection, chat: Chat) -> None:
    """Compare with what the single questions say."""
    caller = read_caller(connection, BOT, chat.chat_id, "en", NOW)
    assert caller.chat == links.find_chat(connection, BOT, chat.chat_id)
    assert caller.children == links.children(connection, chat)
    assert caller.state == read_state(connection, chat, NOW)
    assert caller.may_be_staff or not staff.members(connection, chat)


def test_children_come_in_the_order_of_linking_with_the_zone_of_the_first(
    connection: Connection, people: People
) -> None:
    theirs = update(school).where(school.c.id == people.other_school)
    connection.execute(theirs.values(zone="Asia/Almaty"))
    chat = opened(connection, people.charlie, people.alice)
    links.rename(connection, chat, people.alice, "Sunny")
    caller = read_caller(connection, BOT, MOTHER, "en", NOW)
    assert [one.given_name for one in caller.children] == ["Charlie", "Sunny"]
    assert caller.zone == "Asia/Almaty"
    agrees(connection, chat)
    links.unlink(connection, chat, [people.charlie])
    assert read_caller(connection, BOT, MOTHER, "en", NOW).zone == "Asia/Qostanay"


def test_who_left_who_waits_and_who_has_no_class(connection: Connection, people: People) -> None:
    chat = opened(connection, people.alice, people.bob, people.charlie)
    links.set_waiting(connection, people.alice, waits=True, chats=[chat])
    connection.execute(update(student).where(student.c.id == people.bob).values(active=False))
    connection.execute(update(student).where(student.c.id == people.charlie).values(class_id=None))
    caller = read_caller(connection, BOT, MOTHER, "en", NOW)
    assert [(one.student, one.class_title) for one in caller.children] == [(people.charlie, "")]
    agrees(connection, chat)
    connection.execute(update(student).values(active=False))
    caller = read_caller(connection, BOT, MOTHER, "en", NOW)
    assert (caller.children, caller.zone) == ([], "")


def test_a_stranger_gets_a_chat_in_the_language_of_the_phone(
    connection: Connection, people: People
) -> None:
    opened(connection, people.alice)
    caller = read_caller(connection, BOT, 77, "ru", NOW)
    assert caller.chat == links.find_chat(connection, BOT, 77)
    assert caller.chat.language == "ru"
    assert (caller.children, caller.zone, caller.may_be_staff) == ([], "", False)
    assert read_caller(connection, BOT, 77, "kk", NOW) == caller, "the language stays"
    assert not read_caller(connection, 2, MOTHER, "kk", NOW).children, "another bot's chat"


def test_what_the_chat_is_amid_ends_after_a_day(connection: Connection, people: People) -> None:
    chat = opened(connection, people.alice, people.bob)
    write_state(connection, chat, Doing.ASKING, {"lesson": 3}, NOW - LIVES + timedelta(seconds=1))
    asking = DialogueState(Doing.ASKING, {"lesson": 3})
    assert read_caller(connection, BOT, MOTHER, "en", NOW).state == asking
    later = NOW + timedelta(seconds=1)
    assert read_caller(connection, BOT, MOTHER, "en", later).state == DialogueState()
    agrees(connection, chat)


def test_somebody_of_the_school_is_found_with_and_without_children(
    connection: Connection, people: People
) -> None:
    numbers = list(connection.scalars(account.select().with_only_columns(account.c.id)))
    for place, children in enumerate([(), (people.alice, people.bob)]):
        chat = opened(connection, *children, number=30 + place)
        staff.link_staff(connection, chat, numbers[place], NOW)
        caller = read_caller(connection, BOT, chat.chat_id, "en", NOW)
        assert caller.may_be_staff
        assert len(caller.children) == len(children)
        agrees(connection, chat)
    links.set_blocked(connection, chat, NOW)
    known = read_caller(connection, BOT, chat.chat_id, "en", NOW).chat
    assert known == replace(caller.chat, is_blocked=True)


def test_it_is_one_question_that_finds_its_rows_by_indexes(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        people = add_everybody(connection)
        opened(connection, people.alice, people.bob)
        with plans_kept(connection) as plans, statements_kept(connection) as asked:
            read_caller(connection, BOT, MOTHER, "en", NOW)
    assert len(asked) == 1
    assert not [one for one in plans if one.startswith("SCAN")]
