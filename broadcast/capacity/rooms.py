"""How much of each open span of a channel is still free, for whom and by what limits.

A span is full when no minute is left of it, or of the part of it in which students of an age may
still watch. Breaks and siblings are left to the timetable: here only minutes are counted.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from broadcast.problem.model import Channel, Problem, Stream
from broadcast.problem.open_hours import (
    Span,
    channels_of,
    joined,
    minutes_of_spans,
    open_spans,
    slot_minutes,
    spans_for,
)


@dataclass(slots=True)
class Room:
    """An open span of a channel on one day; ``left`` minutes of each part of it are free."""

    channel: Channel
    day: int
    span: Span
    left: dict[Span, int]

    def take_at(self, minute: int, minutes: int) -> None:
        """Use minutes from a given one on."""
        for part in self.left:
            if part[0] <= minute < part[1]:
                self.left[part] -= minutes


@dataclass(slots=True)
class Place:
    """The part of a room that a stream may use; ``within`` are all parts that contain it."""

    room: Room
    span: Span
    within: tuple[Span, ...] = ()

    def free(self) -> int:
        """Return the minutes that are left: the fewest of all parts that contain this one."""
        left = self.room.left
        if len(self.within) == 1:
            return left[self.span]
        return min(left[span] for span in self.within)

    def take(self, minutes: int) -> None:
        """Use minutes of this part, and so of all that contain it."""
        for span in self.within:
            self.room.left[span] -= minutes


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a stream may be aired: each of ``parts`` needs a first run of every lesson."""

    stream: Stream
    parts: tuple[tuple[Place, ...], ...]
    day_minutes: dict[int, int]
    """Minutes of each day in which the stream can be on the air: never on two channels at once."""

    def minutes_of(self, day: int | None) -> int:
        """Return the minutes of a day, or of all days."""
        return sum(self.day_minutes.values()) if day is None else self.day_minutes.get(day, 0)


@dataclass(slots=True)
class Rooms:
    """All rooms of a problem, and what is counted of each stream by day, None for all days."""

    by_channel: dict[str, list[Room]]
    reaches: dict[str, Reach]
    lessons: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    minutes: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    subjects: Counter[tuple[str, str, int | None]] = field(default_factory=Counter)

    def used(self, channel: str) -> int:
        """Return the minutes that are taken of a channel."""
        rooms = self.by_channel[channel]
        return sum(one.span[1] - one.span[0] - one.left[one.span] for one in rooms)


def rooms_of(problem: Problem) -> Rooms:
    """Return all rooms, empty."""
    rooms = {
        channel.id: [
            Room(channel, day, span, {span: span[1] - span[0]})
            for day in range(problem.meta.days)
            for span in _on_grid(channel, open_spans(channel, day))
        ]
        for channel in problem.channels
    }
    reaches = {one.id: _reach(problem, one, rooms) for one in problem.streams}
    for place in (one for reach in reaches.values() for part in reach.parts for one in part):
        first, last = place.span
        place.within = tuple(
            span for span in place.room.left if span[0] <= first and last <= span[1]
        )
    return Rooms(rooms, reaches)


def _on_grid(channel: Channel, spans: list[Span]) -> list[Span]:
    """Return spans from the first to the last step of the grid; lessons begin on it."""
    step = channel.grid_min
    found = [(-(-start // step) * step, end) for start, end in spans]
    return [(start, end) for start, end in found if start < end]


def _reach(problem: Problem, stream: Stream, rooms: dict[str, list[Room]]) -> Reach:
    groups = covering(problem, stream)
    parts = tuple(
        tuple(
            Place(room, span)
            for channel in group
            for room in rooms[channel.id]
            for span in spans_for(problem, channel, stream, room.day, [room.span])
        )
        for group in groups
    )
    by_day: dict[int, list[Span]] = defaultdict(list)
    for place in (one for part in parts for one in part):
        place.room.left.setdefault(place.span, place.span[1] - place.span[0])
        by_day[place.room.day].append(place.span)
    day_minutes = {day: minutes_of_spans(joined(sorted(spans))) for day, spans in by_day.items()}
    return Reach(stream, parts, day_minutes)


def covering(problem: Problem, stream: Stream) -> tuple[tuple[Channel, ...], ...]:
    """Return groups of channels; a lesson needs a first run on one channel of each group.

    Where single channels reach all regions of a stream, they are the only group. Otherwise
    channels are taken that together do, the one that reaches most first.
    """
    found = channels_of(problem, stream)
    wanted = set(stream.regions)
    whole = tuple(one for one in found if wanted <= set(one.regions))
    if whole:
        return (whole,)
    groups = []
    left = wanted & {region for one in found for region in one.regions}
    while left:
        best = min(found, key=lambda one: (-len(left & set(one.regions)), one.id))
        groups.append((best,))
        left -= set(best.regions)
    return tuple(groups)


def taken(minutes: int, channel: Channel) -> int:
    """Return what a lesson takes of a channel: its slot and the gap behind it."""
    return slot_minutes(minutes, channel) + channel.min_gap
