"""Handlers begin and end what a chat is in the middle of in one place, which names what it ends."""

import ast
from pathlib import Path

import pytest

HANDLERS = Path("bot/talking/handlers")
KEPT_APART = {"enter", "leave", "forget_dialogue", "write_state"}


def calls_of(source: str) -> list[str]:
    """Return the calls in a source that change a state past bot/talking/interruptions.py."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        said = ast.unparse(node.func)
        owner, _, name = said.rpartition(".")
        if name in KEPT_APART and owner != "interruptions":
            found.append(said)
    return found


def test_no_handler_changes_a_state_by_itself() -> None:
    files = sorted(HANDLERS.glob("*.py"))
    assert len(files) > 10
    assert {
        str(file): calls for file in files if (calls := calls_of(file.read_text("utf-8")))
    } == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("desk.leave()", ["desk.leave"]),
        ("links.forget_dialogue(c, chat)", ["links.forget_dialogue"]),
        ("write_state(c, chat)", ["write_state"]),
        ("self.desk.enter(Doing.DRAFT)", ["self.desk.enter"]),
        ("interruptions.enter(desk, Doing.DRAFT)", []),
        ("desk.show(card)", []),
    ],
)
def test_what_counts_as_changing_a_state(source: str, found: list[str]) -> None:
    assert calls_of(source) == found
