"""How a plan is kept before it is published, and read back exactly as it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.slots import decode, decode_fallbacks, encode, encode_fallbacks
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import bulk_load
from scheduler.model import Plan
from scheduler.tables import plan_run, plan_run_line, plan_run_template


class RunState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"  # made, not yet in force
    PUBLISHED = "published"  # in force: the ledger holds it
    SUPERSEDED = "superseded"  # another plan of the week took its place


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A plan that was made, without its lines."""

    id: int
    week: str
    version: int
    inputs_hash: str
    engine: str
    objective: float
    bound: float
    gap: float
    report: dict[str, Any]
    state: RunState
    created_at: datetime
    published_at: datetime | None
    approved_by: str | None


class PlanTakenError(JetkizError):
    """Another plan of the week took this version a moment ago."""


def save_plan(
    connection: Connection, plan: Plan, inputs_hash: str, report: dict[str, Any], now: datetime
) -> int:
    """Keep a plan that the checker passed; return the number of its run."""
    if plan.violations:
        first = plan.violations[0]
        raise JetkizError(
            N_("The plan broke its own rules and was not saved ({count}): {first}"),
            N_("Please report this with the folder of the plan: it is a fault of the program."),
            count=len(plan.violations),
            first=first.sentence.format(**first.facts),
        )
    number = _insert_run(connection, plan, inputs_hash, report, now)
    templates: dict[tuple[tuple[int, ...], bytes, bytes, bytes], int] = {}
    lines = []
    for one in plan.students:
        key = (one.lessons, *encode(one.choices), encode_fallbacks(one.fallbacks))
        template = templates.setdefault(key, len(templates))
        lines.append({"run_id": number, "student_id": one.student, "template": template})
    rows = [
        {
            "run_id": number,
            "number": place,
            "lessons": list(lessons),
            "channels": channels,
            "reasons": reasons,
            "fallbacks": fallbacks,
        }
        for (lessons, channels, reasons, fallbacks), place in templates.items()
    ]
    bulk_load(connection, plan_run_template, rows)
    bulk_load(connection, plan_run_line, lines)
    return number


def _insert_run(
    connection: Connection, plan: Plan, inputs_hash: str, report: dict[str, Any], now: datetime
) -> int:
    row = {
        "week": plan.week,
        "version": plan.version,
        "inputs_hash": inputs_hash,
        "engine": plan.engine,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "report": report,
        "state": RunState.DRAFT.value,
        "created_at": now,
    }
    try:
        key = connection.execute(plan_run.insert().values(row)).inserted_primary_key
    except IntegrityError as error:
        raise PlanTakenError(
            N_("Somebody else has just made plan {version} of week {week}."),
            N_("Look at it with: jetkiz plan show {week}, and repeat if you still need to."),
            week=plan.week,
            version=plan.version,
        ) from error
    return int(key[0]) if key else 0


def read_runs(connection: Connection, week: str) -> list[PlanRun]:
    """Return the runs of a week, newest first."""
    c = plan_run.c
    rows = connection.execute(
        select(plan_run).where(c.week == week).order_by(c.version.desc())
    ).mappings()
    return [PlanRun(**{**row, "state": RunState(row["state"])}) for row in rows]


def run_in_force(connection: Connection, week: str) -> PlanRun:
    """Return the published run of a week, else its newest draft."""
    runs = read_runs(connection, week)
    if not runs:
        raise JetkizError(
            N_("There is no plan for week {week} yet."),
            N_("Make one with: jetkiz plan make {week}."),
            week=week,
        )
    return next((run for run in runs if run.state == RunState.PUBLISHED), runs[0])


def read_lines(connection: Connection, run: int) -> list[StudentPlan]:
    """Return the lines of a run, by student."""
    t, line = plan_run_template.c, plan_run_line.c
    rows: Sequence[Any] = connection.execute(
        select(t.number, t.lessons, t.channels, t.reasons, t.fallbacks).where(t.run_id == run)
    ).all()
    templates = {
        row.number: (
            tuple(row.lessons),
            decode(row.channels, row.reasons),
            decode_fallbacks(row.fallbacks),
        )
        for row in rows
    }
    found = connection.execute(
        select(line.student_id, line.template).where(line.run_id == run).order_by(line.student_id)
    )
    return [StudentPlan(row.student_id, *templates[row.template]) for row in found]
