"""The problem of a week as the command reads it, for tests that look at it before it is planned."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.config import Settings
from scheduler.model import PlanProblem
from scheduler.plan_store import read_runs
from scheduler.problem import problem_of, read_inputs, with_experience


def read_problem(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    settings: Settings,
    now: datetime,
) -> PlanProblem:
    """Read a week and judge it, as the next version of its plan."""
    version = len(read_runs(connection, week)) + 1
    inputs = with_experience(connection, read_inputs(connection, week), channels, settings, now)
    return problem_of(inputs, channels, settings, now, version)
