"""Why a lesson has no place on the air, in words that say what to change."""

from collections.abc import Iterator
from typing import Any

from broadcast.capacity.choosing import LONG_SIT
from broadcast.plan.model import Unplaced
from broadcast.problem.model import Medium
from broadcast.solver.board import Board
from jetkiz.i18n import N_

Reason = tuple[str, dict[str, Any]]


def unplaced(board: Board) -> tuple[Unplaced, ...]:
    """Return every lesson without a first run, and why."""
    lessons = board.problem.lessons
    missing = [number for number in range(len(lessons)) if number not in board.first]
    return tuple(Unplaced(lessons[one].id, *next(_reasons(board, one))) for one in missing)


def _reasons(board: Board, lesson: int) -> Iterator[Reason]:
    """Yield what stands in the way, what is hardest to change first."""
    yield from _of_channels(board, lesson)
    yield from _of_length(board, lesson)
    yield from _of_days(board, lesson)
    yield N_("At all hours that it could have, the air or its students are taken."), {}


def _of_channels(board: Board, lesson: int) -> Iterator[Reason]:
    reach = board.reaches[board.stream_of[lesson]]
    regions = {"regions": ", ".join(reach.missed)}
    if not reach.channels:
        yield N_("No channel of its kind carries its language where its students live."), {}
    if reach.missed:
        yield N_("No channel that could carry it is received in: {regions}."), regions
    stream = board.problem.streams[board.stream_of[lesson]]
    if stream.medium == Medium.RADIO and board.problem.lessons[lesson].needs_picture:
        yield N_("It needs pictures, and its students listen to the radio."), {}


def _of_length(board: Board, lesson: int) -> Iterator[Reason]:
    minutes = board.problem.lessons[lesson].minutes
    stream = board.problem.streams[board.stream_of[lesson]]
    covers = board.reaches[board.stream_of[lesson]].covers
    if stream.max_run and minutes > stream.max_run:
        facts = {"minutes": minutes, "limit": stream.max_run}
        yield LONG_SIT, facts
    lenders = [board.problem.channels[one] for cover in covers for one in cover]
    longest = max((hours.minutes for one in lenders for hours in one.windows), default=0)
    if minutes > longest:
        facts = {"minutes": minutes, "limit": longest}
        yield N_("It lasts {minutes} minutes, and the longest window has {limit}."), facts
    starts = board.openings.starts
    if not any(
        all(starts(stream, one, minutes, is_repeat=False) for one in cover) for cover in covers
    ):
        yield N_("No window suits the hours of its students and leaves room for its length."), {}


def _of_days(board: Board, lesson: int) -> Iterator[Reason]:
    one = board.problem.lessons[lesson]
    number = board.stream_of[lesson]
    if one.day is not None:
        day = {"day": one.day + 1}
        yield N_("It is tied to day {day}, and no air is left for it on that day."), day
    days = range(board.problem.meta.days)
    count = len(board.subject_chain(lesson))
    if board.problem.policy.one_a_day and count > len(days):
        facts = {"subject": one.subject, "count": count, "limit": len(days)}
        yield N_("{subject} has {count} lessons, one a day, in {limit} days."), facts
    most = board.problem.streams[number].per_day_max
    if most and all(len(board.on_day.get((number, day), ())) >= most for day in days):
        yield N_("Its students have {limit} lessons on each day already."), {"limit": most}
