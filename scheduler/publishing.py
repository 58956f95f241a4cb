"""When a draft becomes the plan in force: once, whole, and never over something handed over."""

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from jetkiz.delivery import ledger
from jetkiz.delivery.withdrawing import withdraw_week
from jetkiz.errors import JetkizError
from jetkiz.homework.early_signs import tell_early_signs
from jetkiz.i18n import N_
from jetkiz.roster.register import read_students
from scheduler.plan_store import PlanRun, RunState, read_lines, read_runs
from scheduler.tables import plan_run


def publish_plan(
    connection: Connection, run: PlanRun, by: str, now: datetime, *, replace: bool = False
) -> int:
    """Write a draft into the ledger; return the number of student-weeks.

    Publishing the same run again changes nothing and returns 0. Another plan of the week is
    replaced only on request, and only before anything of it was handed over. Students who left
    the register since the plan was made are passed over.
    """
    runs = {one.id: one for one in read_runs(connection, run.week)}
    state = runs[run.id].state
    if state == RunState.PUBLISHED:
        return 0
    if state == RunState.SUPERSEDED:
        raise JetkizError(
            N_("Plan {version} of week {week} was replaced by a newer one."),
            N_("Make a new plan with: jetkiz plan make {week}."),
            week=run.week,
            version=run.version,
        )
    _make_way(connection, [one for one in runs.values() if one.id != run.id], replace=replace)
    move_run(connection, run, RunState.DRAFT, RunState.PUBLISHED, by=by, now=now)
    schools = {one.id: one.school for one in read_students(connection)}
    plans = [one for one in read_lines(connection, run.id) if one.student in schools]
    count = ledger.publish(connection, run.week, run.id, plans, schools)
    tell_early_signs(connection, run.week)
    return count


def _make_way(connection: Connection, others: list[PlanRun], *, replace: bool) -> None:
    for one in others:
        if one.state != RunState.PUBLISHED:
            continue
        if not replace:
            raise JetkizError(
                N_("Week {week} is published already: plan {version}, by {by}."),
                N_(
                    "To put the new plan in its place, before anything is handed over, "
                    "repeat with --replace."
                ),
                week=one.week,
                version=one.version,
                by=one.approved_by,
            )
        withdraw_week(connection, one.week)
        move_run(connection, one, RunState.PUBLISHED, RunState.SUPERSEDED)


def move_run(
    connection: Connection,
    run: PlanRun,
    before: RunState,
    after: RunState,
    by: str | None = None,
    now: datetime | None = None,
) -> None:
    """Change a run's state if it still stands where it was seen: two may publish at once."""
    c = plan_run.c
    approval = {"approved_by": by, "published_at": now} if by else {}
    statement = update(plan_run).where(c.id == run.id, c.state == before.value)
    try:
        result = connection.execute(statement.values(state=after.value, **approval))
    except IntegrityError as error:
        raise JetkizError(
            N_("Somebody else has just published another plan of week {week}."),
            N_("Look at it with: jetkiz plan show {week}."),
            week=run.week,
        ) from error
    if result.rowcount != 1:
        raise JetkizError(
            N_("Plan {version} of week {week} has just been changed by somebody else."),
            N_("Look at it with: jetkiz plan show {week}."),
            week=run.week,
            version=run.version,
        )
