"""The running bot between a family and its teacher: pages there, an answer by voice back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channel import TelegramChannel
from bot.talking import duties
from jetkiz.delivery.consignments import read_batch
from jetkiz.staff.staff_codes import make_staff_code
from scheduler.feedback_home import prepare_feedback
from tests.bot_school import open_stage, picture, running_bot
from tests.bot_staff import number_of
from tests.bot_talk import Talk
from tests.console import add_staff
from tests.factories import NOW


@pytest.fixture
def talk(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    # On a slow machine a minute passes here, after which teachers hear what waits for them.
    monkeypatch.setattr(duties, "NOTICE_EVERY", 3600.0)
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        with stage.workplace.database.write() as connection:
            add_staff(connection, stage.people)
        yield Talk(stage, bot)


def test_work_travels_to_the_teacher_and_a_voice_travels_home(talk: Talk) -> None:
    stage, people = talk.stage, talk.stage.people
    talk.linked("mother", people.alice)
    stage.players.person("tamara", "Tamara", "en")
    with stage.workplace.database.write() as connection:
        code = make_staff_code(
            connection, number_of(connection, "tamara"), NOW, stage.workplace.files.hash_of_code
        )
    stage.players.start("tamara", code)
    talk.settle()
    talk.says("mother", "/homework")
    talk.presses("mother", "Hand in: Lesson w05-0")
    stage.players.photos("mother", [picture(1800, 1300, one) for one in ("white", "grey")])
    talk.settle()
    talk.presses("mother", "Hand in")
    talk.says("tamara", "/homework")
    *pages, card = talk.presses("tamara", "Alice, 2A. Reading. Lesson w05-0")
    assert [one["media"][0]["kind"] for one in pages] == ["photo", "photo"]
    assert "Alice, 2A" in card["text"]
    stage.players.voice("tamara", b"OggS" + bytes(200), reply_to=card["message_id"])
    talk.settle()
    assert "goes home" in talk.last("tamara")["text"]
    channel = TelegramChannel(stage.workplace)
    with stage.workplace.database.write() as connection:
        prepared = prepare_feedback(connection, {"telegram": channel}, NOW)
        [batch] = [read_batch(connection, number) for number in prepared.batches]
    channel.dispatch(batch, NOW)
    talk.settle()
    voice, words = stage.seen("mother")[-2:]
    assert voice["media"][0]["kind"] == "voice"
    assert "The teacher answered Alice" in words["text"]
    assert "Test" not in str([stage.seen("mother"), stage.seen("tamara")])
