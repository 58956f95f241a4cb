"""The commands that come before a timetable: what fits, and what is to be aired as a file."""

from pathlib import Path

import click

from broadcast.airing_values import read_values, refuse_other_lessons
from broadcast.capacity.interpreters import Interpreted, interpreted, interpreted_lines
from broadcast.capacity.report import capacity_report
from broadcast.capacity.words import capacity_lines, unplaced_line, unreached_line
from broadcast.problem.from_school import WeekToAir, week_to_air
from broadcast.problem.opening import open_problem, put_problem
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Need
from jetkiz.roster.register import count_students_with

with_values = click.option(
    "--values",
    type=click.Path(path_type=Path),
    help=N_("Table of the planner: which lessons are worth most on TV."),
)


@click.command(
    name="capacity",
    cls=SpokenCommand,
    help=N_("Say what fits into the hours that the channels lend, before a timetable is made."),
)
@click.argument("week", required=False)
@click.option(
    "--problem",
    "place",
    type=click.Path(path_type=Path),
    help=N_("File or folder of what is to be aired, instead of our database."),
)
@with_values
@pass_desk
def say_capacity(
    desk: CommandDesk, week: str | None, place: Path | None, values: Path | None
) -> None:
    """Print what fits and what does not, each lesson with its reason."""
    made = WeekToAir(open_problem(place), ()) if place else week_of_school(desk, week, values)
    found = capacity_report(made.problem)
    for line in capacity_lines(found, desk.t):
        click.echo(line)
    if not place:
        for line in interpreted_lines(_interpreted(desk, made), desk.t):
            click.echo(line)
    say_left_out(desk, made)
    for one in found.unplaced:
        click.echo(unplaced_line(one.lesson, one.reason, one.facts, desk.t))


def _interpreted(desk: CommandDesk, made: WeekToAir) -> tuple[Interpreted, ...]:
    """Who does not hear is counted here alone: no file of what is to be aired says it."""
    with desk.workplace.database.read() as connection:
        cells = count_students_with(connection, Need.SIGN_LANGUAGE)
    return interpreted(made.problem, cells)


def say_left_out(desk: CommandDesk, made: WeekToAir) -> None:
    """Name what no channel could ever air, and whom no channel reaches."""
    for stream, region in made.unreached:
        click.echo(unreached_line(stream, region, desk.t))
    for one in made.left_out:
        click.echo(unplaced_line(one.lesson, one.reason, one.facts, desk.t))


def week_of_school(desk: CommandDesk, week: str | None, values: Path | None) -> WeekToAir:
    """Return what a school or ministry has to air in a week, with the planner's values if given."""
    if week is None:
        raise JetkizError(
            N_("It is not said which week, or which file."),
            N_("Write the week, as in 2026-W05, or --problem FILE."),
        )
    known = read_values(values) if values else {}
    with desk.workplace.database.read() as connection:
        refuse_other_lessons(known, read_lessons(connection, week))
        return week_to_air(connection, week, desk.workplace.settings, known)


@click.command(
    name="problem",
    cls=SpokenCommand,
    help=N_("Write what is to be aired in a week: one .json file, or a folder of tables."),
)
@click.argument("week")
@click.option(
    "--into",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    help=N_("File whose name ends in .json, or a folder."),
)
@with_values
@pass_desk
def write_problem(desk: CommandDesk, week: str, place: Path, values: Path | None) -> None:
    """Write channels, streams, lessons and homes as counts; no child can be known from them."""
    made = week_of_school(desk, week, values)
    for file in put_problem(made.problem, place):
        desk.say(N_("Written: {file}"), file=file)
    say_left_out(desk, made)
