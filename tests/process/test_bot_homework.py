"""How photos, voices and documents become one work for one task of one child."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from jetkiz.delivery.states import State
from jetkiz.homework.model import ReturnState
from jetkiz.lessons.tables import lesson as lesson_table
from tests.bot_school import Stage, open_stage, picture, running_bot
from tests.bot_talk import Talk, labels


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
    assert labels(status) == ["Hand in", "Remove the last page", "Cancel"]
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
    talk.presses("alice", "Lesson w05-1")
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
    talk.presses("alice", "Cancel")
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


def test_without_an_open_task_a_photo_is_not_kept(talk: Talk) -> None:
    talk.linked("charlie", talk.stage.people.charlie)
    talk.stage.players.photos("charlie", [picture()])
    talk.settle()
    assert "no open task" in talk.last("charlie")["text"]
