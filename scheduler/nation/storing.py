"""How a nation's plan is kept in the database: the run, the distinct weeks, a row a student."""

from datetime import datetime

import numpy as np
from sqlalchemy import Connection, func, select

from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.delivery.whole_weeks import WeekTemplate, load_week, refuse_loaded
from scheduler.nation.plan_folder import Outcome
from scheduler.plan_store import RunState
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.week_arrays import NOTHING, Counts, Longs
from scheduler.tables import plan_run


def store_plan(connection: Connection, outcome: Outcome, by: str, now: datetime) -> int:
    """Put a checked plan in force: write its run and every student-week; return how many."""
    week, people = outcome.problem.week, outcome.week.students
    refuse_loaded(connection, week)
    run = _write_run(connection, outcome, by, now)
    columns = (people.number, outcome.week.school[people.school], outcome.templates.of)
    return load_week(connection, week, run, _templates(outcome), columns)


def _write_run(connection: Connection, outcome: Outcome, by: str, now: datetime) -> int:
    plan, week = outcome.plan, outcome.problem.week
    c = plan_run.c
    last = connection.scalar(select(func.max(c.version)).where(c.week == week)) or 0
    row = {
        "week": week,
        "version": last + 1,
        "inputs_hash": outcome.report["inputs_hash"],
        "engine": plan.engine,
        "objective": plan.objective / LESSON,
        "bound": plan.bound / LESSON,
        "gap": plan.gap,
        "report": outcome.report,
        "state": RunState.PUBLISHED.value,
        "created_at": now,
        "published_at": now,
        "approved_by": by,
    }
    key = connection.execute(plan_run.insert().values(row)).inserted_primary_key
    return int(key[0]) if key else 0


def _templates(outcome: Outcome) -> list[WeekTemplate]:
    """Return the distinct weeks with the channels' numbers for ever, only as long as the week."""
    found, week = outcome.templates, outcome.week
    numbers = np.zeros(len(week.channels) + 1, dtype=np.uint8)
    numbers[1:] = [CHANNEL_NUMBERS[name] for name in week.channels]
    lessons = {}
    for program in np.unique(found.program).tolist():
        rows = week.programs[program]
        slots = np.flatnonzero(rows != NOTHING)
        own = tuple(outcome.problem.lessons[row].number for row in rows[slots].tolist())
        lessons[program] = (own, slots)
    parts = (numbers[found.channels], found.reasons, numbers[found.fallbacks])
    return [
        WeekTemplate(lessons[program][0], *_bytes(parts, row, lessons[program][1]))
        for row, program in enumerate(found.program.tolist())
    ]


def _bytes(parts: tuple[Counts, ...], row: int, slots: Longs) -> tuple[bytes, ...]:
    channels, reasons, fallbacks = parts
    seconds = fallbacks[row, slots] if fallbacks.shape[1] else fallbacks[:0]
    # No bytes at all where no lesson has a second way, as the ledger writes them.
    return (
        channels[row, slots].tobytes(),
        reasons[row, slots].tobytes(),
        seconds.tobytes() if seconds.any() else b"",
    )
