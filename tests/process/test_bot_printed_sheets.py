"""Printed answer sheets that a family photographs: filed by their codes, over the fake Telegram."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from jetkiz.config import Settings
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.homework.model import ReturnState
from jetkiz.rehearsal import Options, RehearsalServer, RehearsedPeople
from jetkiz.storage.workplace import open_workplace
from print_packs.scans.chat_sheets import ChatFile
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import filed_sheet, scan_page
from tests.bot_school import FAST, TOKEN, Stage, running_bot
from tests.bot_talk import Talk
from tests.factories import NOW
from tests.scan_desk import PrintedSchool


@pytest.fixture
def talk(printed_school: PrintedSchool, tmp_path: Path) -> Iterator[Talk]:
    """The printed school, whose bot runs beside the fake Telegram."""
    folder = tmp_path / "school"
    shutil.copytree(printed_school.folder, folder)
    with RehearsalServer(Options(token=TOKEN, limits=FAST)) as server:
        settings = Settings(
            data=folder,
            telegram_api=server.url,
            telegram_token=TOKEN,
            telegram_rate=500.0,
            telegram_chat_rate=500.0,
            zone="Asia/Qostanay",
        )
        workplace = open_workplace(settings, lambda: NOW)
        players = RehearsedPeople(server.url)
        stage = Stage(workplace, printed_school.people, players, server)
        with running_bot(stage) as bot:
            yield Talk(stage, bot)
        workplace.database.close()


def phone(page: Image.Image, longest: int = 1280, angle: float = 2.5) -> bytes:
    """A photo of a sheet on a table, as Telegram makes it small."""
    table = Image.new("L", (page.width * 9 // 8, page.height * 9 // 8), 105)
    table.paste(page, (page.width // 16, page.height // 16))
    seen = table.rotate(angle, Image.Resampling.BICUBIC, fillcolor=105)
    seen.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    seen.convert("RGB").save(out, "JPEG", quality=78)
    return out.getvalue()


def linked(talk: Talk, key: str, student: int, language: str = "en") -> None:
    """Link a chat, and let what the bot says to that arrive."""
    talk.stage.link(key, student, language=language)
    talk.settle()


def sends(talk: Talk, key: str, *pages: bytes) -> list[str]:
    """Send photos at once; return what the bot said after them, as it stands now."""
    before = len(talk.stage.seen(key))
    talk.stage.players.photos(key, list(pages))
    talk.settle()
    return [one["text"] for one in talk.stage.seen(key)[before:]]


def results(talk: Talk) -> list[str]:
    with talk.stage.workplace.database.read() as connection:
        return sorted(connection.scalars(select(scan_page.c.result)))


def filed(talk: Talk) -> int:
    with talk.stage.workplace.database.read() as connection:
        return len(connection.scalars(select(filed_sheet.c.sheet_id)).all())


def test_a_guardian_photographs_the_sheets_and_they_are_filed_like_scans(
    talk: Talk, printed_school: PrintedSchool
) -> None:
    alice = talk.stage.people.alice
    linked(talk, "mother", alice)

    [first] = sends(talk, "mother", phone(printed_school.sheets[0]))

    assert "Alice" in first
    assert "Lesson w05-0" in first
    assert "Pages of the printed sheets that are there: 1." in first
    assert "Still missing: page 2." in first
    [work] = talk.works(alice)
    assert work.state == ReturnState.DRAFT
    assert [page.number for page in work.pages] == [1]
    assert talk.stage.states(alice)[0] != State.RETURNED

    [second] = sends(talk, "mother", phone(printed_school.sheets[1]))

    assert "that are there: 1, 2." in second
    assert "the work is with the teacher" in second
    [work] = talk.works(alice)
    assert work.state == ReturnState.HANDED_IN
    assert [page.number for page in work.pages] == [1, 2]
    assert talk.stage.states(alice)[0] == State.RETURNED
    with talk.stage.workplace.database.read() as connection:
        c = receipt.c
        sources = connection.scalars(select(c.source).where(c.state == int(State.RETURNED)))
        assert list(sources) == ["telegram"]


def test_photos_of_an_album_get_one_answer(talk: Talk, printed_school: PrintedSchool) -> None:
    linked(talk, "alice", talk.stage.people.alice, "kk")
    [said] = sends(talk, "alice", *(phone(one) for one in printed_school.sheets[1:3]))
    assert said.count("Әлі жоқ бет") == 2
    assert filed(talk) == 2
    assert len(talk.works(talk.stage.people.alice)) == 2


def test_a_strangers_chat_files_no_sheet_and_hears_no_name(
    talk: Talk, printed_school: PrintedSchool
) -> None:
    linked(talk, "father", talk.stage.people.bob)
    photo = phone(printed_school.sheets[2])

    [said] = sends(talk, "father", photo)

    assert said.startswith("This sheet belongs to a child who is not in this chat")
    assert "Alice" not in said
    assert "Lesson" not in said
    assert filed(talk) == 0
    assert results(talk) == [ScanResult.OTHER_HOME]
    assert talk.works(talk.stage.people.alice) == []
    assert talk.works(talk.stage.people.bob) == []

    linked(talk, "mother", talk.stage.people.alice)
    [own] = sends(talk, "mother", photo)
    assert "that are there: 1." in own, "what a stranger sent keeps nobody out"
    assert filed(talk) == 1


def test_the_same_photo_twice_is_one_page(talk: Talk, printed_school: PrintedSchool) -> None:
    linked(talk, "mother", talk.stage.people.alice)
    photo = phone(printed_school.sheets[0])
    sends(talk, "mother", photo)
    [again] = sends(talk, "mother", photo)
    assert "nothing is filed twice" in again
    assert filed(talk) == 1
    assert [len(one.pages) for one in talk.works(talk.stage.people.alice)] == [1]


def test_a_photo_of_a_cat_is_ordinary_homework(talk: Talk) -> None:
    linked(talk, "mother", talk.stage.people.alice)
    cat = Image.effect_noise((1280, 960), 80).resize((1280, 960))
    out = io.BytesIO()
    cat.save(out, "JPEG", quality=70)
    [said] = sends(talk, "mother", out.getvalue())
    assert said.startswith("Which task is this for?")
    assert results(talk) == []


def test_a_broken_photo_of_a_sheet_is_a_message(talk: Talk, printed_school: PrintedSchool) -> None:
    linked(talk, "mother", talk.stage.people.alice)
    whole = phone(printed_school.sheets[0])
    talk.stage.players.document("mother", "sheet.jpg", whole[: len(whole) // 3])
    talk.settle()
    assert talk.last("mother")["text"].startswith("I cannot open this file")
    talk.stage.players.document("mother", "sheet.pdf", b"%PDF-1.7 nothing of a document")
    talk.settle()
    assert talk.last("mother")["text"].startswith("Which task is this for?")
    assert filed(talk) == 0
    [good] = sends(talk, "mother", whole)
    assert "that are there: 1." in good


def test_a_power_cut_before_the_end_leaves_nothing_half_done(
    talk: Talk, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo lies stored and its sheet is filed, but not for good: all of it is done anew."""
    linked(talk, "mother", talk.stage.people.alice)
    right = ChatFile.file
    cuts: list[Any] = []

    def cut(*given: Any) -> Any:
        done = right(*given)
        if len(cuts) < 2:
            cuts.append(done)
            raise RuntimeError("the power is gone")
        return done

    monkeypatch.setattr(ChatFile, "file", cut)
    [said] = sends(talk, "mother", phone(printed_school.sheets[0]))
    assert len(cuts) == 2
    assert "that are there: 1." in said
    assert "twice" not in said
    assert filed(talk) == 1
    assert [len(one.pages) for one in talk.works(talk.stage.people.alice)] == [1]
    assert results(talk) == [ScanResult.FILED]
