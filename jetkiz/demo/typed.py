"""What the sample school types at its computer: the product's own commands, and their words."""

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Final

import click

from broadcast.commands import timetable
from jetkiz.command_line import CommandDesk
from jetkiz.demo.stage import Stage
from jetkiz.errors import JetkizError
from jetkiz.roster.commands import roster
from print_packs.commands import packs, returns
from print_packs.edition_commands import editions
from print_packs.postage_commands import post

_GROUPS: Final[Mapping[str, click.Group]] = {
    "editions": editions,
    "packs": packs,
    "post": post,
    "returns": returns,
    "roster": roster,
    "timetable": timetable,
}


def typed(stage: Stage, *words: str, lines: int | None = None) -> None:
    """Type a command at the school's workplace: show it, and below it what it answers.

    A refusal is shown like any answer: that is what a person would read. Of a long answer only
    the first ``lines`` are shown.
    """
    stage.show(click.style(" ".join(("$ jetkiz", *words)), fg="cyan"))
    said = _answer(stage, words).splitlines()
    for line in said[:lines]:
        stage.show(f"  {line}")
    if lines is not None and len(said) > lines:
        stage.show("  …")


def _answer(stage: Stage, words: tuple[str, ...]) -> str:
    desk, out = CommandDesk.at(stage.workplace), io.StringIO()
    group = _GROUPS[words[0]]
    with redirect_stdout(out), redirect_stderr(out):
        try:
            with group.make_context(f"jetkiz {words[0]}", [*words[1:]], obj=desk) as context:
                group.invoke(context)
        except JetkizError as error:
            click.echo(desk.t("Error: {sentence}", sentence=desk.t.error(error)))
        except click.exceptions.Exit:
            # What went wrong was said before it.
            pass
    return out.getvalue()
