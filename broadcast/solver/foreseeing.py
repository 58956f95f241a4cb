"""Which crossings the repeats will make good, so that the search for a grid need not avoid them.

With few repeats, a grid that crosses some airings heavily and the others hardly is better than one
that crosses all a little: the repeats give back the heavy ones. The search finds such a grid when
it pays for a crossing little more than the last repeat is worth. What that is, short searches with
all their repeats find out; the first of them foresees nothing, so nothing is lost where it is best.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

TRIES: Final = 5
BEYOND: Final = 0.1
"""What is aired again still costs a tenth: not every home can wait for the repeat."""
STEP: Final = 1.5


@dataclass(frozen=True, slots=True)
class Left:
    """What homes lose in a grid before and after its repeats, and what the last one gave back.

    ``last`` is 0 where there were more repeats than were of use.
    """

    before: int
    after: int
    last: int

    @property
    def cost(self) -> float:
        """What grids are compared by."""
        return self.after + BEYOND * (self.before - self.after)


def foreseen(
    crossing: Sequence[Sequence[int]], tried: Callable[[Sequence[Sequence[int]]], Left]
) -> Sequence[Sequence[int]]:
    """Return the crossings as the search should see them; ``tried`` lays out a grid by them."""
    found = tried(crossing)
    best, least = crossing, found.cost
    most, low, high = float(found.last), 0.0, 0.0
    for _ in range(TRIES - 1):
        if not found.last:
            break
        seen = capped(crossing, most)
        found = tried(seen)
        if found.cost < least:
            best, least = seen, found.cost
        if found.last > most:
            low = most
        else:
            high = most
        most = sqrt(low * high) if low and high else most * (STEP if low else 1 / STEP)
    return best


def capped(crossing: Sequence[Sequence[int]], most: float) -> list[list[int]]:
    """Return the crossings, a tenth of what each is above ``most``."""
    return [
        [one if one <= most else int(most + BEYOND * (one - most)) for one in row]
        for row in crossing
    ]
