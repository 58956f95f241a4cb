"""What a reader copies from the documents works: targets, commands and options exist."""

import re
import shlex
from pathlib import Path

import click
import pytest

from tools import reference

PAGES = [Path("README.md"), Path("CONTRIBUTING.md"), *sorted(Path("docs").rglob("*.md"))]
GENERATED = {reference.COMMANDS, reference.SETTINGS}
BLOCK = re.compile(r"^```(?:console|shell|sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ ")
TARGETS = set(re.findall(r"^(\w+):", Path("Makefile").read_text("utf-8"), re.MULTILINE))
TREE = dict(reference.command_tree())


def shell_lines() -> list[tuple[str, str]]:
    """Every line of every shell block, with the page it stands on."""
    return [
        (str(page), PROMPT.sub("", line))
        for page in PAGES
        if page not in GENERATED
        for block in BLOCK.findall(page.read_text("utf-8"))
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    ]


LINES = shell_lines()


def test_the_documents_have_commands() -> None:
    assert "make demo" in {shlex.join(shlex.split(line, comments=True)) for _page, line in LINES}


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{page}: {line}" for page, line in LINES])
def test_a_line_can_be_run(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    program, rest = words[0].removeprefix(".venv/bin/"), words[1:]
    if program == "make":
        assert set(rest) <= TARGETS, page
    elif program == "jetkiz":
        assert wrong_options(rest) == [], page


def wrong_options(words: list[str]) -> list[str]:
    """The options in a command line that no command on its path knows."""
    name = "jetkiz"
    context = TREE[name]
    known = options_of(context)
    unknown = []
    for word in words:
        if word.startswith("--"):
            unknown += [word] if word.partition("=")[0] not in known else []
        elif isinstance(context.command, click.Group) and f"{name} {word}" in TREE:
            name = f"{name} {word}"
            context = TREE[name]
            known |= options_of(context)
    assert not isinstance(context.command, click.Group) or "--help" in words, f"no such: {words}"
    return unknown


def options_of(context: click.Context) -> set[str]:
    return {option for p in context.command.get_params(context) for option in p.opts}


def test_a_wrong_option_would_be_found() -> None:
    assert wrong_options(["--help", "--no-such-option"]) == ["--no-such-option"]


def test_a_wrong_command_would_be_found() -> None:
    with pytest.raises(AssertionError, match="no such"):
        wrong_options(["no-such-command"])
