"""Every command, button and state of the staff in three languages, through restarts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import links, questions
from bot.chats.questions import Part, Place
from bot.receiving.attachments import ArrivedFile
from bot.staff_notices import tell_staff
from bot.words.staff import COORDINATOR_COMMANDS, TEACHER_COMMANDS
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from tests.bot_family import BOT, Family
from tests.bot_staff import AIGUL, MOTHER, SECOND, TAMARA, add_everybody, bring, linked_staff
from tests.factories import NOW, WEEK, People
from tests.private_facts import all_written, leaks, plant

VOICE = {"voice": {"file_id": "f", "file_unique_id": "v", "duration": 3}}
# Commands, tags, and what is a name in every language.
NAMES = r"/[a-z]+|<[^>]+>|Telegram|Alice|Lesson w05-\d|English|Қазақша|Русский|Аяз!|Зат есім\."
FILE = ArrivedFile("v", "a" * 64, "audio/ogg")


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        found = add_everybody(connection)
        plant(connection)
    return found


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        yield opened


class Day:
    """A day of the staff, in which the program is started anew again and again."""

    def __init__(self, school: Family, language: str) -> None:
        self.school = school
        self.acts = {"kk": 0, "ru": 1, "en": 2}[language]
        for chat_id in (TAMARA, AIGUL, SECOND):
            school.presses(chat_id, 1, f"1:ln:{language}")
            school.screens[chat_id].messages.clear()
            school.screens[chat_id].answers.clear()

    def begin_anew(self) -> None:
        """Start the program anew before every third act, in each language before others."""
        self.acts += 1
        if self.acts % 3 == 0:
            self.school.restart()

    def says(self, chat_id: int, text: str, **more: Any) -> None:
        self.begin_anew()
        self.school.says(chat_id, text, **more)

    def presses(self, chat_id: int, verb: str, *numbers: int) -> None:
        self.begin_anew()
        self.school.press_verb(chat_id, verb, *numbers)

    def shown(self) -> list[str]:
        found = []
        for chat_id in (TAMARA, AIGUL, SECOND):
            screen = self.school.screens[chat_id]
            found += screen.answers
            for one in screen.messages.values():
                rows = one.get("reply_markup", {}).get("inline_keyboard", ())
                found += [one.get("text", ""), *(each["text"] for row in rows for each in row)]
                found += [each["description"] for each in one.get("commands", ())]
        return found


def teach(day: Day, work: int, question: int) -> None:
    for command in ("/help", "/start", "/settings", *(f"/{name}" for name in TEACHER_COMMANDS)):
        day.says(TAMARA, command)
    day.presses(TAMARA, "off", 8, 15)
    day.says(TAMARA, "/homework")
    day.presses(TAMARA, "wrk", work)
    day.presses(TAMARA, "fb", work)
    day.presses(TAMARA, "fbx", work)
    day.presses(TAMARA, "fb", work)
    day.says(TAMARA, "/today")
    day.presses(TAMARA, "fb", work)
    day.says(TAMARA, "Жарайсың!")
    day.school.hears(TAMARA, VOICE, FILE)
    day.presses(TAMARA, "re", work)
    day.says(TAMARA, "/questions")
    day.presses(TAMARA, "qst", question)
    place = {"date": 1, "chat": {"id": TAMARA, "type": "private"}}
    card = {"message_id": max(day.school.screens[TAMARA].messages), **place}
    day.school.hears(TAMARA, VOICE | {"reply_to_message": card}, FILE)
    day.presses(TAMARA, "ans", question)
    day.presses(TAMARA, "ansx", question)
    day.presses(TAMARA, "ans", question)
    day.says(TAMARA, "/today")
    for _ in range(2):
        day.says(TAMARA, "Зат есім.", reply_to_message=card)


def coordinate(day: Day) -> None:
    for command in (*COORDINATOR_COMMANDS, "emergency Аяз!"):
        day.says(AIGUL, f"/{command}")
    day.presses(AIGUL, "emn")
    day.says(AIGUL, "/emergency Аяз!")
    day.presses(AIGUL, "emt", 0)
    day.presses(SECOND, "emy")
    day.says(AIGUL, "/undelivered")
    day.presses(AIGUL, "rep")
    day.says(AIGUL, "/resend")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_day_of_the_staff_speaks_one_language_to_its_end(
    school: Family, people: People, language: str
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    chat = links.find_chat(school.connection, BOT, MOTHER)
    assert chat
    place = Place(BOT, chat, people.alice, people.lessons[0], 5)
    question = questions.ask(school.connection, place, Part("q", "?"), NOW)
    refused = Receipt(
        key="r",
        week=WEEK,
        student=people.alice,
        lessons=people.lessons[1:],
        state=State.FAILED,
        channel="telegram",
        at=NOW,
        source="telegram",
        reason=FailureReason.REFUSED,
    )
    record_receipt(school.connection, refused, NOW)
    day = Day(school, language)
    tell_staff(school.connection, BOT, school.now)
    school.deliver()
    teach(day, work, question)
    coordinate(day)
    assert leaks(all_written(school.connection, school.left), school.workplace.files) == set()
    said = [re.sub(NAMES, "", one) for one in day.shown()]
    assert len(said) > 60
    foreign = r"[а-яәіңғүұқөһ]{3,}" if language == "en" else r"[a-z]{3,}"
    assert [one for one in said if "{" in one or re.search(foreign, one)] == []
