"""A family's question: who hears of it and when, who may answer, and how the answer comes home."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chats import links, questions, staff
from bot.chats.alarms import AlarmKind, raise_alarm
from bot.chats.links import Chat
from bot.chats.questions import Part, Place
from bot.chats.staff import Member
from bot.sending.outbox import Outgoing, put
from bot.staff_notices import answer_by, tell_staff
from bot.tables import outbox
from bot.words.keyboards import Verb
from jetkiz.staff.audit import Act, read_entries
from jetkiz.staff.permissions import Role, Viewer
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family
from tests.bot_staff import (
    AIGUL,
    BOLAT,
    MOTHER,
    OUTSIDER,
    SECOND,
    TAMARA,
    add_everybody,
    bring,
    linked_staff,
)
from tests.factories import NOW, People

ZONE = ZoneInfo("Asia/Qostanay")
NOBODY = Viewer(1, "x", Role.TEACHER, 1, "en")
moments = st.integers(0, 60 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n))


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        yield opened


def chat_of(school: Family, chat_id: int) -> Chat:
    chat = links.find_chat(school.connection, BOT, chat_id)
    assert chat
    return chat


def ask(school: Family, student: int, lesson: int, message_id: int = 5) -> int:
    chat = chat_of(school, MOTHER)
    part = Part(f"m:{message_id}", "What is a <b>noun</b>?", "", "")
    place = Place(BOT, chat, student, lesson, message_id)
    return questions.ask(school.connection, place, part, school.now)


def told(school: Family) -> None:
    tell_staff(school.connection, BOT, school.now)
    tell_staff(school.connection, BOT, school.now)
    school.deliver()


def heard(school: Family, chat_id: int) -> int:
    return sum("asks about a lesson" in text for text in school.screens[chat_id].texts)


def test_the_teacher_hears_once_and_the_coordinator_after_a_school_day(
    school: Family, people: People
) -> None:
    ask(school, people.alice, people.lessons[0])
    told(school)
    assert [heard(school, one) for one in (TAMARA, BOLAT, AIGUL, OUTSIDER)] == [1, 0, 0, 0]
    school.now += timedelta(hours=25)
    told(school)
    assert [heard(school, one) for one in (TAMARA, BOLAT, AIGUL, OUTSIDER)] == [1, 0, 1, 0]


def test_a_notice_to_a_chat_with_a_longer_number_is_not_taken_for_ones_own(
    school: Family, people: People
) -> None:
    number = ask(school, people.alice, people.lessons[0])
    key = f"question:{number}:{chat_of(school, TAMARA).id}2"
    put(school.connection, BOT, [Outgoing(key, MOTHER, "sendMessage", {"text": "x"})], NOW)
    told(school)
    assert heard(school, TAMARA) == 1


def test_outside_the_office_hours_a_notice_waits(school: Family, people: People) -> None:
    school.now += timedelta(hours=12)
    ask(school, people.alice, people.lessons[0])
    began = wall_clock()
    told(school)
    ended = wall_clock()
    assert heard(school, TAMARA) == 0
    [row] = school.connection.execute(
        select(outbox).where(outbox.c.key.startswith("question:"))
    ).all()
    # Eight in the morning is twelve hours after eight in the evening at the school.
    assert began <= row.not_before - timedelta(hours=12) <= ended


def test_the_answer_hangs_on_the_question_and_the_second_is_refused(
    school: Family, people: People
) -> None:
    number = ask(school, people.alice, people.lessons[0], 77)
    told(school)
    card = max(school.press_verb(TAMARA, "qst", number).messages)
    shown = school.screens[TAMARA].last["text"]
    assert "What is a &lt;b&gt;noun&lt;/b&gt;?" in shown
    assert "Test" not in shown
    place = {"message_id": card, "date": 1, "chat": {"id": TAMARA, "type": "private"}}
    for words in ("A name.", "Another."):
        school.says(TAMARA, words, reply_to_message=place)
    answer = school.screens[MOTHER].last
    assert "A name." in answer["text"]
    assert answer["reply_parameters"]["message_id"] == 77
    assert "answered already" in school.screens[TAMARA].last["text"]
    assert "No question waits" in school.says(TAMARA, "/questions").last["text"]
    acts = [(one.act, one.who) for one in read_entries(school.connection, people.alice, 2)]
    assert acts == [(Act.READ_QUESTION, "tamara"), (Act.ANSWER_QUESTION, "tamara")]


def test_after_the_button_any_words_are_the_answer(school: Family, people: People) -> None:
    for place, words in enumerate(("A name.", "today", "неделя", "3", "ABCD-EFGH-J"), 77):
        number = ask(school, people.alice, people.lessons[0], place)
        told(school)
        school.press_verb(TAMARA, Verb.QUESTION, number)
        school.press_verb(TAMARA, Verb.ANSWER, number)
        school.restart()
        school.says(TAMARA, words)
        answer = school.screens[MOTHER].last
        assert words in answer["text"]
        assert answer["reply_parameters"]["message_id"] == place
        assert questions.open_questions(school.connection, BOT) == []
        school.says(TAMARA, "today")
        assert "Your answer" not in school.screens[TAMARA].last["text"], "one message was meant"


def test_what_is_no_answer_leaves_the_question_open(school: Family, people: People) -> None:
    number = ask(school, people.alice, people.lessons[0])
    told(school)
    school.press_verb(TAMARA, Verb.QUESTION, number)
    school.press_verb(TAMARA, Verb.ANSWER, number)
    photo = school.sends(TAMARA, "1" * 64).last["text"]
    assert "in words" in photo
    assert "fit" in school.says(TAMARA, "x" * 1001).last["text"]
    school.says(TAMARA, "Do not answer now")
    assert "Nothing was sent to the family." in str(school.screens[TAMARA].messages)
    school.says(TAMARA, "Not an answer.")
    assert len(questions.open_questions(school.connection, BOT)) == 1


def test_nobody_else_announces_an_answer(school: Family, people: People) -> None:
    number = ask(school, people.alice, people.lessons[0])
    for chat_id in (BOLAT, OUTSIDER, MOTHER):
        school.presses(chat_id, 1, f"1:ans:{number}")
        school.says(chat_id, "My answer.")
        assert len(questions.open_questions(school.connection, BOT)) == 1
    school.presses(TAMARA, 1, "1:ans:99")
    school.presses(TAMARA, 1, "1:ans")
    school.says(TAMARA, "My answer.")
    assert len(questions.open_questions(school.connection, BOT)) == 1


def test_of_two_who_answer_the_second_hears_that_it_was_done(
    school: Family, people: People
) -> None:
    number = ask(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:ans:{number}")
    questions.answer(school.connection, number, "Done.", "aigul", school.now)
    assert "answered already" in school.says(TAMARA, "A name.").last["text"]
    school.presses(TAMARA, 1, f"1:ans:{number}")
    assert "answered already" in school.screens[TAMARA].last["text"]


def test_an_answer_to_a_chat_that_left_does_not_go_there_and_the_teacher_hears_it(
    school: Family, people: People
) -> None:
    number = ask(school, people.alice, people.lessons[0])
    links.unlink(school.connection, chat_of(school, MOTHER), [people.alice])
    school.presses(TAMARA, 1, f"1:ans:{number}")
    before = len(school.screens[MOTHER].messages)
    assert "another way" in school.says(TAMARA, "A name.").last["text"]
    assert len(school.screens[MOTHER].messages) == before


@pytest.mark.parametrize("chat_id", [BOLAT, OUTSIDER, MOTHER])
def test_nobody_else_reads_or_answers(school: Family, people: People, chat_id: int) -> None:
    number = ask(school, people.alice, people.lessons[0])
    school.says(chat_id, "/questions")
    screen = school.presses(chat_id, 1, f"1:qst:{number}")
    assert "noun" not in str(screen.messages)
    assert questions.open_questions(school.connection, BOT)


def test_homework_that_waits_is_told_once_a_day_in_office_hours(
    school: Family, people: People
) -> None:
    bring(school, people.alice, people.lessons[0])
    for hours in (0, 1, 12, 24):
        school.now = NOW + timedelta(hours=hours)
        told(school)
    counts = [
        sum("homework waits" in text for text in school.screens[one].texts)
        for one in (TAMARA, BOLAT, AIGUL)
    ]
    assert counts == [2, 0, 0]


@given(moments)
def test_a_question_is_never_due_on_a_free_day_nor_before_a_day(asked: datetime) -> None:
    due = answer_by(asked, ZONE)
    assert due - asked >= timedelta(days=1)
    assert due.weekday() < 5
    assert due - asked <= timedelta(days=3)


@given(moments, st.sampled_from([(8, 18), (8, 15), (7, 20), (0, 24)]))
def test_the_next_office_hour_is_the_first_that_fits(now: datetime, hours: tuple[int, int]) -> None:
    member = Member(1, NOBODY, ZONE, *hours)
    found = member.next_office(now)
    assert member.is_in_office(found)
    assert found >= now
    steps = (now + timedelta(minutes=30) * n for n in range(int((found - now).seconds / 1800)))
    assert not any(member.is_in_office(one) for one in steps if one < found and found != now)


def test_office_hours_are_chosen_by_button_and_nonsense_is_refused(school: Family) -> None:
    school.says(TAMARA, "/settings")
    school.press_verb(TAMARA, "off", 8, 15)
    chat = chat_of(school, TAMARA)
    [member] = staff.members(school.connection, chat)
    assert (member.office_from, member.office_to) == (8, 15)
    school.presses(TAMARA, 1, "1:off:9:3")
    [member] = staff.members(school.connection, chat)
    assert (member.office_from, member.office_to) == (8, 15)


def test_an_alarm_is_told_to_the_coordinators_of_the_school_once(
    school: Family, people: People
) -> None:
    kind = AlarmKind.WITHDRAWN
    raise_alarm(school.connection, BOT, kind, people.alice, "alarm", school.now)
    told(school)
    counts = [
        sum("consent back: Alice, 2A." in text for text in school.screens[one].texts)
        for one in (AIGUL, SECOND, TAMARA, OUTSIDER)
    ]
    assert counts == [1, 1, 0, 0]
