"""When a channel is open for lessons: its windows without what is blocked, and who may use it."""

from collections.abc import Iterable, Sequence

from broadcast.problem.model import Channel, Hours, Problem, Stream

Span = tuple[int, int]
"""First minute and the minute after the last."""


def open_spans(
    channel: Channel, day: int, *, first_runs: bool = True, repeats: bool = False
) -> list[Span]:
    """Return the open spans of a day in order: for first runs, for repeats alone, or for both."""
    windows = (channel.windows if first_runs else ()) + (channel.repeat_windows if repeats else ())
    return without(_joined(_on(windows, day)), _joined(_on(channel.blocked, day)))


def _on(hours: Iterable[Hours], day: int) -> list[Span]:
    return sorted((one.start, one.end) for one in hours if day in one.days)


def _joined(spans: Sequence[Span]) -> list[Span]:
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


def within_age(spans: Iterable[Span], stream: Stream) -> list[Span]:
    """Return what is left of spans between the earliest and the latest hour of a stream."""
    cut = ((max(start, stream.earliest), min(end, stream.latest)) for start, end in spans)
    return [(start, end) for start, end in cut if start < end]


def longest_span(problem: Problem, channel: Channel, stream: Stream) -> int:
    """Return the longest time in a row in which first runs of a stream may stand on a channel."""
    spans = (
        span
        for day in range(problem.meta.days)
        for span in within_age(open_spans(channel, day), stream)
    )
    return max((end - start for start, end in spans), default=0)
