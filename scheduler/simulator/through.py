"""One simulated week through the real ledger: planned, published, handed over, heard of, made good.

The same plan and the same luck are lived twice: as arrays, and as batches and receipts under a
clock that is moved by hand. Both must count alike; where they do not, one of the two is wrong.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week, school_days
from jetkiz.channel import Channel
from jetkiz.delivery.model import Receipt, StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.engine.port import Job
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.reports.progress import read_week_report
from jetkiz.roster.register import read_schools
from jetkiz.storage.workplace import Workplace
from scheduler.dispatch import enqueue_due, hand_over, prepare_week
from scheduler.falling_back import Order, fall_back, read_orders
from scheduler.plan_store import read_lines
from scheduler.planning import make_and_save
from scheduler.publishing import publish_plan
from scheduler.rules.fallback_firing import check_hour
from scheduler.simulator.carriers import Carrier
from scheduler.simulator.events import draw_events, next_blocked
from scheduler.simulator.hidden import draw_hidden
from scheduler.simulator.living import MESSENGER, TELEVISION, Lived, Way, World, live
from scheduler.simulator.parameters import Parameters
from scheduler.solver.compiling import arrays_of, in_order
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Role, WeekArrays

BY: Final = "simulator"
MOST_STUDENTS: Final = 300
PLANNED_AT: Final = time(11)
MORNING: Final = time(7, 45)
AFTERNOON: Final = time(16)
LATER: Final = timedelta(minutes=30)

_LOST: Final[Mapping[str, FailureReason]] = {
    "telegram": FailureReason.NO_ANSWER,
    "broadcast": FailureReason.NOT_AIRED,
    "post": FailureReason.LOST,
    "in_person": FailureReason.NOT_FETCHED,
    "duty_class": FailureReason.ABSENT,
}


@dataclass(slots=True)
class HandClock:
    """A clock that stands still until somebody moves it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class _Queue:
    """What batches are due: the simulator hands them over itself, one after another."""

    jobs: list[Job] = field(default_factory=list)

    def enqueue(self, _tx: Connection, job: Job) -> None:
        self.jobs.append(job)


@dataclass(frozen=True, slots=True)
class Counts:
    """Lessons of one channel: heard of as received, answered, and taken over from another."""

    received: int = 0
    returned: int = 0
    taken_over: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """The same week counted twice, by channel; ``second`` are lessons that went a second way."""

    model: Mapping[str, Counts]
    ledger: Mapping[str, Counts]
    students: int
    lessons: int
    batches: int

    @property
    def holds(self) -> bool:
        """True when both count alike."""
        return self.model == self.ledger


@dataclass(frozen=True, slots=True, eq=False)
class _Book:
    """Which student and lesson stand where in the arrays."""

    week: WeekArrays
    students: tuple[int, ...]
    lessons: tuple[tuple[int, ...], ...]
    channel: Bytes
    second: Bytes

    def cells(self, where: Bools) -> Iterator[tuple[int, int, int, int]]:
        """Return row, slot, student and lesson of each place."""
        for row, slot in zip(*np.nonzero(where), strict=True):
            yield int(row), int(slot), self.students[row], self.lessons[row][slot]


@dataclass(slots=True)
class Rehearsal:
    """A school on a copy of its database, with its channels and a clock moved by hand."""

    workplace: Workplace
    clock: HandClock
    carriers: Mapping[str, Carrier]
    week: str
    zone: ZoneInfo
    batches: int = 0

    def plan(self) -> _Book:
        """Plan and publish as a coordinator does on the Thursday before."""
        place = self.workplace
        monday = parse_week(self.week)
        self._move(datetime.combine(monday - timedelta(days=4), PLANNED_AT, self.zone))
        channels: dict[str, Channel] = dict(self.carriers)
        made = make_and_save(place.database, channels, self.week, place.settings, self.clock())
        with place.database.write() as connection:
            publish_plan(connection, made.run, BY, self.clock())
            prepare_week(connection, channels, self.week, self.clock())
            lines = {one.student: one for one in read_lines(connection, made.run.id)}
        week = arrays_of(made.problem)
        people = in_order(made.problem.students)
        _refuse_size(len(people))
        plans = [lines[one.id] for one in people]
        return _Book(
            week=week,
            students=tuple(one.id for one in people),
            lessons=tuple(one.lessons for one in plans),
            channel=_columns(week, [[c.channel for c in one.choices] for one in plans]),
            second=_columns(week, [_fallbacks(one) for one in plans]),
        )

    def live(self, book: _Book, lived: Lived) -> None:
        """Let the week go by: send, hear, look in the evening; packs and work come last."""
        check = check_hour(self.workplace.settings.fallback_check)
        days = school_days(self.week)
        for day in [days[0] - timedelta(days=3), *days]:
            self._at(day, MORNING)
            if day in days:
                self._at(day, AFTERNOON)
                self._record(_heard_on(self, book, lived, (day - parse_week(self.week)).days))
                self._at(day, check, LATER)
                with self.workplace.database.write() as connection:
                    fall_back(connection, self.carriers, self.week, check, self.clock())
                self._send()
        for after in range(3, 8):
            self._at(days[-1] + timedelta(days=after), MORNING)
        with self.workplace.database.read() as connection:
            orders = [one for one in read_orders(connection, self.week) if not one.was_refused]
        self._record(_heard_at_last(self, book, lived, orders))

    def _at(self, day: date, hour: time, later: timedelta = timedelta()) -> None:
        self._move(datetime.combine(day, hour, self.zone) + later)
        self._send()

    def _move(self, moment: datetime) -> None:
        self.clock.now = moment

    def _send(self) -> None:
        """Hand over what is due, as the clock and a worker would."""
        queue = _Queue()
        with self.workplace.database.write() as connection:
            enqueue_due(connection, queue, self.clock())  # type: ignore[arg-type]
        for job in queue.jobs:
            hand_over(self.workplace, self.carriers, int(job.ref))
        self.batches += len(queue.jobs)

    def _record(self, receipts: Iterable[Receipt]) -> None:
        found = list(receipts)
        with self.workplace.database.write() as connection:
            record_receipts(connection, found, self.clock())

    def receipt(self, about: tuple[int, int], channel: str, state: State, attempt: int) -> Receipt:
        """Return evidence on one lesson (student, lesson)."""
        student, lesson = about
        return Receipt(
            key=f"simulated:{self.week}:{student}:{lesson}:{attempt}:{state.name}",
            week=self.week,
            student=student,
            lessons=(lesson,),
            state=state,
            channel=channel,
            at=self.clock(),
            attempt=attempt,
            source="simulated",
            reason=_LOST[channel] if state == State.FAILED else None,
        )


def rehearse(
    workplace: Workplace,
    clock: HandClock,
    channels: Mapping[str, Channel],
    week: str,
    numbers: Parameters,
    seed: int,
) -> Agreement:
    """Live one week of a school through arrays and through its ledger, and count both."""
    carriers = {name: Carrier(one) for name, one in channels.items()}
    with workplace.database.read() as connection:
        zone = ZoneInfo(read_schools(connection)[0].zone)
    school = Rehearsal(workplace, clock, carriers, week, zone)
    book = school.plan()
    world = _world(book.week, numbers, seed)
    if MESSENGER in carriers:
        gone = np.flatnonzero(world.events.blocked)
        carriers[MESSENGER].refusing |= {book.students[row] for row in gone}
    lived = live(world, book.channel, book.second, None)
    school.live(book, lived)
    with workplace.database.read() as connection:
        return Agreement(
            model=_counted(book.week, lived),
            ledger=_read(connection, week),
            students=len(book.students),
            lessons=int((book.channel != NOTHING).sum()),
            batches=school.batches,
        )


def _world(week: WeekArrays, numbers: Parameters, seed: int) -> World:
    chance = np.random.default_rng([seed, 0])
    hidden = draw_hidden(week, numbers, chance)
    nobody = np.zeros(week.students.count, dtype=np.bool_)
    blocked = next_blocked(nobody, numbers, chance)
    return World(week, hidden, draw_events(week, blocked, numbers, chance), numbers)


def _refuse_size(students: int) -> None:
    if not 1 <= students <= MOST_STUDENTS:
        raise JetkizError(
            N_("{students} students cannot be taken through the ledger one by one."),
            N_("Choose a school of 1 to {most} students."),
            students=students,
            most=MOST_STUDENTS,
        )


def _fallbacks(plan: StudentPlan) -> Sequence[str | None]:
    return plan.fallbacks or (None,) * len(plan.lessons)


def _columns(week: WeekArrays, names: Sequence[Sequence[str | None]]) -> Bytes:
    place = {name: column for column, name in enumerate(week.channels)}
    found = np.full((len(names), week.slots), NOTHING, dtype=np.int8)
    for row, some in enumerate(names):
        found[row, : len(some)] = [NOTHING if one is None else place[one] for one in some]
    return found


def _heard_on(school: Rehearsal, book: _Book, lived: Lived, day: int) -> Iterator[Receipt]:
    """Return what is heard on the afternoon of a day of its lessons' first ways.

    A lost pack is not among it, nor what a chat has refused already.
    """
    week, first = book.week, lived.first
    of_day = week.lessons.day[week.programs[week.students.program]] == day
    here = of_day & (first.channel != NOTHING)
    for row, slot, student, lesson in book.cells(here & (first.heard | first.lost)):
        name = week.channels[first.channel[row, slot]]
        is_lost = first.lost[row, slot]
        if is_lost and (
            week.role[first.channel[row, slot]] == Role.PACK or _refuses(school, name, student)
        ):
            continue
        state = State.FAILED if is_lost else _proof(name)
        yield school.receipt((student, lesson), name, state, 1)
    on_air = week.channels.index(TELEVISION) if TELEVISION in week.channels else len(week.channels)
    for _, _, student, lesson in book.cells(here & (first.channel == on_air) & ~first.lost):
        # The broadcaster's log says that it was aired; who watched is not in it.
        yield school.receipt((student, lesson), TELEVISION, State.DELIVERED, 1)


def _refuses(school: Rehearsal, channel: str, student: int) -> bool:
    return student in school.carriers[channel].refusing


def _proof(channel: str) -> State:
    """A person of the home says so, or a signature or list does."""
    return State.ACKNOWLEDGED if channel in {MESSENGER, TELEVISION} else State.DELIVERED


def _heard_at_last(
    school: Rehearsal, book: _Book, lived: Lived, orders: Sequence[Order]
) -> Iterator[Receipt]:
    """Return what is heard after the week: lost packs, second ways, and work that came back."""
    week, first, second = book.week, lived.first, lived.second
    tries = {(one.student, one.lesson): one for one in orders}
    for row, slot, student, lesson in book.cells(first.lost):
        if week.role[first.channel[row, slot]] == Role.PACK:
            name = week.channels[first.channel[row, slot]]
            yield school.receipt((student, lesson), name, State.FAILED, 1)
    for row, slot, student, lesson in book.cells(second.heard | second.lost):
        order = tries.get((student, lesson))
        if order is None:
            continue
        state = State.FAILED if second.lost[row, slot] else _proof(order.to_channel)
        yield school.receipt((student, lesson), order.to_channel, state, order.attempt)
    for row, slot, student, lesson in book.cells(lived.returned):
        order = None if first.came[row, slot] else tries.get((student, lesson))
        name = order.to_channel if order else week.channels[first.channel[row, slot]]
        attempt = order.attempt if order else 1
        yield school.receipt((student, lesson), name, State.RETURNED, attempt)


def _counted(week: WeekArrays, lived: Lived) -> dict[str, Counts]:
    first, second = lived.first, lived.second
    found = {}
    for column, name in enumerate(week.channels):
        ways: tuple[Way, ...] = (first, second)
        here = [way.channel == column for way in ways]
        back = (lived.returned & first.came, lived.returned & ~first.came)
        one = Counts(
            received=sum(int((at & w.heard).sum()) for at, w in zip(here, ways, strict=True)),
            returned=sum(int((at & b).sum()) for at, b in zip(here, back, strict=True)),
            taken_over=int(here[1].sum()),
        )
        if one != Counts():
            found[name] = one
    return found


def _read(connection: Connection, week: str) -> dict[str, Counts]:
    """Count the week as the first screen of the console does."""
    taken = Counter(one.to_channel for one in read_orders(connection, week) if not one.was_refused)
    report = {one.channel: one.rungs for one in read_week_report(connection, week).channels}
    found = {}
    for name in {*report, *taken}:
        rungs = report.get(name)
        one = Counts(
            received=rungs.delivered if rungs else 0,
            returned=rungs.returned if rungs else 0,
            taken_over=taken[name],
        )
        if one != Counts():
            found[name] = one
    return found
