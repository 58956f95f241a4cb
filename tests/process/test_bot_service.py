"""The bot as one thing: it starts, stops, drains, and says in words what is wrong."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.introduction import TelegramUnreachableError, WrongTokenError
from bot.receiving import inbox
from bot.receiving.poller import Poller
from bot.sending import bot_health, recovery
from bot.sending.sender_service import SenderService
from bot.service import BotService
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.roster.link_codes import LinkRole, make_link_code, read_link_address
from jetkiz.storage.workplace import Workplace
from tests.bot_school import BOT, PATIENCE, Stage, open_stage, picture, running_bot
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
        assert bot.drain(PATIENCE)
        with stage.workplace.database.read() as connection:
            assert read_link_address(connection, "telegram") == "https://t.me/jetkiz_1_bot"
            assert bot_health.read_problem(connection, BOT) == ""


def test_a_bot_without_a_network_starts_waits_and_stops(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path, telegram_api="http://127.0.0.1:9") as stage:
        service = BotService(stage.workplace)
        assert not service.drain(0.2)
        service.stop()
        service.start()
        wait_for_problem(stage, service, "cannot be reached")
        service.stop()


def test_a_stopped_bot_can_start_again(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.link("mother", stage.people.alice)
        for _ in range(2):
            with running_bot(stage) as bot:
                stage.players.say("mother", "/today")
                assert bot.drain(PATIENCE)
        assert len([m for m in stage.seen("mother") if "Lessons for" in m["text"]]) == 2


def test_the_sender_and_the_channel_import_nothing_that_is_heavy() -> None:
    modules = "bot.sending.sender, bot.channel, bot.service"
    heavy = {"aiogram", "pydantic", "sqlalchemy.dialects.postgresql"}
    code = f"import {modules}, sys; sys.exit(not {heavy}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_second_program_with_the_same_token_is_named(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        words = "Conflict: terminated by other getUpdates request"
        rule = {"kind": "refuse", "code": 409, "description": words, "method": "getUpdates"}
        assert bot.drain(PATIENCE)
        stage.players.faults([rule | {"times": None}])
        wait_for_problem(stage, bot, "Another program")
        stage.players.faults([])
        assert bot.drain(PATIENCE)
        assert problem(stage) == ""


def problem(stage: Stage) -> str:
    with stage.workplace.database.read() as connection:
        return bot_health.read_problem(connection, BOT)


def wait_for_problem(stage: Stage, bot: BotService, words: str) -> None:
    """Wait until the bot says what is wrong; a slow computer needs its time for it."""
    until = time.monotonic() + PATIENCE
    while words not in problem(stage):
        assert time.monotonic() < until, problem(stage)
        assert not bot.drain(0.1)


def test_one_update_that_fails_does_not_stop_the_others(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("mother", stage.people.alice)
        broken = {"message_id": "no number", "chat": {"id": 1, "type": "private"}}
        with stage.workplace.database.write() as connection:
            inbox.store(connection, BOT, [{"update_id": 5, "message": broken}], NOW)
        stage.players.say("mother", "/today")
        assert bot.drain(PATIENCE)
        assert "Lessons for" in stage.seen("mother")[-1]["text"]
        with stage.workplace.database.read() as connection:
            assert [number for number, _, _ in inbox.put_aside(connection, BOT)] == [5]
    assert "1:test" not in caplog.text
    assert "Alice" not in caplog.text


def test_a_part_that_fails_begins_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError("no space left"), None]

    def fail_once(*_: object, **_more: object) -> int:
        trouble = failures.pop(0) if failures else None
        if trouble:
            raise trouble
        return 0

    monkeypatch.setattr(recovery, "recover", fail_once)
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("mother", stage.people.alice)
        stage.players.say("mother", "/today")
        assert bot.drain(PATIENCE)
        assert stage.seen("mother")


def test_the_whole_way_on_both_databases(database_url: str, tmp_path: Path) -> None:
    with open_stage(database_url, tmp_path) as stage, running_bot(stage) as bot:
        alice = stage.people.alice
        with stage.workplace.database.write() as connection:
            code = make_link_code(
                connection, alice, LinkRole.GUARDIAN, NOW, stage.workplace.files.hash_of_code
            )
        stage.players.person("mother", "Mother", "kk")
        stage.players.start("mother", code)
        assert bot.drain(PATIENCE)
        stage.players.press("mother", "Иә, дұрыс")
        assert bot.drain(PATIENCE)
        stage.players.press("mother", "Келісемін")
        assert bot.drain(PATIENCE)
        stage.hand_over()
        assert bot.drain(PATIENCE)
        stage.players.press("mother", "1. Lesson w05-0")
        assert bot.drain(PATIENCE)
        stage.players.press("mother", "Алдым")
        stage.players.press("mother", "Жұмысты тапсыру")
        assert bot.drain(PATIENCE)
        stage.players.photos("mother", [picture(), picture(colour="red")])
        assert bot.drain(PATIENCE)
        stage.players.press("mother", "Жұмысты тапсыру")
        assert bot.drain(PATIENCE)
        assert stage.states(alice) == [State.RETURNED, State.DISPATCHED, State.DISPATCHED]


def test_a_bot_that_cannot_begin_begins_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, faults = Poller, [OSError("too many open files")]

    def fails_once(*given: Any) -> Any:
        if faults:
            raise faults.pop()
        return made(*given)

    monkeypatch.setattr("bot.service.Poller", fails_once)
    monkeypatch.setattr("bot.staying_alive.REST_AFTER_FAILURE", 0.05)
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("mother", stage.people.alice)
        stage.players.say("mother", "/today")
        assert bot.drain(PATIENCE)
        assert stage.seen("mother")
    assert not faults


@pytest.mark.parametrize("error", [JetkizError("No."), OSError("too many open files")])
@pytest.mark.parametrize(
    ("breaks", "service"),
    [
        ("bot.sending.sender_service.Sender", SenderService),
        ("bot.service.OneBot", BotService),
    ],
)
def test_whoever_starts_what_cannot_start_is_told(
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: str,
    service: type[BotService | SenderService],
    error: Exception,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    with open_stage(sqlite_url, tmp_path) as stage:
        started = service(stage.workplace)
        with monkeypatch.context() as broken:
            broken.setattr(breaks, fails)
            with pytest.raises(type(error)):
                started.start()
        started.start()
        started.stop()
