"""Lessons into the hours of their stream: one after another, with breaks."""

from collections.abc import Iterable, Mapping, Sequence

from broadcast.solver.board import Board, Placed
from broadcast.solver.masks import bits, touched
from broadcast.solver.spreading import Days
from broadcast.solver.template import Span


def lay(board: Board, days: Days, spans: Mapping[int, Sequence[Span]]) -> None:
    """Put every lesson into the span of its stream on its day; what does not fit stays off."""
    by_day: dict[tuple[int, int], list[int]] = {}
    for lesson, day in days.items():
        by_day.setdefault((day, board.stream_of[lesson]), []).append(lesson)
    for day in sorted(spans):
        for stream, parts in _by_stream(spans[day]).items():
            for lesson in by_day.get((day, stream), ()):
                lay_one(board, lesson, {part.channel: part.units for part in parts})


def _by_stream(spans: Iterable[Span]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for one in spans:
        found.setdefault(one.stream, []).append(one)
    return found


def lay_one(board: Board, lesson: int, within: Mapping[int, int]) -> bool:
    """Give a lesson its first run on each of these channels, as early as it may be, or none."""
    done: list[Placed] = []
    for channel, units in within.items():
        starts = board.first_starts(lesson, channel)
        starts &= ~touched(~units, board.length[lesson])
        unit = next((one for one in bits(starts) if board.rests(lesson, one)), None)
        if unit is None:
            for placed in done:
                board.take_off(placed)
            return False
        done.append(Placed(lesson, channel, unit))
        board.place(done[-1])
    return True
