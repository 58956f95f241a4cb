"""The command ``jetkiz``: which words exist, each loaded only when it is asked for."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from jetkiz import __version__
from jetkiz.calendar.school_years import look_first_in, own_folder
from jetkiz.command_line import CommandDesk, SpokenGroup, run_command
from jetkiz.config import PREFIX, Settings, load_settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

if TYPE_CHECKING:  # help needs no database
    from sqlalchemy import Connection

# Name, where it lives, and its line in the help, so that the help imports none of them.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("jetkiz.demo.commands:demo", N_("Carry the sample school through a whole week.")),
    "doctor": ("jetkiz.doctor:doctor", N_("Look for what would go wrong, before it does.")),
    "database": ("jetkiz.database_commands:database", N_("Upgrade, back up and check the data.")),
    "roster": ("jetkiz.roster.commands:roster", N_("Bring in students, homes and access.")),
    "lessons": ("jetkiz.lessons.commands:lessons", N_("Bring in the lessons of a week.")),
    "nation": ("scheduler.nation.commands:nation", N_("Draw a nation to plan and rehearse with.")),
    "simulate": ("scheduler.simulator.commands:simulate", N_("Compare policies on drawn terms.")),
    "timetable": ("broadcast.commands:timetable", N_("Plan TV lessons and export them.")),
    "plan": ("scheduler.commands:plan", N_("Decide who gets which lesson how, and explain it.")),
    "packs": ("print_packs.commands:packs", N_("Make printed packs, lists and hand-overs.")),
    "editions": (
        "print_packs.edition_commands:editions",
        N_("Make lessons for screens and in Braille."),
    ),
    "post": ("print_packs.postage_commands:post", N_("Postal numbers, weights and rules.")),
    "returns": ("print_packs.commands:returns", N_("File scanned sheets to student and task.")),
    "kazpost": ("print_packs.kazpost.commands:kazpost", N_("Ask Kazpost's network services.")),
    "duty": ("print_packs.duty.commands:duty", N_("Look after the students who learn at school.")),
    "telegram": ("bot.commands:telegram", N_("Link families and look after the bot.")),
    "ledger": ("jetkiz.delivery.commands:ledger", N_("Read and rebuild the ledger.")),
    "report": ("jetkiz.reports.commands:report", N_("Say who got nothing, and count the rest.")),
    "homework": ("jetkiz.homework.commands:homework", N_("Seal what homes sent, delete it.")),
    "accounts": ("jetkiz.web.commands:accounts", N_("Give people their sign-in.")),
    "serve": ("jetkiz.web.commands:serve", N_("Open the console in the browser.")),
    "run": ("jetkiz.run_commands:run", N_("Run worker, clock, bot and console together.")),
}


class LazyGroup(SpokenGroup):
    """A group that imports a command only when it is called."""

    def list_commands(self, _ctx: click.Context, /) -> list[str]:
        """Return the names in the order in which a week needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str, /) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            raise _missing_package(cmd_name, error) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their lines, without importing them."""
        desk = ctx.ensure_object(CommandDesk)
        with formatter.section(desk.t("Commands")):
            formatter.write_dl([(name, desk.t(line)) for name, (_, line) in COMMANDS.items()])


def _missing_package(command: str, error: ModuleNotFoundError) -> Exception:
    package = (error.name or "").partition(".")[0]
    if package in {"jetkiz", "bot", "scheduler", "print_packs", "broadcast"}:
        return error
    return JetkizError(
        N_("The command {command} needs the package {package}, which is not installed."),
        N_("Install everything with: pip install 'jetkiz[all]'."),
        command=command,
        package=package,
    )


@click.group(cls=LazyGroup, help=N_("Every lesson of a week to every student, in one ledger."))
@click.option("--data", type=click.Path(path_type=Path), help=N_("Folder with the school's data."))
@click.option("--database-url", help=N_("Address of a PostgreSQL database."))
@click.option("--language", help=N_("kk, ru or en."))
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def jetkiz(ctx: click.Context, /, **options: Any) -> None:
    """Open the settings; the workplace opens when a command needs it."""
    settings = load_settings(Path(), **options)
    desk = ctx.ensure_object(CommandDesk)
    desk.settings = settings
    desk.tv_keys = lambda: _tv_keys(settings.data)
    desk.refuse_roster = _refuse_roster
    look_first_in(own_folder(settings.data))


def _tv_keys(folder: Path) -> frozenset[str]:
    from broadcast.tv_channels import read_tv_channels  # noqa: PLC0415 - only an import asks

    return frozenset(channel.id for channel in read_tv_channels(folder))


def _refuse_roster(connection: "Connection") -> None:
    from jetkiz.delivery.drawn_nation import refuse_beside_drawn  # noqa: PLC0415 - as above

    refuse_beside_drawn(connection)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    asked = asked_language(given)
    # A settings file that cannot be read is refused in the language that is asked for elsewhere.
    desk = CommandDesk(Settings(language=asked or os.environ.get(f"{PREFIX}LANGUAGE", "")))

    def command() -> None:
        # Help is printed before options are read, and it too has to speak the right language.
        desk.settings = load_settings(Path(), language=asked)
        with jetkiz.make_context("jetkiz", list(given), obj=desk) as context:
            jetkiz.invoke(context)

    try:
        status = run_command(command, desk)
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    sys.exit(status)


def asked_language(given: Sequence[str]) -> str | None:
    """Return the language that the options before the name of the command ask for."""
    with_value = {
        option for p in jetkiz.params if not getattr(p, "is_flag", 0) for option in p.opts
    }
    words, asked = iter(given), None
    for word in words:
        name, sign, value = word.partition("=")
        if not name.startswith("-") or name == "--":
            break
        value = value if sign or name not in with_value else next(words, "")
        asked = value if name == "--language" else asked
    return asked or None
