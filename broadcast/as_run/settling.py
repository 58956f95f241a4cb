"""Which students got a lesson from the air and which did not, from what became of its airings.

One airing that reaches a home is enough. While another that reaches it is still to come, or nobody
has said what became of it, nothing is lost. What a student cannot follow never counts: whom the
air was to bring nothing else has lost the lesson.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select

from broadcast.airing_receipts import airing_receipt
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
from broadcast.watchers import Watcher, watchers
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes, students_with

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
    choosy = _Choosy(runs, students_with(connection, DECISIVE))
    fates = _Fates(runs)
    delivered = failed = 0
    for part in watchers(connection, week, runs):
        homes = choosy.homes(connection, part)
        found: dict[State, list[Receipt]] = {State.DELIVERED: [], State.FAILED: []}
        for one in part:
            fate = fates.of(one.lesson, homes.get(one.student))
            if fate:
                receipt = airing_receipt(week, one, fate.state, fate.source, now)
                found[fate.state].append(replace(receipt, reason=fate.reason))
        delivered += record_receipts(connection, found[State.DELIVERED], now)
        failed += record_receipts(connection, found[State.FAILED], now)
    return Settled(delivered, failed)


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

    def homes(self, connection: Connection, asked: Iterable[Watcher]) -> dict[int, Home]:
        """Return those of some who watch, by student."""
        students = {
            one.student for one in asked if one.lesson in self._parted or one.student in self._needy
        }
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
