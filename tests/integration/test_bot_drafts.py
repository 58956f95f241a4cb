"""A draft in the chat: order, hints, notes, words alone, what is late, and what is laid aside."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.chats import links, questions
from bot.receiving.attachments import ArrivedFile, Trouble
from bot.talking import draft_news
from bot.talking.dialogue_states import Doing, read_state
from bot.words.keyboards import Verb
from jetkiz.homework.model import SILENCE, ReturnState
from jetkiz.homework.quality import Hint
from jetkiz.homework.returns import read_returns
from jetkiz.roster.tables import school_class, student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, Screen, family_of
from tests.drafts_by_phone import begin, pages_of, photo, send, work_of
from tests.factories import NOW, People
from tests.home_phones import MOTHER

BEHIND = timedelta(days=5)
ZONE = ZoneInfo("Asia/Qostanay")


@pytest.mark.parametrize("is_shared", [False, True])
def test_deleted_data_are_not_handed_in_half_an_hour_later(
    family: Family, people: People, *, is_shared: bool
) -> None:
    """What another telephone may have begun is not this one's to throw away."""
    if is_shared:
        family.link(MOTHER + 1, people.alice)
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    family.says(MOTHER, "/mydata")
    family.press_verb(MOTHER, Verb.DELETE)
    before = len(family.screens[MOTHER].texts)
    screen = family.press_verb(MOTHER, Verb.ERASE)
    family.now += SILENCE + timedelta(minutes=1)
    draft_news.seal_silent(family.connection, BOT, ZONE, family.now)

    assert "kept" not in " ".join(screen.texts[before:])
    found = read_returns(family.connection, students=[people.alice])
    handed_in = [one for one in found if one.state != ReturnState.DRAFT]
    assert len(handed_in) == is_shared


def test_the_status_says_which_page_is_hard_to_read_and_what_to_do(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    assert "Page" not in family.screens[MOTHER].last["text"]
    send(family, photo("b", Hint.BLURRED), 901)
    screen = send(family, photo("c", Hint.SMALL, Hint.DARK), 902)
    said = next(text for text in screen.texts if "3 pages" in text)
    assert "Page 2 looks blurred." in said
    assert "Page 3 is very small. Send it as a file" in said
    assert "Page 3 is dark." in said
    assert "Page 1" not in said
    family.press_verb(MOTHER, Verb.FINISH)
    assert work_of(family, people.alice).state == ReturnState.HANDED_IN, "a hint refuses nothing"


def test_a_hint_goes_with_its_page_to_the_other_child(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a", Hint.DARK), 900)
    family.press_verb(MOTHER, Verb.ADD)
    family.press_verb(MOTHER, Verb.MOVE)
    family.press_verb(MOTHER, Verb.CHOOSE_CHILD, people.bob)
    screen = family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.bob)
    assert any("Page 1 is dark." in text for text in screen.texts)
    assert pages_of(family, people.bob) == "a"


def test_a_document_counts_with_all_its_pages(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a", sheets=7, kind="application/pdf"), 900)
    screen = family.press_verb(MOTHER, Verb.FINISH)
    assert "7 pages" in screen.last["text"]


def test_words_beside_pages_are_a_note_and_a_changed_caption_changes_it(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900, caption="task 1")
    screen = family.says(MOTHER, "I could not do number 3 <b>")
    assert any("Your words: task 1" in text for text in screen.texts)
    [page] = work_of(family, people.alice).pages
    assert page.note == "task 1\nI could not do number 3 <b>"
    size = {"file_id": "f", "file_unique_id": "a", "width": 9, "height": 9}
    edited = {"message_id": 900, "photo": [size], "caption": "task 2", "edit_date": 2}
    person = {"id": MOTHER, "is_bot": False, "first_name": "A"}
    head = {"date": 1, "from": person, "chat": {"id": MOTHER, "type": "private"}}
    family.takes(MOTHER, {"edited_message": head | edited})
    [page] = work_of(family, people.alice).pages
    assert page.note == "task 2"


def test_words_alone_are_an_answer(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    screen = family.says(MOTHER, "Twelve apples.")
    assert "1 page" in screen.last["text"]
    screen = family.press_verb(MOTHER, Verb.FINISH)
    [page] = work_of(family, people.alice).pages
    assert (page.media_type, page.note) == ("text/plain", "Twelve apples.")
    assert family.workplace.files.get(page.sha256) == b"Twelve apples."
    assert "Handed in" in screen.last["text"]


def test_words_without_a_draft_are_no_homework(family: Family, people: People) -> None:
    family.says(MOTHER, "Twelve apples.")
    assert read_returns(family.connection, students=[people.alice, people.bob]) == []


def test_a_command_lays_the_draft_aside_and_send_opens_it(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    screen = family.says(MOTHER, "/help")
    assert "Your 1 page is kept. /send opens it again." in screen.texts
    send(family, photo("b"), 901)
    assert pages_of(family, people.alice) == "a", "nothing is guessed between two children"
    screen = family.says(MOTHER, "/send")
    assert "1 page" in screen.last["text"]
    family.press_verb(MOTHER, Verb.CHOOSE_CHILD, people.alice)
    family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.alice, people.lessons[0])
    assert pages_of(family, people.alice) == "ab"


def test_send_asks_for_the_task_when_nothing_is_open(family: Family, people: People) -> None:
    screen = family.says(MOTHER, "/send")
    elsewhere = "If it is not here, open the lesson and press Hand in there."
    assert screen.last["text"] == f"Which task is this for?\n{elsewhere}", "of six, five are here"
    assert len(screen.last["reply_markup"]["inline_keyboard"]) == 5
    offered = [press.numbers[0] for _, _, press in screen.buttons()]
    assert offered == [people.alice, people.bob] * 2 + [people.alice], "in turns"
    family.press_verb(MOTHER, Verb.HAND_IN, people.bob, people.lessons[0])
    send(family, photo("a"), 900)
    assert pages_of(family, people.bob) == "a"


def test_pages_sent_by_mistake_are_thrown_away(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    family.press_verb(MOTHER, Verb.MOVE)
    screen = family.press_verb(MOTHER, Verb.DROP)
    assert "Nothing was handed in." in screen.texts[-1]
    assert pages_of(family, people.alice) == ""
    family.says(MOTHER, "/start")
    send(family, photo("b"), 901)
    assert pages_of(family, people.alice) == ""


@pytest.mark.parametrize(
    ("rule", "late", "said"),
    [
        ("flag", timedelta(days=4), "It came 1 day late."),
        ("flag", BEHIND, "It came 2 days late."),
        ("accept", BEHIND, "Handed in at"),
    ],
)
def test_late_work_is_taken_as_the_school_wants_it_said(
    sqlite_database: Database, people: People, tmp_path: Path, rule: str, late: timedelta, said: str
) -> None:
    with family_of(sqlite_database, FileStore(tmp_path), late_work=rule) as family:
        family.link(MOTHER, people.alice)
        family.now = NOW + late
        begin(family, people.alice, people.lessons[0])
        send(family, photo("a"), 900)
        screen = family.press_verb(MOTHER, Verb.FINISH)
        assert said in screen.last["text"]
        assert ("late" in screen.last["text"]) == (rule == "flag")


def test_of_two_classes_one_may_take_late_work_and_the_other_not(
    sqlite_database: Database, people: People, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        mine = select(student.c.class_id).where(student.c.id == people.bob)
        connection.execute(
            update(school_class).where(school_class.c.id.in_(mine)).values(title="9 А")
        )
    rules = {"late_work": "flag", "late_work_classes": "9A=closed"}
    with family_of(sqlite_database, FileStore(tmp_path), **rules) as family:
        family.link(MOTHER, people.alice, people.bob)
        family.now = NOW + BEHIND
        begin(family, people.alice, people.lessons[0])
        send(family, photo("a"), 900)
        assert "late" in family.press_verb(MOTHER, Verb.FINISH).last["text"]
        family.says(MOTHER, "/homework")
        screen = family.press_verb(MOTHER, Verb.HAND_IN, people.bob, people.lessons[0])
        assert "could be handed in until" in screen.last["text"]


def test_closed_work_is_refused_in_words_and_what_came_in_time_is_handed_in(
    sqlite_database: Database, people: People, tmp_path: Path
) -> None:
    with family_of(sqlite_database, FileStore(tmp_path), late_work="closed") as family:
        family.link(MOTHER, people.alice)
        begin(family, people.alice, people.lessons[0])
        send(family, photo("a"), 900)
        family.now = NOW + BEHIND
        screen = send(family, photo("b"), 901)
        family.press_verb(MOTHER, Verb.FINISH)
        assert work_of(family, people.alice).state == ReturnState.HANDED_IN
        assert pages_of(family, people.alice) == "a"
        family.says(MOTHER, "/homework")
        screen = family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[1])
        assert "could be handed in until" in screen.last["text"]
        assert "ask the teacher" in screen.last["text"]


def test_a_broken_file_is_refused_politely(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    screen = send(family, ArrivedFile("a", trouble=Trouble.BROKEN), 900)
    assert "I cannot open this file" in screen.last["text"]
    assert "/homework shows the tasks" not in family.says(MOTHER, "/send").last["text"]
    assert read_returns(family.connection, states=[ReturnState.HANDED_IN]) == []


def test_what_is_stored_gets_an_eye_once_an_album_and_what_is_not_gets_none(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    for number, name in enumerate("bcd"):
        send(family, photo(name), 901 + number, media_group_id="album")
    screen = send(family, ArrivedFile("e", trouble=Trouble.BROKEN), 950)
    assert screen.signs == {900: "👀", 901: "👀"}


def test_accepted_work_gets_a_thumb_where_its_first_photo_stands(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    send(family, photo("b"), 901)
    family.press_verb(MOTHER, Verb.FINISH)
    for _ in range(2):
        draft_news.thumb_up(family.connection, BOT, work_of(family, people.alice))
        family.deliver()
    assert family.screens[MOTHER].signs[900] == "👍"
    assert family.screens[MOTHER].signs[901] == "👀"


def ask_beside_a_page(family: Family, student: int, lesson: int) -> Screen:
    begin(family, student, lesson)
    send(family, photo("a"), 500)
    family.says(MOTHER, "/ask")
    return family.press_verb(MOTHER, Verb.ASK, student, lesson)


def asked(family: Family) -> list[str]:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    return [part.words for one in questions.of_chat(family.connection, chat) for part in one.parts]


@pytest.mark.parametrize("end", [Verb.FINISH, None])
def test_the_end_of_a_draft_does_not_end_a_question_about_its_lesson(
    family: Family, people: People, end: Verb | None
) -> None:
    ask_beside_a_page(family, people.alice, people.lessons[0])
    if end:
        family.press_verb(MOTHER, end, people.alice, people.lessons[0])
    else:
        family.now += SILENCE + timedelta(minutes=1)
        draft_news.seal_silent(family.connection, BOT, ZONE, family.now)
        family.deliver()
    family.says(MOTHER, "How long must it be?")
    assert asked(family) == ["How long must it be?"]


def test_to_go_on_with_the_draft_ends_the_question_in_words(family: Family, people: People) -> None:
    ask_beside_a_page(family, people.alice, people.lessons[0])
    screen = family.press_verb(MOTHER, Verb.ADD, people.alice, people.lessons[0])
    assert any("Nothing was asked." in one for one in screen.texts)
    family.says(MOTHER, "With a ruler")
    assert asked(family) == []
    assert [page.note for page in work_of(family, people.alice).pages] == ["With a ruler"]


def test_a_question_by_button_says_that_the_pages_are_kept(family: Family, people: People) -> None:
    family.says(MOTHER, "/ask")
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 500)
    screen = family.press_verb(MOTHER, Verb.ASK, people.alice, people.lessons[0])
    assert any("Your 1 page is kept." in text for text in screen.texts)


def test_work_is_handed_in_from_where_its_order_is_shown(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 500)
    send(family, photo("b"), 501)
    family.press_verb(MOTHER, Verb.ORDER, people.alice, people.lessons[0])
    family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 2)
    family.press_verb(MOTHER, Verb.FINISH, people.alice, people.lessons[0])
    assert work_of(family, people.alice).state == ReturnState.HANDED_IN
    assert pages_of(family, people.alice) == "ba"


def test_what_is_said_to_be_thrown_away_does_not_come_back(family: Family, people: People) -> None:
    place = (people.alice, people.lessons[0])
    begin(family, *place)
    send(family, photo("a"), 500)
    family.press_verb(MOTHER, Verb.MOVE, *place)
    begin(family, people.bob, people.lessons[1])
    family.press_verb(MOTHER, Verb.DROP)
    send(family, photo("b"), 501)
    family.press_verb(MOTHER, Verb.REMOVE, people.bob, people.lessons[1])
    family.press_verb(MOTHER, Verb.CANCEL, people.bob, people.lessons[1])
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    assert read_state(family.connection, chat, family.now).doing == Doing.NOTHING
