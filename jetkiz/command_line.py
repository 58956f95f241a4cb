"""How commands speak: words in the reader's language, errors as sentences, exit status."""

import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import click

from jetkiz.command_words import ARGUMENTS, KINDS, PLACEHOLDERS, library_speaks
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_, Translator, translator
from jetkiz.storage.played_time import played_clock
from jetkiz.storage.workplace import Clock, Workplace, open_workplace, wall_clock

if TYPE_CHECKING:  # help needs no database
    from sqlalchemy import Connection

FAILED = 1
LONGEST_NAME: Final = 64
# Consent in each language, whatever language the question was asked in.
YES: Final = frozenset({"y", "yes", "д", "да", "и", "иә", "ия"})


@dataclass
class CommandDesk:
    """What a command is given: settings, words, and the workplace, opened when first asked for."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = wall_clock
    tv_keys: Callable[[], frozenset[str]] = frozenset
    """Keys of the school's TV channels; empty where nobody can tell."""
    refuse_roster: Callable[["Connection"], None] = lambda _: None
    """Refuses every roster where the ledger holds other children than real ones."""
    _opened: list[Workplace] = field(default_factory=list)
    _is_ready: bool = False

    @classmethod
    def at(cls, workplace: Workplace) -> "CommandDesk":
        """Return a desk at a workplace that is open already; whoever opened it closes it."""
        return cls(workplace.settings, workplace.clock, _opened=[workplace], _is_ready=True)

    @property
    def t(self) -> Translator:
        """The words of the language in force."""
        return translator(self.settings.language)

    @property
    def workplace(self) -> Workplace:
        """The open workplace; refused while its database does not fit this program."""
        from jetkiz.storage import schema  # noqa: PLC0415 - help needs no database

        if not self._opened:
            schema.require_file(self.settings.url)
        workplace = self.workplace_as_it_is
        if not self._is_ready:
            schema.require_current(workplace.database)
            self._is_ready = True
        return workplace

    @property
    def workplace_as_it_is(self) -> Workplace:
        """The open workplace, even if its database is empty, old or damaged."""
        if not self._opened:
            played = played_clock(self.settings.data) if self.clock is wall_clock else None
            self._opened.append(open_workplace(self.settings, played or self.clock))
        return self._opened[0]

    def say(self, text: str, /, **facts: Any) -> None:
        """Print a translated line."""
        click.echo(self.t(text, **facts))

    def close(self) -> None:
        """Give the database back."""
        for workplace in self._opened:
            workplace.database.close()


pass_desk = click.make_pass_decorator(CommandDesk)


def _speak(ctx: click.Context, _option: click.Parameter, language: str | None) -> None:
    desk = ctx.find_object(CommandDesk)
    if language and desk:
        desk.settings = replace(desk.settings, language=language)


# People write it behind the command as well as before it; the help names it once, before.
_LANGUAGE: Final = click.Option(
    ["--language"],
    type=click.Choice(LANGUAGES),
    callback=_speak,
    is_eager=True,
    expose_value=False,
    hidden=True,
)


class SpokenCommand(click.Command):
    """A command whose help is read in the language in force."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters, each asking for its value in the reader's words."""
        found = super().get_params(ctx)
        if not any("--language" in one.opts for one in found):
            found.append(_LANGUAGE)
        t = _words(ctx)
        for one in found:
            if isinstance(one, click.Argument):
                one.metavar = _placeholder(one, t)
            elif one.type.name in KINDS and not getattr(one, "is_flag", False):
                one.metavar = t(KINDS[one.type.name])
        return found

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the name of the command in its usage line."""
        t = _words(ctx)
        pieces = super().collect_usage_pieces(ctx)
        return [t(piece) if piece in PLACEHOLDERS else piece for piece in pieces]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_words(ctx)(N_("Usage: ")))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_words(ctx)(self.help or ""))

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Leave the words at fixed places to ``format_options``."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the words at fixed places, the options, and below a group its commands."""
        t = _words(ctx)
        parameters = self.get_params(ctx)
        arguments = [_argument_record(one, t) for one in parameters if _is_argument(one)]
        if arguments:
            with formatter.section(t(N_("To write in this order"))):
                formatter.write_dl(arguments)
        options = [_option_record(one, ctx, t) for one in parameters if not _is_argument(one)]
        with formatter.section(t(N_("Options"))):
            formatter.write_dl([record for record in options if record])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenGroup(SpokenCommand, click.Group):
    """A group of commands whose help is read in the language in force."""

    command_class = SpokenCommand

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of the group, each with its line."""
        t = _words(ctx)
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(t(N_("Commands"))):
            formatter.write_dl([(n, t(c.help or "")) for n, c in commands if c])


def _words(ctx: click.Context) -> Translator:
    desk = ctx.find_object(CommandDesk)
    return desk.t if desk else translator("en")


def _is_argument(one: click.Parameter) -> bool:
    return isinstance(one, click.Argument)


def _placeholder(one: click.Argument, t: Translator) -> str:
    name = t(ARGUMENTS[one.name or ""].name) + ("..." if one.nargs != 1 else "")
    return name if one.required else f"[{name}]"


def _argument_record(one: click.Parameter, t: Translator) -> tuple[str, str]:
    choices = ", ".join(one.type.choices) if isinstance(one.type, click.Choice) else ""
    return one.metavar or "", t(ARGUMENTS[one.name or ""].line, choices=choices)


def _option_record(
    one: click.Parameter, ctx: click.Context, t: Translator
) -> tuple[str, str] | None:
    record = one.get_help_record(ctx)
    if record is None or not isinstance(one, click.Option):
        return record
    if "--help" in one.opts:
        return record[0], t(N_("Show this page and leave."))
    if "--version" in one.opts:
        return record[0], t(N_("Show the version and leave."))
    # What follows the line, such as that the option is required, the library has translated.
    said = one.help or ""
    return record[0], t(said) + record[1].removeprefix(said)


def run_command(command: Callable[[], Any], desk: CommandDesk) -> int:
    """Run a command; turn every refusal into a sentence and an exit status."""
    with library_speaks(lambda: desk.t):
        try:
            command()
        except JetkizError as error:
            click.echo(desk.t("Error: {sentence}", sentence=desk.t.error(error)), err=True)
            return FAILED
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except BrokenPipeError:
            # The reader, "head" perhaps, has seen enough: nothing may be written at the end either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        except (click.Abort, KeyboardInterrupt):
            click.echo("", err=True)
            return FAILED
        finally:
            desk.close()
    return 0


def operator() -> str:
    """Return who sits at the machine; a service account may have no name."""
    try:
        return getpass.getuser()[:LONGEST_NAME]
    except (KeyError, OSError, ImportError):
        return "jetkiz"


def confirm_or_stop(desk: CommandDesk, question: str, *, yes: bool, **facts: Any) -> None:
    """Ask before something is changed; without a terminal and without --yes, refuse."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise JetkizError(
            N_("This needs your consent, and nobody can be asked here."),
            N_("Look at what stands above, if anything, and repeat the command with --yes."),
        )
    asked = f"{desk.t(question, **facts)} [{desk.t(N_('yes/no'))}]"
    if click.prompt(asked, default="", show_default=False).strip().casefold() not in YES:
        raise click.Abort
