"""What the commands ``plan make``, ``check``, ``show``, ``explain`` and ``publish`` do."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.channel import CHANNELS, Channel, channel_words, load_channels, switched_off
from jetkiz.command_line import CommandDesk, SpokenGroup, confirm_or_stop, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.audience import left_out_lines
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import find_student, read_names
from scheduler.answering import answer_lines, answer_why
from scheduler.asking import (
    find_lesson,
    find_lessons,
    head_line,
    plan_lines,
    set_aside_lines,
    unasked_line,
)
from scheduler.checker import check as check_plan
from scheduler.dispatch import prepare_week
from scheduler.kept_problem import read_kept_problem
from scheduler.learned_effect import effect_lines, read_effect
from scheduler.model import Override
from scheduler.nation.report_words import is_of_nation, report_lines
from scheduler.overrides import drop_override, keep_override
from scheduler.plan_files import folder_of
from scheduler.plan_store import PlanRun, RunState, read_lines, read_runs, run_in_force
from scheduler.planning import Looked, channels_of_plan, look_again, make_and_save
from scheduler.publishing import publish_plan
from scheduler.publishing_replans import publish_replan
from scheduler.replan_commands import replan
from scheduler.second_way_commands import fallbacks
from scheduler.trying_commands import airing, whatif

_by = click.option("--by", default="coordinator", help=N_("Who decides."))


@click.group(cls=SpokenGroup, help=N_("Decide who gets which lesson how, and explain it."))
def plan() -> None:
    """Plans are made, looked at, explained and published here."""


plan.add_command(whatif)
plan.add_command(fallbacks)
plan.add_command(airing)
plan.add_command(replan)


_folder = click.Path(file_okay=False, path_type=Path)


@plan.command(help=N_("Make a plan for a week; nothing goes out before it is published."))
@click.argument("week")
@click.option("--problem", type=_folder, help=N_("Plan the week of a nation in this folder."))
@click.option("--out", type=_folder, help=N_("Where a nation's plan is written."))
@click.option("--long", is_flag=True, help=N_("Write a nation's plan also as a row a lesson."))
@click.option("--store", is_flag=True, help=N_("Put a nation's plan in force in the database."))
@click.option("--replace", is_flag=True, help=N_("Put it in the place of a published plan."))
@pass_desk
def make(desk: CommandDesk, /, week: str, problem: Path | None, **keeping: Any) -> None:
    """Plan, check, save, and say what came out."""
    parse_week(week)
    if problem is not None:
        # A school without the extra for nations never loads it.
        from scheduler.nation.answering import Keeping, plan_the_folder  # noqa: PLC0415

        plan_the_folder(desk, week, problem, Keeping(**keeping))
        return
    if any(keeping.values()):
        raise JetkizError(
            N_("--out, --long, --store and --replace belong to the plan of a nation."),
            N_("Name its folder with --problem; a school's plan is put in force by plan publish."),
        )
    place = desk.workplace
    made = make_and_save(place.database, _channels(desk), week, desk.settings, place.clock())
    if made.was_repeated:
        desk.say("Something changed while the plan was made, so it was made once more.")
    if not made.is_new:
        desk.say("Nothing has changed since plan {version}: it stands.", version=made.run.version)
    _show(desk, made.run)
    for line in set_aside_lines(made.problem.set_aside, desk.t):
        click.echo(line)
    if made.is_new:
        folder = folder_of(desk.settings.data, week, made.run.version)
        desk.say("The plan and all that decided it lie in {folder}.", folder=folder)


@plan.command(help=N_("Say in words what the plan of a week decides."))
@click.argument("week")
@pass_desk
def show(desk: CommandDesk, week: str) -> None:
    """Print the plan in force, or the newest draft."""
    _show(desk, _run(desk, week))


@plan.command(help=N_("Say what learning from past weeks would change; keep nothing."))
@click.argument("week")
@pass_desk
def learned(desk: CommandDesk, week: str) -> None:
    """Plan the week with and without learning, and say the difference."""
    parse_week(week)
    place = desk.workplace
    effect = read_effect(place.database, _channels(desk), week, desk.settings, place.clock())
    for line in effect_lines(effect, desk.t):
        click.echo(line)


@plan.command(help=N_("Look at a plan again with the independent checker."))
@click.argument("week")
@pass_desk
def check(desk: CommandDesk, week: str) -> None:
    """Check the saved plan against the inputs as they are now."""
    run = _run(desk, week)
    looked = _look(desk, run)
    found = check_plan(looked.problem, looked.plan)
    for one in found:
        desk.say(one.sentence, **one.facts)
    if found:
        raise JetkizError(
            N_("Plan {version} of week {week} breaks {count} rules."),
            N_(
                "If students or homes have changed since, make a new plan: jetkiz plan make {week}."
            ),
            version=run.version,
            week=week,
            count=len(found),
        )
    desk.say("Plan {version} of week {week} keeps every rule.", version=run.version, week=week)


@plan.command(help=N_("Say why a student gets a lesson this way, and what would change it."))
@click.argument("student")
@click.argument("lesson")
@click.argument("week", required=False)
@pass_desk
def explain(desk: CommandDesk, student: str, lesson: str, week: str | None) -> None:
    """Say what decided when the plan was made, and what would be chosen today."""
    with desk.workplace.database.read() as connection:
        person = find_student(connection, student)
        number, own_week = find_lesson(connection, person, lesson)
        run = run_in_force(connection, week or own_week)
        _refuse_nations(run)
        found = answer_why(connection, desk.workplace, run, person.id, number)
        (about,) = read_lessons(connection, only=[number])
    for line in answer_lines(found, about.title, desk.t):
        click.echo(line)


@plan.command(help=N_("Put a plan in force: from now on lessons go out."))
@click.argument("week")
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@click.option("--replace", is_flag=True, help=N_("Put it in the place of a published plan."))
@_by
@pass_desk
def publish(desk: CommandDesk, week: str, by: str, *, yes: bool, replace: bool) -> None:
    """Write the newest plan into the ledger and prepare what goes out."""
    parse_week(week)
    with desk.workplace.database.read() as connection:
        run = (read_runs(connection, week) or [run_in_force(connection, week)])[0]
    if run.state == RunState.PUBLISHED:
        desk.say("Plan {version} of week {week} is published already.", **_facts(run))
        return
    _show(desk, run)
    confirm_or_stop(desk, N_("Put plan {version} of week {week} in force?"), yes=yes, **_facts(run))
    count, left_out = _publish(desk, run, by, replace=replace)
    students = desk.t.n("{n} student", "{n} students", count)
    desk.say(
        "Plan {version} of week {week} is in force for {students}.",
        students=students,
        **_facts(run),
    )
    for name, lessons in sorted(left_out.items()):
        desk.say(
            "{channel} is switched off: {lessons} wait until it is switched on.",
            channel=desk.t(channel_words(name)),
            lessons=desk.t.n("{n} lesson", "{n} lessons", lessons),
        )


def _publish(
    desk: CommandDesk, run: PlanRun, by: str, *, replace: bool
) -> tuple[int, dict[str, int]]:
    channels, now = _channels(desk), desk.workplace.clock()
    with desk.workplace.database.write() as connection:
        count = publish_replan(connection, channels, run, by, now)
        if count is None:
            count = publish_plan(connection, run, by, now, replace=replace)
        prepared = prepare_week(connection, channels, run.week, now)
    return count, dict(prepared.left_out)


@plan.command(help=N_("Decide by hand how a student gets a lesson, or all lessons."))
@click.argument("student")
@click.argument("lesson")
@click.argument("channel", type=click.Choice([*CHANNELS, "planner"]))
@click.option("--why", required=True, help=N_("The reason, for those who ask later."))
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help=N_("The last day on which it holds.")
)
@_by
@pass_desk
def override(desk: CommandDesk, /, student: str, lesson: str, channel: str, **about: Any) -> None:
    """Keep a decision, or with "planner" give the choice back."""
    until: datetime | None = about["until"]
    if not about["why"].strip():
        raise JetkizError(
            N_("A decision by hand needs a reason."), N_("Write it after --why, in a few words.")
        )
    with desk.workplace.database.write() as connection:
        person = find_student(connection, student)
        number = find_lessons(connection, person, lesson)
        if channel == "planner":
            had_one = drop_override(connection, person.id, number)
        else:
            decision = Override(
                person.id, number, channel, about["by"], about["why"], until and until.date()
            )
            keep_override(connection, decision, desk.workplace.clock())
            had_one = True
    if not had_one:
        desk.say("There was no decision by hand: the planner chooses already.")
        return
    desk.say("Kept. It counts from the next plan on: jetkiz plan make.")


def _channels(desk: CommandDesk) -> dict[str, Channel]:
    return load_channels(desk.workplace, switched_off(desk.settings))


def _facts(run: PlanRun) -> dict[str, Any]:
    return {"version": run.version, "week": run.week}


def _run(desk: CommandDesk, week: str) -> PlanRun:
    parse_week(week)
    with desk.workplace.database.read() as connection:
        return run_in_force(connection, week)


def _refuse_nations(run: PlanRun) -> None:
    if is_of_nation(run.report):
        raise JetkizError(
            N_("Plan {version} of week {week} is a nation's: its folder holds what decided it."),
            N_("It was checked before it was stored; to see it made again, plan that folder anew."),
            version=run.version,
            week=run.week,
        )


def _look(desk: CommandDesk, run: PlanRun) -> Looked:
    _refuse_nations(run)
    with desk.workplace.database.read() as connection:
        channels = channels_of_plan(desk.workplace, run)
        kept = read_kept_problem(desk.settings.data, run)
        looked = look_again(connection, channels, run, desk.settings, kept)
    if not looked.is_fresh:
        desk.say("Students, homes, lessons or settings have changed since this plan was made.")
    return looked


def _show(desk: CommandDesk, run: PlanRun) -> None:
    if is_of_nation(run.report):
        for line in [head_line(run, desk.t), *report_lines(run.report, desk.t)]:
            click.echo(line)
        return
    with desk.workplace.database.read() as connection:
        plans = read_lines(connection, run.id)
        names = {number: name.short for number, name in read_names(connection).items()}
        without = left_out_lines(connection, run.week, desk.t)
    unasked = unasked_line(plans, names, desk.t)
    for line in [*([unasked] if unasked else []), *without, *plan_lines(run, plans, desk.t)]:
        click.echo(line)
