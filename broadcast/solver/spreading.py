"""Which lesson of a stream is aired on which day, before any hour is chosen.

Days get as even a share as their air allows; a subject takes its days in order, one lesson a day
where the policy says so. A lesson that is tied to a day keeps it.
"""

from collections import Counter
from collections.abc import Sequence

from broadcast.problem.model import Problem
from broadcast.solver.board import Board

Days = dict[int, int]
"""The day of each lesson, by its place; a lesson that finds no day is left out."""
Load = Counter[tuple[int, int]]
"""The units that streams dealt before may take of a channel on a day."""


def spread(problem: Problem, board: Board) -> Days:
    """Deal the lessons of every stream over the days; what is fixed already counts."""
    found: Days = {}
    load: Load = Counter()
    for stream in range(len(problem.streams)):
        chains = [chain for (owner, _), chain in board.chain.items() if owner == stream]
        room = _Room(board, stream, chains, load)
        dealt: Days = {}
        for chain in sorted(chains, key=len, reverse=True):
            dealt |= _dealt(board, chain, room)
        for channel in _channels(board, stream):
            for number, day in dealt.items():
                load[channel, day] += board.length[number]
        found |= dealt
    return found


class _Room:
    """How many lessons more each day of a stream takes, and the minutes it has already."""

    def __init__(
        self, board: Board, stream: int, chains: Sequence[Sequence[int]], load: Load
    ) -> None:
        self.board = board
        self.left = _shares(board, stream, sum(len(chain) for chain in chains), load)
        self.used = [0] * len(self.left)
        for chain in chains:
            for number, day in tied(board, chain).items():
                self.take(number, day)

    def take(self, lesson: int, day: int) -> None:
        """Count a lesson on a day."""
        self.left[day] -= 1
        self.used[day] += self.board.length[lesson]


def tied(board: Board, chain: Sequence[int]) -> Days:
    """Return the lessons of a subject whose day is given: they are on the air, or tied to it."""
    days: Days = {}
    for number in chain:
        wanted = board.problem.lessons[number].day
        if number in board.first:
            placed = board.first[number][0]
            days[number] = board.day_of(placed.channel, placed.unit)
        elif wanted is not None and 0 <= wanted < board.problem.meta.days:
            days[number] = wanted
    return days


def _shares(board: Board, stream: int, lessons: int, load: Load) -> list[int]:
    """Split so many lessons over the days by their open air; extras go to the emptiest days.

    Of days as empty the one comes first on which other streams use least of the same channels:
    where the air is full, a day that is one lesson too long loses it.
    """
    air = open_air(board, stream)
    whole = sum(air)
    if not whole:
        return [0] * len(air)
    exact = [lessons * one / whole for one in air]
    shares = [int(one + 1e-9) for one in exact]
    channels = _channels(board, stream)
    used = [sum(load[channel, day] for channel in channels) for day in range(len(air))]
    order = sorted(
        (day for day in range(len(air)) if air[day]),
        key=lambda day: (round(shares[day] - exact[day], 6), used[day], day),
    )
    for extra in range(lessons - sum(shares)):
        shares[order[extra % len(order)]] += 1
    who = board.problem.streams[stream]
    _raise_to(shares, who.per_day_min, sorted(order))
    return [min(share, who.per_day_max) if who.per_day_max else share for share in shares]


def _raise_to(shares: list[int], least: int, open_days: Sequence[int]) -> None:
    """Give days with less air their least number of lessons, too, from the days that have most."""
    for day in open_days:
        while shares[day] < least:
            richest = max(open_days, key=lambda other: (shares[other], -other))
            if shares[richest] <= least:
                return
            shares[richest] -= 1
            shares[day] += 1


def open_air(board: Board, stream: int) -> list[int]:
    """Return, by day, the units in which first runs of a stream could stand."""
    return [
        sum(board.openings.day(channel, day).bit_count() for channel in _channels(board, stream))
        for day in range(board.problem.meta.days)
    ]


def _channels(board: Board, stream: int) -> list[int]:
    return sorted({channel for cover in board.reaches[stream].covers for channel in cover})


def _dealt(board: Board, chain: Sequence[int], room: _Room) -> Days:
    """Give the lessons of one subject their days and take them from the room of each day."""
    days = tied(board, chain)
    for part, first, last in _free_parts(board, chain, days):
        for number, day in zip(part, _chosen(board, len(part), room, first, last), strict=False):
            days[number] = day
            room.take(number, day)
    return {number: day for number, day in days.items() if number not in board.first}


def _free_parts(board: Board, chain: Sequence[int], days: Days) -> list[tuple[list[int], int, int]]:
    """Cut a subject at its tied lessons: what lies between must lie on the days between."""
    step = 1 if board.problem.policy.one_a_day else 0
    parts: list[tuple[list[int], int, int]] = []
    part: list[int] = []
    first = 0
    for number in chain:
        if number in days:
            parts.append((part, first, days[number] - step))
            part, first = [], days[number] + step
        else:
            part.append(number)
    parts.append((part, first, board.problem.meta.days - 1))
    return [one for one in parts if one[0]]


def _chosen(board: Board, count: int, room: _Room, first: int, last: int) -> list[int]:
    """Choose days for so many lessons of a subject, the days with most room first."""
    left = list(room.left)
    chosen: list[int] = []
    while len(chosen) < count:
        days = [day for day in range(first, last + 1) if left[day] > 0]
        best = sorted(days, key=lambda day: (-left[day], room.used[day], day))
        chosen += best[: count - len(chosen)]
        for day in best:
            left[day] -= 1
        if board.problem.policy.one_a_day or not best:
            break
    return sorted(chosen)
