"""When a channel is open for lessons: its windows without what is blocked, and who may use it."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from broadcast.problem.model import Channel, Hours, Problem, Stream
from broadcast.problem.moments import DAY, moment

Span = tuple[int, int]
"""First minute and the minute after the last."""


def open_spans(
    channel: Channel, day: int, *, first_runs: bool = True, repeats: bool = False
) -> list[Span]:
    """Return the open spans of a day in order: for first runs, for repeats alone, or for both."""
    windows = (channel.windows if first_runs else ()) + (channel.repeat_windows if repeats else ())
    return without(joined(_on(windows, day)), joined(_on(channel.blocked, day)))


def _on(hours: Iterable[Hours], day: int) -> list[Span]:
    return sorted((one.start, one.end) for one in hours if day in one.days)


def joined(spans: Sequence[Span]) -> list[Span]:
    """Return spans in order as one where they touch or overlap."""
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return what is left of spans where others are taken out; all in order."""
    left = list(spans)
    for start, end in taken:
        parts = [
            part
            for first, last in left
            for part in ((first, min(last, start)), (max(first, end), last))
        ]
        left = [(first, last) for first, last in parts if first < last]
    return left


def minutes_of_spans(spans: Iterable[Span]) -> int:
    """Return how long spans are together."""
    return sum(end - start for start, end in spans)


def slot_minutes(minutes: int, channel: Channel) -> int:
    """Return what a lesson takes of a channel: whole steps of its grid."""
    return -(-minutes // channel.grid_min) * channel.grid_min


def channels_of(problem: Problem, stream: Stream) -> list[Channel]:
    """Return the channels on which a stream may be aired: its medium and language, a region."""
    return [
        one
        for one in problem.channels
        if one.medium is stream.medium
        and stream.language in one.languages
        and not set(one.regions).isdisjoint(stream.regions)
    ]


def spans_for(
    problem: Problem, channel: Channel, stream: Stream, day: int, spans: Iterable[Span]
) -> list[Span]:
    """Return what is left of spans between the earliest and the latest hour of a stream.

    Those hours are by the clock of each region that hears the channel, which may be behind it.
    """
    ahead = _ahead(problem, channel, stream, day)
    first, last = stream.earliest - min(ahead), stream.latest - max(ahead)
    cut = ((max(start, first), min(end, last)) for start, end in spans)
    return [(start, end) for start, end in cut if start < end]


def _ahead(problem: Problem, channel: Channel, stream: Stream, day: int) -> set[int]:
    """Return by how many minutes clocks of regions are ahead of that of a channel, at noon."""
    zones = {
        problem.regions[region]
        for region in stream.regions
        if region in channel.regions and region in problem.regions
    }
    if zones <= {channel.zone}:
        return {0}
    noon = moment(problem, channel, day, DAY // 2)
    own = noon.astimezone(ZoneInfo(channel.zone)).utcoffset()
    found = {noon.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    return {
        int((one - own).total_seconds() // 60)
        for one in found
        if one is not None and own is not None
    }


def longest_span(problem: Problem, channel: Channel, stream: Stream) -> int:
    """Return the longest time in a row in which first runs of a stream may stand on a channel."""
    spans = (
        span
        for day in range(problem.meta.days)
        for span in spans_for(problem, channel, stream, day, open_spans(channel, day))
    )
    return max((end - start for start, end in spans), default=0)
