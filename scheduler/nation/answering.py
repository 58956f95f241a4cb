"""What ``plan make --problem`` says of a nation's plan: coverage, cost, proof, and the seconds."""

import time
from dataclasses import dataclass
from pathlib import Path

import click

from jetkiz.command_line import CommandDesk, operator
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.nation.engines import engine_for, threads
from scheduler.nation.manifest import inputs_hash, read_manifest
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.planning import Planned, plan_nation
from scheduler.nation.report_words import report_lines
from scheduler.nation.solving import solve_nation
from scheduler.nation.storing import standing_run, store_plan
from scheduler.plan_store import run_in_force
from scheduler.solver.week_arrays import WeekArrays


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a plan is to be kept: ``replace`` puts it in the place of one that is in force."""

    out: Path | None
    long: bool
    store: bool
    replace: bool


def plan_the_folder(desk: CommandDesk, week: str, problem: Path, keeping: Keeping) -> None:
    """Plan the week of a folder, keep the plan, and say what came out."""
    _refuse_other_week(problem, week)
    _refuse_in_vain(desk, week, problem, keeping)

    def tell(step: str) -> None:
        click.echo(f"{desk.t(step)} ...", err=True)

    out, today = keeping.out or problem / "plan", desk.clock().date()

    def solve(arrays: WeekArrays) -> PlanArrays:
        return solve_nation(arrays, engine_for(arrays.students.count), threads())

    made = plan_nation(problem, out, solve, today, tell, long=keeping.long)
    _say(desk, made)
    if keeping.store:
        tell(N_("putting the plan in force"))
        _store(desk, made, replace=keeping.replace)


def _refuse_other_week(problem: Path, week: str) -> None:
    found = read_manifest(problem).week
    if found != week:
        raise JetkizError(
            N_("The folder {folder} holds week {found}, not {week}."),
            N_("Name the week that lies there, or draw another with: jetkiz nation make."),
            folder=problem,
            found=found,
            week=week,
        )


def _refuse_in_vain(desk: CommandDesk, week: str, problem: Path, keeping: Keeping) -> None:
    """Refuse before the minutes of planning what could not be stored after them."""
    if keeping.replace and not keeping.store:
        raise JetkizError(
            N_("--replace is about the plan in the database, and nothing is to be stored there."),
            N_("Add --store, or leave --replace out."),
        )
    if keeping.store:
        hashed = inputs_hash(problem, read_manifest(problem))
        with desk.workplace.database.read() as connection:
            standing_run(connection, week, hashed, replace=keeping.replace)


def _store(desk: CommandDesk, made: Planned, *, replace: bool) -> None:
    """Put the plan in force, all of it or nothing."""
    outcome, began = made.outcome, time.perf_counter()
    week = outcome.problem.week
    with desk.workplace.database.write() as connection:
        hashed = outcome.report["inputs_hash"]
        standing = standing_run(connection, week, hashed, replace=replace)
        if standing:
            version = standing.version
            desk.say("Nothing has changed since plan {version}: it stands.", version=version)
            return
        by, now = operator(), desk.clock()
        count = store_plan(connection, outcome, by, now, replace=replace)
        version = run_in_force(connection, week).version
    desk.say(
        "Plan {version} of week {week} is in force for {students}.",
        version=version,
        week=week,
        students=desk.t.n("{n} student", "{n} students", count),
    )
    desk.say("Seconds: store {store}.", store=f"{time.perf_counter() - began:.1f}")


def _say(desk: CommandDesk, made: Planned) -> None:
    for line in report_lines(made.outcome.report, desk.t):
        click.echo(line)
    seconds = {name: f"{value:.1f}" for name, value in made.seconds.items()}
    desk.say("Seconds: read {read}, solve {solve}, check {check}, write {write}.", **seconds)
    desk.say("The plan lies in {folder}.", folder=made.folder)
