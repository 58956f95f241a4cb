"""A mark stands in a teacher's answer where a guardian asked for it, in words first, and stops."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channel import TelegramChannel, prepare
from bot.chats import links
from bot.chats.export import all_about
from bot.chats.preferences import change_preferences
from bot.sending.outbox import Outgoing, put
from bot.tables import outbox
from bot.telegram.telegram_errors import OutboxState
from bot.words.cards import MARK_WORDS
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.model import Batch, Delivery
from jetkiz.homework.feedback import MARKS, Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.link_codes import LinkRole
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, Screen, family_of
from tests.factories import MONDAY, NOW, WEEK, People

MOTHER, FATHER, CHILD = 11, 12, 13
WORDS, ELSEWHERE = "Clean work.", "The mark is not shown here"
GOOD = "Result: good, 4"
NIGHT = NOW + timedelta(hours=15)


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path / "files")) as opened:
        for phone in (MOTHER, FATHER):
            opened.link(phone, people.alice)
        yield opened


@pytest.fixture
def lesson(people: People) -> int:
    return people.lessons[0]


def answered(family: Family, student: int, lesson: int, mark: str = "4", words: str = WORDS) -> int:
    """The teacher answers work of a student, and the answer is written to all phones."""
    connection, now = family.connection, family.now
    page = Page(f"p{family.updates}:{student}", "0" * 64, "image/jpeg", "x")
    add_page(connection, student, lesson, page, now)
    work = hand_in(connection, student, lesson, MONDAY, now, "x")
    assert work
    said = give_feedback(connection, Marking(work.id, mark, words, "t", f"k{work.id}"), now)
    wanted = Delivery(WEEK, student, 1, lesson, MONDAY, "telegram", feedback=said.id)
    batch = Batch(f"b{said.id}", "telegram", WEEK, tuple(prepare([wanted])))
    save_batch(connection, batch, now, now)
    TelegramChannel(family.workplace)._hand_over(connection, batch.consignments, now)
    family.deliver()
    return said.id


def asks(family: Family, phone: int, word: str) -> None:
    """Open the settings and press what they say about marks."""
    family.says(phone, "/settings")
    number = max(family.screens[phone].messages)
    buttons = family.presses(phone, number, "1:set:kids").buttons()
    [data] = [data for place, data, press in buttons if place == number and press.word == word]
    family.presses(phone, number, data)


def read(family: Family, phone: int) -> list[str]:
    """What a phone was told of the teacher's words."""
    return [text for text in family.screens[phone].texts if WORDS in text]


def morning_comes(family: Family) -> None:
    """What waited for the end of the quiet hours leaves."""
    family.connection.execute(update(outbox).values(not_before=NOW))
    family.deliver()


def test_the_mark_stands_only_where_it_was_asked_for(
    family: Family, people: People, lesson: int
) -> None:
    asks(family, MOTHER, "mk-1")
    assert "Marks in this chat: yes." in family.screens[MOTHER].last["text"]
    answered(family, people.alice, lesson)
    [told], [other] = read(family, MOTHER), read(family, FATHER)
    assert told.index(GOOD) < told.index(WORDS)
    assert ELSEWHERE not in told
    assert ELSEWHERE in other
    assert "Result" not in other


def test_switched_off_the_next_answer_has_no_mark(
    family: Family, people: People, lesson: int
) -> None:
    asks(family, MOTHER, "mk-1")
    answered(family, people.alice, lesson)
    family.restart()
    asks(family, MOTHER, "mk-0")
    assert "Marks in this chat: no." in family.screens[MOTHER].last["text"]
    answered(family, people.alice, lesson, "3")
    before, after = read(family, MOTHER)
    assert GOOD in before
    assert ELSEWHERE in after
    assert "Result" not in after


def test_a_phone_that_is_a_guardians_and_a_students_tells_marks_of_the_guarded_only(
    family: Family, people: People, lesson: int
) -> None:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    links.link(family.connection, chat, people.bob, LinkRole.STUDENT, NOW)
    asks(family, MOTHER, "mk-1")
    for student in (people.alice, people.bob):
        answered(family, student, lesson)
    of_alice, of_bob = read(family, MOTHER)
    assert GOOD in of_alice
    assert ELSEWHERE in of_bob


def test_a_students_phone_is_offered_no_marks_and_gets_none(
    family: Family, people: People, lesson: int
) -> None:
    chat = links.open_chat(family.connection, BOT, CHILD, "en")
    links.link(family.connection, chat, people.alice, LinkRole.STUDENT, NOW)
    family.screens[CHILD] = Screen()
    with pytest.raises(ValueError, match="not enough values"):
        asks(family, CHILD, "mk-1")
    assert "Marks" not in family.screens[CHILD].last["text"]
    change_preferences(family.connection, chat, marks=True)
    answered(family, people.alice, lesson)
    assert [ELSEWHERE in one for one in read(family, CHILD)] == [True]


@pytest.mark.parametrize(
    "words", [WORDS, WORDS + "\N{GRINNING FACE}" * 1985], ids=["short", "in parts"]
)
def test_switched_off_at_night_the_mark_is_taken_out_of_what_waits(
    family: Family, people: People, lesson: int, words: str
) -> None:
    for phone in (MOTHER, FATHER):
        asks(family, phone, "mk-1")
    family.now = NIGHT
    answered(family, people.alice, lesson, words=words)
    for word in ("mk-0", "mk-1", "mk-0"):
        asks(family, MOTHER, word)
        assert not read(family, MOTHER)
    morning_comes(family)
    told, other = "".join(read(family, MOTHER)), "".join(read(family, FATHER))
    assert told.count(WORDS) == other.count(WORDS) == 1, "once, and whole"
    assert "Result" not in told
    assert ELSEWHERE in family.screens[MOTHER].last["text"]
    assert GOOD in other


def test_what_a_teacher_drew_beside_the_mark_is_not_sent_twice(
    family: Family, people: People, lesson: int
) -> None:
    asks(family, MOTHER, "mk-1")
    family.now = NIGHT
    number = answered(family, people.alice, lesson)
    [row] = family.connection.execute(
        select(outbox.c.key, outbox.c.payload).where(
            outbox.c.chat_id == MOTHER, outbox.c.key.contains(f":feedback:{number}")
        )
    ).all()
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    picture = Outgoing(f"{row.key}:file1", MOTHER, "sendPhoto", {"chat_id": MOTHER, "photo": "x"})
    later = replace(picture, not_before=NIGHT + timedelta(days=400))
    assert put(family.connection, BOT, [later], NOW) == 1
    asks(family, MOTHER, "mk-0")
    morning_comes(family)
    assert [one for one in family.left if "photo" in one] == [picture.payload]
    assert [ELSEWHERE in one for one in read(family, MOTHER)] == [True]


def test_what_may_have_left_is_not_written_anew(
    family: Family, people: People, lesson: int
) -> None:
    asks(family, MOTHER, "mk-1")
    family.now = NIGHT
    number = answered(family, people.alice, lesson)
    mine = (outbox.c.chat_id == MOTHER, outbox.c.key.contains(f":feedback:{number}"))
    sending = {"state": OutboxState.SENDING.value}
    family.connection.execute(update(outbox).where(*mine).values(sending))
    asks(family, MOTHER, "mk-0")
    [payload] = family.connection.scalars(select(outbox.c.payload).where(*mine)).all()
    assert GOOD in payload["text"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mark", [*MARKS["five"], *MARKS["done"]])
def test_the_result_is_told_in_words_before_the_number(
    family: Family, people: People, lesson: int, mark: str, language: str
) -> None:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    change_preferences(family.connection, chat, marks=True, language=language)
    answered(family, people.alice, lesson, mark)
    [told] = read(family, MOTHER)
    if mark in MARKS["done"]:
        assert mark not in told.replace("Lesson w05-0", "")
        return
    words = translator(language)(MARK_WORDS[mark])
    assert f"{words}, {mark}" in told
    assert told.index(words) < told.index(WORDS)


def test_mydata_tells_whether_marks_come(family: Family) -> None:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    assert all_about(family.connection, chat)["settings"]["marks"] is False
    asks(family, MOTHER, "mk-1")
    assert all_about(family.connection, chat)["settings"]["marks"] is True
