"""The commands for packs on their way: their dates, what is overdue, what the post says."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

import click

from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households, read_names
from print_packs.model import PackDates
from print_packs.records import PackRow, read_packs
from print_packs.runs.allotting import local_day
from print_packs.runs.pack_choice import choose_packs
from print_packs.runs.pack_dates import read_dates
from print_packs.tracking.event_kinds import EventKind
from print_packs.tracking.event_lines import NOON, EventLine, read_lines, read_text
from print_packs.tracking.overdue import OverduePack, read_overdue
from print_packs.tracking.recording import ANSWER_WORDS, Answer, LineResult, record_lines
from print_packs.transit.measuring import measure
from print_packs.transit.post_dates import clock_of
from print_packs.transit.transit_days import BASIS_WORDS, Basis

_FOR_A_PERSON: Final = frozenset({Answer.UNKNOWN_NUMBER, Answer.WRONG_NUMBER, Answer.REFUSED})
DAY = click.DateTime(["%Y-%m-%d"])


def day_words(day: date) -> str:
    """Return a day as the lists of the post write it."""
    return day.strftime("%d.%m.%Y")


def say_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns; the first is the head."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


@click.command(
    cls=SpokenCommand,
    help=N_("Say by when each pack of a week is posted, and sent back by its home."),
)
@click.argument("week")
@pass_desk
def dates(desk: CommandDesk, week: str) -> None:
    """Print the days of every pack, and what they rest on."""
    with desk.workplace.database.read() as connection:
        found = read_dates(connection, week)
        rows = [one for one in read_packs(connection, week=week) if one.id in found]
        homes = read_households(connection, {one.household for one in rows})
    if not rows:
        desk.say("No packs have been made for week {week} yet.", week=week)
        return
    heads = (N_("Home"), N_("Code"), N_("Post on"), N_("There by"), N_("Send by"), N_("Days"))
    lines = [tuple(map(desk.t, heads))]
    lines += [_dates_line(one, homes[one.household].key, found[one.id]) for one in rows]
    say_table(lines)
    _say_bases(desk, rows, found)


def _dates_line(one: PackRow, home: str, its: PackDates) -> tuple[str, ...]:
    return (
        home,
        one.print_id,
        day_words(its.post_on) if its.is_posted else "–",
        day_words(its.arrives_by) if its.is_posted else "–",
        day_words(its.send_by) if its.overdue_from else "–",
        f"{its.out_days}+{its.back_days}" if its.is_posted else "–",
    )


def _say_bases(desk: CommandDesk, rows: Sequence[PackRow], found: dict[int, PackDates]) -> None:
    """Say what the days rest on, and of which packs the answers or the lessons come too late."""
    its = [found[one.id] for one in rows]
    posted = [one for one in its if one.is_posted]
    if not posted:
        return
    for basis in Basis:
        count = sum(one.basis == basis for one in its)
        if count:
            click.echo(f"{count:>5}  {desk.t(BASIS_WORDS[basis])}")
    counted = {"working": N_("working days"), "calendar": N_("calendar days")}
    desk.say(
        N_("Days are counted as {kind}; the office takes packs until {hour}."),
        kind=desk.t(counted[desk.settings.post_days]),
        hour=f"{clock_of(desk.settings).closes:%H:%M}",
    )
    desk.say(N_("Neither is verified with Kazpost: ask your office, and put it in the settings."))
    late = sum(one.is_late for one in posted)
    if late:
        desk.say(
            N_("Posted on the day after printing, {n} of them come too late for some lesson."),
            n=late,
        )
    tardy = sum(not one.in_time and one.overdue_from is not None for one in posted)
    if tardy:
        desk.say(N_("From {n} of them answers cannot be back by post when they are due."), n=tardy)


@click.command(
    cls=SpokenCommand,
    help=N_("Say whose answers are overdue: they should have come back, and have not."),
)
@click.option("--on", "day", type=DAY, help=N_("Another day than today, as in 2026-02-13."))
@pass_desk
def overdue(desk: CommandDesk, day: datetime | None) -> None:
    """Print homes whose answers are missed, the longest waited for first."""
    workplace = desk.workplace
    today = day.date() if day else local_day(workplace, workplace.clock())
    with workplace.database.read() as connection:
        found = read_overdue(connection, today)
        homes = read_households(connection, {one.household for one in found})
        names = read_names(connection, {student for one in found for student in one.missing})
    if not found:
        desk.say(N_("No answers are overdue on {day}."), day=day_words(today))
        return
    heads = (N_("Home"), N_("Week"), N_("Code"), N_("Send by"), N_("Tasks"), N_("Children"))
    say_table(
        [
            tuple(map(desk.t, heads)),
            *(
                (
                    homes[one.household].key if one.household in homes else "?",
                    one.week,
                    one.print_id,
                    day_words(one.send_by),
                    str(one.tasks),
                    _children(one, {n: name.given for n, name in names.items()}),
                )
                for one in found
            ),
        ]
    )


def _children(one: OverduePack, given: dict[int, str]) -> str:
    return ", ".join(given.get(student, "?") for student in one.missing)


EVENT_WORDS = [one.value for one in EventKind if one != EventKind.UNKNOWN]


@click.command(
    "event",
    cls=SpokenCommand,
    help=N_("Record what happened to packs: delivered, lost, sent back and so on."),
)
@click.argument("week")
@click.argument("packs", nargs=-1, required=True)
@click.option("--what", type=click.Choice(EVENT_WORDS), required=True, help=N_("What happened."))
@click.option("--on", "day", type=DAY, help=N_("Another day than today, as in 2026-02-13."))
@pass_desk
def event_command(
    desk: CommandDesk, week: str, packs: tuple[str, ...], what: str, day: datetime | None
) -> None:
    """Record one event of packs that are named like everywhere else."""
    workplace = desk.workplace
    now = workplace.clock()
    zone = ZoneInfo(desk.settings.zone)
    at = datetime.combine(day.date(), NOON, zone) if day else now
    with workplace.database.write() as connection:
        chosen = choose_packs(connection, week, packs)
        lines = [
            EventLine(place, one.print_id, one.print_id, at, what)
            for place, one in enumerate((*chosen.of_homes, *chosen.by_number), start=1)
        ]
        found = record_lines(connection, lines, now, "desk", week)
        measure(connection, clock_of(desk.settings), zone, now)
    _say_results(desk, found)


@click.command(
    "events",
    cls=SpokenCommand,
    help=N_("Record a list of events: pasted numbers with days, CSV or JSON."),
)
@click.argument("week")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--what",
    type=click.Choice(EVENT_WORDS),
    default=EventKind.DELIVERED.value,
    help=N_("What happened where a line has no word of its own; given to the home if left out."),
)
@pass_desk
def events_command(desk: CommandDesk, week: str, file: BinaryIO, what: str) -> None:
    """Answer every line; lines that cannot be recorded end the command with an error at last."""
    workplace = desk.workplace
    now = workplace.clock()
    zone = ZoneInfo(desk.settings.zone)
    text = read_text(file)
    lines = read_lines(text, zone, what, local_day(workplace, now))
    with workplace.database.write() as connection:
        found = record_lines(connection, lines, now, "list", week)
        measure(connection, clock_of(desk.settings), zone, now)
    _say_results(desk, found)


def _say_results(desk: CommandDesk, found: Sequence[LineResult]) -> None:
    """Say how many lines came to which end, and every line about which something is to be done."""
    for answer in Answer:
        count = sum(one.answer == answer for one in found)
        if count:
            click.echo(f"{count:>5}  {desk.t(ANSWER_WORDS[answer])}")
    bad = [one for one in found if one.answer in _FOR_A_PERSON]
    for one in bad:
        words = desk.t.error(one.trouble) if one.trouble else desk.t(ANSWER_WORDS[one.answer])
        click.echo(
            desk.t("{line}: {said}: {words}", line=one.line.place, said=one.line.said, words=words),
            err=True,
        )
    if bad:
        raise click.exceptions.Exit(1)
