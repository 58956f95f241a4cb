"""How a re-plan takes the place of a week that has begun: only the lessons that move get a new try.

What has left is never called back: if a lesson that should move left meanwhile, nothing is
published.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery import ledger
from jetkiz.delivery.model import LessonState, Receipt, StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import read_held
from jetkiz.delivery.withdrawing import has_begun
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_students
from jetkiz.storage.turns import take_turn
from scheduler.calling_off import call_off
from scheduler.dispatch import prepare_week
from scheduler.plan_store import PlanRun, RunState, read_lines, read_runs
from scheduler.publishing import move_run, publish_plan
from scheduler.replan_runs import changed_weeks, on_its_way
from scheduler.replanning import REPLANS

SOURCE = "replan"


def base_of(connection: Connection, run: PlanRun) -> PlanRun | None:
    """Return the published plan that a re-plan came from; None for any other plan."""
    version = run.report.get(REPLANS, {}).get("version")
    return next(
        (
            one
            for one in read_runs(connection, run.week)
            if one.version == version and one.state == RunState.PUBLISHED
        ),
        None,
    )


def publish_replan(
    connection: Connection,
    channels: Mapping[str, Channel],
    run: PlanRun,
    by: str,
    now: datetime,
) -> int | None:
    """Put a re-plan in the place of the plan it came from; return its students, None if no re-plan.

    Before anything is handed over the week is simply published again, as a whole.
    """
    base = base_of(connection, run)
    if base is None:
        return None
    if not has_begun(connection, run.week):
        return publish_plan(connection, run, by, now, replace=True)
    # Second ways are taken under the same turn: a lesson must not move twice.
    take_turn(connection, f"second ways:{run.week}")
    move_run(connection, base, RunState.PUBLISHED, RunState.SUPERSEDED)
    move_run(connection, run, RunState.DRAFT, RunState.PUBLISHED, by=by, now=now)
    weeks = changed_weeks(read_lines(connection, base.id), read_lines(connection, run.id))
    schools = {one.id: one.school for one in read_students(connection)}
    weeks = [one for one in weeks if one.student in schools]
    _refuse_what_left(connection, run, weeks)
    _call_off(connection, channels, run.week, weeks, now)
    _write(connection, run, weeks, schools)
    prepare_week(connection, channels, run.week, now, sorted(one.student for one in weeks))
    return len(weeks)


def _refuse_what_left(connection: Connection, run: PlanRun, weeks: Sequence[StudentPlan]) -> None:
    """Refuse when something moved since the draft was made: what it takes for waiting has left."""
    said = run.report[REPLANS]
    movable = {tuple(place) for place in said["promised"]}
    wanted = {(one.student, lesson) for one in weeks for lesson in one.lessons}
    left = on_its_way(connection, run.week)
    if any(place in left and (left[place] or place not in movable) for place in wanted):
        raise _left(run.week)


def _left(week: str) -> JetkizError:
    return JetkizError(
        N_("Lessons of week {week} that were to go another way have left meanwhile."),
        N_("Nothing was published. Plan anew with: jetkiz plan replan {week}."),
        week=week,
    )


def _call_off(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    weeks: Sequence[StudentPlan],
    now: datetime,
) -> None:
    """Keep at home what moves; refuse everything when something of it has left."""
    wanted = {(one.student, lesson) for one in weeks for lesson in one.lessons}
    students = sorted({one.student for one in weeks})
    states = ledger.lesson_states(connection, week, students)
    moving = [one for one in states if (one.student, one.lesson) in wanted and one.channel]
    tries = {(one.student, one.attempt, one.lesson) for one in moving}
    staying = call_off(connection, channels, read_held(connection, week, students), tries)
    if staying != tries:
        raise _left(week)
    record_receipts(connection, [_end_of(week, one, now) for one in moving], now)


def _end_of(week: str, one: LessonState, now: datetime) -> Receipt:
    return Receipt(
        key=f"replan:{week}:{one.student}:{one.attempt}:{one.lesson}",
        week=week,
        student=one.student,
        lessons=(one.lesson,),
        state=State.CANCELLED,
        channel=one.channel or "",
        at=now,
        attempt=one.attempt,
        source=SOURCE,
        reason=FailureReason.PLAN_CHANGED,
    )


def _write(
    connection: Connection, run: PlanRun, weeks: Sequence[StudentPlan], schools: Mapping[int, int]
) -> None:
    known = {row.student_id for row in ledger.week_rows(connection, run.week)}
    whole = {one.student: one for one in read_lines(connection, run.id)}
    fresh = [whole[one.student] for one in weeks if one.student not in known]
    ledger.publish(connection, run.week, run.id, fresh, dict(schools))
    for one in weeks:
        if one.student in known and any(choice.channel for choice in one.choices):
            ledger.replace_attempt(connection, run.week, run.id, one, schools[one.student])
