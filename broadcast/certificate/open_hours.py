"""Which channels are open together in which minutes of a week, and for which students."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from broadcast.problem.model import Channel, Hours, Problem, Stream
from broadcast.problem.moments import moment

Interval = tuple[int, int]
_DAY = 24 * 60


def open_hours(
    problem: Problem, streams: Sequence[Stream], *, wide: bool = False
) -> list[tuple[int, frozenset[str], frozenset[str]]]:
    """Return minutes, the channels open in them, and the streams that may be aired in them.

    ``wide`` opens hours for repeats and those agreed as a reserve as well: make-ups stand there.
    """
    open_at = {one.id: _open(problem, one, wide=wide) for one in problem.channels}
    reserves = [reserve for one in problem.channels for reserve in one.reserves if wide]
    for one in problem.channels:
        hours = [reserve.hours for reserve in reserves if reserve.channel == one.id]
        open_at[one.id] = open_at[one.id] + _times(problem, one, hours)
    blocked = {one.id: _times(problem, one, one.blocked) for one in problem.channels}
    may = {one.id: _suits(problem, one) for one in streams}
    edges = {
        edge
        for of in (open_at, blocked, may)
        for all_ in of.values()
        for both in all_
        for edge in both
    }
    found: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
    for start, end in pairwise(sorted(edges)):
        channels = frozenset(
            name
            for name, hours in open_at.items()
            if _holds(hours, start, end) and not _holds(blocked[name], start, end)
        )
        if channels:
            allowed = frozenset(name for name, hours in may.items() if _holds(hours, start, end))
            found[channels, allowed] += end - start
    return [(minutes, *key) for key, minutes in found.items()]


def _holds(hours: Iterable[Interval], start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last in hours)


def _open(problem: Problem, channel: Channel, *, wide: bool) -> list[Interval]:
    hours = channel.windows + channel.repeat_windows if wide else channel.windows
    return _times(problem, channel, hours)


def _times(problem: Problem, channel: Channel, hours: Iterable[Hours]) -> list[Interval]:
    return [
        (
            _minute(moment(problem, channel, day, one.start)),
            _minute(moment(problem, channel, day, one.end)),
        )
        for one in hours
        for day in one.days
    ]


def _suits(problem: Problem, stream: Stream) -> list[Interval]:
    """Return when lessons of a stream may be aired in at least one of its regions."""
    if stream.earliest <= 0 and stream.latest >= 2 * _DAY:
        return [(0, 2**40)]
    found = []
    for zone in sorted({problem.regions[region] for region in stream.regions}):
        for day in range(-1, problem.meta.days + 1):
            date = problem.meta.first_day + timedelta(days=day)
            midnight = datetime.combine(date, time(), ZoneInfo(zone))
            found.append(
                (
                    _minute(midnight + timedelta(minutes=stream.earliest)),
                    _minute(midnight + timedelta(minutes=stream.latest)),
                )
            )
    return found


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)
