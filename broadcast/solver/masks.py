"""Minutes of a week as the bits of one number: five minutes a bit, thousands in one step."""

from collections.abc import Iterable, Iterator
from typing import Final

from broadcast.problem.model import GRID

UNIT: Final = GRID


def units(minutes: int) -> int:
    """Return how many five minutes cover this many minutes."""
    return -(-minutes // UNIT)


def stretch(start: int, length: int) -> int:
    """Return the bits from ``start`` on, ``length`` of them."""
    return ((1 << length) - 1) << start if length > 0 and start >= 0 else 0


def joined(masks: Iterable[int]) -> int:
    """Return the bits that are in any of these."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def touched(taken: int, length: int) -> int:
    """Return the starts at which something of this length would touch a bit that is taken."""
    found, done = taken, 1
    while done < length:
        step = min(done, length - done)
        found |= found >> step
        done += step
    return found


def widened(taken: int, by: int) -> int:
    """Return the bits that are taken, and as many on both sides of each."""
    return touched(taken, by + 1) | (touched(taken, by + 1) << by) if by else taken


def bits(mask: int) -> Iterator[int]:
    """Yield the places of all bits, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def lowest(mask: int) -> int:
    """Return the place of the lowest bit; -1 when there is none."""
    return (mask & -mask).bit_length() - 1


def highest(mask: int) -> int:
    """Return the place of the highest bit; -1 when there is none."""
    return mask.bit_length() - 1


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """Yield first bit and length of each unbroken row of bits, the lowest first."""
    while mask:
        start = lowest(mask)
        length = lowest(~(mask >> start))
        yield start, length
        mask &= ~stretch(start, length)
