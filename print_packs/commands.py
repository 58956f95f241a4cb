"""The commands for paper: make packs, hand them over, file the sheets that come back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from jetkiz.channel import channel_words
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.i18n.kept_words import all_said
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Household
from jetkiz.roster.register import read_households, read_names
from print_packs.issuer import change_key
from print_packs.layout import Layout
from print_packs.model import STATE_WORDS, PackDates
from print_packs.post.commands import addresses
from print_packs.records import PackRow, read_packs, read_runs
from print_packs.runs.commands import inventory, labels, refused_command
from print_packs.runs.hand_over import Moved, came_back, hand_over, signed
from print_packs.runs.leg_commands import legs_command
from print_packs.runs.lists import ListRecord, read_lists
from print_packs.runs.pack_dates import read_dates
from print_packs.runs.printing import Printed
from print_packs.runs.remaking import make_week
from print_packs.runs.reprinting import lay_alone, reprint
from print_packs.runs.run_files import run_folder
from print_packs.runs.sides import lay_out_sides
from print_packs.scans.return_scans import file_scans
from print_packs.scans.scan_files import named_school
from print_packs.scans.scan_results import (
    FOR_A_PERSON,
    RESULT_WORDS,
    PageOutcome,
    ScanResult,
    ScanSummary,
)
from print_packs.tracking.commands import dates, event_command, events_command, overdue

_PACK_WEEK: Final = click.option(
    "--week", help=N_("The week; a home's last one if it is left out. Rows of a list need it.")
)


@click.group(cls=SpokenGroup, help=N_("Make printed packs, lists and hand-overs."))
def packs() -> None:
    """Hold the commands together."""


@packs.command(help=N_("Print the packs of a week now, or once more: the files stay the same."))
@click.argument("week")
@click.option(
    "--layout",
    type=click.Choice([one.value for one in Layout]),
    help=N_("How lessons are laid: single, 2up (two pages to a side) or booklet; kept for later."),
)
@pass_desk
def make(desk: CommandDesk, week: str, layout: str | None) -> None:
    """Make the files of every batch of paper of a week."""
    for run in make_week(desk.workplace, week, Layout(layout) if layout else None):
        _say_run(desk, run)


def _say_run(desk: CommandDesk, printed: Printed) -> None:
    sheets = sum(one.sheets for one in printed.packs)
    desk.say(
        "Run {number}: {packs} packs, {sheets} sheets. Files in {folder}",
        number=printed.run.number,
        packs=len(printed.packs),
        sheets=sheets,
        folder=run_folder(desk.settings.data, printed.run),
    )
    notes = printed.notes
    for problem in all_said((*notes.left_out, *notes.held_back), desk.t):
        click.echo(desk.t("Left out: {problem}", problem=problem), err=True)
    for notice in all_said(notes.notices, desk.t):
        click.echo(desk.t("To know: {notice}", notice=notice), err=True)


for _of_lists in (addresses, labels, inventory, refused_command):
    packs.add_command(_of_lists)


@packs.command("hand-over", help=N_("Record that the office or the carrier took the packs."))
@click.argument("week")
@click.option("--list", "numbers", type=int, multiple=True, help=N_("Number of a list."))
@click.option("--all", "everything", is_flag=True, help=N_("All lists of the week."))
@pass_desk
def hand_over_command(
    desk: CommandDesk, week: str, numbers: tuple[int, ...], everything: bool
) -> None:
    """Turn lists that were taken into receipts."""
    if bool(numbers) == everything:
        raise JetkizError(
            N_("It is not clear which lists were taken."),
            N_("Name them with --list 1 --list 2, or say --all."),
        )
    workplace = desk.workplace
    with workplace.database.write() as connection:
        moved = hand_over(connection, week, numbers or None, workplace.clock())
    _say_moved(desk, moved)


@packs.command("signed", help=N_("Record that homes signed for their packs."))
@click.argument("week")
@click.argument("packs", nargs=-1, required=True)
@pass_desk
def signed_command(desk: CommandDesk, week: str, packs: tuple[str, ...]) -> None:
    """Turn signatures into receipts."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        moved = signed(connection, week, packs, workplace.clock())
    _say_moved(desk, moved)


@packs.command("came-back", help=N_("Record that the post brought packs back."))
@click.argument("week")
@click.argument("packs", nargs=-1, required=True)
@pass_desk
def came_back_command(desk: CommandDesk, week: str, packs: tuple[str, ...]) -> None:
    """Turn packs that came back into receipts."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        moved = came_back(connection, week, packs, workplace.clock())
        homes = read_households(connection, {one.household for one in moved.signed})
    for one in moved.signed:
        desk.say(
            N_("The pack of home {home} stays as it is: somebody signed for it."),
            home=homes[one.household].key,
        )
    _say_moved(desk, moved)


def _say_moved(desk: CommandDesk, moved: Moved) -> None:
    if not moved.packs:
        if not moved.signed:
            desk.say("This was recorded before; nothing has changed.")
        return
    click.echo(
        desk.t.n(
            "{n} pack recorded, with {lessons} lessons.",
            "{n} packs recorded, with {lessons} lessons.",
            moved.packs,
            lessons=moved.lessons,
        )
    )


@packs.command(
    "reprint", help=N_("Print a spoilt or lost pack again: a home, a code, rows of a list.")
)
@click.argument("pack")
@_PACK_WEEK
@click.option("--page", type=click.IntRange(1), help=N_("Only this page of the pack."))
@pass_desk
def reprint_command(desk: CommandDesk, pack: str, week: str | None, page: int | None) -> None:
    """Write one home's pack again."""
    for file in reprint(desk.workplace, pack, week, page or 0):
        desk.say("The pack {pack} lies in {file}", pack=pack, file=file)


@packs.command(help=N_("Lay fronts and backs apart, for a printer that prints one side only."))
@click.argument("week")
@pass_desk
def sides(desk: CommandDesk, week: str) -> None:
    """Write fronts, backs and the test that says which backs fit."""
    for folder in lay_out_sides(desk.workplace, week):
        desk.say("Print the test first, then fronts and backs: they lie in {folder}", folder=folder)


@packs.command("one", help=N_("Take a pack out of its run as a file alone: a home, a code, rows."))
@click.argument("pack")
@_PACK_WEEK
@pass_desk
def one_command(desk: CommandDesk, pack: str, week: str | None) -> None:
    """Write one home's pack as a file of its own, without a mark on it."""
    for file in lay_alone(desk.workplace, pack, week):
        desk.say("The pack {pack} lies in {file}", pack=pack, file=file)


@packs.command(help=N_("Say where every pack of a week stands."))
@click.argument("week")
@pass_desk
def status(desk: CommandDesk, week: str) -> None:
    """Print runs, lists and packs."""
    with desk.workplace.database.read() as connection:
        runs, lists = read_runs(connection, week), read_lists(connection, week)
        rows = _as_carried(read_packs(connection, week=week), read_dates(connection, week))
        homes = read_households(connection, {row.household for row in rows})
    if not runs:
        desk.say("No packs have been made for week {week} yet.", week=week)
        return
    for run in runs:
        desk.say(
            "Run {number}: {folder}", number=run.number, folder=run_folder(desk.settings.data, run)
        )
    for one in lists:
        taken = (
            one.confirmed_at.strftime("%d.%m.%Y") if one.confirmed_at else desk.t("not yet taken")
        )
        desk.say(
            "List {number}: {n} packs, {taken}", number=one.number, n=len(one.packs), taken=taken
        )
    _say_packs(desk, rows, lists, homes)


def _as_carried(rows: Iterable[PackRow], dates: Mapping[int, PackDates]) -> list[PackRow]:
    """Name the way that packs go: one that was meant for the post may still go by hand."""
    by_hand = {number for number, one in dates.items() if not one.is_posted}
    return [replace(one, channel="in_person") if one.id in by_hand else one for one in rows]


def _say_packs(
    desk: CommandDesk,
    rows: Sequence[PackRow],
    lists: Sequence[ListRecord],
    homes: Mapping[int, Household],
) -> None:
    on_list = {
        name: f"{one.number}/{row}" for one in lists for row, name in enumerate(one.packs, start=1)
    }
    heads = (
        N_("Line"),
        N_("Home"),
        N_("Code"),
        N_("Sheets"),
        N_("Way"),
        N_("State"),
        N_("To whom"),
    )
    table = [
        tuple(map(desk.t, heads)),
        *(
            (
                on_list.get(row.name, "–"),
                homes[row.household].key if row.household in homes else "?",
                row.print_id,
                str(row.sheets),
                desk.t(channel_words(row.channel)),
                desk.t(STATE_WORDS[row.state] if row.is_in_run else N_("left out")),
                homes[row.household].addressee if row.household in homes else "",
            )
            for row in rows
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


_OF_OTHERS: Final[tuple[click.Command, ...]] = (
    legs_command,
    dates,
    overdue,
    event_command,
    events_command,
)
for _of_others in _OF_OTHERS:
    packs.add_command(_of_others)


@packs.command("new-key", help=N_("Seal new sheets with a new key; sheets that are out stay good."))
@click.option("--drop-oldest", is_flag=True, help=N_("Give up the oldest of eight keys."))
@pass_desk
def new_key(desk: CommandDesk, drop_oldest: bool) -> None:
    """Change the key of the sheet codes."""
    issuer = change_key(desk.settings.data / "keys", drops_oldest=drop_oldest)
    desk.say(
        N_("New sheets are sealed with key {version}. Sheets that are out can still be read."),
        version=issuer.version,
    )
    desk.say(N_("Make a backup now: older keys do not know the sheets that are printed next."))


@click.group(cls=SpokenGroup, help=N_("File scanned sheets to student and task."))
def returns() -> None:
    """Hold the commands together."""


@returns.command(help=N_("File every page of these scans and photos; again files nothing twice."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--turned-over", is_flag=True, help=N_("First all fronts, then all backs."))
@click.option("--school", default="", help=N_("Id of the school that scans, if there are several."))
@pass_desk
def scan(desk: CommandDesk, files: tuple[Path, ...], turned_over: bool, school: str) -> None:
    """File scans, then say what became of every page."""
    workplace = desk.workplace
    with workplace.database.read() as connection:
        place = named_school(connection, school) if school else None
    now = workplace.clock()
    summary = file_scans(workplace, _scans(files), now, is_turned_over=turned_over, school=place)
    t = desk.t
    for result in ScanResult:
        count = summary.counts[result]
        if count:
            click.echo(f"{count:>5}  {t(RESULT_WORDS[result])}")
    for page in summary.pages:
        if page.result in FOR_A_PERSON or page.result == ScanResult.DUPLICATE:
            click.echo(_page_line(desk, page))
    _say_works(desk, summary)
    for refusal in summary.refused:
        click.echo(t("Error: {sentence}", sentence=t.error(refusal)), err=True)
    if summary.refused:
        raise click.exceptions.Exit(1)


def _scans(files: tuple[Path, ...]) -> list[Path]:
    """A folder stands for the files in it, in the order of their names."""
    found: list[Path] = []
    for file in files:
        found += sorted(f for f in file.iterdir() if f.is_file()) if file.is_dir() else [file]
    return found


def _page_line(desk: CommandDesk, page: PageOutcome) -> str:
    words = desk.t(RESULT_WORDS[page.result])
    earlier = f" ({page.earlier})" if page.earlier else ""
    return desk.t(
        "{file}, page {page}: {words}", file=page.source, page=page.place, words=words + earlier
    )


def _say_works(desk: CommandDesk, summary: ScanSummary) -> None:
    click.echo(desk.t.n("{n} work handed in.", "{n} works handed in.", len(summary.handed_in)))
    if not summary.incomplete:
        return
    with desk.workplace.database.read() as connection:
        names = read_names(connection, {one.student for one in summary.incomplete})
        lessons = {
            one.id: one.title
            for one in read_lessons(connection, only={one.lesson for one in summary.incomplete})
        }
    for one in summary.incomplete:
        desk.say(
            "{name}, {title}: page {pages} is still missing.",
            name=names[one.student].short if one.student in names else "?",
            title=lessons.get(one.lesson, "?"),
            pages=", ".join(map(str, one.missing)),
        )
