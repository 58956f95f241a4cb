"""Into how many envelopes a heavy pack goes, and where it is cut: never inside a lesson.

It is cut between two children rather than between two subjects, and between two subjects rather
than inside one, as long as the parts stay alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import Final

LEAST_SHARE: Final = 0.20
"""No part is smaller than this share of the largest, wherever lessons allow it."""
# What a cut costs, in squares of the mean part: a part may differ by a tenth of the mean, so that
# no subject is cut, and by a third, so that no part begins inside one.
_AT_A_CHILD: Final = 0.0
_AT_A_SUBJECT: Final = 0.02
_INSIDE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never cut: one lesson of one child with its answer sheets, in pages."""

    child: int
    subject: str
    pages: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Pages that every part has of its own, and those that each child adds to a part."""

    own: int
    children: tuple[int, ...]


Span = tuple[int, int]
"""The first piece of a part, and the first that is no longer in it."""


def split(pieces: Sequence[Piece], frame: Frame, most: int, least: int = 1) -> list[Span]:
    """Cut pieces, in their order, into the fewest parts of at most ``most`` pages each.

    Children are numbered from 0 in the order of their pieces. ``least`` is the number of parts
    that there must be. Returns nothing if a single piece does not fit.
    """
    measure = _measure(pieces, frame)
    if not pieces or any(measure(at, at + 1) > most for at in range(len(pieces))):
        return []
    found: list[list[Span]] = []
    for parts in range(min(max(least, 1), len(pieces)), len(pieces) + 1):
        for is_careful in (True, False):
            spans = _cut(pieces, measure, most, parts, is_careful)
            if spans and _is_even(spans, measure):
                return spans
            found += [spans] if spans else []
        # One part more than need be is paid for alike parts; two would be waste.
        if len(found) == 4:
            break
    return found[1]


Measure = Callable[[int, int], int]


def _measure(pieces: Sequence[Piece], frame: Frame) -> Measure:
    pages = [0, *accumulate(one.pages for one in pieces)]
    heads = [0, *accumulate(frame.children)]

    def of(start: int, end: int) -> int:
        children = heads[pieces[end - 1].child + 1] - heads[pieces[start].child]
        return frame.own + children + pages[end] - pages[start]

    return of


def _is_even(spans: Sequence[Span], measure: Measure) -> bool:
    sizes = [measure(*one) for one in spans]
    return min(sizes) >= LEAST_SHARE * max(sizes)


def _cut(
    pieces: Sequence[Piece], measure: Measure, most: int, parts: int, is_careful: bool
) -> list[Span]:
    """Cut into so many parts that their squares add up to the least; nothing if it cannot be."""
    size = len(pieces)
    mean = measure(0, size) / parts
    costs = [_cost(pieces, at) * mean**2 * is_careful for at in range(size)]
    best = [0.0] + [inf] * size
    begins: list[list[int]] = []
    for _ in range(parts):
        after, begin = [inf] * (size + 1), [0] * (size + 1)
        for end in range(1, size + 1):
            for start in range(end - 1, -1, -1):
                pages = measure(start, end)
                if pages > most:
                    break
                total = best[start] + pages**2 + costs[start]
                if total < after[end]:
                    after[end], begin[end] = total, start
        best = after
        begins.append(begin)
    return _spans(begins, size) if best[size] < inf else []


def _cost(pieces: Sequence[Piece], at: int) -> float:
    if at == 0 or pieces[at - 1].child != pieces[at].child:
        return _AT_A_CHILD
    return _INSIDE if pieces[at - 1].subject == pieces[at].subject else _AT_A_SUBJECT


def _spans(begins: Sequence[Sequence[int]], end: int) -> list[Span]:
    spans: list[Span] = []
    for begin in reversed(begins):
        spans.append((begin[end], end))
        end = begin[end]
    return spans[::-1]
