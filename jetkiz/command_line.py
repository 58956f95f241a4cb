"""How commands speak: words in the reader's language, errors as sentences, exit status."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator, translator
from jetkiz.storage.workplace import Clock, Workplace, open_workplace, wall_clock

FAILED = 1


@dataclass
class CommandDesk:
    """What a command is given: settings, words, and the workplace, opened when first asked for."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = wall_clock
    _opened: list[Workplace] = field(default_factory=list)
    _is_ready: bool = False

    @property
    def t(self) -> Translator:
        """The words of the language in force."""
        return translator(self.settings.language)

    @property
    def workplace(self) -> Workplace:
        """The open workplace; refused while its database does not fit this program."""
        from jetkiz.storage.schema import require_current  # noqa: PLC0415 - help needs no database

        workplace = self.workplace_as_it_is
        if not self._is_ready:
            require_current(workplace.database)
            self._is_ready = True
        return workplace

    @property
    def workplace_as_it_is(self) -> Workplace:
        """The open workplace, even if its database is empty, old or damaged."""
        if not self._opened:
            self._opened.append(open_workplace(self.settings, self.clock))
        return self._opened[0]

    def say(self, text: str, /, **facts: Any) -> None:
        """Print a translated line."""
        click.echo(self.t(text, **facts))

    def close(self) -> None:
        """Give the database back."""
        for workplace in self._opened:
            workplace.database.close()


pass_desk = click.make_pass_decorator(CommandDesk)


class SpokenCommand(click.Command):
    """A command whose help is read in the language in force."""

    def get_short_help_str(self, limit: int = 70) -> str:
        """Return the first sentence of the help, translated."""
        self.help = _translated(self.help)
        return super().get_short_help_str(limit)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help, with its own line translated."""
        option = super().get_help_option(ctx)
        if option:
            option.help = _translated(N_("Show this page and leave."))
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_translated(N_("Usage: ")))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        self.help = _translated(self.help)
        super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and below a group its commands."""
        parameters = self.get_params(ctx)
        for parameter in parameters:
            if isinstance(parameter, click.Option):
                own = N_("Show the version and leave.") if parameter.name == "version" else ""
                parameter.help = _translated(own or parameter.help)
        records = [parameter.get_help_record(ctx) for parameter in parameters]
        with formatter.section(_translated(N_("Options"))):
            formatter.write_dl([record for record in records if record])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenGroup(SpokenCommand, click.Group):
    """A group of commands whose help is read in the language in force."""

    command_class = SpokenCommand

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of the group, each with its line."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_translated(N_("Commands"))):
            formatter.write_dl([(n, c.get_short_help_str()) for n, c in commands if c])


def _translated(text: str | None) -> str:
    context = click.get_current_context(silent=True)
    desk = context.find_object(CommandDesk) if context else None
    return desk.t(text or "") if desk else text or ""


def run_command(command: Callable[[], Any], desk: Callable[[], CommandDesk | None]) -> int:
    """Run a command; turn every refusal into a sentence and an exit status."""
    try:
        command()
    except JetkizError as error:
        opened = desk()
        t = opened.t if opened else translator("en")
        click.echo(t("Error: {sentence}", sentence=t.error(error)), err=True)
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
        opened = desk()
        if opened:
            opened.close()
    return 0


def confirm_or_stop(desk: CommandDesk, question: str, *, yes: bool, **facts: Any) -> None:
    """Ask before something is changed; without a terminal and without --yes, refuse."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise JetkizError(
            N_("This needs your consent, and nobody can be asked here."),
            N_("Look at the difference above and repeat the command with --yes."),
        )
    click.confirm(desk.t(question, **facts), abort=True)
