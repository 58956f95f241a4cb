"""The experiment that a person runs with the real Telegram, run here with the rehearsal."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sending.probe import Reading
from jetkiz.rehearsal import Limits, Options, Rate, RehearsalServer, RehearsedPeople
from jetkiz.rehearsal.state.model import MessageIds
from tools import confirm_probe

TOKEN = "1:test"
# Far away the answer takes longer than the first cut; here it has to be made to, for any computer.
CUT_OFF = {
    "kind": "slow",
    "moment": "after",
    "method": "sendMessage",
    "text": "The line was cut",
    "seconds": 3600.0,
}
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
        options += ["--rounds", "2", "--questions", "20", "--pace", "1000", "--wait", "120"]
        code = confirm_probe.main(options)
    return code, json.loads(out.read_text("utf-8"))


def passed(result: dict[str, Any]) -> dict[str, bool | None]:
    return {one["name"]: one["passed"] for one in result["checks"]}


def test_the_rehearsal_confirms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, result = run(monkeypatch, tmp_path, faults=(CUT_OFF,))
    assert code == 0
    assert str(result["verdict"]).startswith("CONFIRMED")
    needed = {*confirm_probe.NEEDED, "one sequence for all chats", "found after an album"}
    assert all(passed(result)[name] for name in needed)
    assert result["harmed"] == 0


def test_numbers_of_another_chat_lie_between_and_are_asked_for_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[int] = []
    right = confirm_probe.Trial.probe

    async def noted(trial: confirm_probe.Trial, payload: dict[str, Any], number: int) -> Reading:
        reading = await right(trial, payload, number)
        if payload.get("text") == "This one is looked for":
            asked.append(reading == Reading.ELSEWHERE)
        return reading

    monkeypatch.setattr(confirm_probe.Trial, "probe", noted)
    _, result = run(monkeypatch, tmp_path)
    assert passed(result)["found"]
    assert sum(asked) >= 4, "one for each lost message"


NEVER_TAKEN = {"kind": "hang", "moment": "before", "method": "sendMessage", "times": None}


@pytest.mark.parametrize(
    ("seconds", "faults"), [(60.0, ()), (0.02, (NEVER_TAKEN | {"text": "The line was cut"},))]
)
def test_a_cut_by_which_nothing_was_lost_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    seconds: float,
    faults: tuple[dict[str, object], ...],
) -> None:
    """The answer came before, or the request never came: that is no yes."""
    monkeypatch.setattr(confirm_probe, "CUTS", (seconds,))
    code, result = run(monkeypatch, tmp_path, faults=faults)
    assert code == 1
    assert passed(result)["found after a cut line"] is None
    assert str(result["verdict"]).startswith("NOT CLEAR")


def test_one_chat_confirms_only_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, result = run(monkeypatch, tmp_path, people=1, faults=(CUT_OFF,))
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
