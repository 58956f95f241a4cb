"""What follows for students when an airing changes: who lost a lesson, and what families are told.

A lesson of which no airing is left for a home has failed there: its second way takes over by
itself. Who has no other way is named first, for the planner.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from broadcast.airings import signed_lessons
from broadcast.as_run.importing import Imported
from broadcast.as_run.model import Outcome
from broadcast.as_run.settling import settle
from broadcast.plan.model import Plan, PlannedAiring
from broadcast.problem.model import Problem
from broadcast.receiving import OnAir, Station, can_follow, likeness, reaching
from broadcast.replanning.changes import Change, changes
from broadcast.revisions import Kept, publish, read_kept, read_published, take_week
from broadcast.tables import airing
from broadcast.watchers import Watcher, watchers
from jetkiz.channel import (
    AiringNews,
    Showing,
    TellsOfAirings,
    load_channels,
    switched_off,
)
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.lessons.tables import lesson
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_homes
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace

Tellers = Sequence[TellsOfAirings]

_AIR = "broadcast"
# The whole week of each of so many is in memory together.
_AT_ONCE = 5_000
_BAD = (Outcome.MISSED, Outcome.MOVED, Outcome.SHORT)


@dataclass(frozen=True, slots=True)
class Followed:
    """Whom a change concerns: students by number.

    ``alone`` have lost a lesson and have no other way; ``other_way`` have one, which takes over.
    ``told`` can read of it on a phone, ``untold`` cannot. ``lost`` are the codes of lessons that
    the air brings nobody any more.
    """

    concerned: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()
    other_way: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    untold: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Lost:
    """An airing that is not where families look for it, and what stands in its place, if any."""

    before: PlannedAiring
    after: PlannedAiring | None
    root: str
    change: str
    is_over: bool = False


def tellers(workplace: Workplace) -> Tellers:
    """Return the channels of a school that can tell families of airings."""
    channels = load_channels(workplace, switched_off(workplace.settings))
    return tuple(one for one in channels.values() if isinstance(one, TellsOfAirings))


def publish_and_tell(
    connection: Connection,
    tellers: Tellers,
    week: str,
    revision: int,
    who_and_when: tuple[str, datetime],
) -> tuple[Sequence[str], Followed]:
    """Put a revision in force; then settle what was lost and tell the families it concerns.

    ``who_and_when`` is who publishes and the moment. Return the codes of the airings that
    changed, and whom they concern. The first timetable of a week concerns nobody: families read
    it with the lessons of their day.
    """
    by, now = who_and_when
    take_week(connection, week)
    before = read_published(connection, week)
    codes = publish(connection, week, revision, by, now)
    after = read_kept(connection, week, revision)
    if before is None or not codes:
        return codes, Followed()
    return codes, follow_revision(connection, tellers, before, after, now)


def follow_revision(
    connection: Connection,
    tellers: Tellers,
    before: Kept,
    after: Kept,
    now: datetime,
) -> Followed:
    """Do what follows from the changes of a revision that is in force now; again, it is nothing."""
    known = {one.id for one in after.problem.lessons}
    old = Plan(
        before.plan.problem_id,
        before.plan.revision,
        before.plan.parent,
        before.plan.input_sha256,
        before.plan.solver,
        tuple(one for one in before.plan.airings if one.lesson in known),
    )
    found = (_of_change(one, after.plan, now) for one in changes(after.problem, old, after.plan))
    coming = [one for one in found if one and _is_ahead(one, now)]
    numbers = _lesson_numbers(connection, after.head.week, {one.before.id for one in coming})
    settle(connection, after.head.week, set(numbers.values()), after.problem, now)
    return _follow(connection, tellers, after, coming, now)


def _of_change(one: Change, after: Plan, now: datetime) -> _Lost | None:
    """What is new on the air was announced to nobody, unless it makes up for what was lost."""
    by_id = {row.id: row for row in after.airings}
    before = one.before or (by_id.get(one.after.supersedes) if one.after else None)
    if before is None:
        return None
    row = by_id.get(before.id, before)
    latest = one.after or row
    change = f"{latest.id}:{max(latest.sequence, row.sequence)}"
    return _Lost(before, one.after, _root(before, by_id), change, before.start <= now)


def _root(one: PlannedAiring, by_id: Mapping[str, PlannedAiring]) -> str:
    """Return the airing that families were told of first, over all that stood in its place."""
    seen = {one.id}
    while one.supersedes in by_id and one.supersedes not in seen:
        one = by_id[one.supersedes]
        seen.add(one.id)
    return one.id


def _is_ahead(one: _Lost, now: datetime) -> bool:
    return one.before.start > now or (one.after is not None and one.after.start > now)


def follow_log(
    connection: Connection,
    tellers: Tellers,
    week: str,
    imported: Imported,
    now: datetime,
) -> Followed:
    """Do what follows from a log: tell families what they did not see, and where it comes again."""
    if not imported.recorded.changed:
        return Followed()
    kept = read_published(connection, week)
    if kept is None:
        return Followed()
    bad = {one.airing: one for one in imported.as_run.outcomes if one.outcome in _BAD}
    new = set(imported.recorded.changed)
    by_id = {one.id: one for one in kept.plan.airings}
    lost = [
        _Lost(one, None, _root(one, by_id), str(bad[one.id].outcome), is_over=True)
        for one in kept.plan.airings
        if one.id in bad and one.id in new
    ]
    return _follow(connection, tellers, kept, lost, now)


def _follow(
    connection: Connection,
    tellers: Tellers,
    kept: Kept,
    lost: Sequence[_Lost],
    now: datetime,
) -> Followed:
    """Look a part at a time, then tell all at once: one message for all children of a phone."""
    week = kept.head.week
    numbers = _lesson_numbers(connection, week, {one.before.id for one in lost})
    lessons = set(numbers.values())
    air = _Air(kept.problem, kept.plan, signed_lessons(connection, week), now)
    heap = _Heap()
    for part in watchers(connection, week, lessons, _AT_ONCE):
        watching = _by_air(connection, week, part)
        homes = {one.student.id: one for one in read_homes(connection, _students(watching))}
        news = [
            item
            for one in lost
            if one.before.id in numbers
            for item in air.news(one, numbers[one.before.id], watching, homes)
        ]
        concerned = {one.student for one in news}
        heap.news += news
        heap.add_lost(connection, week, sorted(concerned), lessons)
    return heap.followed(connection, _tell(connection, tellers, heap.news, now))


class _Heap:
    """What is gathered of those concerned, part by part."""

    def __init__(self) -> None:
        self.news: list[AiringNews] = []
        self.alone: set[int] = set()
        self.other_way: set[int] = set()
        self.gone: set[int] = set()

    def add_lost(
        self, connection: Connection, week: str, students: Sequence[int], lessons: Collection[int]
    ) -> None:
        """Add who has lost a lesson and has no other way, who has one, and what the air lost."""
        failed = [
            one
            for one in lesson_states(connection, week, students)
            if one.lesson in lessons and one.channel == _AIR and one.state == State.FAILED
        ]
        alone = {one.student for one in failed if one.fallback is None}
        self.alone |= alone
        self.other_way |= {one.student for one in failed} - alone
        self.gone |= {one.lesson for one in failed}

    def followed(self, connection: Connection, told: set[int]) -> Followed:
        """Return it in order; ``told`` can read of it on a phone."""
        concerned = {one.student for one in self.news}
        c = lesson.c
        codes = select(c.code).where(among(c.id, self.gone)).order_by(c.code)
        return Followed(
            concerned=tuple(sorted(concerned)),
            alone=tuple(sorted(self.alone)),
            other_way=tuple(sorted(self.other_way)),
            told=tuple(sorted(concerned & told)),
            untold=tuple(sorted(concerned - told)),
            lost=tuple(connection.scalars(codes)),
        )


def _lesson_numbers(connection: Connection, week: str, codes: set[str]) -> dict[str, int]:
    c = airing.c
    rows = connection.execute(select(c.code, c.lesson_id).where(c.week == week))
    return {row.code: row.lesson_id for row in rows if row.code in codes}


Watching = Mapping[int, Sequence[int]]


def _by_air(connection: Connection, week: str, part: Sequence[Watcher]) -> Watching:
    """Return the students to whom the air was to bring each lesson, and does so still."""
    now_by_air = {
        (one.lesson, one.student)
        for one in lesson_states(connection, week, {one.student for one in part})
        if one.channel == _AIR
    }
    found: dict[int, set[int]] = defaultdict(set)
    for one in part:
        if (one.lesson, one.student) in now_by_air:
            found[one.lesson].add(one.student)
    return {number: sorted(some) for number, some in found.items()}


def _students(watching: Watching) -> list[int]:
    return sorted({student for some in watching.values() for student in some})


class _Air:
    """Where each lesson is to be seen from now on, for homes that receive this or that."""

    def __init__(
        self, problem: Problem, plan: Plan, signed: Collection[int], now: datetime
    ) -> None:
        self._now = now
        self._signed = signed
        self._stations = {
            one.id: Station(one.id, one.name, one.medium, one.regions) for one in problem.channels
        }
        self._ahead: dict[str, list[PlannedAiring]] = defaultdict(list)
        for one in sorted(plan.airings, key=lambda a: (a.start, a.id)):
            if one.stands and one.start > now:
                self._ahead[one.lesson].append(one)

    def news(
        self, one: _Lost, number: int, watching: Watching, homes: Mapping[int, Home]
    ) -> Iterable[AiringNews]:
        """Return what each home is told that would have seen the airing.

        Homes alike get one answer: a nation has few kinds of them.
        """
        known: dict[Hashable, tuple[Showing, Showing | None] | None] = {}
        for student in watching.get(number, ()):
            home = homes.get(student)
            if home is None:
                continue  # has left the school
            like = likeness(home)
            if like not in known:
                known[like] = self._seen(one, home, is_signed=number in self._signed)
            found = known[like]
            if found:
                before, after = found
                yield AiringNews(student, number, one.root, one.change, before, after, one.is_over)

    def _seen(
        self, one: _Lost, home: Home, *, is_signed: bool
    ) -> tuple[Showing, Showing | None] | None:
        """Where nothing is known to reach a home that was planned all the same, all counts."""
        mine = self._on_air(one.before, is_signed=is_signed)
        if not can_follow(mine, home.student):
            return None
        ahead = {
            other: self._on_air(other, is_signed=is_signed)
            for other in self._ahead[one.before.lesson]
        }
        heard = reaching(ahead.values(), home)
        if heard and not reaching([mine], home):
            return None
        again = (other for other, aired in ahead.items() if not heard or aired in heard)
        instead = one.after or next(again, None)
        return self._showing(one.before), self._showing(instead) if instead else None

    def _station(self, one: PlannedAiring) -> Station:
        return self._stations.get(one.channel, Station(one.channel, one.channel))

    def _on_air(self, one: PlannedAiring, *, is_signed: bool) -> OnAir:
        return OnAir(self._station(one), one.start, one.start.astimezone(UTC).date(), is_signed)

    def _showing(self, one: PlannedAiring) -> Showing:
        station = self._station(one)
        return Showing(one.start, station.name, station.medium == "radio")


def _tell(
    connection: Connection, tellers: Tellers, news: Sequence[AiringNews], now: datetime
) -> set[int]:
    if not news:
        return set()
    return {student for one in tellers for student in one.tell_of_airings(connection, news, now)}
