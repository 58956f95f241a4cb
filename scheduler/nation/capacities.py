"""How much paper, postage, seats and messages the drawn nation has: amounts by head.

Each region has a print shop and its own money for the post, each school a copier and a duty class.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from scheduler.model import EVERYWHERE, Capacity
from scheduler.nation.population import AREAS, Population
from scheduler.rules.channel_choice import Resource
from scheduler.solver.week_arrays import Ints, Longs, Reals

UNITS: Final = {
    Resource.PRINT_PAGES: "printed sides a week",
    Resource.POST_MONEY: "tenge a week",
    Resource.COPIER_PAGES: "printed sides a week",
    Resource.DUTY_SEATS: "students a week",
    Resource.MESSAGES: "messages a day",
    Resource.MARKING: "minutes a week",
}

_BY_REGION: Final = (
    (Resource.PRINT_PAGES, "print_sides_a_student"),
    (Resource.POST_MONEY, "post_tenge_a_student"),
)
_BY_SCHOOL: Final = (
    (Resource.COPIER_PAGES, "copier_sides_a_student"),
    (Resource.DUTY_SEATS, "duty_seats_a_student"),
)


def draw_capacities(
    population: Population, regions: Sequence[str], heads: Longs, schools: Longs, area: Ints
) -> tuple[Capacity, ...]:
    """Return what there is, by ``heads`` [regions, areas] and ``schools`` [schools]."""
    found: list[Capacity] = []
    for resource, item in _BY_REGION:
        by_area = np.array([population.share(item, name) for name in AREAS])
        for name, count in zip(regions, heads, strict=True):
            found.append(_whole(resource, name, float(count @ by_area)))
    for resource, item in _BY_SCHOOL:
        by_area = np.array([population.share(item, name) for name in AREAS])
        found += _by_school(resource, schools * by_area[area])
    messages = population.share("messages_a_student", AREAS[0]) * float(heads.sum())
    return (*found, _whole(Resource.MESSAGES, EVERYWHERE, messages))


def _by_school(resource: Resource, amounts: Reals) -> Iterator[Capacity]:
    for row, amount in enumerate(amounts.tolist()):
        yield _whole(resource, str(row + 1), amount)


def _whole(resource: Resource, key: str, amount: float) -> Capacity:
    return Capacity(resource, key, float(np.floor(amount + 0.5)), UNITS[resource])
