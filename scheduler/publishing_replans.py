"""How a re-plan takes the place of a week that has begun: only the lessons that move get a new try.

What has left is never called back: if a lesson that should move left meanwhile, nothing is
published. A lesson that gets no other way keeps the try it has: it may come after all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery import ledger
from jetkiz.delivery.model import LessonState, Receipt, StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.setbacks import published_lessons
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import read_held
from jetkiz.delivery.withdrawing import has_begun
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_students
from jetkiz.storage.turns import take_turn
from scheduler.calling_off import call_off
from scheduler.dispatch import prepare_week
from scheduler.plan_store import PlanRun, RunState, read_lines, read_runs
from scheduler.publishing import move_run, publish_plan
from scheduler.replan_runs import changed_weeks, on_its_way, only
from scheduler.replanning import AIR, AT_SCHOOL, REPLANS, Changes

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
    known = {row.student_id for row in ledger.week_rows(connection, run.week)}
    loss = _Loss.of(connection, run, schools)
    weeks = [
        part
        for one in weeks
        if one.student in schools
        for part in [loss.without_tries_that_stay(one) if one.student in known else one]
        if part.lessons
    ]
    _refuse_what_left(connection, run, weeks)
    _call_off(connection, channels, run.week, weeks, now)
    _write(connection, run, weeks, schools, known)
    prepare_week(connection, channels, run.week, now, sorted(one.student for one in weeks))
    return len(weeks)


@dataclass(frozen=True, slots=True)
class _Loss:
    """Which first tries cannot come any more, whatever becomes of their channel.

    An airing that was dropped is not aired, and a closed school teaches nobody. Everything else may
    still come: a channel that is down wakes up, a pack that is late is handed over after all.
    """

    changes: Changes
    schools: Mapping[int, int]
    days: Mapping[int, date]
    ways: Mapping[tuple[int, int], str | None]

    @classmethod
    def of(cls, connection: Connection, run: PlanRun, schools: Mapping[int, int]) -> "_Loss":
        """Return what is lost by what had happened when a re-plan was made."""
        lessons = read_lessons(connection, only=published_lessons(connection, run.week))
        states = ledger.lesson_states(connection, run.week)
        return cls(
            Changes.from_report(run.report[REPLANS]),
            schools,
            {one.id: one.day for one in lessons},
            {(one.student, one.lesson): one.channel for one in states},
        )

    def without_tries_that_stay(self, plan: StudentPlan) -> StudentPlan:
        """Return the lessons that move: to another way, or to none where the first is lost."""
        rows = zip(plan.lessons, plan.choices, strict=True)
        return only(
            plan,
            {
                lesson
                for lesson, choice in rows
                if choice.channel or self._is_lost(plan.student, lesson)
            },
        )

    def _is_lost(self, student: int, lesson: int) -> bool:
        way, closed = self.ways.get((student, lesson)), self.changes.closed
        if way == AIR:
            return lesson in self.changes.dropped
        day = closed.get(self.schools[student])
        return way in AT_SCHOOL and day is not None and self.days[lesson] >= day


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
    connection: Connection,
    run: PlanRun,
    weeks: Sequence[StudentPlan],
    schools: Mapping[int, int],
    known: Collection[int],
) -> None:
    whole = {one.student: one for one in read_lines(connection, run.id)}
    fresh = [whole[one.student] for one in weeks if one.student not in known]
    ledger.publish(connection, run.week, run.id, fresh, dict(schools))
    for one in weeks:
        if one.student in known and any(choice.channel for choice in one.choices):
            ledger.replace_attempt(connection, run.week, run.id, one, schools[one.student])
