"""What fits into the hours that are lent and what does not: told before any timetable is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from broadcast.capacity.choosing import choose
from broadcast.capacity.rooms import Rooms
from broadcast.plan.model import Unplaced
from broadcast.problem.model import Channel, Lesson, Problem
from broadcast.problem.open_hours import minutes_of_spans, open_spans, without

NEARLY_FULL: Final = 0.95
"""A channel filled to this share has no room for what falls out."""


@dataclass(frozen=True, slots=True)
class ChannelRoom:
    """The minutes of a channel in all planned days.

    ``offered`` for first runs, ``blocked`` of them, ``usable`` what is left; ``repeats`` are lent
    for repeats alone. ``used`` is what the lessons that fit take, with the gaps between them.
    """

    channel: str
    name: str
    offered: int
    blocked: int
    usable: int
    repeats: int
    used: int

    @property
    def fill(self) -> float:
        """The share of the usable minutes that is used."""
        return self.used / self.usable if self.usable else 0.0

    @property
    def has_slack(self) -> bool:
        """True when a lesson that falls out can be made up in the same hours."""
        return self.fill < NEARLY_FULL


@dataclass(frozen=True, slots=True)
class StreamRoom:
    """What a stream wishes, and what of it fits."""

    stream: str
    lessons: int
    minutes: int
    fitting_lessons: int
    fitting_minutes: int

    @property
    def left(self) -> int:
        """The lessons that do not fit."""
        return self.lessons - self.fitting_lessons


@dataclass(frozen=True, slots=True)
class Capacity:
    """What fits, channel by channel and stream by stream, and each lesson that does not."""

    channels: tuple[ChannelRoom, ...]
    streams: tuple[StreamRoom, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def lessons(self) -> int:
        """All lessons that are wished."""
        return sum(one.lessons for one in self.streams)

    @property
    def missing_minutes(self) -> int:
        """The minutes of the lessons that do not fit."""
        return sum(one.minutes - one.fitting_minutes for one in self.streams)

    @property
    def fill(self) -> float:
        """The share of all usable minutes that is used."""
        usable = sum(one.usable for one in self.channels)
        return sum(one.used for one in self.channels) / usable if usable else 0.0


def capacity_report(problem: Problem) -> Capacity:
    """Return what fits into the hours that are lent, and what does not."""
    lessons, unplaced, rooms = choose(problem)
    return Capacity(
        channels=tuple(_channel(problem, one, rooms) for one in problem.channels),
        streams=_streams(problem, lessons),
        unplaced=unplaced,
    )


def _channel(problem: Problem, one: Channel, rooms: Rooms) -> ChannelRoom:
    days = range(problem.meta.days)
    offered = sum(hours.minutes * len(hours.days) for hours in one.windows)
    usable = sum(minutes_of_spans(open_spans(one, day)) for day in days)
    repeats = sum(
        minutes_of_spans(
            without(open_spans(one, day, first_runs=False, repeats=True), open_spans(one, day))
        )
        for day in days
    )
    return ChannelRoom(
        channel=one.id,
        name=one.name,
        offered=offered,
        blocked=offered - usable,
        usable=usable,
        repeats=repeats,
        used=min(usable, rooms.used(one.id)),
    )


def _streams(problem: Problem, fitting: Iterable[Lesson]) -> tuple[StreamRoom, ...]:
    wished, minutes = _sums(problem.lessons)
    fits, fitting_minutes = _sums(fitting)
    return tuple(
        StreamRoom(
            stream=one.id,
            lessons=wished[one.id],
            minutes=minutes[one.id],
            fitting_lessons=fits[one.id],
            fitting_minutes=fitting_minutes[one.id],
        )
        for one in problem.streams
    )


def _sums(lessons: Iterable[Lesson]) -> tuple[Counter[str], Counter[str]]:
    count: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for one in lessons:
        count[one.stream] += 1
        minutes[one.stream] += one.minutes
    return count, minutes


def plain(capacity: Capacity) -> dict[str, Any]:
    """Return the report as plain values, for the report of a plan."""
    return {
        "fill": round(capacity.fill, 4),
        "lessons": capacity.lessons,
        "unplaced": len(capacity.unplaced),
        "missing_minutes": capacity.missing_minutes,
        "channels": [
            asdict(one) | {"fill": round(one.fill, 4), "has_slack": one.has_slack}
            for one in capacity.channels
        ],
        "streams": [asdict(one) for one in capacity.streams],
    }
