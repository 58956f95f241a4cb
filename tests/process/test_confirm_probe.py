"""The experiment that a person runs with the real Telegram, run here with the rehearsal."""

import json
from pathlib import Path
from typing import Any

import pytest

from jetkiz.rehearsal import Limits, Options, Rate, RehearsalServer, RehearsedPeople
from jetkiz.rehearsal.model import MessageIds
from tools import confirm_probe

TOKEN = "1:test"
WIDE = Limits(bot=Rate(1000, 1000), chat=Rate(1000, 1000))


def run(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    people: int = 2,
    ids: MessageIds = MessageIds.ACCOUNT,
    faults: tuple[dict[str, object], ...] = (),
) -> tuple[int, dict[str, Any]]:
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", TOKEN)
    out = folder / "result.json"
    with RehearsalServer(Options(token=TOKEN, limits=WIDE, message_ids=ids)) as server:
        players = RehearsedPeople(server.url)
        for number in range(people):
            players.person(f"p{number}", "P")
            players.start(f"p{number}")
        players.faults(faults)
        options = ["--api", server.url, "--chats", str(people), "--out", str(out)]
        options += ["--rounds", "2", "--questions", "20", "--pace", "1000", "--wait", "20"]
        code = confirm_probe.main(options)
    return code, json.loads(out.read_text("utf-8"))


def passed(result: dict[str, Any]) -> dict[str, bool]:
    return {one["name"]: one["passed"] for one in result["checks"]}


def test_the_rehearsal_confirms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, result = run(monkeypatch, tmp_path)
    assert code == 0
    assert str(result["verdict"]).startswith("CONFIRMED")
    needed = {*confirm_probe.NEEDED, "one sequence for all chats", "found after an album"}
    assert all(passed(result)[name] for name in needed)
    assert result["harmed"] == 0


def test_one_chat_confirms_only_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, result = run(monkeypatch, tmp_path, people=1)
    assert code == 1
    assert str(result["verdict"]).startswith("HALF CONFIRMED")


def test_numbers_counted_for_each_chat_confirm_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, result = run(monkeypatch, tmp_path, ids=MessageIds.CHAT)
    assert code == 1
    assert not passed(result)["one sequence for all chats"]
    assert not str(result["verdict"]).startswith("CONFIRMED")


def test_a_server_with_other_words_confirms_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A server that says nothing of "not modified" would make the search useless."""
    other = {
        "kind": "refuse",
        "method": "editMessageReplyMarkup",
        "times": None,
        "code": 400,
        "description": "Bad Request: nothing to do",
    }
    code, result = run(monkeypatch, tmp_path, faults=(other,))
    assert code == 1
    assert not passed(result)["found"]
    assert str(result["verdict"]).startswith("NOT CONFIRMED")


def test_refusals_for_speed_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    flood = {
        "kind": "flood",
        "method": "editMessageReplyMarkup",
        "retry_after": 1,
        "times": 1,
        "skip": 30,
    }
    _, result = run(monkeypatch, tmp_path, faults=(flood,))
    costs = {one["name"]: one["seen"] for one in result["checks"]}["questions are cheap"]
    assert "1 refused, longest wait 1 s" in costs


def test_without_a_token_nothing_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("JETKIZ_TELEGRAM_TOKEN", raising=False)
    with pytest.raises(SystemExit):
        confirm_probe.main([])
    assert "JETKIZ_TELEGRAM_TOKEN" in capsys.readouterr().err
