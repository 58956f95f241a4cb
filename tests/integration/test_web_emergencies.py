"""An emergency message of the console takes two people as well, and goes out once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import bots, emergencies
from bot.chats import links, staff
from bot.sending.outbox import Lane
from bot.staff_tables import telegram_emergency
from bot.tables import outbox
from jetkiz.bot_tokens import BotToken
from jetkiz.staff.audit import Act, read_entries
from jetkiz.staff.permissions import Role
from jetkiz.staff.tables import account
from jetkiz.staff.viewers import read_viewer
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.emergencies import decide
from tests.bot_staff import number_of
from tests.console import Browser, Hands, one_database, quick_hash
from tests.factories import NOW, People

BOT, PHONE, COORDINATOR = 1, 11, 21
PAGE = "/telegram/emergency"


@pytest.fixture
def place(web_workplace: Workplace, web_people: People) -> Workplace:
    """A second coordinator, and a family with a phone."""
    with web_workplace.database.write() as connection:
        bots.take_up(connection, [BotToken("1:test", "")])
        row = {"login": "second", "password_hash": quick_hash(), "role": Role.COORDINATOR.value}
        row |= {"school_id": web_people.school, "language": "en", "active": True}
        connection.execute(account.insert().values(row | {"created_at": NOW}))
        chat = links.open_chat(connection, BOT, PHONE, "en")
        links.link(connection, chat, web_people.alice, "guardian", NOW)
    return web_workplace


def link_coordinator(place: Workplace, login: str) -> int:
    with place.database.write() as connection:
        chat = links.open_chat(connection, BOT, COORDINATOR, "en")
        staff.link_staff(connection, chat, number_of(connection, login), NOW)
    return chat.id


def sent(place: Workplace) -> list[int]:
    with place.database.read() as connection:
        mine = outbox.c.lane == int(Lane.EMERGENCY)
        return list(connection.scalars(select(outbox.c.chat_id).where(mine)))


def waiting(place: Workplace) -> int:
    with place.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(telegram_emergency)) or 0


async def write(
    visitor: Browser, words: str = "Frost. Stay at home.", scope: str = "school"
) -> None:
    await visitor.open(PAGE)
    await visitor.send(PAGE, key=visitor.value("key"), words=words, scope=scope)


async def answer(visitor: Browser, act: str = "send", number: str = "1") -> None:
    await visitor.open(PAGE)
    await visitor.send(f"{PAGE}/answer", number=number, act=act)


@one_database
async def test_a_message_goes_out_when_the_second_coordinator_confirms(
    visitor: Browser, place: Workplace
) -> None:
    await visitor.sign_in("aigul")
    await write(visitor, scope="class:1")
    assert "has to confirm" in visitor.text
    await answer(visitor)
    assert sent(place) == [], "nobody confirms what they wrote themselves"
    assert "not you" in visitor.text
    await visitor.sign_out_and_in("second")
    assert ">1<" in (await visitor.open("/telegram")).text
    await visitor.open(PAGE)
    assert "Frost. Stay at home." in visitor.text
    assert "It would reach 1 phone." in visitor.text
    for _ in range(2):
        await answer(visitor)
    assert sent(place) == [PHONE]
    with place.database.read() as connection:
        told = read_entries(connection, None, 9)
    mine = {Act.PROPOSE_EMERGENCY, Act.CONFIRM_EMERGENCY}
    acts = [(one.act, one.who) for one in told if one.act in mine]
    assert sorted(acts, reverse=True) == [
        (Act.PROPOSE_EMERGENCY, "aigul"),
        (Act.CONFIRM_EMERGENCY, "second"),
    ]


@one_database
async def test_the_same_form_sent_twice_is_one_message(visitor: Browser, place: Workplace) -> None:
    link_coordinator(place, "second")
    await visitor.sign_in("aigul")
    await visitor.open(PAGE)
    key = visitor.value("key")
    for _ in range(2):
        await visitor.send(PAGE, key=key, words="Frost.", scope="school")
        await visitor.open(PAGE)
    assert waiting(place) == 1
    with place.database.read() as connection:
        asked = outbox.c.key.startswith("emergency-ask:")
        assert list(connection.scalars(select(outbox.c.chat_id).where(asked))) == [COORDINATOR]


async def test_other_words_after_the_browsers_way_back_are_another_message(
    visitor: Browser, place: Workplace
) -> None:
    link_coordinator(place, "second")
    await visitor.sign_in("aigul")
    await visitor.open(PAGE)
    key = visitor.value("key")
    for words in ("Frost.", "Fire!"):
        await visitor.send(PAGE, key=key, words=words, scope="school")
        await visitor.open(PAGE)
    assert waiting(place) == 2


NO_SCOPES = ("", "class:99", "class:3", "grade:9", "grade:-1", "grade:", "x:1", "class:" + "9" * 30)


@one_database
async def test_what_is_no_message_is_refused_in_words(visitor: Browser, place: Workplace) -> None:
    await visitor.sign_in("aigul")
    cases = [("", "school", "Please write"), ("   ", "school", "Please write")]
    cases += [("x" * 1001, "school", "too long")]
    cases += [("Frost.", scope, "Please write") for scope in NO_SCOPES]
    for words, scope, said in cases:
        await write(visitor, words, scope)
        assert said in visitor.text, (words[:9], scope)
    assert waiting(place) == 0


@one_database
async def test_whoever_coordinates_alone_sends_none(visitor: Browser, place: Workplace) -> None:
    await visitor.sign_in("outsider")
    await write(visitor)
    assert "no second coordinator" in visitor.text
    assert waiting(place) == 0


@one_database
async def test_another_school_neither_sees_nor_sends_nor_drops_it(
    visitor: Browser, place: Workplace
) -> None:
    await visitor.sign_in("aigul")
    await write(visitor)
    await visitor.sign_out_and_in("outsider")
    assert "Frost" not in (await visitor.open(PAGE)).text
    for act in ("send", "drop", "nonsense"):
        await answer(visitor, act)
    await answer(visitor, "send", "9" * 30)
    await visitor.sign_out_and_in("second")
    await answer(visitor)
    assert sent(place) == [PHONE]


@one_database
@pytest.mark.parametrize("end", ["drop", "wait"])
async def test_what_was_dropped_or_waited_too_long_never_goes_out(
    visitor: Browser, place: Workplace, web_clock: Hands, end: str
) -> None:
    await visitor.sign_in("aigul")
    await write(visitor)
    if end == "drop":
        await answer(visitor, "drop")
    else:
        web_clock.moment += emergencies.CONFIRM_WITHIN + timedelta(seconds=1)
    await visitor.sign_out_and_in("second")
    await answer(visitor)
    assert "waited too long" in visitor.text
    assert sent(place) == []


@one_database
def test_what_was_written_in_a_chat_is_confirmed_in_the_console_by_somebody_else(
    place: Workplace,
) -> None:
    chat = link_coordinator(place, "aigul")
    with place.database.write() as connection:
        aigul, second = (
            read_viewer(connection, number_of(connection, login)) for login in ("aigul", "second")
        )
        assert aigul
        assert second
        new = emergencies.Proposal(BOT, "k", emergencies.Scope(), "Frost.", chat)
        number = emergencies.propose(connection, aigul, new, NOW)
        assert number
        assert decide(connection, aigul, number, "send", NOW) == "another"
        assert decide(connection, second, number, "send", NOW) == "sent"
        assert decide(connection, second, number, "send", NOW) == "over"
    assert sent(place) == [PHONE]
