"""Which homes are busy when: the price for each stream of being on beside what is on already."""

from collections.abc import Sequence

from broadcast.solver.board import Board, Placed


class Crowding:
    """For each five minutes, the weight of the homes that each stream shares with those on air."""

    def __init__(self, board: Board, crossing: Sequence[Sequence[int]]) -> None:
        """Begin with what stands on the board."""
        self.board = board
        self.crossing = crossing
        self._empty = [0] * len(crossing)
        self.sums: dict[int, list[int]] = {}
        for placed in board.placed:
            self.add(placed)

    def add(self, placed: Placed) -> None:
        """Count an airing that was just put on the board."""
        row = self.crossing[self.board.stream_of[placed.lesson]]
        for unit in range(placed.unit, placed.unit + self.board.length[placed.lesson]):
            old = self.sums.get(unit, self._empty)
            self.sums[unit] = [one + more for one, more in zip(old, row, strict=True)]

    def price(self, lesson: int, unit: int) -> int:
        """Return the weight of homes that would be parted by a lesson from this unit on."""
        stream, sums = self.board.stream_of[lesson], self.sums
        end = unit + self.board.length[lesson]
        return sum(sums[one][stream] for one in range(unit, end) if one in sums)
