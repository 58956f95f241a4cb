"""The steps from the register to a saved plan, and from a saved plan back to its inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel, load_channels, switched_off
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from scheduler.airing_values import FILE as AIRING_FILE
from scheduler.airing_values import airing_text, airing_values
from scheduler.kept_problem import with_kept_evidence
from scheduler.model import CapacityUse, Plan, PlanProblem
from scheduler.plan_files import (
    folder_of,
    hash_of,
    inputs_hash,
    inputs_of,
    plan_files,
    problem_files,
    write_files,
)
from scheduler.plan_report import report_of
from scheduler.plan_store import PlanRun, PlanTakenError, read_lines, read_runs, save_plan
from scheduler.planner import make_plan
from scheduler.problem import Inputs, problem_of, read_inputs, with_experience
from scheduler.replanning import REPLANS, as_replanned


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that was made; ``is_new`` is False when the newest one was made of equal inputs.

    ``was_repeated`` is True when something changed meanwhile, so that it was made a second time.
    """

    run: PlanRun
    problem: PlanProblem
    is_new: bool
    was_repeated: bool = False


def make_and_save(
    database: Database,
    channels: Mapping[str, Channel],
    week: str,
    settings: Settings,
    now: datetime,
) -> Made:
    """Read the problem, plan it, and keep a draft with its files; nobody waits while it thinks.

    Equal inputs would give the equal plan: then the newest run stands and nothing is written. If
    anything that was read has changed before the plan is kept, it is made once more.
    """
    for was_repeated in (False, True):
        with database.read() as connection:
            read = _read(connection, week)
            inputs = with_experience(connection, read.inputs, channels, settings, now)
        problem = problem_of(inputs, channels, settings, now, read.version)
        try:
            made = _made(database, read, problem, settings, now)
        except PlanTakenError:
            continue
        if made:
            return replace(made, was_repeated=was_repeated)
    raise JetkizError(
        N_("Week {week} was planned twice, and both times something changed meanwhile."),
        N_("Nothing was saved. Wait until nobody imports or plans, and repeat."),
        week=week,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What a plan is made of, its version, and the newest run of the week, if there is one."""

    inputs: Inputs
    version: int
    newest: PlanRun | None = field(compare=False)


def _read(connection: Connection, week: str) -> _Read:
    runs = read_runs(connection, week)
    newest = runs[0] if runs else None
    return _Read(read_inputs(connection, week), newest.version + 1 if newest else 1, newest)


def _made(
    database: Database, read: _Read, problem: PlanProblem, settings: Settings, now: datetime
) -> Made | None:
    """Plan what was read and keep it; None when it is no longer what stands in the database."""
    inputs = inputs_of(problem)
    name = hash_of(inputs)
    if read.newest and read.newest.inputs_hash == name:
        return Made(read.newest, problem, is_new=False)
    plan = make_plan(problem)
    files = problem_files(problem, inputs) | plan_files(problem, plan)
    values = airing_values(problem, plan.students, plan.use)
    if values:
        files[AIRING_FILE] = airing_text(values)
    report = report_of(problem, plan)
    with database.write() as connection:
        if _read(connection, problem.week) != read:
            return None
        save_plan(connection, plan, name, report, now)
        # The version is ours by now: no other plan's files lie in this folder. Without them the
        # run is not kept either.
        write_files(folder_of(settings.data, problem.week, problem.version), files)
        return Made(read_runs(connection, problem.week)[0], problem, is_new=True)


@dataclass(frozen=True, slots=True)
class Looked:
    """A saved plan beside its inputs as they are now; ``is_fresh`` when they have not changed."""

    problem: PlanProblem
    plan: Plan
    is_fresh: bool


def channels_of_plan(workplace: Workplace, run: PlanRun) -> dict[str, Channel]:
    """Return the channels a plan is looked at with: those it uses, and those switched on now."""
    off = switched_off(workplace.settings)
    return load_channels(workplace, off - set(run.report["by_channel"]))


def look_again(
    connection: Connection,
    channels: Mapping[str, Channel],
    run: PlanRun,
    settings: Settings,
    kept: PlanProblem | None = None,
) -> Looked:
    """Read the inputs anew as of the moment the plan was made, and the plan as it was saved.

    What was learned is read anew too, unless ``kept`` tells what experience said then.
    """
    inputs = read_inputs(connection, run.week)
    if kept is None:
        inputs = with_experience(connection, inputs, channels, settings, run.created_at)
    problem = problem_of(inputs, channels, settings, run.created_at, run.version)
    problem = as_replanned(problem, run.report.get(REPLANS, {}), kept)
    if kept:
        problem = with_kept_evidence(problem, kept)
    plan = Plan(
        week=run.week,
        version=run.version,
        engine=run.engine,
        students=tuple(read_lines(connection, run.id)),
        use=tuple(uses_of(run, problem)),
        objective=run.objective,
        bound=run.bound,
        cost=run.report["cost_tenge"],
    )
    return Looked(problem, plan, inputs_hash(problem) == run.inputs_hash)


def uses_of(run: PlanRun, problem: PlanProblem) -> list[CapacityUse]:
    """Return what a saved plan said of each capacity of a problem."""
    said = {(one["resource"], one["key"]): one for one in run.report["capacity"]}
    found = []
    for one in problem.capacities:
        was = said.get((one.resource.value, one.key), {})
        numbers = (was.get(name, 0.0) for name in ("used", "price", "exact"))
        found.append(CapacityUse(one, *numbers))
    return found
