"""How a nation's plan is kept in the database: the run, the distinct weeks, a row a student."""

from datetime import datetime

import numpy as np
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.delivery.whole_weeks import WeekTemplate, load_week, refuse_loaded
from jetkiz.delivery.withdrawing import withdraw_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import student
from scheduler.nation.plan_folder import Outcome
from scheduler.plan_store import PlanRun, RunState, read_runs
from scheduler.publishing import move_run
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.week_arrays import NOTHING, Counts, Longs
from scheduler.tables import plan_run

_APART = N_("Keep a nation that was drawn in a database of its own: set database_url.")


def standing_run(
    connection: Connection, week: str, inputs_hash: str, *, replace: bool = False
) -> PlanRun | None:
    """Return the plan in force if it was made of these inputs.

    Another plan in force is refused, unless it may be replaced.
    """
    run = _published(connection, week)
    if run is None:
        refuse_loaded(connection, week)
    elif run.inputs_hash == inputs_hash:
        return run
    elif not replace:
        raise JetkizError(
            N_("Week {week} is published already: plan {version}, by {by}."),
            N_(
                "To put the new plan in its place, before anything is handed over, "
                "repeat with --replace."
            ),
            week=week,
            version=run.version,
            by=run.approved_by,
        )
    return None


def _published(connection: Connection, week: str) -> PlanRun | None:
    runs = read_runs(connection, week)
    return next((one for one in runs if one.state == RunState.PUBLISHED), None)


def store_plan(
    connection: Connection, outcome: Outcome, by: str, now: datetime, *, replace: bool = False
) -> int:
    """Put a checked plan in force: write its run and every student-week; return how many."""
    week, people = outcome.problem.week, outcome.week.students
    _refuse_strangers(connection, outcome)
    before = _published(connection, week) if replace else None
    if before:
        withdraw_week(connection, week)
        move_run(connection, before, RunState.PUBLISHED, RunState.SUPERSEDED)
    refuse_loaded(connection, week)
    run = _write_run(connection, outcome, by, now)
    columns = (people.number, outcome.week.school[people.school], outcome.templates.of)
    return load_week(connection, week, run, _templates(outcome), columns)


def _refuse_strangers(connection: Connection, outcome: Outcome) -> None:
    """Refuse to mix a nation that was drawn with children that are real.

    A database without any student may hold whatever nation; one with students only theirs.
    """
    c, people = student.c, outcome.week.students
    known = np.array(connection.execute(select(c.id, c.school_id)).all(), dtype=np.int64)
    if not len(known):
        return
    pairs = np.stack([people.number, outcome.week.school[people.school]], axis=1)
    strange = ~np.isin(_joined(pairs), _joined(known))
    if strange.any():
        number, school = pairs[int(np.argmax(strange))].tolist()
        raise JetkizError(
            N_("The register of this database has no student {student} in school {school}."),
            _APART,
            student=number,
            school=school,
        )
    taught = select(lesson.c.id).where(lesson.c.week == outcome.problem.week)
    missing = {one.number for one in outcome.problem.lessons} - set(connection.scalars(taught))
    if missing:
        raise JetkizError(
            N_("This database has no lesson {lesson} in week {week}."),
            _APART,
            lesson=min(missing),
            week=outcome.problem.week,
        )


def _joined(pairs: Longs) -> Longs:
    """Make one number of a student's and a school's."""
    return (pairs[:, 0] << 32) + pairs[:, 1]


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
    try:
        key = connection.execute(plan_run.insert().values(row)).inserted_primary_key
    except IntegrityError as error:
        raise JetkizError(
            N_("Somebody else has just published another plan of week {week}."),
            N_("Look at it with: jetkiz plan show {week}."),
            week=week,
        ) from error
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
