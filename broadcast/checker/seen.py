"""When and for whom an airing is on the air, worked out again from the zones alone.

A minute of a channel's day is what the clock on its wall shows, 1,440 and more after midnight;
where a clock shows an hour twice, the first of the two is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.plan.model import AiringKind, AiringStatus, PlannedAiring
from broadcast.problem.model import Channel, Hours, Lesson, Problem, Stream

_DAY: Final = 24 * 60
_OVER: Final = frozenset({AiringStatus.AIRED, AiringStatus.SHORT})


@dataclass(frozen=True, slots=True)
class Seen:
    """A standing airing; ``start`` and ``end`` are minutes since 1970, ``day`` of its channel.

    ``heard`` are the regions where its own students hear it.
    """

    airing: PlannedAiring
    lesson: Lesson
    stream: Stream
    channel: Channel
    start: int
    end: int
    day: int
    minute: int
    heard: frozenset[str]

    @property
    def is_run(self) -> bool:
        """True for a first run and for what was put in its place."""
        return self.airing.kind != AiringKind.REPEAT

    @property
    def is_late(self) -> bool:
        """True when it makes good what was lost: days, counts and usual hours bind it no more."""
        return self.airing.kind == AiringKind.MAKEUP or bool(self.airing.supersedes)

    @property
    def is_over(self) -> bool:
        """True when it was aired: nobody can mend it any more."""
        return self.airing.status in _OVER

    @property
    def time(self) -> str:
        """Its start by the clock of the channel."""
        return said(self.airing.start, self.channel.zone)


@dataclass(frozen=True, slots=True)
class Ground:
    """A problem by its names."""

    problem: Problem
    lessons: Mapping[str, Lesson]
    streams: Mapping[str, Stream]
    channels: Mapping[str, Channel]

    def seen(self, airing: PlannedAiring) -> Seen:
        """Return an airing whose lesson and channel exist, and whose start has a zone."""
        lesson, channel = self.lessons[airing.lesson], self.channels[airing.channel]
        stream = self.streams[lesson.stream]
        start = epoch(airing.start)
        day, minute = self.place(channel, airing.start)
        return Seen(
            airing=airing,
            lesson=lesson,
            stream=stream,
            channel=channel,
            start=start,
            end=start + airing.minutes,
            day=day,
            minute=minute,
            heard=frozenset(stream.regions) & frozenset(channel.regions),
        )

    def place(self, channel: Channel, at: datetime) -> tuple[int, int]:
        """Return the day of a channel, and the minute after the midnight that began it."""
        local = at.astimezone(ZoneInfo(channel.zone))
        day = (local.date() - self.problem.meta.first_day).days
        minute = local.hour * 60 + local.minute
        return (day - 1, minute + _DAY) if minute < channel.day_start else (day, minute)

    def at(self, channel: Channel, day: int, minute: int) -> int:
        """Return when the clock of a channel shows a minute of a day."""
        days, rest = divmod(minute, _DAY)
        shown = datetime.combine(self.date(day + days), datetime.min.time())
        local = shown.replace(hour=rest // 60, minute=rest % 60, tzinfo=ZoneInfo(channel.zone))
        return epoch(local)

    def intervals(self, channel: Channel, hours: tuple[Hours, ...]) -> list[tuple[int, int]]:
        """Return hours as times, those that touch made one."""
        found: list[tuple[int, int]] = []
        times = sorted(
            (self.at(channel, day, one.start), self.at(channel, day, one.end))
            for one in hours
            for day in one.days
        )
        for start, end in times:
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        return found

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self.problem.meta.first_day + timedelta(days=day)


def ground(problem: Problem) -> Ground:
    """Return a problem by its names."""
    streams = {one.id: one for one in problem.streams}
    return Ground(
        problem=problem,
        lessons={one.id: one for one in problem.lessons if one.stream in streams},
        streams=streams,
        channels={one.id: one for one in problem.channels},
    )


def epoch(at: datetime) -> int:
    """Return whole minutes since 1970."""
    return int(at.timestamp() // 60)


def said(at: datetime, zone: str) -> str:
    """Return a moment for people, by the clock of a zone; one without a zone as it stands."""
    local = at.astimezone(ZoneInfo(zone)) if at.tzinfo else at
    return f"{local:%Y-%m-%d %H:%M}"


def moment(minutes: int) -> datetime:
    """Return minutes since 1970 as a moment."""
    return datetime.fromtimestamp(minutes * 60, UTC)
