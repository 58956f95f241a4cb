"""Which students got a lesson from the air and which did not, from what became of its airings.

One airing that reaches a home is enough. While another that reaches it is still to come, or nobody
has said what became of it, nothing is lost. What a student cannot follow never counts: whom the
air was to bring nothing else has lost the lesson.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
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
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Consignment, Content, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes, students_with

_AHEAD: Final = frozenset({AiringStatus.PLANNED, AiringStatus.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Settled:
    """How many lessons of students were found to be delivered, and how many lost; only new ones.

    ``lost`` names them: student and lesson.
    """

    delivered: int = 0
    failed: int = 0
    lost: tuple[tuple[int, int], ...] = ()


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
    consignments = [
        one
        for one in read_consignments(connection, week=week, channel="broadcast")
        if one.lesson in runs
    ]
    homes = _homes(connection, consignments, runs)
    found: dict[State, list[Receipt]] = {State.DELIVERED: [], State.FAILED: []}
    known: dict[tuple[int, Hashable], _Fate | None] = {}
    for one in consignments:
        lesson = one.lesson or 0
        for content in one.contents:
            home = homes.get(content.student)
            key = lesson, likeness(home) if home else None
            if key not in known:
                known[key] = _became(runs[lesson], home)
            fate = known[key]
            if fate:
                found[fate.state].append(_receipt(one, content, fate, now))
    delivered = record_receipts(connection, found[State.DELIVERED], now)
    failed = record_receipts(connection, found[State.FAILED], now)
    lost = sorted((one.student, one.lessons[0]) for one in found[State.FAILED])
    return Settled(delivered, failed, tuple(lost))


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


def _homes(
    connection: Connection,
    consignments: Sequence[Consignment],
    runs: Mapping[int, Sequence[_Run]],
) -> dict[int, Home]:
    """Return the homes for which it matters what ran on which channel; no other is read."""
    parted = {
        lesson
        for lesson, some in runs.items()
        if len({one.on_air.station for one in some}) > 1 and len({one.status for one in some}) > 1
    }
    needy = set(students_with(connection, DECISIVE))
    students = {
        content.student
        for one in consignments
        for content in one.contents
        if one.lesson in parted or content.student in needy
    }
    return {one.student.id: one for one in read_homes(connection, students)} if students else {}


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


def _receipt(one: Consignment, content: Content, fate: _Fate, now: datetime) -> Receipt:
    made = airing_receipt(one, content, fate.state, fate.source, now)
    return replace(made, reason=fate.reason)
