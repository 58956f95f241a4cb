"""Which streams have fewer lessons on some day than were promised, and what is said of it.

A day whose air is too short for its promise cannot be mended by a search. One lesson is then listed
without a place and says so: a person decides whether the day gets more air or the promise goes.
"""

from broadcast.plan.model import Unplaced
from broadcast.problem.model import Stream
from broadcast.solver.board import Board
from jetkiz.i18n import N_


def too_low(board: Board) -> tuple[Unplaced, ...]:
    """Take one lesson off the board for each stream with too few lessons on a day."""
    fixed = {one.lesson for one in board.problem.fixed}
    found = []
    for number, stream in enumerate(board.problem.streams):
        own = [lesson for lesson, of in enumerate(board.stream_of) if of == number]
        day = _short_day(board, number, stream)
        lessons = board.problem.lessons
        is_bound = any(
            one not in board.first or lessons[one].day is not None or lessons[one].id in fixed
            for one in own
        )
        if day is None or is_bound or len(own) < stream.per_day_min * len(_days(board, stream)):
            continue
        last = max(own, key=lambda one: (max(run.unit for run in board.first[one]), one))
        for placed in list(board.first[last]):
            board.take_off(placed)
        facts = {"day": day + 1, "limit": stream.per_day_min}
        reason = N_("Day {day} has no air for {limit} lessons of its students: give it more hours.")
        found.append(Unplaced(lessons[last].id, reason, facts))
    return tuple(found)


def _short_day(board: Board, number: int, stream: Stream) -> int | None:
    """Return the first day with fewer lessons than the stream was promised."""
    for day in _days(board, stream):
        if len(board.on_day.get((number, day), ())) < stream.per_day_min:
            return day
    return None


def _days(board: Board, stream: Stream) -> list[int]:
    """Return the days on which some channel lends hours for first runs to such a stream."""
    return sorted(
        {
            day
            for channel in board.problem.channels
            if stream.language in channel.languages and stream.medium == channel.medium
            for hours in channel.windows
            for day in hours.days
        }
    )
