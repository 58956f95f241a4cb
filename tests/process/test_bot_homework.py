"""How photos, voices and documents become one work for one task of one child."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.receiving import inbox
from bot.tables import outbox, telegram_inbox
from bot.talking import draft_news
from bot.telegram.telegram_api import TelegramApi
from bot.telegram.telegram_errors import Kind
from jetkiz.delivery.states import State
from jetkiz.homework.model import SILENCE, Page, ReturnState
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.lessons.tables import lesson as lesson_table
from tests.bot_school import BOT, Stage, open_stage, picture, running_bot
from tests.bot_talk import Talk, labels, press_of
from tests.factories import MONDAY, NOW


@pytest.fixture
def talk(sqlite_url: str, tmp_path: Path) -> Iterator[Talk]:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        yield Talk(stage, bot)


def keep_one_task(stage: Stage) -> int:
    """Leave the first lesson as the only one with a task."""
    first, *others = stage.people.lessons
    with stage.workplace.database.write() as connection:
        connection.execute(
            update(lesson_table).where(lesson_table.c.id.in_(others)).values(task_text=None)
        )
    return first


def test_photos_of_an_album_become_one_handed_in_work(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("alice", alice)
    talk.says("alice", "/homework")
    talk.presses("alice", "Hand in: Lesson w05-0")
    pages = [picture(2000, 1500, colour) for colour in ("white", "grey", "silver")]
    talk.stage.players.photos("alice", pages)
    talk.settle()
    status = talk.last("alice")
    assert "3 pages" in status["text"]
    assert labels(status) == [
        "Hand in",
        "Add a page",
        "Remove the last page",
        "Wrong child or task",
        "Order of the pages",
    ]
    talk.presses("alice", "Hand in")
    [work] = talk.works(alice)
    assert work.state == ReturnState.HANDED_IN
    kept = [talk.stage.workplace.files.get(page.sha256) for page in work.pages]
    assert kept == pages
    assert talk.stage.states(alice)[0] == State.RETURNED
    assert "Handed in at 08:00: 3 pages" in talk.last("alice")["text"]


def test_there_is_one_status_message_however_many_pages(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    before = len(talk.stage.seen("alice"))
    for colour in ("white", "grey"):
        talk.stage.players.photos("alice", [picture(colour=colour)])
        talk.settle()
    [status] = talk.stage.seen("alice")[before:]
    assert "2 pages" in status["text"]


def test_a_photo_without_words_goes_to_the_only_open_task(talk: Talk) -> None:
    first = keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    talk.stage.players.photos("alice", [picture()])
    talk.settle()
    assert "Lesson w05-0" in talk.last("alice")["text"]
    assert [one.lesson for one in talk.works(talk.stage.people.alice)] == [first]


def test_with_several_tasks_the_bot_asks(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("alice", alice)
    talk.stage.players.photos("alice", [picture(colour="red"), picture(colour="blue")])
    talk.settle()
    question = talk.last("alice")
    assert question["text"] == "Which task is this for?"
    assert talk.works(alice) == []
    talk.presses("alice", "Reading. Lesson w05-1")
    assert "2 pages" in talk.last("alice")["text"]
    [work] = talk.works(alice)
    assert (work.lesson, len(work.pages)) == (talk.stage.people.lessons[1], 2)


def test_with_several_children_the_bot_asks_whose_work_it_is(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("mother", talk.stage.people.alice, talk.stage.people.bob)
    talk.stage.players.photos("mother", [picture()])
    talk.settle()
    assert labels(talk.last("mother")) == ["Alice", "Bob"]
    talk.presses("mother", "Bob")
    assert "Bob" in talk.last("mother")["text"]
    assert talk.works(talk.stage.people.alice) == []
    assert len(talk.works(talk.stage.people.bob)[0].pages) == 1


def test_a_child_with_several_tasks_is_asked_for_one(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice, talk.stage.people.bob)
    talk.stage.players.photos("mother", [picture()])
    talk.settle()
    talk.presses("mother", "Alice")
    assert talk.last("mother")["text"] == "Which task is this for?"
    talk.presses("mother", "Reading. Lesson w05-2")
    assert talk.works(talk.stage.people.alice)[0].lesson == talk.stage.people.lessons[2]


def test_a_child_whose_tasks_were_all_answered_meanwhile_has_none(talk: Talk) -> None:
    alice, bob = talk.stage.people.alice, talk.stage.people.bob
    first = keep_one_task(talk.stage)
    talk.linked("mother", alice, bob)
    talk.stage.players.photos("mother", [picture()])
    talk.settle()
    with talk.stage.workplace.database.write() as connection:
        page = Page("scan", "0" * 64, "image/jpeg", "post")
        add_page(connection, bob, first, page, NOW)
        hand_in(connection, bob, first, MONDAY, NOW, "scan")
    talk.presses("mother", "Bob")
    assert "no open task" in talk.last("mother")["text"]


def test_a_reply_to_a_lesson_is_work_for_it(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("alice", alice)
    talk.says("alice", "/today")
    [card] = talk.presses("alice", "2. Lesson w05-1")
    talk.stage.players.photos("alice", [picture()], reply_to=card["message_id"])
    talk.settle()
    assert [one.lesson for one in talk.works(alice)] == [talk.stage.people.lessons[1]]


def test_a_page_can_be_taken_out_and_the_draft_thrown_away(talk: Talk) -> None:
    alice = talk.stage.people.alice
    keep_one_task(talk.stage)
    talk.linked("alice", alice)
    talk.stage.players.photos("alice", [picture(colour="red"), picture(colour="blue")])
    talk.settle()
    talk.presses("alice", "Remove the last page")
    assert "1 page" in talk.last("alice")["text"]
    talk.presses("alice", "Wrong child or task")
    talk.presses("alice", "Throw the pages away")
    assert "Nothing was handed in" in talk.last("alice")["text"]
    assert talk.works(alice)[0].pages == ()


def test_after_handing_in_a_new_photo_is_a_new_version(talk: Talk) -> None:
    alice = talk.stage.people.alice
    keep_one_task(talk.stage)
    talk.linked("alice", alice)
    for colour, button in (("red", "Hand in: Lesson w05-0"), ("blue", "Hand in again")):
        if colour == "red":
            talk.says("alice", "/homework")
        talk.presses("alice", button)
        talk.stage.players.photos("alice", [picture(colour=colour)])
        talk.settle()
        talk.presses("alice", "Hand in")
    assert [one.version for one in talk.works(alice)] == [1, 2]
    assert "version 2" in talk.last("alice")["text"]


def test_a_voice_and_a_pdf_are_pages_too(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    talk.stage.players.voice("alice", b"OggS voice")
    talk.stage.players.document("alice", "work.pdf", b"%PDF-1.7 work")
    talk.settle()
    [work] = talk.works(talk.stage.people.alice)
    assert [page.media_type for page in work.pages] == ["audio/ogg", "application/pdf"]


def test_a_program_is_no_homework(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    talk.stage.players.document("alice", "work.pdf", b"MZ not a PDF at all")
    talk.settle()
    assert "cannot read this kind" in talk.last("alice")["text"]
    assert talk.works(talk.stage.people.alice) == []


def test_a_file_that_telegram_does_not_hand_out_is_explained(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    talk.stage.players.document("alice", "film.mp4", bytes(21 * 1024 * 1024))
    talk.settle()
    assert "20 MB" in talk.last("alice")["text"]


def test_silence_hands_the_work_in_and_says_so(talk: Talk) -> None:
    alice = talk.stage.people.alice
    keep_one_task(talk.stage)
    talk.linked("alice", alice)
    talk.linked("mother", alice)
    talk.stage.players.photos("alice", [picture()])
    talk.settle()
    later = NOW + SILENCE + timedelta(minutes=1)
    zone = ZoneInfo("Asia/Qostanay")
    with talk.stage.workplace.database.write() as connection:
        assert draft_news.seal_silent(connection, BOT, zone, NOW) == 0
        assert draft_news.seal_silent(connection, BOT, zone, later) == 1
        assert draft_news.seal_silent(connection, BOT, zone, later) == 0
    talk.settle()
    assert talk.works(alice)[0].state == ReturnState.HANDED_IN
    assert "handed in the work: 1 page" in talk.last("alice")["text"]
    assert "handed in" not in talk.last("mother")["text"], "only the phone that sent it hears"


def test_a_late_part_of_an_album_still_finds_its_work(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("alice", alice)
    talk.says("alice", "/homework")
    talk.presses("alice", "Hand in: Lesson w05-0")
    talk.stage.players.photos("alice", [picture(colour="red"), picture(colour="blue")])
    talk.settle()
    talk.presses("alice", "Hand in")
    with talk.stage.workplace.database.write() as connection:
        c = telegram_inbox.c
        newest = select(telegram_inbox).order_by(c.id.desc())
        raw = next(row.raw for row in connection.execute(newest) if "photo" in str(row.raw))
        inbox.store(connection, BOT, [raw | {"update_id": 999}], NOW)
    talk.settle()
    assert sorted((one.version, len(one.pages)) for one in talk.works(alice)) == [(1, 2), (2, 3)]


def test_pressing_hand_in_twice_hands_in_once(talk: Talk) -> None:
    alice = talk.stage.people.alice
    keep_one_task(talk.stage)
    talk.linked("alice", alice)
    talk.stage.players.photos("alice", [picture()])
    talk.settle()
    status = talk.last("alice")
    data = status["buttons"][0][0]["callback_data"]
    raw = press_of(talk.chat_id("alice"), status["message_id"], data)
    with talk.stage.workplace.database.write() as connection:
        inbox.store(connection, BOT, [raw | {"update_id": n} for n in (901, 902)], NOW)
    talk.settle()
    assert [one.version for one in talk.works(alice)] == [1]


@pytest.mark.parametrize("verb", ["hw", "fin", "rm", "cxl", "asg", "opn", "ack", "day", "chd"])
def test_another_familys_button_does_nothing(talk: Talk, verb: str) -> None:
    bob = talk.stage.people.bob
    talk.linked("alice", talk.stage.people.alice)
    message = talk.last("alice")["message_id"]
    lesson = talk.stage.people.lessons[0]
    raws = [
        press_of(talk.chat_id("alice"), message, f"1:{verb}:{bob}:{lesson}"),
        press_of(talk.chat_id("alice"), message, f"1:{verb}") | {"update_id": 899},
    ]
    with talk.stage.workplace.database.write() as connection:
        inbox.store(connection, BOT, raws, NOW)
    talk.settle()
    assert talk.works(bob) == []
    assert State.ACKNOWLEDGED not in talk.stage.states(bob)
    with talk.stage.workplace.database.read() as connection:
        pressed = [row.payload for row in connection.execute(select(outbox)) if row.lane == 1]
    said = [payload["text"] for payload in pressed if "text" in payload]
    assert said == ["This lesson is not in this chat."] * 2


def test_an_empty_draft_has_nothing_to_hand_in(talk: Talk) -> None:
    alice = talk.stage.people.alice
    keep_one_task(talk.stage)
    talk.linked("alice", alice)
    talk.stage.players.photos("alice", [picture()])
    talk.settle()
    status = talk.last("alice")
    talk.presses("alice", "Remove the last page")
    chat = talk.chat_id("alice")
    old = [button["callback_data"] for row in status["buttons"][::2] for button in row]
    for number, data in enumerate(old):
        raw = press_of(chat, status["message_id"], data) | {"update_id": 910 + number}
        with talk.stage.workplace.database.write() as connection:
            inbox.store(connection, BOT, [raw], NOW)
    talk.settle()
    assert talk.works(alice)[0].state == ReturnState.DRAFT
    assert labels(talk.last("alice")) == ["Cancel"]


def test_a_broken_network_is_tried_again_until_the_photo_is_there(talk: Talk) -> None:
    keep_one_task(talk.stage)
    talk.linked("alice", talk.stage.people.alice)
    talk.stage.players.faults([{"kind": "error", "method": "getFile"}])
    talk.stage.players.photos("alice", [picture()])
    talk.settle()
    assert len(talk.works(talk.stage.people.alice)[0].pages) == 1


def test_without_an_open_task_a_photo_is_not_kept(talk: Talk) -> None:
    talk.linked("charlie", talk.stage.people.charlie)
    talk.stage.players.photos("charlie", [picture()])
    talk.settle()
    assert "no open task" in talk.last("charlie")["text"]


def test_a_status_that_was_deleted_comes_again_and_is_kept_up(talk: Talk) -> None:
    talk.linked("alice", talk.stage.people.alice)
    keep_one_task(talk.stage)
    talk.stage.players.photos("alice", [picture(colour="white")])
    talk.settle()
    gone = talk.last("alice")["message_id"]
    delete_message(talk, talk.chat_id("alice"), gone)
    for pages in (2, 3):
        talk.stage.players.photos("alice", [picture(colour=("red", "blue")[pages - 2])])
        talk.settle()
        assert f"{pages} pages" in talk.last("alice")["text"]
    shown = [m["message_id"] for m in talk.stage.seen("alice") if "pages" in m["text"]]
    assert len(shown) == 1
    assert shown[0] > gone
    talk.presses("alice", "Hand in")
    [work] = talk.works(talk.stage.people.alice)
    assert len(work.pages) == 3


def delete_message(talk: Talk, chat: int, number: int) -> None:
    """Take a message out of a chat, as a reader does."""
    settings = talk.stage.workplace.settings

    async def once() -> None:
        async with TelegramApi(settings.telegram_api, settings.telegram_token) as api:
            done = await api.ask("deleteMessage", {"chat_id": chat, "message_id": number})
            assert done.kind == Kind.SENT

    asyncio.run(once())
