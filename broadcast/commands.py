"""The commands for TV lessons: plan, look, export, confirm, read what was aired."""

from collections import defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from broadcast.airing_values import read_values, refuse_other_lessons
from broadcast.airings import keep_timetable, read_airings, read_programmes
from broadcast.as_run_commands import aired_command
from broadcast.as_run_log import confirm_week, read_log, record_log
from broadcast.capacity_commands import say_capacity, write_problem
from broadcast.checking import refuse_faults
from broadcast.exporting import export_week
from broadcast.judging_commands import judge_command
from broadcast.libretime_commands import push_libretime
from broadcast.log_lines import decoded
from broadcast.model import Timetable
from broadcast.replan_commands import change, show_plan_b
from broadcast.timetable import make_timetable
from broadcast.tv_channels import read_tv_channels
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


@click.group(cls=SpokenGroup, help=N_("Plan TV lessons and export them."))
def timetable() -> None:
    """Hold the commands together."""


timetable.add_command(say_capacity)
timetable.add_command(write_problem)
timetable.add_command(change)
timetable.add_command(show_plan_b)
timetable.add_command(aired_command)
timetable.add_command(judge_command)
timetable.add_command(push_libretime)


@timetable.command(help=N_("Place the lessons of a week in the hours of the TV channels."))
@click.argument("week")
@click.option(
    "--values",
    type=click.Path(path_type=Path),
    help=N_("Table of the planner: which lessons are worth most on TV."),
)
@pass_desk
def make(desk: CommandDesk, week: str, values: Path | None) -> None:
    """Make, check and keep a timetable."""
    workplace = desk.workplace
    known = read_values(values) if values else {}
    channels = read_tv_channels(workplace.settings.data)
    with workplace.database.write() as connection:
        programmes = read_programmes(connection, week)
        if not programmes:
            raise _no_lessons(week)
        refuse_other_lessons(known, programmes)
        made = make_timetable(week, programmes, channels, known)
        refuse_faults(made.airings, {one.lesson: one for one in programmes}, channels)
        changed = keep_timetable(connection, made, workplace.clock())
    _say_capacity(desk, made)
    desk.say(N_("{n} lessons on TV, {changed} changed."), n=len(made.airings), changed=changed)
    codes = {one.lesson: one.code for one in programmes}
    for lesson, reason in made.unplaced:
        desk.say(N_("Not on TV: {code}: {reason}."), code=codes[lesson], reason=desk.t(reason))


def _no_lessons(week: str) -> JetkizError:
    return JetkizError(
        N_("There are no lessons for week {week}."),
        N_("Bring them in first with: jetkiz lessons import FOLDER."),
        week=week,
    )


def _say_capacity(desk: CommandDesk, made: Timetable) -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in made.capacity:
        sums[one.channel][0] += one.wished
        sums[one.channel][1] += one.minutes
    for channel, (wished, minutes) in sums.items():
        desk.say(
            N_("{channel}: {wished} minutes of lessons for {minutes} minutes of air."),
            channel=channel,
            wished=wished,
            minutes=minutes,
        )


@timetable.command(help=N_("Show the timetable of a week."))
@click.argument("week")
@pass_desk
def show(desk: CommandDesk, week: str) -> None:
    """Print the airings by channel and day."""
    with desk.workplace.database.read() as connection:
        airings = read_airings(connection, week)
        programmes = {one.lesson: one for one in read_programmes(connection, week)}
    zones = {one.key: one.zone for one in read_tv_channels(desk.workplace.settings.data)}
    for one in airings:
        local = one.start.astimezone(ZoneInfo(zones.get(one.channel, desk.settings.zone)))
        programme = programmes.get(one.lesson)
        grades = ", ".join(map(str, programme.grades)) if programme else ""
        title = programme.title if programme else desk.t(N_("a lesson that is no longer there"))
        click.echo(f"{one.channel:10} {local:%Y-%m-%d %H:%M} {one.minutes:3} [{grades}] {title}")
    if not airings:
        raise _no_timetable(week)


def _no_timetable(week: str) -> JetkizError:
    return JetkizError(
        N_("There is no timetable for week {week}."),
        N_("Make one with: jetkiz timetable make WEEK."),
        week=week,
    )


@timetable.command(help=N_("Write the files for the broadcaster and for families."))
@click.argument("week")
@pass_desk
def export(desk: CommandDesk, week: str) -> None:
    """Write XMLTV, CSV, XLSX and iCalendar."""
    workplace = desk.workplace
    with workplace.database.read() as connection:
        if not read_airings(connection, week):
            raise _no_timetable(week)
        files = export_week(connection, week, workplace.settings.data, workplace.clock())
    for file in files:
        desk.say(N_("Written: {file}"), file=file)


@timetable.command(help=N_("Note that the broadcaster accepted the timetable."))
@click.argument("week")
@pass_desk
def confirm(desk: CommandDesk, week: str) -> None:
    """Record the broadcaster's acceptance."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        if not read_airings(connection, week):
            raise _no_timetable(week)
        new = confirm_week(connection, week, workplace.clock())
    desk.say(N_("The broadcaster accepted the timetable: {n} lessons of students."), n=new)


@timetable.command(name="as-run", help=N_("Read the broadcaster's log of what was aired."))
@click.argument("week")
@click.argument("file", type=click.Path(path_type=Path))
@pass_desk
def as_run(desk: CommandDesk, week: str, file: Path) -> None:
    """Turn a log into receipts."""
    workplace = desk.workplace
    text = _read_text(file)
    with workplace.database.write() as connection:
        airings = read_airings(connection, week)
        log = read_log(text, airings, read_tv_channels(workplace.settings.data))
        aired, missed = record_log(connection, week, log, workplace.clock())
    desk.say(N_("{n} airings ran, {m} did not."), n=len(log.aired), m=len(log.missed))
    desk.say(N_("New in the ledger: {n} delivered, {m} failed."), n=aired, m=missed)
    if log.unknown:
        lines = ", ".join(map(str, log.unknown))
        desk.say(N_("These lines fit no airing: {lines}."), lines=lines)


def _read_text(file: Path) -> str:
    try:
        return decoded(file.read_bytes())
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name, and save it as CSV in UTF-8."),
            file=file,
            reason=error.strerror,
        ) from error
