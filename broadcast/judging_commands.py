"""The command that judges a timetable, whoever made it: its faults, and what homes lose."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from broadcast.certificate.bound import lp_bound
from broadcast.checker.checking import faults
from broadcast.checker.model import Fault
from broadcast.families.chart import chart, chart_words
from broadcast.families.report import family_report
from broadcast.plan.model import Plan
from broadcast.plan.reading import read_plan
from broadcast.problem.model import Problem
from broadcast.problem.opening import open_problem
from broadcast.revisions import read_kept
from jetkiz.command_line import FAILED, CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.i18n.decimals import tenths
from jetkiz.storage.whole_files import write_whole

_FILE = click.Path(path_type=Path)


@click.command(
    "judge",
    cls=SpokenCommand,
    help=N_("Judge a timetable: what it does not keep, and how many lessons homes lose."),
)
@click.argument("week", required=False)
@click.option(
    "--problem", "problem_file", type=_FILE, help=N_("File or folder of what is to be aired.")
)
@click.option("--plan", "plan_file", type=_FILE, help=N_("File of the timetable."))
@click.option("--chart", "picture", type=_FILE, help=N_("Draw the lessons lost into this file."))
@click.option("--bound", "wants_bound", is_flag=True, help=N_("Prove how near to the best it is."))
@pass_desk
def judge_command(
    desk: CommandDesk,
    week: str | None,
    problem_file: Path | None,
    plan_file: Path | None,
    picture: Path | None,
    *,
    wants_bound: bool,
) -> None:
    """Say faults and numbers; fail when there are faults."""
    problem, plan = _judged(desk, week, problem_file, plan_file)
    found = faults(problem, plan)
    counted = _counted(problem, plan)
    report = family_report(problem, counted)
    _say_faults(desk, found)
    _say_report(desk, plan, report)
    if picture:
        write_whole(picture, chart(report, chart_words(desk.t, report)).encode())
        desk.say(N_("Written: {file}"), file=picture)
    if wants_bound:
        _say_bound(desk, problem, counted, report["clash"])
    if found:
        click.get_current_context().exit(FAILED)


def _judged(
    desk: CommandDesk, week: str | None, problem_file: Path | None, plan_file: Path | None
) -> tuple[Problem, Plan]:
    """Take both from files, or the newest revision of a week."""
    if week and not (problem_file or plan_file):
        with desk.workplace.database.read() as connection:
            kept = read_kept(connection, week)
        return kept.problem, kept.plan
    if week or not (problem_file and plan_file):
        raise JetkizError(
            N_("What is to be judged is not clear."),
            N_("Name a week, or give both files: --problem FILE --plan FILE."),
        )
    problem = open_problem(problem_file)
    plan = read_plan(_read(plan_file), str(plan_file))
    if plan.problem_id != problem.meta.id:
        raise JetkizError(
            N_("The timetable was made for {other}, the file of lessons is of {problem}."),
            N_("Give the two files that belong together."),
            other=plan.problem_id,
            problem=problem.meta.id,
        )
    return problem, plan


def _counted(problem: Problem, plan: Plan) -> Plan:
    """Leave out airings of lessons and channels that nobody knows: no home can lose those."""
    lessons = {one.id for one in problem.lessons}
    channels = {one.id for one in problem.channels}
    known = (one for one in plan.airings if one.lesson in lessons and one.channel in channels)
    return replace(plan, airings=tuple(known))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name and folder."),
            file=file,
            reason=error.strerror,
        ) from error


def _say_faults(desk: CommandDesk, found: list[Fault]) -> None:
    for one in found:
        desk.say(one.sentence, **one.facts)
    if found:
        desk.say(N_("Faults in all: {n}."), n=len(found))
    else:
        desk.say(N_("The timetable keeps everything that was asked of it."))


def _say_report(desk: CommandDesk, plan: Plan, report: Mapping[str, Any]) -> None:
    runs = sum(one.stands for one in plan.airings)
    desk.say(
        N_("{n} airings; {missing} lessons without a place."), n=runs, missing=len(plan.unplaced)
    )
    lost, alone, words = (
        report["lost_share"],
        report["lost_without_repeats"],
        chart_words(desk.t, report),
    )
    desk.say(
        N_("Lessons lost by several children with one set: {share} ({first} by first runs alone)."),
        share=words.percent(lost["all"]),
        first=words.percent(alone["all"]),
    )
    for key, label in words.rows.items():
        click.echo(f"  {label}: {words.percent(lost[key])} ({words.percent(alone[key])})")
    if report["never_aired_share"]:
        desk.say(
            N_("Never aired where these homes live: {share} of their lessons."),
            share=words.percent(report["never_aired_share"]),
        )
    if report["estimated_share"]:
        desk.say(
            N_("For {share} of these homes this is the most they may lose, not the exact number."),
            share=words.percent(report["estimated_share"]),
        )
    desk.say(
        N_("Clash: {clash}. Waiting between lessons: {minutes} minutes; blocks: {blocks}."),
        clash=f"{report['clash']:.0f}",
        minutes=report["idle_minutes"],
        blocks=report["blocks"],
    )


def _say_bound(desk: CommandDesk, problem: Problem, plan: Plan, clash: float) -> None:
    bound = lp_bound(problem, plan)
    if bound.clash < 1:
        desk.say(N_("The bound of the clash is 0: lessons of one home need never meet."))
        return
    desk.say(
        N_("No timetable of these lessons has a clash below {bound}; this one lies {gap} above."),
        bound=f"{bound.clash:.0f}",
        gap=f"{tenths(100 * bound.gap(clash), desk.t.language)} %",
    )
