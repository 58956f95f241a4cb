"""Whether there is room at the moment when second ways take over: for what really failed.

The plan counted what was expected. If more fails than that, the school's copier does not print more
for it: who finds no room is written down, and the first try goes on waiting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from jetkiz.channel import Channel, Screen
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Home, Need
from jetkiz.roster.register import read_homes, read_schools
from scheduler.capacities import shares_of
from scheduler.model import EVERYWHERE, PoolKey
from scheduler.plan_store import RunState, read_runs
from scheduler.problem import pages_of
from scheduler.rules.channel_choice import Resource, use_of_pack, use_of_pages
from scheduler.rules.page_counts import pages_for
from scheduler.rules.ties import tie_of

SECOND_WAYS: Final = "second_ways"
"""Where the report of a plan says how much room second ways have."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A lesson that goes a second way; those of one home and moment share a pack."""

    student: int
    lesson: int
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Look:
    """What the use of second ways is counted with."""

    pools: Mapping[PoolKey, float]
    homes: Mapping[int, Home]
    lessons: Mapping[int, Lesson]
    shares: Mapping[int, tuple[str, ...]]
    on_phone: frozenset[str]

    def use(self, one: Taking, paid: set[tuple[Any, ...]]) -> dict[PoolKey, float]:
        """Return what a lesson takes of each pool, with what it is the first to pay for."""
        home = self.homes.get(one.student)
        if home is None or one.lesson not in self.lessons:
            return {}
        is_large = Need.LARGE_PRINT in home.student.needs
        pages = pages_for(pages_of(self.lessons[one.lesson]), large_print=is_large)
        takes = [*use_of_pages(one.channel, pages).items()]
        pack = (home.student.household, one.channel, one.at)
        if pack not in paid:
            takes += use_of_pack(one.channel).items()
        message = (one.student, one.at)
        if one.channel in self.on_phone and message not in paid:
            takes.append((Resource.MESSAGES, 1.0))
        paid |= {pack, message}
        found: dict[PoolKey, float] = {}
        for resource, amount in takes:
            pool = self._pool(resource, home.student.school, one.at)
            if pool:
                found[pool] = found.get(pool, 0.0) + amount
        return found

    def _pool(self, resource: Resource, school: int, at: datetime) -> PoolKey | None:
        keys = (str(school), *self.shares.get(school, ()), EVERYWHERE)
        for key in keys:
            own = f"{key}@{at.weekday()}" if resource == Resource.MESSAGES else key
            if (resource, own) in self.pools:
                return resource, own
        return None


def with_room(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    earlier: Sequence[Taking],
    wanted: Sequence[Taking],
) -> set[tuple[int, int]]:
    """Return the students and lessons for which there is room beside what was taken ``earlier``.

    Of those who ask at one moment a student gets all there is room for before the next one; whose
    turn comes first is decided by what has nothing to do with them.
    """
    runs = [one for one in read_runs(connection, week) if one.state == RunState.PUBLISHED]
    # Plans of before second ways were counted say nothing of room.
    said = runs[0].report.get(SECOND_WAYS, []) if runs else []
    left = {(Resource(one["resource"]), one["key"]): one["room"] for one in said}
    if not left or not wanted:
        return {(one.student, one.lesson) for one in wanted}
    students = {one.student for one in (*earlier, *wanted)}
    lessons = {one.lesson for one in (*earlier, *wanted)}
    look = _Look(
        pools=left,
        homes={one.student.id: one for one in read_homes(connection, sorted(students))},
        lessons={one.id: one for one in read_lessons(connection, only=lessons)},
        shares=shares_of(read_schools(connection)),
        on_phone=frozenset(
            name for name, one in channels.items() if one.capabilities.screen == Screen.PHONE
        ),
    )
    paid: set[tuple[Any, ...]] = set()
    for one in earlier:
        for pool, amount in look.use(one, paid).items():
            left[pool] -= amount
    found = set()
    for one in sorted(wanted, key=lambda each: (tie_of(each.student), each.student)):
        fresh = set(paid)
        use = look.use(one, fresh)
        if all(left[pool] >= amount for pool, amount in use.items()):
            paid = fresh
            found.add((one.student, one.lesson))
            for pool, amount in use.items():
                left[pool] -= amount
    return found
