"""No family name, address, number or need leaves to Telegram; a mark only to whom asked for it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.channel import TelegramChannel, prepare
from bot.chats import links, questions
from bot.chats.alarms import AlarmKind, raise_alarm
from bot.chats.preferences import change_preferences
from bot.chats.questions import Part, Place
from bot.family_access import cut_family
from bot.receiving.absence import LONGEST, Attendance
from bot.receiving.attachments import ArrivedFile
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.staff_notices import tell_staff
from bot.tables import outbox as written
from bot.talking import draft_news
from bot.words.keyboards import Verb
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries
from jetkiz.delivery.model import Batch, Delivery, Receipt
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.homework.feedback import Marking, give_feedback, read_feedback
from jetkiz.homework.model import SILENCE
from jetkiz.roster.link_codes import LinkRole, make_link_code
from jetkiz.storage.database import Database
from tests.bot_family import BOT, Family
from tests.bot_staff import (
    AIGUL,
    FATHER,
    MOTHER,
    SECOND,
    TAMARA,
    add_everybody,
    bring,
    linked_staff,
)
from tests.factories import MONDAY, NOW, WEEK, People
from tests.private_facts import FACTS, MARK, all_written, leaks, plant, plant_marks

CHILD = 13
ZONE = ZoneInfo("Asia/Qostanay")


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        found = add_everybody(connection)
        plant(connection)
    return found


@pytest.fixture
def settings() -> dict[str, bool]:
    return {}


@pytest.fixture
def school(
    sqlite_database: Database, people: People, tmp_path: Path, settings: dict[str, bool]
) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people, **settings) as opened:
        opened.link(FATHER, people.alice, people.bob, language="ru")
        yield opened


def found(school: Family) -> set[str]:
    return leaks(all_written(school.connection, school.left), school.workplace.files)


WAYS: dict[str, Any] = {
    "a text": lambda fact: ("sendMessage", {"text": f"A {fact} b"}),
    "a label": lambda fact: (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": fact}]]}},
    ),
    "a caption": lambda fact: ("sendDocument", {"document": "stored:0:1.pdf", "caption": fact}),
    "a file name": lambda fact: ("sendDocument", {"document": f"stored:0:{fact}.pdf"}),
    "a command": lambda fact: ("setMyCommands", {"commands": [{"description": fact}]}),
}


def test_the_look_finds_each_fact_in_whatever_is_written_to_anybody(school: Family) -> None:
    assert found(school) == set()
    for phone, (name, fact) in enumerate(FACTS.items(), 1):
        for way, made in WAYS.items():
            method, payload = made(fact)
            one = Outgoing(f"{name}:{way}", phone, method, payload)
            outbox.put(school.connection, BOT, [one], NOW)
            assert found(school) == {name}, way
            school.connection.execute(written.delete().where(written.c.key == one.key))


def test_the_look_finds_a_fact_in_a_copy_of_the_data(school: Family) -> None:
    name = school.workplace.files.put_sealed(f'{{"mark": "{MARK}"}}'.encode())
    one = {"document": f"stored:{name}:mydata.json"}
    assert leaks([one], school.workplace.files) == {"a mark"}
    assert leaks([{"text": f"{MARK}1 0{MARK}"}], school.workplace.files) == set()


def lessons_come(school: Family, people: People) -> None:
    """The day's lessons, a reminder put off, and what was refused."""
    homes = {people.alice: 1, people.bob: 2}
    wanted = deliveries(school.connection, WEEK, homes, dict.fromkeys(people.lessons, MONDAY))
    hand_over(school, prepare(wanted))
    for phone in (MOTHER, FATHER):
        for command in ("/today", "/week", "/homework", "/children", "/privacy", "/mydata"):
            school.says(phone, command)
        school.press_verb(phone, Verb.MY_DATA)
        for choice in (0, 1):
            school.presses(phone, 1, f"1:sz:{people.alice}:{people.lessons[0]}:{choice}")
    refused = Receipt("r", WEEK, people.alice, people.lessons[1:], State.FAILED, "telegram", NOW)
    record_receipt(school.connection, refused, NOW)


def hand_over(school: Family, given: Any) -> None:
    batch = Batch(f"b{len(school.left)}", "telegram", WEEK, tuple(given))
    save_batch(school.connection, batch, NOW, NOW)
    channel = TelegramChannel(school.workplace)
    channel._hand_over(school.connection, batch.consignments, NOW)
    school.deliver()


def work_is_marked(school: Family, people: People) -> None:
    """A work is handed in, opened and answered in the chat; its mark is given and goes home."""
    work = bring(school, people.alice, people.lessons[0])
    school.says(TAMARA, "/homework")
    school.press_verb(TAMARA, Verb.WORK, work)
    school.press_verb(TAMARA, Verb.FEEDBACK, work)
    school.says(TAMARA, "Well done.")
    said = give_feedback(school.connection, Marking(work, "4", "Clean.", "tamara", "m"), NOW)
    assert plant_marks(school.connection) == 1
    school.presses(TAMARA, 1, f"1:wrk:{work}")
    for each in read_feedback(school.connection, [work]):
        home = 1
        one = Delivery(
            WEEK, people.alice, home, people.lessons[0], MONDAY, "telegram", feedback=each.id
        )
        hand_over(school, prepare([one]))
    assert said.mark
    other = bring(school, people.bob, people.lessons[0])
    school.presses(TAMARA, 1, f"1:ok:{other}")


@pytest.mark.parametrize("asked", [False, True])
def test_a_mark_leaves_to_the_chat_that_asked_for_it_and_to_no_other(
    school: Family, people: People, *, asked: bool
) -> None:
    own = links.open_chat(school.connection, BOT, CHILD, "kk")
    links.link(school.connection, own, people.alice, LinkRole.STUDENT, NOW)
    # A child's phone that had them as a guardian's has lost them.
    change_preferences(school.connection, own, marks=True)
    if asked:
        school.presses(MOTHER, 1, "1:set:mk-1")
    work_is_marked(school, people)
    told = all_written(school.connection, school.left)
    home = [one for one in told if one.get("chat_id") in {MOTHER, FATHER, CHILD} and "text" in one]
    words = [one for one in home if "Clean." in one["text"]]
    assert {one["chat_id"] for one in words} == {MOTHER, FATHER, CHILD}
    mothers = [one for one in words if one["chat_id"] == MOTHER]
    assert leaks(mothers, school.workplace.files) == ({"a mark"} if asked else set())
    others = [one for one in told if one not in mothers]
    assert leaks(others, school.workplace.files) == set()


def everybody_is_told(school: Family, people: People) -> None:
    """Questions, alarms, emergencies, work sealed by silence, an absence, a phone that is cut."""
    chat = links.find_chat(school.connection, BOT, MOTHER)
    assert chat
    place = Place(BOT, chat, people.alice, people.lessons[0], 5)
    number = questions.ask(school.connection, place, Part("q", "Why?"), NOW)
    for kind in AlarmKind:
        raise_alarm(school.connection, BOT, kind, people.alice, f"a:{kind}", NOW)
    for hours in (0, 26):
        tell_staff(school.connection, BOT, NOW + timedelta(hours=hours))
    school.deliver()
    school.says(TAMARA, "/questions")
    school.press_verb(TAMARA, Verb.QUESTION, number)
    school.press_verb(TAMARA, Verb.ANSWER, number)
    school.says(TAMARA, "Because.")
    for command in ("/status", "/undelivered", "/resend", "/emergency Frost."):
        school.says(AIGUL, command)
    school.press_verb(AIGUL, Verb.EMERGENCY_TO, 2)
    school.press_verb(SECOND, Verb.EMERGENCY_YES)
    school.says(MOTHER, "/homework")
    school.press_verb(MOTHER, Verb.HAND_IN, people.alice)
    school.hears(MOTHER, {"voice": {"file_id": "f", "file_unique_id": "v", "duration": 3}}, VOICE)
    school.now += SILENCE + timedelta(minutes=1)
    draft_news.seal_silent(school.connection, BOT, ZONE, school.now)
    clock = iter((0.0, LONGEST.total_seconds() * 2))
    attendance = Attendance(BOT, "UTC", lambda: next(clock))
    attendance.heard(school.connection, school.now)
    attendance.heard(school.connection, school.now + LONGEST * 1.5)
    hashed = school.workplace.files.hash_of_code
    code = make_link_code(school.connection, people.alice, LinkRole.GUARDIAN, NOW, hashed)
    school.says(CHILD, f"/start {code}")
    for verb in (Verb.CONFIRM, Verb.AGREE):
        school.press_verb(CHILD, verb)
    cut_family(school.connection, people.alice, school.now)


VOICE = ArrivedFile("v", "a" * 64, "audio/ogg")


@pytest.mark.parametrize("settings", [{}, {"telegram_marks": True, "telegram_rich": True}])
def test_nothing_private_leaves_to_families_staff_or_coordinators(
    school: Family, people: People
) -> None:
    lessons_come(school, people)
    work_is_marked(school, people)
    everybody_is_told(school, people)
    assert found(school) == set()
    keys = {str(one.get("chat_id")) for one in school.left}
    assert keys >= {str(one) for one in (MOTHER, FATHER, CHILD, TAMARA, AIGUL, SECOND)}
    assert len(all_written(school.connection, school.left)) > 80
