"""How many homes two streams on the air at once would part: the price of a crossing."""

from itertools import combinations
from typing import Final

from broadcast.problem.model import HomeKind, Medium, Policy, Problem

SCALE: Final = 10
MANY: Final = 3
"""Homes with so many children lose lessons that one repeat does not bring back."""


def weight(home: HomeKind, policy: Policy) -> int:
    """Return what a home counts, in tenths: a home with many children counts more."""
    times = policy.many_children_weight if home.children > MANY else 1.0
    return round(SCALE * home.count * times)


def crossings(problem: Problem) -> list[list[int]]:
    """Return, for each two streams, the weight of the homes that have a child in both.

    A home with a set for each of its children loses nothing; what is seen on a screen does not
    cross what is heard on the radio.
    """
    place = {stream.id: number for number, stream in enumerate(problem.streams)}
    medium = [stream.medium for stream in problem.streams]
    found = [[0] * len(place) for _ in place]
    for home in problem.homes:
        heavy = weight(home, problem.policy)
        streams = sorted({place[one] for one in home.streams if one in place})
        for one, other in combinations(streams, 2):
            if medium[one] == medium[other] and sets(home, medium[one]) < 2:
                found[one][other] += heavy
                found[other][one] += heavy
    return found


def sets(home: HomeKind, medium: Medium) -> int:
    """Return how many sets of a medium a home has."""
    return home.tv_sets if medium == Medium.TV else home.radios
