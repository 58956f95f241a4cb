"""What a teacher sees and does in the chat, and that nobody else can."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.chats import links, staff
from bot.receiving.attachments import ArrivedFile, Trouble
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import AGAIN, Feedback, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.roster.tables import student, teacher, teaching
from jetkiz.staff.audit import Act, read_entries
from jetkiz.staff.staff_codes import make_staff_code
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from tests.bot_family import BOT, Family
from tests.bot_staff import (
    AIGUL,
    BOLAT,
    MOTHER,
    OUTSIDER,
    STRANGER,
    TAMARA,
    add_everybody,
    bring,
    linked_staff,
    number_of,
)
from tests.factories import People


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        yield opened


def told(school: Family, work: int) -> list[Feedback]:
    return read_feedback(school.connection, [work])


def test_the_queue_holds_the_own_classes_and_no_family_name(school: Family, people: People) -> None:
    bring(school, people.alice, people.lessons[0])
    bring(school, people.bob, people.lessons[0])
    hers = school.says(TAMARA, "/homework").last
    his = school.says(BOLAT, "/homework").last
    assert "Alice" in str(hers)
    assert "Bob" not in str(hers)
    assert "Bob" in str(his)
    assert "Test" not in str(hers) + str(his)
    assert "2 pieces of homework wait" in school.says(AIGUL, "/homework").last["text"]
    assert "Nothing waits" in school.says(OUTSIDER, "/homework").last["text"]


def test_work_opens_with_its_pages_first_and_the_opening_is_written_down(
    school: Family, people: People
) -> None:
    kinds = ("image/jpeg", "image/png", "audio/ogg", "application/pdf")
    work = bring(school, people.alice, people.lessons[0], *kinds)
    school.says(TAMARA, "/homework")
    screen = school.press_verb(TAMARA, "wrk", work)
    shown = list(screen.messages.values())[-4:]
    assert [sorted(set(one) & {"media", "voice", "document", "text"}) for one in shown] == [
        ["media"],
        ["voice"],
        ["document"],
        ["text"],
    ]
    assert "Test" not in str(shown)
    assert "Alice, 2A" in shown[-1]["text"]
    last = read_entries(school.connection, people.alice, 1)[0]
    assert (last.act, last.who) == (Act.READ_WORK, "tamara")


@pytest.mark.parametrize("chat_id", [BOLAT, OUTSIDER, MOTHER, STRANGER])
def test_nobody_else_can_open_or_answer_a_work_by_a_guessed_button(
    school: Family, people: People, chat_id: int
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.says(chat_id, "/help")
    before = len(school.screens[chat_id].messages)
    for verb in ("wrk", "ok", "re", "mk", "fb"):
        data = f"1:{verb}:{work}:5" if verb == "mk" else f"1:{verb}:{work}"
        screen = school.presses(chat_id, max(screen_numbers(school, chat_id)), data)
    screen = school.says(chat_id, "These words are for nobody.")
    assert "Alice" not in str(list(screen.messages.values())[before:])
    assert told(school, work) == []
    assert read_returns(school.connection, numbers=[work])[0].state == ReturnState.HANDED_IN


def screen_numbers(school: Family, chat_id: int) -> list[int]:
    return list(school.screens[chat_id].messages)


@pytest.mark.parametrize(
    ("verb", "mark", "words"), [("ok", "done", "Accepted."), ("re", AGAIN, "asked to do it again")]
)
def test_a_decision_is_kept_once_however_often_it_is_pressed(
    school: Family, people: People, verb: str, mark: str, words: str
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:{verb}:{work}")
    screen = school.presses(TAMARA, 1, f"1:{verb}:{work}")
    assert [one.mark for one in told(school, work)] == [mark]
    assert words in screen.answers[-1]
    assert read_returns(school.connection, numbers=[work])[0].state == ReturnState.MARKED
    other = "re" if verb == "ok" else "ok"
    school.presses(TAMARA, 1, f"1:{other}:{work}")
    school.presses(TAMARA, 1, f"1:{verb}:{work}")
    assert [one.mark for one in told(school, work)][::2] == [mark, mark]


def test_words_go_home_and_the_work_goes_on_waiting(school: Family, people: People) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.says(TAMARA, "/homework")
    card = max(school.press_verb(TAMARA, "wrk", work).messages)
    school.says(TAMARA, "Well read!", reply_to_message=reply(card, TAMARA))
    assert [(one.mark, one.words) for one in told(school, work)] == [("", "Well read!")]
    assert read_returns(school.connection, numbers=[work])[0].state == ReturnState.HANDED_IN
    school.press_verb(TAMARA, "fb", work)
    school.restart()
    school.says(TAMARA, "And neat.")
    assert [one.words for one in told(school, work)] == ["And neat.", "Well read!"]
    school.says(TAMARA, "This belongs to nothing.")
    assert len(told(school, work)) == 2


def reply(number: int, chat_id: int) -> dict[str, object]:
    return {"message_id": number, "date": 1, "chat": {"id": chat_id, "type": "private"}}


def test_another_question_ends_the_answer_that_was_begun(school: Family, people: People) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:fb:{work}")
    school.says(TAMARA, "/today")
    school.says(TAMARA, "For nobody.")
    school.presses(TAMARA, 1, f"1:fb:{work}")
    school.press_verb(TAMARA, "fbx", work)
    school.says(TAMARA, "For nobody.")
    assert told(school, work) == []


def test_a_recording_goes_home_where_there_is_a_chat_and_else_is_refused(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    his = bring(school, people.bob, people.lessons[0])
    voice = ArrivedFile("v", "a" * 64, "audio/ogg")
    body = {"voice": {"file_id": "f", "file_unique_id": "v", "duration": 3}}
    school.presses(TAMARA, 1, f"1:fb:{work}")
    school.hears(TAMARA, body, voice)
    assert [one.files for one in told(school, work)] == [(("a" * 64, "audio/ogg"),)]
    school.presses(BOLAT, 1, f"1:fb:{his}")
    assert "Please write" in school.hears(BOLAT, body, voice).last["text"]
    assert told(school, his) == []
    school.hears(BOLAT, body, None)
    school.says(BOLAT, "In words.")
    assert [one.words for one in told(school, his)] == ["In words."]


def test_a_teacher_whom_the_roster_no_longer_knows_is_a_guest_at_once(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.says(TAMARA, "/homework")
    number = school.connection.scalar(select(teacher.c.id).where(teacher.c.sourced_id == "tamara"))
    gone = update(teacher).where(teacher.c.id == number).values(active=False)
    school.connection.execute(gone)
    assert "send me the code" in school.says(TAMARA, "/homework").last["text"]
    school.presses(TAMARA, 1, f"1:ok:{work}")
    assert told(school, work) == []
    school.connection.execute(update(teacher).where(teacher.c.id == number).values(active=True))
    assert "Alice" in str(school.says(TAMARA, "/homework").last)
    school.connection.execute(update(teaching).values(active=False))
    assert "send me the code" in school.says(TAMARA, "/homework").last["text"]


def test_a_shut_sign_in_ends_the_rights_and_its_code(school: Family) -> None:
    number = number_of(school.connection, "aigul")
    code = make_staff_code(
        school.connection, number, school.now, school.workplace.files.hash_of_code
    )
    shut = update(account).where(account.c.id == number).values(active=False)
    school.connection.execute(shut)
    assert "send me the code" in school.says(AIGUL, "/homework").last["text"]
    assert "cancelled this code" in school.says(77, f"/start {code}").last["text"]


def test_a_code_works_once_and_a_second_phone_is_announced(school: Family) -> None:
    number = number_of(school.connection, "tamara")
    code = make_staff_code(
        school.connection, number, school.now, school.workplace.files.hash_of_code
    )
    school.says(31, f"/start {code}")
    assert "One more phone" in school.screens[TAMARA].last["text"]
    assert "used" in school.says(32, f"/start {code}").last["text"]
    older = make_staff_code(
        school.connection, number, school.now, school.workplace.files.hash_of_code
    )
    make_staff_code(school.connection, number, school.now, school.workplace.files.hash_of_code)
    assert "cancelled" in school.says(32, f"/start {older}").last["text"]
    chat = links.find_chat(school.connection, BOT, 32)
    assert chat
    assert staff.members(school.connection, chat) == ()


def test_a_teacher_who_is_a_guardian_too_sees_both(school: Family, people: People) -> None:
    bring(school, people.bob, people.lessons[0])
    school.link(BOLAT, people.alice)
    both = school.says(BOLAT, "/homework").texts[-2:]
    assert "1 piece of homework waits" in both[0]
    assert "Alice" in both[1]
    school.says(BOLAT, "/stop")
    school.press_verb(BOLAT, "stp")
    assert "send me the code" in school.says(BOLAT, "/homework").last["text"]


def test_marks_stand_on_buttons_only_where_the_school_allows_it(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:wrk:{work}")
    school.presses(TAMARA, 1, f"1:mk:{work}:5")
    assert "in the console" in school.screens[TAMARA].answers[-1]
    assert told(school, work) == []


def test_a_mark_by_button_is_one_of_the_scale(
    sqlite_database: Database, people: People, tmp_path: Path
) -> None:
    with linked_staff(sqlite_database, tmp_path, people, telegram_marks=True) as school:
        work = bring(school, people.alice, people.lessons[0])
        school.presses(TAMARA, 1, f"1:wrk:{work}")
        school.presses(TAMARA, 1, f"1:mk:{work}:9")
        assert told(school, work) == []
        school.press_verb(TAMARA, "mk", work, 4)
        assert [one.mark for one in told(school, work)] == ["4"]
        assert "The mark is kept: 4." in school.screens[TAMARA].last["text"]


def test_words_too_long_and_files_that_cannot_be_read_are_refused_in_words(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:fb:{work}")
    assert "2000 fit" in school.says(TAMARA, "x" * 2001).last["text"]
    body = {"voice": {"file_id": "f", "file_unique_id": "v", "duration": 3}}
    large = ArrivedFile("v", trouble=Trouble.TOO_LARGE)
    assert "20 MB" in school.hears(TAMARA, body, large).last["text"]
    school.says(TAMARA, "/help")
    assert "which work" in school.hears(TAMARA, body, ArrivedFile("v", "a" * 64)).last["text"]
    assert told(school, work) == []


def test_work_that_was_taken_from_the_class_meanwhile_gets_no_answer(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    school.presses(TAMARA, 1, f"1:fb:{work}")
    school.connection.execute(
        update(student).where(student.c.id == people.alice).values(class_id=None)
    )
    assert "not in your classes" in school.says(TAMARA, "Too late.").last["text"]
    assert told(school, work) == []
