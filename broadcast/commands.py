"""The commands for TV and radio lessons: make a timetable, and the group of all the others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from broadcast.as_run_commands import aired_command, as_run_command
from broadcast.capacity.report import capacity_report
from broadcast.capacity.words import capacity_lines, unplaced_line
from broadcast.capacity_commands import (
    say_capacity,
    say_left_out,
    week_of_school,
    with_values,
    write_problem,
)
from broadcast.export.writing import Wishes as ExportWishes
from broadcast.export.writing import export_files
from broadcast.export_commands import export_command
from broadcast.exporting import write_files
from broadcast.judging_commands import judge_command
from broadcast.libretime_commands import push_libretime
from broadcast.making import Wishes, make_timetable, with_wishes
from broadcast.plan.model import AiringKind, Plan
from broadcast.plan.writing import plan_bytes, plan_lists
from broadcast.problem.from_school import WeekToAir
from broadcast.problem.model import Problem
from broadcast.problem.opening import open_problem
from broadcast.problem.writing import problem_bytes
from broadcast.replan_commands import change, show_plan_b
from broadcast.revision_commands import (
    confirm_command,
    publish_command,
    revisions_command,
    show_command,
)
from broadcast.revisions import keep_draft, published_revision
from jetkiz.command_line import CommandDesk, SpokenGroup, operator, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.i18n.decimals import tenths


@click.group(cls=SpokenGroup, help=N_("Plan lessons on TV and radio, publish and export them."))
def timetable() -> None:
    """Hold the commands together."""


for _command in (
    say_capacity,
    write_problem,
    show_command,
    revisions_command,
    publish_command,
    confirm_command,
    export_command,
    change,
    show_plan_b,
    as_run_command,
    aired_command,
    judge_command,
    push_libretime,
):
    timetable.add_command(_command)

_SEED = click.option(
    "--seed", type=int, help=N_("Another number gives another timetable, as good as the first.")
)
_REPEATS = click.option(
    "--repeats",
    type=click.IntRange(min=0),
    help=N_("At most so many repeats in the week; as many as help if it is left out."),
)


@timetable.command(help=N_("Place the lessons of a week in the hours of the channels."))
@click.argument("week")
@with_values
@click.option(
    "--problem",
    "place",
    type=click.Path(path_type=Path),
    help=N_("What is to be aired, as written by timetable problem and corrected by a person."),
)
@_SEED
@_REPEATS
@pass_desk
def make(desk: CommandDesk, /, week: str, seed: int | None, **given: Any) -> None:
    """Say what fits, make a timetable, check it, and keep it as a draft."""
    workplace = desk.workplace
    with workplace.database.read() as connection:
        _refuse_published(published_revision(connection, week), week)
    found = _to_air(desk, week, given["place"], given["values"])
    problem = with_wishes(found.problem, Wishes(seed, given["repeats"]))
    plan = _made(desk, problem)
    with workplace.database.write() as connection:
        _refuse_published(published_revision(connection, week), week)
        number = keep_draft(connection, week, problem, plan, workplace.clock(), operator())
    say_left_out(desk, found)
    desk.say(
        N_("Revision {revision} of week {week} is kept as a draft."), revision=number, week=week
    )
    desk.say(N_("Look at it: jetkiz timetable show {week}"), week=week)
    desk.say(N_("Put it in force: jetkiz timetable publish {week}"), week=week)


def _to_air(desk: CommandDesk, week: str, place: Path | None, values: Path | None) -> WeekToAir:
    """Read the week from our database, or from what a person made of it."""
    if place is None:
        return week_of_school(desk, week, values)
    problem = open_problem(place)
    if problem.meta.id != week or values:
        raise JetkizError(
            N_("{place} tells of {other}, and the planner's values stand in it already."),
            N_("Write it anew with: jetkiz timetable problem {week} --into {place}."),
            place=place,
            other=problem.meta.id,
            week=week,
        )
    return WeekToAir(problem, ())


def _made(desk: CommandDesk, problem: Problem) -> Plan:
    """Say first what fits; then make the timetable and say what it is worth."""
    for line in capacity_lines(capacity_report(problem), desk.t):
        click.echo(line)
    plan = make_timetable(problem)
    _say_plan(desk, plan)
    return plan


def _refuse_published(revision: int | None, week: str) -> None:
    if revision is not None:
        raise JetkizError(
            N_("The timetable of week {week} is published: it is not made anew."),
            N_("Change single airings and hours with: jetkiz timetable change {week}."),
            week=week,
        )


def _say_plan(desk: CommandDesk, plan: Plan) -> None:
    """Say how much is aired, what families lose, and what has no place."""
    firsts = {one.lesson for one in plan.airings if one.kind == AiringKind.FIRST}
    repeats = sum(one.kind == AiringKind.REPEAT for one in plan.airings)
    desk.say(N_("{n} lessons on the air, {repeats} repeats."), n=len(firsts), repeats=repeats)
    asked: Mapping[str, Any] = plan.report.get("conditions", {})
    if asked.get("moved"):
        desk.say(
            N_("{moved} lessons have another hour than they would have, to keep the conditions."),
            moved=asked["moved"],
        )
    lost: Mapping[str, Any] = plan.report.get("lost_share", {})
    if lost:
        desk.say(
            N_("Homes with several children and one set lose {share} % of these lessons."),
            share=tenths(lost["all"] * 100, desk.t.language),
        )
    without: Mapping[str, Any] = plan.report.get("lost_without_repeats", {})
    if repeats and without:
        desk.say(
            N_("Without the repeats it would be {share} %."),
            share=tenths(without["all"] * 100, desk.t.language),
        )
    for one in plan.unplaced:
        click.echo(unplaced_line(one.lesson, one.reason, one.facts, desk.t))


@timetable.command(help=N_("Make a timetable from a file, without the database of a school."))
@click.option(
    "--problem",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    help=N_("File or folder of what is to be aired."),
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    required=True,
    help=N_("Folder for the timetable and its files."),
)
@_SEED
@_REPEATS
@pass_desk
def solve(
    desk: CommandDesk, place: Path, into: Path, seed: int | None, repeats: int | None
) -> None:
    """Write problem, plan and every format; no database is opened."""
    problem = with_wishes(open_problem(place), Wishes(seed, repeats))
    plan = _made(desk, problem)
    files = {"problem.json": problem_bytes(problem), "plan.json": plan_bytes(plan, problem)}
    files |= plan_lists(plan, problem)
    files |= export_files(problem, plan, desk.clock(), ExportWishes(folder=desk.settings.data))
    for file in write_files(into, files):
        desk.say(N_("Written: {file}"), file=file)
