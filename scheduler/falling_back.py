"""How a second way takes over: the first is kept at home, the next try written, all or nothing.

One transaction under a key for each lesson of a student: whoever looks, and however often, the
second way is taken once. The dispatcher hands it over like everything else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jetkiz.calendar.school_weeks import week_of
from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.channel import Channel
from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, LessonState, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.setbacks import (
    Setback,
    Try,
    published_lessons,
    read_setbacks,
    students_in_trouble,
)
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import Held, read_held
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes, read_schools
from jetkiz.storage.bulk_load import bulk_load
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from scheduler.calling_off import call_off
from scheduler.preparing import prepare_week
from scheduler.rules.fallback_firing import CLOSES_THE_WAY, Cause, Known, arrives_now, cause_of
from scheduler.second_ways_now import Taking, with_room
from scheduler.tables import fallback_order

SOURCE: Final = "second_way"
# Homework may be due in the week after its lesson: so long a second way can still help.
LOOKS_BACK: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Order:
    """A second way that takes over: which try failed and why, and the try that follows."""

    week: str
    student: int
    lesson: int
    failed_attempt: int
    attempt: int
    from_channel: str
    to_channel: str
    cause: Cause
    reason: FailureReason | None
    at: datetime

    @property
    def was_refused(self) -> bool:
        """True when there was no room: nothing took over, and nothing will."""
        return self.cause == Cause.NO_ROOM

    @property
    def failed(self) -> Try:
        """The try that failed."""
        return self.student, self.failed_attempt, self.lesson


def open_weeks(connection: Connection, today: date) -> list[str]:
    """Return the published weeks in which a second way may still help, oldest first."""
    oldest = week_of(today - LOOKS_BACK)
    return [week for week in ledger.weeks(connection) if week >= oldest]


def read_orders(
    connection: Connection, week: str, students: Iterable[int] | None = None
) -> list[Order]:
    """Return the second ways of a week that took over or were refused, by student and lesson."""
    c = fallback_order.c
    query = select(fallback_order).where(c.week == week).order_by(c.student_id, c.lesson_id)
    if students is not None:
        query = query.where(among(c.student_id, students))
    return [
        Order(
            week=row.week,
            student=row.student_id,
            lesson=row.lesson_id,
            failed_attempt=row.failed_attempt,
            attempt=row.attempt,
            from_channel=row.from_channel,
            to_channel=row.to_channel,
            cause=Cause(row.cause),
            reason=FailureReason(row.reason) if row.reason else None,
            at=row.at,
        )
        for row in connection.execute(query)
    ]


def needed_by(
    connection: Connection, channels: Mapping[str, Channel], week: str, check: time, now: datetime
) -> list[int]:
    """Return the students of whom a second way should take over now; nobody waits for this look."""
    return sorted({one.student for one in _due(connection, channels, week, check, now).orders})


def fall_back(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    check: time,
    now: datetime,
    students: Collection[int] | None = None,
) -> list[Order]:
    """Let every second way of a week take over whose first failed; return them.

    Those of everybody, or of some ``students`` alone: after an outage thousands must not hold up
    all others at once. A lesson whose first try is in somebody's hands waits for the next look. One
    for which there is no room is refused, once and for good: that is written down, and its first
    try goes on.
    """
    take_turn(connection, f"second ways:{week}")
    due = _due(connection, channels, week, check, now, students)
    due, refused = _by_room(connection, channels, week, due)
    lost = {one.failed for one in due.orders if one.cause == Cause.FAILED}
    open_ones = {one.failed for one in due.orders} - lost
    staying = call_off(connection, channels, due.held, open_ones, lost)
    orders = [one for one in due.orders if one.failed in staying]
    bulk_load(connection, fallback_order, [_row(one) for one in refused])
    if not orders:
        return []
    record_receipts(connection, [_end_of(one) for one in orders if one.failed not in lost], now)
    orders = _write(connection, orders, due.homes)
    prepare_week(connection, channels, week, now, sorted({one.student for one in orders}))
    return orders


@dataclass(frozen=True, slots=True)
class _Due:
    """What should take over, the homes it goes to, and what still lies in batches for them."""

    orders: Sequence[Order]
    homes: Mapping[int, Home]
    held: Sequence[Held]


def _by_room(
    connection: Connection, channels: Mapping[str, Channel], week: str, due: "_Due"
) -> tuple["_Due", list[Order]]:
    """Return what takes over, and what is refused because there is no room for it any more."""
    if not due.orders:
        return due, []
    earlier = [_taking(one) for one in read_orders(connection, week) if not one.was_refused]
    wanted = [_taking(one) for one in due.orders]
    fits = with_room(connection, channels, week, earlier, wanted)
    taken = [one for one in due.orders if (one.student, one.lesson) in fits]
    refused = [
        replace(one, attempt=one.failed_attempt, cause=Cause.NO_ROOM)
        for one in due.orders
        if (one.student, one.lesson) not in fits
    ]
    return replace(due, orders=taken), refused


def _taking(one: Order) -> Taking:
    return Taking(one.student, one.lesson, one.to_channel, one.at)


@dataclass(frozen=True, slots=True)
class _Look:
    """All that is looked at to decide about the lessons of some students."""

    channels: Mapping[str, Channel]
    lessons: Mapping[int, Lesson]
    last_days: Mapping[int, date]
    homes: Mapping[int, Home]
    zones: Mapping[int, ZoneInfo]
    arrivals: Mapping[tuple[int, str], date]
    setbacks: Mapping[Try, Sequence[Setback]]
    closing: Mapping[tuple[int, str], FailureReason]
    prepared: Mapping[Try, datetime]
    taken: Collection[tuple[int, int]]
    check: time
    now: datetime

    def order(self, week: str, one: LessonState) -> Order | None:
        """Return what takes over from a lesson, or None."""
        home, channel = self.homes.get(one.student), self.channels.get(one.fallback or "")
        if home is None or channel is None or one.channel is None:
            return None
        known = self._known(one, home, channel)
        zone = self.zones[home.student.school]
        cause = cause_of(known, self.check, self.now.astimezone(zone))
        if cause is None:
            return None
        return Order(
            week=week,
            student=one.student,
            lesson=one.lesson,
            failed_attempt=one.attempt,
            attempt=0,
            from_channel=one.channel,
            to_channel=channel.name,
            cause=cause,
            reason=self._reason(one, cause),
            at=self.now,
        )

    def _known(self, one: LessonState, home: Home, channel: Channel) -> Known:
        told = self.setbacks.get(_try(one), ())
        return Known(
            state=one.state,
            day=self.lessons[one.lesson].day,
            last_useful_day=self.last_days[one.lesson],
            fallback_arrives=self.arrivals[home.student.school, channel.name],
            failures=frozenset(each.reason for each in told if each.reason),
            was_called_off=any(each.state == State.CANCELLED for each in told),
            has_taken_over=(one.student, one.lesson) in self.taken,
            is_closed=self._is_closed(one, home),
            prepared_at=self.prepared.get(_try(one)),
        )

    def _is_closed(self, one: LessonState, home: Home) -> bool:
        """True when the channel failed for the home this week, and has not come back to it."""
        channel = self.channels.get(one.channel or "")
        if channel is None or (one.student, channel.name) not in self.closing:
            return False
        return not channel.can_reach(home, self.lessons[one.lesson]).possible

    def _reason(self, one: LessonState, cause: Cause) -> FailureReason | None:
        if cause == Cause.LATE:
            return FailureReason.TOO_LATE
        if cause == Cause.CLOSED:
            return self.closing[one.student, one.channel or ""]
        told = [each.reason for each in self.setbacks.get(_try(one), ()) if each.reason]
        return told[-1] if told else None


def _try(one: LessonState) -> Try:
    return one.student, one.attempt, one.lesson


def _due(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    check: time,
    now: datetime,
    only: Collection[int] | None = None,
) -> _Due:
    zones = {one.id: ZoneInfo(one.zone) for one in read_schools(connection)}
    numbers = published_lessons(connection, week)
    lessons = {one.id: one for one in read_lessons(connection, only=numbers)}
    late = {one.id for one in lessons.values() if _is_over(one.day, check, now, zones.values())}
    students = students_in_trouble(connection, week, late)
    if only is not None:
        students = [one for one in students if one in only]
    if not students:
        return _Due((), {}, ())
    homes = {one.student.id: one for one in read_homes(connection, students)}
    held = read_held(connection, week, students)
    setbacks = read_setbacks(connection, week, students)
    look = _Look(
        channels=channels,
        lessons=lessons,
        last_days={
            one.id: last_useful_day(week, one.day, one.task.due if one.task else None)
            for one in lessons.values()
        },
        homes=homes,
        zones=zones,
        arrivals=_arrivals(channels, zones, check, now),
        setbacks=setbacks,
        closing={
            (student, told.channel): told.reason
            for (student, _, _), some in setbacks.items()
            for told in some
            if told.reason in CLOSES_THE_WAY
        },
        prepared={
            (one.student, one.attempt, lesson): one.prepared_at
            for one in held
            for lesson in one.lessons
        },
        taken={(one.student, one.lesson) for one in read_orders(connection, week, students)},
        check=check,
        now=now,
    )
    states = ledger.lesson_states(connection, week, students)
    orders = [look.order(week, one) for one in states if one.fallback]
    return _Due([one for one in orders if one], homes, held)


def _arrivals(
    channels: Mapping[str, Channel], zones: Mapping[int, ZoneInfo], check: time, now: datetime
) -> dict[tuple[int, str], date]:
    """When each channel would bring a lesson to each school if it began now."""
    return {
        (school, name): arrives_now(
            now.astimezone(zone),
            check,
            is_paper=channel.capabilities.is_paper,
            lead_days=channel.capabilities.lead_days,
        )
        for school, zone in zones.items()
        for name, channel in channels.items()
    }


def _is_over(day: date, check: time, now: datetime, zones: Iterable[ZoneInfo]) -> bool:
    return any(now >= datetime.combine(day, check, zone) for zone in zones)


def _end_of(one: Order) -> Receipt:
    """The first way ends here: its time ran out, or it was taken back for the way is closed."""
    return Receipt(
        key=f"second_way:{one.week}:{one.student}:{one.failed_attempt}:{one.lesson}",
        week=one.week,
        student=one.student,
        lessons=(one.lesson,),
        state=State.EXPIRED if one.cause == Cause.LATE else State.CANCELLED,
        channel=one.from_channel,
        at=one.at,
        attempt=one.failed_attempt,
        source=SOURCE,
        reason=one.reason,
    )


def _write(
    connection: Connection, orders: Sequence[Order], homes: Mapping[int, Home]
) -> list[Order]:
    """Write the next try of each student, and under a key of its own what it follows from."""
    runs = _runs(connection, orders)
    by_student: dict[int, list[Order]] = defaultdict(list)
    for one in orders:
        by_student[one.student].append(one)
    written = []
    for student, some in sorted(by_student.items()):
        plan = StudentPlan(
            student,
            tuple(one.lesson for one in some),
            tuple(Choice(one.to_channel, ChoiceReason.REPLACES) for one in some),
        )
        run, school = runs[student, some[0].failed_attempt], homes[student].student.school
        number = ledger.replace_attempt(connection, some[0].week, run, plan, school)
        written += [replace(one, attempt=number) for one in some]
    bulk_load(connection, fallback_order, [_row(one) for one in written])
    return written


def _runs(connection: Connection, orders: Sequence[Order]) -> dict[tuple[int, int], int]:
    students = {one.student for one in orders}
    rows = ledger.week_rows(connection, orders[0].week, students)
    return {(row.student_id, row.attempt): row.run_id for row in rows}


def _row(one: Order) -> dict[str, Any]:
    return {
        "week": one.week,
        "student_id": one.student,
        "lesson_id": one.lesson,
        "failed_attempt": one.failed_attempt,
        "attempt": one.attempt,
        "from_channel": one.from_channel,
        "to_channel": one.to_channel,
        "cause": one.cause.value,
        "reason": one.reason.value if one.reason else None,
        "at": one.at,
    }
