"""The webhook: yes only after the insert, nobody but Telegram let in, nothing lost in between."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chats.alarms import Refused, refused_since
from bot.receiving import inbox, webhook, webhook_keys
from bot.receiving.updates import LARGEST
from bot.receiving.webhook import HEADER
from bot.sending import bot_health
from bot.service import BotService
from bot.tables import telegram_inbox
from jetkiz.errors import JetkizError
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_school import BOT, PATIENCE, TOKEN, Stage, open_stage
from tests.waiting import waits_for


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody gets by chance meanwhile: it stays ours, and only a listener may join."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


def with_webhook(stage: Stage, port: int, path: str = "") -> Workplace:
    address = f"http://127.0.0.1:{port}{path}"
    settings = replace(
        stage.workplace.settings, telegram_webhook=address, telegram_webhook_port=port
    )
    return replace(stage.workplace, settings=settings)


@pytest.fixture(autouse=True)
def _long_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two secrets hold side by side however long a test takes."""
    monkeypatch.setattr(webhook, "GRACE", 3600.0)


@contextmanager
def listening(stage: Stage, port: int, path: str = "") -> Iterator[BotService]:
    service = BotService(with_webhook(stage, port, path), settle=0.0)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def path_of(stage: Stage) -> str:
    with stage.workplace.database.read() as connection:
        return webhook_keys.read_lock(connection, BOT).path


def asked(port: int, path: str, body: bytes, secret: str | None = None) -> int:
    """Send a request as anybody in the world may; return the status."""
    headers = {"Content-Type": "application/json"} | ({HEADER: secret} if secret else {})
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def refused(stage: Stage) -> dict[Refused, int]:
    with stage.workplace.database.read() as connection:
        # Midnight may have passed since.
        return refused_since(connection, BOT, wall_clock().date() - timedelta(days=1))


def known_secret(stage: Stage, service: BotService) -> str:
    """Put a secret of the test beside the one that Telegram knows; see ``_long_grace``."""
    with stage.workplace.database.write() as connection:
        key = webhook_keys.renew(connection, BOT)
        lock = webhook_keys.read_lock(connection, BOT)
    [one] = service._webhooks()
    one._lock = lock
    return key.secret


def update_of(number: int, chat: int, text: str = "/help") -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": number,
        "date": 1,
        "chat": {"id": chat, "type": "private"},
        "from": person,
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}],
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def test_a_family_talks_through_the_webhook_and_then_through_questions_again(
    sqlite_url: str, tmp_path: Path, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.link("mother", stage.people.alice)
        with listening(stage, port, "/from/a/proxy") as service:
            assert service.drain(PATIENCE)
            path = path_of(stage)
            assert TOKEN not in path
            stage.players.say("mother", "/today")
            assert service.drain(PATIENCE)
            assert "Lessons for" in stage.seen("mother")[-1]["text"]
        stage.players.say("mother", "/help")
        polling = BotService(stage.workplace, settle=0.0)
        polling.start()
        try:
            assert polling.drain(PATIENCE)
        finally:
            polling.stop()
        assert "Send a photo" in stage.seen("mother")[-1]["text"], "what waited was not dropped"
        assert path_of(stage) == ""
        with listening(stage, port) as service:
            stage.players.say("mother", "/week")
            assert service.drain(PATIENCE)
        assert len(stage.seen("mother")) == 4, "Start, today, help and week: each once"
        with stage.workplace.database.read() as connection:
            assert connection.execute(
                select(telegram_inbox.c.error).distinct()
            ).scalars().all() == [""]
    assert path not in caplog.text
    assert "secret" not in caplog.text.lower()


def test_nobody_but_telegram_is_let_in_and_everybody_is_counted(
    sqlite_url: str, tmp_path: Path, port: int
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        chat = stage.link("mother", stage.people.alice)
        with listening(stage, port) as service:
            assert service.drain(PATIENCE)
            said = len(stage.seen("mother"))
            path, secret = path_of(stage), known_secret(stage, service)
            good = update_of(5, chat)
            assert asked(port, path, good) == 403
            assert asked(port, path, good, "wrong") == 403
            assert asked(port, path, b"x" * (LARGEST + 1), "wrong") == 403, "not even read"
            assert asked(port, "guessed", good, secret) == 404
            assert asked(port, "", good, secret) == 404
            assert asked(port, path, b"x" * (LARGEST + 1), secret) == 413
            assert asked(port, path, update_of(5, chat, "x" * LARGEST), secret) == 413
            for broken in (b"", b"{", b"\xff", b"[]", b"7", b'{"update_id": "x"}', b"[" * 90_000):
                assert asked(port, path, broken, secret) == 400
            with stage.workplace.database.read() as connection:
                assert inbox.count_waiting(connection, BOT) == 0
            assert asked(port, path, good, secret) == 200
            assert asked(port, path, good, secret) == 200
            unasked = b'{"update_id": 6, "message_reaction": {"chat": {"id": 5}}}'
            assert asked(port, path, unasked, secret) == 200, "or it would come again for ever"
            assert service.drain(PATIENCE)
        assert len(stage.seen("mother")) == said + 1, "brought twice, answered once"
        counted = {Refused.FORGED: 3, Refused.OVERSIZED: 2, Refused.MALFORMED: 7}
        assert refused(stage) == counted


def test_a_full_database_is_no_yes(
    sqlite_url: str, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        chat = stage.link("mother", stage.people.alice)
        with listening(stage, port) as service:
            assert service.drain(PATIENCE)
            said = len(stage.seen("mother"))
            path, secret = path_of(stage), known_secret(stage, service)

            def full(*_: object) -> int:
                raise JetkizError("The disk is full.")

            with monkeypatch.context() as trouble:
                trouble.setattr(inbox, "store", full)
                assert asked(port, path, update_of(5, chat), secret) == 503
            assert asked(port, path, update_of(5, chat), secret) == 200
            assert service.drain(PATIENCE)
        assert len(stage.seen("mother")) == said + 1


@pytest.mark.process
def test_a_kill_between_insert_and_answer_doubles_nothing(
    sqlite_url: str, tmp_path: Path, port: int
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.link("mother", stage.people.alice)
        settings = with_webhook(stage, port).settings
        more = [str(settings.data), settings.telegram_api, TOKEN, settings.telegram_webhook]
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.bot_webhook_child", settings.database_url, *more],
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        try:
            assert child.wait(PATIENCE) == -9
        finally:
            child.kill()
            child.wait()
        with stage.workplace.database.read() as connection:
            numbers = connection.scalars(select(telegram_inbox.c.update_id)).all()
        assert len(numbers) == 1, "kept before the kill"
        assert stage.seen("mother") == []
        with listening(stage, port) as service:
            assert service.drain(PATIENCE)
        assert len(stage.seen("mother")) == 1
        with stage.workplace.database.read() as connection:
            assert connection.scalars(select(telegram_inbox.c.update_id)).all() == numbers


def test_a_port_in_use_and_an_address_without_https_are_refused(
    sqlite_url: str, tmp_path: Path
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = with_webhook(stage, taken.getsockname()[1])
        with pytest.raises(JetkizError, match="cannot listen"):
            BotService(place).start()
        open_line = replace(place.settings, telegram_webhook="http://school.kz/bot")
        with pytest.raises(JetkizError, match="only to an address with https"):
            BotService(replace(place, settings=open_line)).start()


def test_an_address_that_telegram_does_not_take_is_said(
    sqlite_url: str, tmp_path: Path, port: int
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        place = with_webhook(stage, port)
        settings = replace(place.settings, telegram_webhook="https://school.kz/bot")
        service = BotService(replace(place, settings=settings), settle=0.0)
        service.start()
        try:

            def problem() -> str:
                with stage.workplace.database.read() as connection:
                    return bot_health.read_problem(connection, BOT)

            waits_for(lambda: problem() != "")
            assert "webhook" in problem()
        finally:
            service.stop()
