"""The command `jetkiz roster`: bring in a roster, make an empty workbook, count, correct."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from jetkiz.command_line import (
    CommandDesk,
    SpokenGroup,
    confirm_or_stop,
    operator,
    pass_desk,
)
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_
from jetkiz.roster.hand_edits import EDITABLE, edit_by_hand
from jetkiz.roster.importing import ImportWishes, Proposal, RosterRefusedError, propose, save
from jetkiz.roster.incoming import Subject
from jetkiz.roster.reading.kinds import KIND_NAMES
from jetkiz.roster.reading.sources import SourceFiles, read_sources
from jetkiz.roster.report import difference_lines, message_lines
from jetkiz.roster.show import count_lines
from jetkiz.roster.template import make_template


@click.group(cls=SpokenGroup, help=N_("Bring in students, homes and access."))
def roster() -> None:
    """Hold the commands together."""


@roster.command("import", help=N_("Show what a roster file changes, then bring it in."))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Only show; change nothing."))
@click.option("--yes", is_flag=True, help=N_("Do not ask; bring it in."))
@click.option("--older", is_flag=True, help=N_("Also take files of an earlier school year."))
@click.option("--school", default="", help=N_("Id of the school that a workbook is about."))
@click.option(
    "--language-of-instruction",
    "language",
    type=click.Choice(LANGUAGES),
    default="kk",
    help=N_("Language where no file says one."),
)
@pass_desk
def import_command(
    desk: CommandDesk, /, path: Path, *, dry_run: bool, yes: bool, **wanted: str
) -> None:
    """Read, show, ask, save."""
    source = read_sources(path)
    wishes = _wishes(desk, wanted)
    database = desk.workplace.database
    with database.read() as connection:
        desk.refuse_roster(connection)
        shown = propose(connection, source, wishes)
    _show(desk, shown)
    if dry_run or shown.repeated or shown.difference.is_empty:
        desk.say(N_("Nothing was changed."))
        return
    confirm_or_stop(desk, N_("Bring this in?"), yes=yes)
    _save(desk, source, wishes, shown)
    desk.say(N_("Saved."))


def _wishes(desk: CommandDesk, wanted: dict[str, str]) -> ImportWishes:
    zone = desk.settings.zone
    today = desk.clock().astimezone(ZoneInfo(zone)).date()
    return ImportWishes(
        today, wanted["language"], zone, wanted["school"], bool(wanted["older"]), desk.tv_keys()
    )


def _show(desk: CommandDesk, proposal: Proposal) -> None:
    t = desk.t
    if proposal.kind in KIND_NAMES:
        kind = t(KIND_NAMES[proposal.kind])
        desk.say(N_("{name} was read as: {kind}."), name=proposal.source.name, kind=kind)
    for line in message_lines(t, proposal.messages):
        click.echo(line)
    if proposal.stops:
        raise RosterRefusedError(proposal)
    if proposal.repeated:
        desk.say(
            N_("This file was already imported on {day} by {by}."),
            day=f"{proposal.repeated.at:%Y-%m-%d}",
            by=proposal.repeated.by,
        )
        return
    for line in difference_lines(t, proposal.difference, proposal.register):
        click.echo(line)


def _save(desk: CommandDesk, source: SourceFiles, wishes: ImportWishes, shown: Proposal) -> None:
    """Compare once more inside the transaction: what was agreed to is what is saved."""
    with desk.workplace.database.write() as connection:
        desk.refuse_roster(connection)
        again = propose(connection, source, wishes)
        if again.difference != shown.difference:
            raise JetkizError(
                N_("The register was changed by somebody else meanwhile; nothing was saved."),
                N_("Repeat the command and look at the difference again."),
            )
        save(connection, again, by=operator(), now=desk.clock())


@roster.command(help=N_("Make an empty workbook with every column explained."))
@click.argument("out", type=click.Path(path_type=Path), default=Path("roster.xlsx"))
@pass_desk
def template(desk: CommandDesk, out: Path) -> None:
    """Write the workbook; an existing file is not overwritten."""
    make_template(out, desk.t)
    desk.say(N_("Written: {file}. Fill it and bring it in with: jetkiz roster import."), file=out)


@roster.command(help=N_("Count what the register holds."))
@pass_desk
def show(desk: CommandDesk) -> None:
    """Print a line for each thing that is counted."""
    with desk.workplace.database.read() as connection:
        for line in count_lines(connection, desk.t):
            click.echo(line)


@roster.command("set", help=N_("Correct one value by hand; later imports keep it."))
@click.argument("subject", type=click.Choice([subject.value for subject in EDITABLE]))
@click.argument("row")
@click.argument("field")
@click.argument("value")
@click.option("--school", default="", help=N_("Id of the school, if there are several."))
@pass_desk
def set_command(desk: CommandDesk, /, subject: str, **given: str) -> None:
    """Write the value and remember who wrote it."""
    with desk.workplace.database.write() as connection:
        old, new = edit_by_hand(
            connection,
            Subject(subject),
            (given["school"], given["row"]),
            (given["field"], given["value"]),
            by=operator(),
            at=desk.clock(),
        )
    desk.say(
        N_("{row}: {field} was {old} and is now {new}. Imports keep it."),
        row=given["row"],
        field=given["field"],
        old=old or "—",
        new=new or "—",
    )
