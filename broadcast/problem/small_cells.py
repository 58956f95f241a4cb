"""Which kinds of homes are told: none with fewer homes than five, so that no home can be known.

What is too small gives up its region, then joins the nearest larger kind with as many children;
if there is none, the kinds of one number of children join, and at last those of another number.
The number of homes stays right. Fewer than five homes in all are not told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

from broadcast.problem.model import SMALL_CELL, HomeKind

Kind = tuple[int, tuple[str, ...], int, int, str]
"""Children, streams, sets, radios, region."""
_MOST_SHARED: Final = 8
"""Beyond so many streams of one home subsets of them are not tried: there are too many."""


def told_count(count: int) -> int:
    """Return a number of students as it may be told: fewer than five are five at most."""
    return SMALL_CELL if 0 < count < SMALL_CELL else count


def merged(homes: Iterable[HomeKind]) -> tuple[HomeKind, ...]:
    """Join small kinds of homes with their neighbours; in order, and the same for any order."""
    counts: Counter[Kind] = Counter()
    for one in homes:
        counts[_key(one)] += one.count
    counts = _without_region(counts)
    by_children: dict[int, Counter[Kind]] = defaultdict(Counter)
    for key, count in counts.items():
        by_children[key[0]][key] = count
    return tuple(_home(key, count) for key, count in sorted(_joined(by_children).items()))


def _key(one: HomeKind) -> Kind:
    return one.children, tuple(sorted(one.streams)), one.tv_sets, one.radios, one.region


def _home(key: Kind, count: int) -> HomeKind:
    children, streams, tv_sets, radios, region = key
    return HomeKind(streams, count, children, tv_sets, radios, region)


def _without_region(counts: Mapping[Kind, int]) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    for key, count in counts.items():
        if count > 0:
            found[key if count >= SMALL_CELL else (*key[:4], "")] += count
    return found


def _joined(by_children: Mapping[int, Counter[Kind]]) -> dict[Kind, int]:
    """Join within a number of children, from many to few; what is left goes to fewer children."""
    found: dict[Kind, int] = {}
    left: Counter[Kind] = Counter()
    for children in sorted(by_children, reverse=True):
        cells = by_children[children]
        for key, count in left.items():
            cells[(children, *key[1:])] += count
        large, left = _joined_cells(cells)
        found |= large
    return _with_rest(found, left)


def _joined_cells(cells: Mapping[Kind, int]) -> tuple[dict[Kind, int], Counter[Kind]]:
    """Return the large cells with the small ones in them, or what stays too small."""
    large = {key: count for key, count in cells.items() if count >= SMALL_CELL}
    small = {key: count for key, count in cells.items() if count < SMALL_CELL}
    if large:
        nearest = _Nearest(large)
        for key, count in small.items():
            large[nearest.to(key)] += count
        return large, Counter()
    whole = sum(small.values())
    if whole < SMALL_CELL:
        return {}, Counter(small)
    return {min(small, key=lambda key: (-small[key], key)): whole}, Counter()


def _with_rest(found: dict[Kind, int], left: Mapping[Kind, int]) -> dict[Kind, int]:
    """Give what stayed small among few children to the nearest kind with more."""
    if found and left:
        children = min(key[0] for key in found)
        nearest = _Nearest({key: count for key, count in found.items() if key[0] == children})
        for key, count in left.items():
            found[nearest.to(key)] += count
    return found


class _Nearest:
    """Finds the kind that shares most streams; among such with as many sets, then the largest."""

    def __init__(self, large: Mapping[Kind, int]) -> None:
        self._best: dict[tuple[object, ...], Kind] = {}
        for key in sorted(large, key=lambda key: (-large[key], key)):
            for part in _parts(key[1]):
                self._best.setdefault((part, key[2], key[3]), key)
                self._best.setdefault((part,), key)

    def to(self, key: Kind) -> Kind:
        for part in _parts(key[1]):
            found = self._best.get((part, key[2], key[3])) or self._best.get((part,))
            if found:
                return found
        raise AssertionError("every kind shares no stream at all with every other")


def _parts(streams: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Return the subsets of streams, the greatest first, the empty one last."""
    streams = streams[:_MOST_SHARED]
    for size in range(len(streams), -1, -1):
        yield from combinations(streams, size)
