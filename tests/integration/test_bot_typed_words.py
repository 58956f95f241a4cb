"""What words mean where work is collected or a question is asked, and in a reply."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import links, questions
from bot.receiving.attachments import ArrivedFile
from bot.talking.dialogue_states import Doing, read_state
from bot.talking.draft_words import LONGEST_NOTE, LONGEST_WORDS, beginning_of
from bot.talking.handlers.teacher import page_messages
from bot.words.keyboards import Verb
from bot.words.typed_words import COMMAND_OF
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, Screen, family_of, undone
from tests.factories import People

MOTHER, FATHER = 11, 12
LONG = "Because " * 100


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path / "files")) as opened:
        opened.link(MOTHER, people.alice, people.bob)
        opened.link(FATHER, people.alice)
        yield opened


def begin(family: Family, student: int, lesson: int, phone: int = MOTHER) -> None:
    family.says(phone, "/homework")
    family.press_verb(phone, Verb.HAND_IN, student, lesson)


def photo(family: Family, name: str, **more: object) -> Screen:
    size = {"file_id": "f", "file_unique_id": name, "width": 9, "height": 9}
    file = ArrivedFile(name, name * 64, "image/jpeg")
    return family.hears(MOTHER, {"photo": [size], **more}, file)


def edits(family: Family, phone: int, **body: object) -> Screen:
    person = {"id": phone, "is_bot": False, "first_name": "A"}
    head = {"date": 1, "edit_date": 2, "from": person, "chat": {"id": phone, "type": "private"}}
    return family.takes(phone, {"edited_message": head | body})


def reply_to(number: int, phone: int = MOTHER) -> dict[str, Any]:
    chat = {"id": phone, "type": "private"}
    return {"reply_to_message": {"message_id": number, "date": 1, "chat": chat}}


def doing(family: Family, phone: int = MOTHER) -> Doing:
    chat = links.find_chat(family.connection, BOT, phone)
    assert chat
    return read_state(family.connection, chat, family.now).doing


def pages(family: Family, student: int) -> list[Page]:
    found = read_returns(family.connection, students=[student])
    return [page for work in found for page in work.pages]


def written(family: Family, student: int) -> list[str]:
    """What the pages of words say, read from where they are kept."""
    found = [one for one in pages(family, student) if one.media_type == "text/plain"]
    return [family.workplace.files.get(one.sha256).decode() for one in found]


def test_in_a_draft_whatever_is_typed_is_the_work(family: Family, people: People) -> None:
    family.says(MOTHER, "/today")
    begin(family, people.alice, people.lessons[0])
    for words in ("3", "неделя", "Help!", "Тапсырма", "12345678", "Received", "Settings"):
        with undone(family):
            screen = family.says(MOTHER, words)
            assert written(family, people.alice) == [words]
            assert doing(family) == Doing.DRAFT
            assert "1 page" in screen.last["text"]


def test_no_word_of_a_command_leaves_a_draft(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    said = [*list(COMMAND_OF)[::5], "1", "10", "1. ", "№3"]
    for words in said:
        family.says(MOTHER, words)
    assert written(family, people.alice) == [words.strip() for words in said]


def test_a_command_with_its_slash_is_one_everywhere(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    family.says(MOTHER, "Twelve.")
    screen = family.says(MOTHER, "/today")
    assert "Your 1 page is kept. /send opens it again." in screen.texts
    assert written(family, people.alice) == ["Twelve."]
    family.says(MOTHER, "неделя")
    assert written(family, people.alice) == ["Twelve."], "outside a draft words are commands again"


def test_each_text_is_one_more_page_and_comes_once(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    said = ["First: 12.", LONG.strip(), "First: 12.", "x" * LONGEST_WORDS]
    for words in said:
        screen = family.says(MOTHER, words)
    assert written(family, people.alice) == said
    assert any("4 pages" in text for text in screen.texts)
    notes = [page.note for page in pages(family, people.alice)]
    assert notes == ["First: 12.", beginning_of(LONG.strip()), "First: 12.", beginning_of(said[3])]
    assert max(map(len, notes)) == LONGEST_NOTE
    family.press_verb(MOTHER, Verb.FINISH)
    assert read_returns(family.connection, states=[ReturnState.HANDED_IN]) != []


def test_more_words_than_a_message_holds_are_refused_in_words(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    screen = family.says(MOTHER, "x" * (LONGEST_WORDS + 1))
    assert "4097 letters; 4096 fit" in screen.last["text"]
    assert written(family, people.alice) == []
    assert doing(family) == Doing.DRAFT


def test_words_that_are_no_note_any_more_are_a_page(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    photo(family, "a", caption="x" * 400)
    family.says(MOTHER, "y" * 99)
    assert [page.note for page in pages(family, people.alice)] == ["x" * 400 + "\n" + "y" * 99]
    family.says(MOTHER, "one more")
    assert written(family, people.alice) == ["one more"]
    family.says(MOTHER, "and another")
    assert written(family, people.alice) == ["one more", "and another"], (
        "words are no note to words"
    )
    family.says(MOTHER, "remove the last page")
    family.says(MOTHER, "Remove the last page")
    family.says(MOTHER, "short")
    assert written(family, people.alice) == ["short"]


@pytest.mark.parametrize("is_placed", [True, False])
def test_a_long_caption_is_kept_whole_behind_its_photo(
    family: Family, people: People, *, is_placed: bool
) -> None:
    if is_placed:
        begin(family, people.alice, people.lessons[0])
    photo(family, "a", caption=LONG)
    if not is_placed:
        family.press_verb(MOTHER, Verb.CHOOSE_CHILD, people.alice)
        family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.alice, people.lessons[0])
    assert [page.media_type for page in pages(family, people.alice)] == ["image/jpeg", "text/plain"]
    assert written(family, people.alice) == [LONG.strip()]


def test_a_long_caption_of_an_album_stays_behind_its_photo(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    for name, number, caption in (("c", 903, ""), ("a", 901, LONG), ("b", 902, "")):
        photo(family, name, message_id=number, media_group_id="album", caption=caption)
    kinds = [page.media_type.partition("/")[0] for page in pages(family, people.alice)]
    assert kinds == ["image", "text", "image", "image"]


def test_the_teacher_reads_each_note_below_its_page() -> None:
    kinds = ["image/jpeg", "image/png", "audio/ogg", "image/jpeg", "text/plain"]
    pages = [
        Page(f"k{n}", f"{n}" * 64, kind, "telegram", note="n" * n) for n, kind in enumerate(kinds)
    ]
    shown = page_messages(pages)
    assert [method for method, _ in shown] == [
        "sendMediaGroup",
        "sendVoice",
        "sendPhoto",
        "sendDocument",
    ]
    media = shown[0][1]["media"]
    assert isinstance(media, list)
    assert ["caption" in one for one in media] == [False, True]
    assert [payload.get("caption") for _, payload in shown[1:]] == ["nn", "nnn", "nnnn"]


# Buttons by their names


def test_the_buttons_of_the_open_draft_are_pressed_by_their_names(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    photo(family, "a")
    begin(family, people.bob, people.lessons[0])
    photo(family, "b")
    family.says(MOTHER, "/send")
    begin(family, people.alice, people.lessons[0])
    family.says(MOTHER, "hand in")
    sealed = read_returns(family.connection, states=[ReturnState.HANDED_IN])
    assert [one.student for one in sealed] == [people.alice], "the other draft stands newer"


def test_in_a_question_only_the_way_out_is_a_button(family: Family) -> None:
    for said in ("домашнее задание?", "2", "Help"):
        family.says(MOTHER, "/ask")
        family.press_verb(MOTHER, Verb.ASK)
        family.says(MOTHER, said)
        assert doing(family) == Doing.NOTHING
    family.says(MOTHER, "/ask")
    family.press_verb(MOTHER, Verb.ASK)
    family.says(MOTHER, "Cancel")
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    asked = [part.words for one in questions.of_chat(family.connection, chat) for part in one.parts]
    assert asked == ["домашнее задание?", "2", "Help"]


def test_a_reply_means_the_buttons_of_its_message_alone(family: Family, people: People) -> None:
    family.says(MOTHER, "/today")
    numbers = list(family.screens[MOTHER].messages)
    hers, his = numbers[-2:]
    open_of = {
        number: [p.numbers for n, _, p in family.screens[MOTHER].buttons() if n == number]
        for number in (hers, his)
    }
    assert open_of[hers][0][0] == people.alice
    for number, name in ((hers, "Alice"), (his, "Bob"), (hers, "Alice")):
        screen = family.says(MOTHER, "1", **reply_to(number))
        assert name in screen.last["text"]
    before = family.screens[MOTHER].last["text"]
    screen = family.says(MOTHER, "settings", **reply_to(hers))
    assert "not understood" in screen.last["text"] != before
    assert "not understood" in family.says(MOTHER, "9", **reply_to(his)).last["text"]
    assert "not understood" in family.says(MOTHER, "1", **reply_to(10_000)).last["text"]


def test_words_in_reply_to_a_task_are_for_that_task(family: Family, people: People) -> None:
    begin(family, people.bob, people.lessons[0])
    bobs = max(family.screens[MOTHER].messages)
    family.says(MOTHER, "Bob's answer")
    bobs = max(family.screens[MOTHER].messages)
    begin(family, people.alice, people.lessons[1])
    family.says(MOTHER, "2", **reply_to(bobs))
    assert written(family, people.bob) == ["Bob's answer", "2"]
    assert written(family, people.alice) == []


def test_a_draft_of_a_child_who_left_ends_in_words(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    links.unlink(family.connection, chat, [people.alice])
    screen = family.says(MOTHER, "Twelve")
    assert any("not in this chat" in text for text in screen.texts)
    assert doing(family) == Doing.NOTHING


# Written anew


def test_a_page_of_words_that_is_written_anew_is_another_page(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    begin(family, people.alice, people.lessons[0], FATHER)
    family.says(MOTHER, "Twelve", message_id=500)
    family.says(FATHER, "Eleven", message_id=500)
    screen = edits(family, MOTHER, message_id=500, text="Thirteen")
    assert sorted(written(family, people.alice)) == ["Eleven", "Thirteen"]
    assert any("Thirteen" in text for text in screen.texts)
    screen = edits(family, MOTHER, message_id=500, text="x" * (LONGEST_WORDS + 1))
    assert "4096 fit" in screen.last["text"]
    family.press_verb(MOTHER, Verb.FINISH)
    edits(family, MOTHER, message_id=500, text="Fourteen")
    assert "Fourteen" in written(family, people.alice), "until a teacher has marked it"


def test_a_question_that_is_written_anew_is_the_new_one_until_it_is_answered(
    family: Family, people: People
) -> None:
    family.says(MOTHER, "/ask")
    family.press_verb(MOTHER, Verb.ASK, people.alice, people.lessons[0])
    family.says(MOTHER, "Why two?", message_id=500)
    assert "I have changed it." in edits(family, MOTHER, message_id=500, text="Why 3?").last["text"]
    [one] = questions.open_questions(family.connection, BOT)
    assert [part.words for part in one.parts] == ["Why 3?"]
    assert "cannot change" in edits(family, FATHER, message_id=500, text="No").last["text"]
    questions.answer(family.connection, one.id, "Because.", "tamara", family.now)
    assert "cannot change" in edits(family, MOTHER, message_id=500, text="Why 4?").last["text"]
    kept = questions.read_question(family.connection, one.id)
    assert kept
    assert [part.words for part in kept.parts] == ["Why 3?"]


@pytest.mark.parametrize(
    "body", [{"text": "Another"}, {"photo": [{"file_id": "g", "file_unique_id": "z"}]}]
)
def test_what_cannot_be_written_anew_is_said(
    family: Family, people: People, body: dict[str, Any]
) -> None:
    begin(family, people.alice, people.lessons[0])
    photo(family, "a", message_id=500)
    size = {"width": 9, "height": 9}
    if "photo" in body:
        body = {"photo": [body["photo"][0] | size]}
    screen = edits(family, MOTHER, message_id=500, **body)
    assert "write it as a new message" in screen.last["text"]
    long = {"file_id": "f", "file_unique_id": "a", **size}
    screen = edits(family, MOTHER, message_id=500, photo=[long], caption="x" * 501)
    assert "500 fit" in screen.last["text"]
    assert [page.note for page in pages(family, people.alice)] == [""]


def test_a_guest_who_writes_anew_gets_no_word(family: Family) -> None:
    edits(family, 99, message_id=1, text="Anything")
    assert family.screens[99].messages == {}
