"""What a teacher decided reaches home in words, and before everything else; no number unasked."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channel import TelegramChannel, prepare
from bot.chats import links
from bot.tables import outbox as outbox_table
from jetkiz.config import Settings
from jetkiz.delivery.model import Batch, Delivery
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import ACCEPTED, AGAIN, Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.factories import MONDAY, NOW, WEEK, add_people, publish_week

WORDS, ELSEWHERE = "Clean work.", "The mark is not shown here"


def home(database: Database, folder: Path, mark: str, language: str = "en") -> str:
    """What the family of Alice reads when her teacher has said this."""
    settings = Settings(data=folder, telegram_token="1:test")
    workplace = Workplace(settings, database, FileStore(folder / "files"), lambda: NOW)
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        lesson = people.lessons[0]
        chat = links.open_chat(connection, 1, 11, language)
        links.link(connection, chat, people.alice, "guardian", NOW)
        add_page(connection, people.alice, lesson, Page("p", "0" * 64, "image/jpeg", "x"), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "x")
        assert work
        said = give_feedback(connection, Marking(work.id, mark, WORDS, "t", "k"), NOW)
    wanted = Delivery(WEEK, people.alice, 1, lesson, MONDAY, "telegram", feedback=said.id)
    TelegramChannel(workplace).dispatch(Batch("b", "telegram", WEEK, tuple(prepare([wanted]))), NOW)
    with database.read() as connection:
        [payload] = connection.scalars(select(outbox_table.c.payload))
    return str(payload["text"])


@pytest.mark.parametrize(
    ("mark", "first", "is_elsewhere"),
    [
        (ACCEPTED, "The teacher has accepted this work.", False),
        (AGAIN, "Please do this task once more.", False),
        ("5", WORDS, True),
        ("", WORDS, False),
    ],
)
def test_the_decision_is_said_first(
    sqlite_database: Database, tmp_path: Path, mark: str, first: str, *, is_elsewhere: bool
) -> None:
    said = home(sqlite_database, tmp_path, mark)
    _, _, about = said.partition("Lesson w05-0")
    assert about.strip().removeprefix("<b>").removeprefix("<blockquote>").startswith(first)
    assert WORDS in about
    assert (ELSEWHERE in about) == is_elsewhere
    assert "5" not in about


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "Мұғалім бұл жұмысты қабылдады."), ("ru", "Учитель принял")]
)
def test_it_is_said_in_the_language_of_the_chat(
    sqlite_database: Database, tmp_path: Path, language: str, words: str
) -> None:
    assert words in home(sqlite_database, tmp_path, ACCEPTED, language)
