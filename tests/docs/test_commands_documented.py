"""The page of commands knows every command, and every command explains itself."""

import click
import pytest

from jetkiz.i18n import translator
from tools import reference

TREE = dict(reference.command_tree())


def test_the_page_is_as_the_code() -> None:
    page = reference.COMMANDS.read_text("utf-8")
    assert page == reference.commands_page(), "run: python -m tools.reference"


@pytest.mark.parametrize("name", TREE)
def test_a_command_says_what_it_does(name: str) -> None:
    assert TREE[name].command.help


@pytest.mark.parametrize("name", TREE)
def test_every_option_says_what_it_does(name: str) -> None:
    options = [p for p in TREE[name].command.params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_help_is_translated(language: str) -> None:
    t = translator(language)
    texts = {context.command.help or "" for context in TREE.values()}
    for context in TREE.values():
        texts |= {p.help or "" for p in context.command.params if isinstance(p, click.Option)}
    own = {text for text in texts if text and text != "Show the version and exit."}
    assert sorted(text for text in own if t(text) == text) == []
