"""What docs/reference/commands.md and settings.md say: written from the code, never by hand.

`python -m tools.reference` writes both; tests/docs compares them with the code.
"""

import ast
import dataclasses
import inspect
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from jetkiz import config
from jetkiz.cli import jetkiz
from jetkiz.command_line import CommandDesk

FOLDER = Path("docs/reference")
COMMANDS = FOLDER / "commands.md"
SETTINGS = FOLDER / "settings.md"
WRITTEN = "<!-- Written by `python -m tools.reference`; change the code instead. -->"


def command_tree() -> Iterator[tuple[str, click.Context]]:
    """Every command by its full name, parents first."""
    desk = CommandDesk(config.Settings())
    yield from _below(click.Context(jetkiz, info_name="jetkiz", obj=desk))


def _below(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield context.command_path, context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield from _below(click.Context(command, info_name=name, parent=context))


def commands_page() -> str:
    """The help of every command."""
    parts = ["# Commands", WRITTEN]
    for name, context in command_tree():
        context.terminal_width = 100
        with context:
            parts.append(f"## {name}\n\n```\n{context.command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Every setting with its default, its name in the environment and its meaning."""
    lines = [
        "# Settings",
        "",
        WRITTEN,
        "",
        f"A setting stands in the file `{config.FILE_NAME}` of the folder where a command starts.",
        "The environment overrules the file, an option of the command overrules both.",
        "",
        "| setting | environment | default | meaning |",
        "|---|---|---|---|",
    ]
    meanings = _meanings()
    for field in dataclasses.fields(config.Settings):
        variable = f"{config.PREFIX}{field.name.upper()}"
        default = str(field.default) or "(empty)"
        lines.append(f"| `{field.name}` | `{variable}` | `{default}` | {meanings[field.name]} |")
    return "\n".join(lines) + "\n"


def _meanings() -> dict[str, str]:
    """The text below each field, which Python itself throws away."""
    tree = ast.parse(inspect.getsource(config.Settings))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        field.target.id: " ".join(str(words.value.value).replace("``", "`").split())
        for field, words in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
    }


def main() -> int:
    """Write both pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    COMMANDS.write_text(commands_page(), "utf-8")
    SETTINGS.write_text(settings_page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
