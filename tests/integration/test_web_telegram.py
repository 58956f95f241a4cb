"""The page of Telegram: what it tells, what its buttons do, and only for the own school."""

import re

import pytest
from sqlalchemy import select

from bot import bots
from bot.chats import links, staff
from bot.chats.alarms import AlarmKind, open_alarms, raise_alarm
from bot.receiving import inbox
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.tables import telegram_inbox
from jetkiz.bot_tokens import BotToken
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.staff.audit import Act, read_entries
from jetkiz.staff.staff_codes import use_staff_code
from jetkiz.staff.tables import account
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.console import Browser, one_database
from tests.factories import NOW, WEEK, People

BOT = 1


def add_bot(place: Workplace) -> None:
    with place.database.write() as connection:
        bots.take_up(connection, [BotToken("1:test", "")])
        bots.remember_name(connection, BOT, "SchoolBot")


def link(place: Workplace, chat_id: int, student: int) -> None:
    with place.database.write() as connection:
        chat = links.open_chat(connection, BOT, chat_id, "en")
        links.link(connection, chat, student, "guardian", NOW)


def number_of(place: Workplace, login: str) -> int:
    with place.database.read() as connection:
        return int(connection.scalars(select(account.c.id).where(account.c.login == login)).one())


def refuse(place: Workplace, student: int, lessons: tuple[int, ...]) -> None:
    receipt = Receipt(
        key=f"r:{student}",
        week=WEEK,
        student=student,
        lessons=lessons,
        state=State.FAILED,
        channel="telegram",
        at=NOW,
        source="telegram",
        reason=FailureReason.REFUSED,
    )
    with place.database.write() as connection:
        record_receipt(connection, receipt, NOW)


def put_aside(place: Workplace) -> int:
    raw = {"update_id": 7, "message": {"chat": {"id": 5, "type": "private"}}}
    with place.database.write() as connection:
        inbox.store(connection, BOT, [raw], NOW)
        for tries in range(inbox.MOST_TRIES):
            row = connection.execute(select(telegram_inbox)).one()
            one = inbox.Arrived(row.id, row.update_id, row.chat_id, row.raw, tries)
            inbox.mark_failed(connection, one, "KeyError: 'from'", NOW)
        return int(row.id)


async def test_the_page_tells_how_the_bot_stands_in_three_languages(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("aigul")
    assert "No bot is set up" in (await visitor.open("/telegram")).text
    add_bot(web_workplace)
    link(web_workplace, 11, web_people.alice)
    refuse(web_workplace, web_people.alice, web_people.lessons[:2])
    put_aside(web_workplace)
    with web_workplace.database.write() as connection:
        later = Outgoing("later", 11, "sendMessage", {"text": "x"})
        outbox.put(connection, BOT, [later], wall_clock())
    shown = (await visitor.open("/telegram")).text
    for words in ("@SchoolBot", "Nothing stops the bot", "KeyError", "2 lessons", "Test Alice"):
        assert words in shown
    for language, word in (("kk", "Мектеп телефондары"), ("ru", "Телефоны школы")):
        await visitor.send("/language", language=language, next="/telegram")
        assert word in (await visitor.open("/telegram")).text
    with web_workplace.database.read() as connection:
        told = read_entries(connection, web_people.alice, 1)[0]
    assert (told.act, told.who) == (Act.READ_UNDELIVERED, "aigul")


@one_database
async def test_a_code_is_shown_once_and_opens_a_link_for_its_person(
    visitor: Browser, web_workplace: Workplace
) -> None:
    add_bot(web_workplace)
    await visitor.sign_in("aigul")
    await visitor.open("/telegram")
    tamara = number_of(web_workplace, "tamara")
    shown = (await visitor.send("/telegram/codes", account=str(tamara))).text
    typed = re.search(r'class="typed">([^<]+)<', shown)
    assert typed
    assert "https://t.me/SchoolBot?start=k1_" in shown
    assert typed[1] not in (await visitor.open("/telegram")).text
    with web_workplace.database.write() as connection:
        assert use_staff_code(connection, typed[1], NOW, web_workplace.files.hash_of_code) == tamara
        entry = read_entries(connection, None, 1)[0]
    assert (entry.act, entry.who, entry.detail) == (Act.STAFF_CODE, "aigul", "tamara")


@one_database
async def test_cutting_ends_links_of_staff_and_of_families(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    add_bot(web_workplace)
    link(web_workplace, 11, web_people.alice)
    tamara = number_of(web_workplace, "tamara")
    with web_workplace.database.write() as connection:
        chat = links.open_chat(connection, BOT, 21, "en")
        staff.link_staff(connection, chat, tamara, NOW)
    await visitor.sign_in("aigul")
    await visitor.open("/telegram")
    assert (
        "phones and codes are cut"
        in (await visitor.send("/telegram/cut", account=str(tamara))).text
    )
    await visitor.send("/telegram/families", student=str(web_people.alice))
    with web_workplace.database.read() as connection:
        assert staff.staff_phones(connection) == []
        assert links.all_phones(connection, web_people.alice) == []
        told = {one.chat_id for one in outbox.waiting_for(connection, BOT, 21)}
    assert told == {21}


@one_database
async def test_what_was_put_aside_is_tried_again_or_closed(
    visitor: Browser, web_workplace: Workplace
) -> None:
    add_bot(web_workplace)
    number = put_aside(web_workplace)
    await visitor.sign_in("aigul")
    await visitor.open("/telegram")
    await visitor.send("/telegram/letters", number=str(number), act="nonsense")
    with web_workplace.database.read() as connection:
        assert len(inbox.dead_letters(connection, BOT)) == 1
    await visitor.send("/telegram/letters", number=str(number), act="again")
    with web_workplace.database.write() as connection:
        assert inbox.dead_letters(connection, BOT) == []
        assert inbox.count_waiting(connection, BOT) == 1
        [one] = inbox.waiting(connection, BOT, wall_clock())
        for tries in range(inbox.MOST_TRIES):
            again = inbox.Arrived(one.id, one.update_id, one.chat_id, one.raw, tries)
            inbox.mark_failed(connection, again, "KeyError: 'from'", NOW)
    await visitor.send("/telegram/letters", number=str(number), act="close")
    with web_workplace.database.read() as connection:
        assert inbox.dead_letters(connection, BOT) == []
        assert inbox.count_waiting(connection, BOT) == 0


@one_database
@pytest.mark.parametrize("owner", ["nobody", "alice", "tamara", "charlie", "outsider"])
async def test_letters_from_chats_of_another_school_are_not_shown(
    visitor: Browser, web_workplace: Workplace, web_people: People, owner: str
) -> None:
    add_bot(web_workplace)
    number = put_aside(web_workplace)
    if owner in {"alice", "charlie"}:
        link(web_workplace, 5, getattr(web_people, owner))
    elif owner != "nobody":
        with web_workplace.database.write() as connection:
            chat = links.open_chat(connection, BOT, 5, "en")
            staff.link_staff(connection, chat, number_of(web_workplace, owner), NOW)
    is_theirs = owner in {"charlie", "outsider"}
    await visitor.sign_in("aigul")
    assert ("KeyError" in (await visitor.open("/telegram")).text) != is_theirs
    await visitor.send("/telegram/letters", number=str(number), act="close")
    with web_workplace.database.read() as connection:
        assert bool(inbox.dead_letters(connection, BOT)) == is_theirs


@one_database
async def test_a_coordinator_of_another_school_changes_nothing_here(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    add_bot(web_workplace)
    link(web_workplace, 11, web_people.alice)
    refuse(web_workplace, web_people.alice, web_people.lessons)
    await visitor.sign_in("outsider")
    shown = (await visitor.open("/telegram")).text
    assert "tamara" not in shown
    assert "Test Alice" not in shown
    tamara = str(number_of(web_workplace, "tamara"))
    assert "typed" not in (await visitor.send("/telegram/codes", account=tamara)).text
    for address, field in (("cut", "account"), ("families", "student"), ("again", "student")):
        number = tamara if field == "account" else str(web_people.alice)
        for value in (number, "0", "-1", "x", "9" * 30):
            await visitor.send(f"/telegram/{address}", **{field: value})
    with web_workplace.database.read() as connection:
        assert len(links.all_phones(connection, web_people.alice)) == 1
        assert read_consignments(connection) == []


@one_database
async def test_send_again_puts_one_attempt_on_its_way(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    add_bot(web_workplace)
    link(web_workplace, 11, web_people.alice)
    refuse(web_workplace, web_people.alice, web_people.lessons)
    await visitor.sign_in("aigul")
    await visitor.open("/telegram")
    for _ in range(2):
        await visitor.send("/telegram/again", student=str(web_people.alice))
    await visitor.send("/telegram/again")
    with web_workplace.database.read() as connection:
        [again] = read_consignments(connection)
    assert (again.student, again.contents[0].attempt) == (web_people.alice, 2)


@one_database
async def test_an_alarm_stands_until_somebody_of_the_school_saw_to_it(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    add_bot(web_workplace)
    with web_workplace.database.write() as connection:
        kind = AlarmKind.FOREIGN_PHONE
        raise_alarm(connection, BOT, kind, web_people.alice, "alarm", NOW)
        [alarm] = open_alarms(connection, BOT)
    await visitor.sign_in("outsider")
    assert "does not know a phone" not in (await visitor.open("/telegram")).text
    await visitor.send("/telegram/alarms", number=str(alarm.id))
    await visitor.send("/sign-out")
    await visitor.sign_in("aigul")
    shown = (await visitor.open("/telegram")).text
    assert "A family does not know a phone that was linked: Test Alice, 2A." in shown
    await visitor.send("/telegram/alarms", number=str(alarm.id))
    assert "does not know a phone" not in (await visitor.open("/telegram")).text
