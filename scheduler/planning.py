"""The steps from the register to a saved plan, and from a saved plan back to its inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.config import Settings
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
from scheduler.plan_store import PlanRun, read_lines, read_runs, save_plan
from scheduler.planner import make_plan
from scheduler.problem import read_problem


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that was made; ``is_new`` is False when the newest one was made of equal inputs."""

    run: PlanRun
    problem: PlanProblem
    is_new: bool


def make_and_save(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    settings: Settings,
    now: datetime,
) -> Made:
    """Read the problem, plan it, write the files and keep a draft.

    Equal inputs would give the equal plan: then the newest run stands and nothing is written.
    """
    problem = read_problem(connection, channels, week, settings, now)
    inputs = inputs_of(problem)
    name = hash_of(inputs)
    runs = read_runs(connection, week)
    if runs and runs[0].inputs_hash == name:
        return Made(runs[0], problem, is_new=False)
    plan = make_plan(problem)
    files = problem_files(problem, inputs) | plan_files(problem, plan)
    write_files(folder_of(settings.data, week, problem.version), files)
    save_plan(connection, plan, name, report_of(problem, plan), now)
    return Made(read_runs(connection, week)[0], problem, is_new=True)


@dataclass(frozen=True, slots=True)
class Looked:
    """A saved plan beside its inputs as they are now; ``is_fresh`` when they have not changed."""

    problem: PlanProblem
    plan: Plan
    is_fresh: bool


def look_again(
    connection: Connection, channels: Mapping[str, Channel], run: PlanRun, settings: Settings
) -> Looked:
    """Read the inputs anew as of the moment the plan was made, and the plan as it was saved."""
    problem = read_problem(connection, channels, run.week, settings, run.created_at)
    problem = replace(problem, version=run.version)
    said = {(one["resource"], one["key"]): one for one in run.report["capacity"]}
    uses = []
    for one in problem.capacities:
        was = said.get((one.resource.value, one.key), {})
        uses.append(CapacityUse(one, was.get("used", 0.0), was.get("price", 0.0)))
    plan = Plan(
        week=run.week,
        version=run.version,
        engine=run.engine,
        students=tuple(read_lines(connection, run.id)),
        use=tuple(uses),
        objective=run.objective,
        bound=run.bound,
        cost=run.report["cost_tenge"],
    )
    return Looked(problem, plan, inputs_hash(problem) == run.inputs_hash)
