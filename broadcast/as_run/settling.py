"""Which students got a lesson from the air and which did not, from what became of its airings.

One airing that reaches a home is enough. While another that reaches it is still to come, or nobody
has said what became of it, nothing is lost. What a student cannot follow never counts: whom the
air was to bring nothing else has lost the lesson.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from broadcast.airing_receipts import receipt_key
from broadcast.airings import signed_lessons
from broadcast.plan.model import AiringStatus
from broadcast.problem.following import DECISIVE
from broadcast.problem.model import Problem
from broadcast.receiving import (
    OnAir,
    Station,
    can_follow,
    likeness,
    reaching,
)
from broadcast.tables import airing
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import consignment, consignment_content
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes, students_with
from jetkiz.storage.many_values import among

# A day of a nation has millions of receipts: so many are in memory together.
_AT_ONCE: Final = 20_000
_AHEAD: Final = frozenset({AiringStatus.PLANNED, AiringStatus.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Settled:
    """How many lessons of students were found to be delivered, and how many lost; only new ones."""

    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """An airing and what became of it."""

    on_air: OnAir
    status: AiringStatus


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a lesson for a student, as the ledger hears it."""

    state: State
    source: str
    reason: FailureReason | None = None


_GOT: Final = _Fate(State.DELIVERED, "aired")
_NOT_AIRED: Final = _Fate(State.FAILED, "missed", FailureReason.NOT_AIRED)
_NO_VARIANT: Final = _Fate(State.FAILED, "missed", FailureReason.NO_VARIANT)


def settle(
    connection: Connection,
    week: str,
    lessons: Collection[int],
    problem: Problem | None,
    now: datetime,
) -> Settled:
    """Record receipts for every student whose lesson it was; the same state again changes nothing.

    ``problem`` says what a channel is received with, and where; without it all are television.
    """
    runs = _runs(connection, week, lessons, problem)
    parcels = _parcels(connection, week, runs)
    choosy = _Choosy(runs, students_with(connection, DECISIVE))
    fates = _Fates(runs)
    delivered = failed = 0
    with connection.execute(_watchers(parcels)) as watchers:
        while part := watchers.fetchmany(_AT_ONCE):
            homes = choosy.homes(connection, ((parcels[n].lesson, who) for n, who, _ in part))
            found: dict[State, list[Receipt]] = {State.DELIVERED: [], State.FAILED: []}
            for number, who, attempt in part:
                one = parcels[number]
                fate = fates.of(one.lesson, homes.get(who))
                if fate:
                    found[fate.state].append(_receipt(one, week, who, attempt, fate, now))
            delivered += record_receipts(connection, found[State.DELIVERED], now)
            failed += record_receipts(connection, found[State.FAILED], now)
    return Settled(delivered, failed)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """The consignment of an airing, without those who watch it."""

    key: str
    lesson: int


def _parcels(connection: Connection, week: str, lessons: Iterable[int]) -> dict[int, _Parcel]:
    c = consignment.c
    query = select(c.id, c.key, c.lesson_id).where(c.week == week, c.channel == "broadcast")
    rows = connection.execute(query.where(among(c.lesson_id, lessons)))
    return {row.id: _Parcel(row.key, row.lesson_id) for row in rows}


def _watchers(parcels: Iterable[int]) -> Select[Any]:
    """Ask who watches, student by student: the lessons of one day change a student's row once."""
    c = consignment_content.c
    return (
        select(c.consignment_id, c.student_id, c.attempt)
        .where(among(c.consignment_id, parcels))
        .order_by(c.student_id, c.consignment_id, c.attempt)
        .execution_options(yield_per=_AT_ONCE)
    )


def _runs(
    connection: Connection, week: str, lessons: Collection[int], problem: Problem | None
) -> dict[int, list[_Run]]:
    stations = {
        one.id: Station(one.id, one.name, one.medium, one.regions)
        for one in (problem.channels if problem else ())
    }
    wanted = set(lessons)
    c = airing.c
    signed = signed_lessons(connection, week)
    rows = connection.execute(
        select(c.lesson_id, c.channel, c.start, c.status)
        .where(c.week == week, c.status != AiringStatus.MOVED)
        .order_by(c.start, c.channel)
    )
    runs: dict[int, list[_Run]] = defaultdict(list)
    for row in rows:
        if row.lesson_id in wanted:
            station = stations.get(row.channel, Station(row.channel, row.channel))
            day = row.start.astimezone(UTC).date()
            on_air = OnAir(station, row.start, day, row.lesson_id in signed)
            runs[row.lesson_id].append(_Run(on_air, AiringStatus(row.status)))
    return runs


class _Choosy:
    """The homes for which it matters what ran on which channel; no other is read."""

    def __init__(self, runs: Mapping[int, Sequence[_Run]], needy: Iterable[int]) -> None:
        self._needy = frozenset(needy)
        self._parted = frozenset(
            lesson
            for lesson, some in runs.items()
            if len({one.on_air.station for one in some}) > 1
            and len({one.status for one in some}) > 1
        )

    def homes(self, connection: Connection, asked: Iterable[tuple[int, int]]) -> dict[int, Home]:
        """Return those of some lessons and students, by student."""
        students = {who for n, who in asked if n in self._parted or who in self._needy}
        homes = read_homes(connection, students) if students else []
        return {one.student.id: one for one in homes}


class _Fates:
    """What became of each lesson for homes alike: a nation has few kinds of them."""

    def __init__(self, runs: Mapping[int, Sequence[_Run]]) -> None:
        self._runs = runs
        self._known: dict[tuple[int, Hashable], _Fate | None] = {}

    def of(self, lesson: int, home: Home | None) -> _Fate | None:
        """Return what the ledger hears of a lesson for a home; nothing while it is open."""
        key = lesson, likeness(home) if home else None
        if key not in self._known:
            self._known[key] = _became(self._runs[lesson], home)
        return self._known[key]


def _became(runs: Sequence[_Run], home: Home | None) -> _Fate | None:
    """Return what became of a lesson for a home.

    Where nothing is known to reach it, every airing counts that its student can follow.
    """
    usable = [one for one in runs if home is None or can_follow(one.on_air, home.student)]
    if not usable:
        return _NO_VARIANT
    heard = reaching([one.on_air for one in usable], home) if home else []
    states = {one.status for one in usable if not heard or one.on_air in heard}
    if AiringStatus.AIRED in states:
        return _GOT
    return _NOT_AIRED if states.isdisjoint(_AHEAD) else None


def _receipt(
    one: _Parcel, week: str, student: int, attempt: int, fate: _Fate, now: datetime
) -> Receipt:
    return Receipt(
        key=receipt_key(one.key, student, attempt, fate.source),
        week=week,
        student=student,
        lessons=(one.lesson,),
        state=fate.state,
        channel="broadcast",
        at=now,
        attempt=attempt,
        source=fate.source,
        reason=fate.reason,
        consignment=one.key,
    )
