"""Which lessons are aired again, and when: homes with one set for several children lose few then.

A home loses a lesson when two of its children have theirs at once. A repeat is worth the homes that
it gives the lesson back to; it goes where fewest of them are parted again. Never before the first
run is over, never after the next lesson of its subject begins.
"""

from heapq import heapify, heappop, heappush

from broadcast.solver.board import Board, Placed
from broadcast.solver.crowding import Crowding
from broadcast.solver.masks import bits


def add_repeats(board: Board, crowding: Crowding) -> int:
    """Put repeats on the board, the most useful first; return how many."""
    quota = board.problem.policy.repeat_quota
    most = len(board.first) * len(board.problem.channels) if quota < 0 else quota
    losses = Losses(board, crowding)
    queue = [(-gain, lesson) for lesson in board.first if (gain := losses.gain(lesson)) > 0]
    heapify(queue)
    done = 0
    while queue and done < most:
        gain, lesson = heappop(queue)
        now = losses.gain(lesson)
        if now <= 0:
            continue
        if now < -gain:
            heappush(queue, (-now, lesson))
            continue
        found = _cheapest(board, crowding, lesson, now)
        if found:
            board.place(found)
            crowding.add(found)
            losses.give_back(lesson)
            done += 1
    return done


class Losses:
    """Which lessons take each other's screen: pairs of first runs that are on the air at once."""

    def __init__(self, board: Board, crowding: Crowding) -> None:
        """Look for all pairs that part some home."""
        self.pairs: dict[int, dict[int, int]] = {}
        runs = sorted(
            (placed.unit, placed.unit + board.length[placed.lesson], placed.lesson)
            for placed in board.placed
            if not placed.is_repeat
        )
        on_air: list[tuple[int, int, int]] = []
        for start, end, lesson in runs:
            on_air = [one for one in on_air if one[1] > start]
            for _, _, other in on_air:
                weight = crowding.crossing[board.stream_of[lesson]][board.stream_of[other]]
                if weight and other != lesson:
                    both = weight * min(board.length[lesson], board.length[other])
                    self.pairs.setdefault(lesson, {})[other] = both
                    self.pairs.setdefault(other, {})[lesson] = both
            on_air.append((start, end, lesson))

    def gain(self, lesson: int) -> int:
        """Return the weight of the homes that a repeat of a lesson would help."""
        return sum(self.pairs.get(lesson, {}).values())

    def give_back(self, lesson: int) -> None:
        """Count a repeat: nobody loses this lesson or another one to it any more."""
        for other in self.pairs.pop(lesson, {}):
            del self.pairs[other][lesson]


def _cheapest(board: Board, crowding: Crowding, lesson: int, gain: int) -> Placed | None:
    """Return the place of a repeat that parts fewest homes again, if it is worth it."""
    best: tuple[int, int, int] | None = None
    for channel in board.reaches[board.stream_of[lesson]].channels:
        for unit in bits(board.repeat_starts(lesson, channel)):
            price = crowding.price(lesson, unit)
            if best is None or (price, unit, channel) < best:
                best = price, unit, channel
    return Placed(lesson, best[2], best[1], is_repeat=True) if best and best[0] < gain else None
