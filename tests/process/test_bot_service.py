"""The bot as one thing: it starts, stops, drains, and says in words what is wrong."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.introduction import TelegramUnreachableError, WrongTokenError
from bot.receiving import inbox
from bot.sending import bot_health, claims
from bot.service import BotService
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.roster.link_codes import LinkRole, make_link_code, read_link_address
from jetkiz.storage.workplace import Workplace
from tests.bot_school import BOT, Stage, open_stage, picture, running_bot
from tests.factories import NOW


def service_with(stage: Stage, **changes: object) -> BotService:
    settings = replace(stage.workplace.settings, **changes)  # type: ignore[arg-type]
    place = stage.workplace
    return BotService(Workplace(settings, place.database, place.files, place.clock))


def test_the_check_names_the_bot(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        assert BotService(stage.workplace).check() == "jetkiz_1_bot"


def test_what_is_wrong_is_said_with_a_remedy(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        with pytest.raises(WrongTokenError, match="BotFather"):
            service_with(stage, telegram_token="1:wrong").check()
        with pytest.raises(TelegramUnreachableError, match="internet"):
            service_with(stage, telegram_api="http://127.0.0.1:9").check()
        with pytest.raises(JetkizError, match="No token"):
            service_with(stage, telegram_token="").check()


def test_a_school_without_aiogram_is_told(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        monkeypatch.delitem(sys.modules, "bot.talking.worker", raising=False)
        monkeypatch.delitem(sys.modules, "bot.talking.dialogue", raising=False)
        monkeypatch.setitem(sys.modules, "aiogram", None)
        with pytest.raises(JetkizError, match="jetkiz\\[telegram\\]"):
            BotService(stage.workplace).start()


def test_the_running_bot_keeps_its_address_for_printed_links(
    sqlite_url: str, tmp_path: Path
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        assert bot.drain(20)
        with stage.workplace.database.read() as connection:
            assert read_link_address(connection, "telegram") == "https://t.me/jetkiz_1_bot"
            assert bot_health.read_problem(connection, BOT) == ""


def test_a_bot_without_a_network_starts_waits_and_stops(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path, telegram_api="http://127.0.0.1:9") as stage:
        service = BotService(stage.workplace)
        assert not service.drain(0.2)
        service.stop()
        service.start()
        assert not service.drain(1.0)
        with stage.workplace.database.read() as connection:
            assert "cannot be reached" in bot_health.read_problem(connection, BOT)
        service.stop()


def test_a_stopped_bot_can_start_again(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.link("mother", stage.people.alice)
        for _ in range(2):
            with running_bot(stage) as bot:
                stage.players.say("mother", "/today")
                assert bot.drain(20)
        assert len([m for m in stage.seen("mother") if "Lessons for" in m["text"]]) == 2


def test_the_sender_and_the_channel_do_not_import_aiogram() -> None:
    modules = "bot.sending.sender, bot.channel, bot.service"
    code = f"import {modules}, sys; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_second_program_with_the_same_token_is_named(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        words = "Conflict: terminated by other getUpdates request"
        rule = {"kind": "refuse", "code": 409, "description": words, "method": "getUpdates"}
        assert bot.drain(20)
        stage.players.faults([rule | {"times": None}])
        assert not bot.drain(1)
        assert "Another program" in problem(stage)
        stage.players.faults([])
        assert bot.drain(20)
        assert problem(stage) == ""


def problem(stage: Stage) -> str:
    with stage.workplace.database.read() as connection:
        return bot_health.read_problem(connection, BOT)


def test_one_update_that_fails_does_not_stop_the_others(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("mother", stage.people.alice)
        broken = {"message_id": "no number", "chat": {"id": 1, "type": "private"}}
        with stage.workplace.database.write() as connection:
            inbox.keep(connection, BOT, [{"update_id": 5, "message": broken}], NOW)
        stage.players.say("mother", "/today")
        assert bot.drain(20)
        assert "Lessons for" in stage.seen("mother")[-1]["text"]
        with stage.workplace.database.read() as connection:
            assert [number for number, _, _ in inbox.put_aside(connection, BOT)] == [5]
    assert "1:test" not in caplog.text
    assert "Alice" not in caplog.text


def test_a_part_that_fails_begins_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError("no space left"), None]

    def fail_once(*_: object) -> int:
        trouble = failures.pop(0) if failures else None
        if trouble:
            raise trouble
        return 0

    monkeypatch.setattr(claims, "recover", fail_once)
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("mother", stage.people.alice)
        stage.players.say("mother", "/today")
        assert bot.drain(20)
        assert stage.seen("mother")


def test_the_whole_way_on_both_databases(database_url: str, tmp_path: Path) -> None:
    with open_stage(database_url, tmp_path) as stage, running_bot(stage) as bot:
        alice = stage.people.alice
        with stage.workplace.database.write() as connection:
            code = make_link_code(connection, alice, LinkRole.GUARDIAN, NOW)
        stage.players.person("mother", "Mother", "kk")
        stage.players.start("mother", code)
        assert bot.drain(30)
        stage.players.press("mother", "Иә, дұрыс")
        assert bot.drain(30)
        stage.players.press("mother", "Келісемін")
        assert bot.drain(30)
        stage.hand_over()
        assert bot.drain(30)
        stage.players.press("mother", "1. Lesson w05-0")
        assert bot.drain(30)
        stage.players.press("mother", "Алдым")
        stage.players.press("mother", "Жұмысты тапсыру")
        assert bot.drain(30)
        stage.players.photos("mother", [picture(), picture(colour="red")])
        assert bot.drain(30)
        stage.players.press("mother", "Жұмысты тапсыру")
        assert bot.drain(30)
        assert stage.states(alice) == [State.RETURNED, State.DISPATCHED, State.DISPATCHED]
