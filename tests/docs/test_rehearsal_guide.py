"""The guide to rehearsing names every method, act and fault there is, and its examples work."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from jetkiz.i18n import translator
from jetkiz.rehearsal.__main__ import build_parser
from jetkiz.rehearsal.bot_api.methods import CANONICAL
from jetkiz.rehearsal.director.acts import ACTS
from jetkiz.rehearsal.running.faults import FaultKind, Moment, Rule, read_script

GUIDE = Path("docs/howto/rehearse-a-week.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_every_method_act_and_fault_is_named() -> None:
    words = {*CANONICAL.values(), *ACTS, *FaultKind, *Moment, *(f.name for f in fields(Rule))}
    assert {str(word) for word in words if f"`{word}`" not in GUIDE} == set()


def test_no_method_is_promised_that_is_not_there() -> None:
    named = re.findall(r"`((?:get|set|send|edit|delete|answer)[A-Z]\w+)`", GUIDE)
    assert {name for name in named if name.lower() not in CANONICAL} == set()


def test_the_fault_script_of_the_guide_is_read() -> None:
    script = read_script(json.loads(block("json")))
    assert [rule.kind.value for rule in script.rules] == ["flood", "error", "hang", "refuse"]


def test_the_program_of_the_guide_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python"), "guide", "exec"), {})  # noqa: S102 - our own page
    assert "Сәлеметсіз бе" in capsys.readouterr().out


def test_the_command_of_the_guide_is_understood() -> None:
    arguments = re.search(r"-m jetkiz\.rehearsal (.*)", block("sh"))
    assert arguments is not None
    given = build_parser(translator("en")).parse_args(arguments.group(1).split())
    assert (given.port, given.journal) == (8081, Path("rehearsal.jsonl"))
