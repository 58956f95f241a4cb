"""Which streams can be on the air at once, what that costs homes, and for how long hours allow it.

A cluster is a set of streams whose hours are shared out together. What streams of two clusters cost
each other is left out: that makes the bound lower, never wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod
from typing import Final

# A linear program of so many columns is solved in half a second.
MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Span:
    """So many minutes of a week; ``most`` streams of each pool fit in, ``total`` of all."""

    minutes: int
    most: tuple[int, ...]
    total: int
    allowed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Streams by number: the minutes each needs, and what each two cost in a minute together.

    ``pools`` are streams that the same channels can air; ``apart`` may not be aired at once.
    """

    minutes: tuple[int, ...]
    pools: tuple[tuple[int, ...], ...]
    costs: tuple[tuple[int, int, float], ...]
    apart: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]


Mixture = tuple[tuple[int, ...], float]


def size(streams: int, most: int) -> int:
    """Return how many mixtures there are of so many streams, at most so many at once."""
    return sum(comb(streams, count) for count in range(min(streams, most) + 1))


def columns(cluster: Cluster) -> int:
    """Return how many mixtures a cluster has at most."""
    return sum(
        prod(size(len(pool), most) for pool, most in zip(cluster.pools, span.most, strict=True))
        for span in cluster.spans
    )


def mixtures(cluster: Cluster, span: Span) -> Iterator[Mixture]:
    """Yield all streams that can be on the air at once, with what a minute of it costs."""
    costs = {(one, other): cost for one, other, cost in cluster.costs}
    apart = set(cluster.apart)
    allowed = set(span.allowed)
    by_pool = [
        [
            some
            for count in range(most + 1)
            for some in combinations([one for one in pool if one in allowed], count)
            if not any(pair in apart for pair in combinations(some, 2))
        ]
        for pool, most in zip(cluster.pools, span.most, strict=True)
    ]
    for parts in product(*by_pool):
        mixed = tuple(sorted(stream for part in parts for stream in part))
        pairs = list(combinations(mixed, 2))
        if len(mixed) <= span.total and not (apart and any(pair in apart for pair in pairs)):
            yield mixed, sum(costs.get(pair, 0.0) for pair in pairs)


def proven(cluster: Cluster, prices: list[float]) -> float:
    """Return the clash that prices of a minute of each stream prove; any prices prove something.

    Whatever is aired earns its prices; a minute can earn no more than its dearest mixture, less the
    clash of that mixture. So the clash is at least all that must be earned, less the dearest
    mixture in every minute there is. No solver has to be believed.
    """
    paid = [max(0.0, price) for price in prices]
    earned = sum(price * minutes for price, minutes in zip(paid, cluster.minutes, strict=True))
    return earned - sum(
        span.minutes
        * max(sum(paid[one] for one in mixed) - cost for mixed, cost in mixtures(cluster, span))
        for span in cluster.spans
    )
