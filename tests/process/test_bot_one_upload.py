"""A file that many families want at once goes up once, and nobody is forgotten over it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.telegram.telegram_api import TelegramApi
from bot.telegram.telegram_errors import Outcome
from tests.bot_outbox import REPEAT, put, rows
from tests.bot_school import Stage, open_stage, send_all

FAMILIES = [f"p{n}" for n in range(8)]


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that go up, each time they do."""
    found: list[str] = []
    asks = TelegramApi.ask

    async def ask(api: TelegramApi, method: str, payload: Any, given: Any = ()) -> Outcome:
        found.extend(one.name for one in given)
        return await asks(api, method, payload, given)

    monkeypatch.setattr(TelegramApi, "ask", ask)
    return found


def want(stage: Stage, *contents: bytes) -> None:
    """Let each family press for the same files at the same time."""
    for family in FAMILIES:
        chat = stage.link(family, stage.people.alice)
        for place, content in enumerate(contents):
            name = f"stored:{stage.workplace.files.put(content)}:{place}.pdf"
            put(stage, chat, f"{family}:{place}", method="sendDocument", document=name)


def slow(stage: Stage, seconds: float) -> None:
    rule = {"kind": "slow", "seconds": seconds, "method": "sendDocument", "times": None}
    stage.players.faults([rule])


def everybody_has(stage: Stage, *contents: bytes) -> None:
    assert set(rows(stage).values()) == {"sent"}
    for family in FAMILIES:
        told = stage.seen(family)
        assert [one["media"][0]["size"] for one in told] == [len(one) for one in contents]
        assert not any(REPEAT in (one.get("caption") or "") for one in told)


def test_families_wait_for_one_upload(stage: Stage, uploads: list[str]) -> None:
    want(stage, b"%PDF-1.7 one", b"%PDF-1.7 another")
    slow(stage, 0.2)
    send_all(stage)
    assert sorted(uploads) == ["0.pdf", "1.pdf"]
    everybody_has(stage, b"%PDF-1.7 one", b"%PDF-1.7 another")


def test_whoever_was_on_the_way_meanwhile_sends_no_second_file(
    sqlite_url: str, tmp_path: Path, uploads: list[str]
) -> None:
    """A slow bot takes its messages beforehand: the file is up before the last of them leaves."""
    with open_stage(sqlite_url, tmp_path, telegram_rate=6.0) as stage:
        want(stage, b"%PDF-1.7")
        send_all(stage)
        assert len(uploads) == 1
        everybody_has(stage, b"%PDF-1.7")


def test_whoever_waits_too_long_gives_its_place_to_others(
    stage: Stage, uploads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending.uploading.PATIENCE", 0.05)
    want(stage, b"%PDF-1.7 a film, say")
    slow(stage, 0.3)
    uncle = stage.link("uncle", stage.people.alice)
    put(stage, uncle, "a word between")
    send_all(stage)
    assert len(uploads) == 1
    everybody_has(stage, b"%PDF-1.7 a film, say")
    assert len(stage.seen("uncle")) == 1


def test_after_an_upload_that_failed_one_other_tries(stage: Stage, uploads: list[str]) -> None:
    want(stage, b"%PDF-1.7")
    refusal = {"kind": "refuse", "code": 400, "description": "Bad Request: too wide"}
    stage.players.faults([refusal | {"method": "sendDocument", "times": 1}])
    send_all(stage)
    assert len(uploads) == 2
    assert sorted(rows(stage).values()) == ["refused"] + ["sent"] * (len(FAMILIES) - 1)
