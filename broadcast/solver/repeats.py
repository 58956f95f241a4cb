"""Which lessons are aired again, and when: homes with one set for several children lose few then.

A home loses a lesson when two of its children have theirs at once. A repeat is worth the homes that
lose the lesson and have their set free for the repeat. Never before the first run is over, never
after the next lesson of its subject begins.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from broadcast.solver.board import Board, Placed
from broadcast.solver.foreseeing import Left
from broadcast.solver.masks import bits, stretch, touched
from broadcast.solver.shared_sets import Knot, knots_of


def add_repeats(board: Board) -> Left:
    """Put repeats on the board, the most useful first; return what homes lose all the same."""
    quota = board.problem.policy.repeat_quota
    most = len(board.first) * len(board.problem.channels) if quota < 0 else quota
    search = Repeats(board)
    before = search.lost
    done = last = 0
    while done < most and (last := search.add_one()):
        done += 1
    return Left(before, search.lost, last)


class Repeats:
    """The search for repeats: lessons by the weight of the homes that lose them."""

    def __init__(self, board: Board) -> None:
        """Look for what homes lose on this board."""
        self.board = board
        self.knots = knots_of(board)
        for placed in board.placed:
            if placed.is_repeat and placed.lesson in self.knots:
                self._loosen(placed)
        self.lost = sum(one.home.weight * one.lost for one in self._all())
        self.queue = [(-self._bound(lesson), lesson) for lesson in self.knots]
        heapify(self.queue)

    def _all(self) -> Iterable[Knot]:
        """Return every knot once: it is known by each of its lessons."""
        return {id(one): one for knots in self.knots.values() for one in knots}.values()

    def _open(self, lesson: int) -> list[Knot]:
        """Return the knots that one more airing of a lesson may loosen."""
        return [one for one in self.knots[lesson] if one.lost and lesson not in one.again]

    def _bound(self, lesson: int) -> int:
        return sum(one.home.weight for one in self._open(lesson))

    def add_one(self) -> int:
        """Add the repeat that gives most homes a lesson back; return its worth, 0 without one.

        What a repeat is worth only falls while others are added, so a value that was worked out
        before is a bound: only the first of the queue is worked out again.
        """
        while self.queue:
            bound, lesson = heappop(self.queue)
            found = self._best(lesson)
            if found is None:
                continue
            value, placed = found
            if self.queue and value < min(-bound, -self.queue[0][0]):
                heappush(self.queue, (-value, lesson))
                continue
            self._place(placed)
            self.lost -= value
            heappush(self.queue, (-self._bound(lesson), lesson))
            return value
        return 0

    def _best(self, lesson: int) -> tuple[int, Placed] | None:
        """Return the worth and place of the best repeat of a lesson."""
        board = self.board
        knots = self._open(lesson)
        if not knots:
            return None
        best: tuple[int, int, int, int, int] | None = None
        known: dict[tuple[str, ...], tuple[list[Knot], int]] = {}
        for channel in board.reaches[board.stream_of[lesson]].channels:
            regions = board.problem.channels[channel].regions
            if regions not in known:
                heard = [one for one in knots if one.home.region in ("", *regions)]
                known[regions] = heard, sum(one.home.weight for one in heard)
            heard, whole = known[regions]
            starts = board.repeat_starts(lesson, channel)
            for unit, lost in self._prices(heard, starts, board.length[lesson]):
                if whole <= lost:
                    continue
                rank = (lost - whole, board.is_usual(channel, unit), 0, unit, channel)
                if best is None or rank < best:
                    best = rank
        return (-best[0], Placed(lesson, best[4], best[3], is_repeat=True)) if best else None

    def _prices(self, knots: Iterable[Knot], starts: int, length: int) -> Iterable[tuple[int, int]]:
        """Return each start with the weight of the homes whose set is taken then."""
        prices = dict.fromkeys(bits(starts), 0)
        for knot in knots:
            for unit in bits(touched(knot.home.busy, length) & starts):
                prices[unit] += knot.home.weight
        return prices.items()

    def _place(self, placed: Placed) -> None:
        self._loosen(placed)
        self.board.place(placed)

    def _loosen(self, placed: Placed) -> None:
        """Give the lesson back to the homes that lose it and have a set free."""
        regions = self.board.problem.channels[placed.channel].regions
        mask = stretch(placed.unit, self.board.length[placed.lesson])
        for knot in self._open(placed.lesson):
            home = knot.home
            if not home.busy & mask and home.region in ("", *regions):
                home.busy |= mask
                knot.lost -= 1
                knot.again.add(placed.lesson)
