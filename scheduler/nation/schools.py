"""How many students and schools each region and area has, and how big each school is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scheduler.nation.population import AREAS, Population, Region
from scheduler.solver.week_arrays import Longs

_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Area:
    """The city or the villages of one region: drawn in one piece."""

    region: int
    name: str
    students: int
    schools: int


def areas(population: Population, students: int) -> Iterator[Area]:
    """Share the students out over regions and areas, and give each its schools."""
    wanted = shared_out(students, [one.weight for one in population.regions])
    rural_schools = _rural_shares(population)
    all_schools = population.schools["schools_2020_21"]
    known = sum(one.schools for one in population.regions)
    # Fewer students than the country has are spread over fewer schools of the usual size.
    scale = all_schools / known * students / population.schools["pupils_2020_21"]
    for number, region in enumerate(population.regions):
        urban = round(int(wanted[number]) * region.urban)
        counts = (urban, int(wanted[number]) - urban)
        shares = (1 - rural_schools[number], rural_schools[number])
        for name, count, share in zip(AREAS, counts, shares, strict=True):
            if count:
                schools = max(1, round(region.schools * share * scale))
                yield Area(number, name, count, min(schools, count))


def shared_out(total: int, weights: list[float]) -> Longs:
    """Share whole numbers out in proportion; the largest remainders get what is left over."""
    exact = np.asarray(weights) / sum(weights) * total
    found = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - found), kind="stable")
    found[order[: total - int(found.sum())]] += 1
    return found


def _rural_shares(population: Population) -> list[float]:
    """Return each region's share of rural schools.

    A village school has fewer students than a city school, everywhere in the same proportion;
    the proportion is the one that gives the country's share of rural schools.
    """
    wanted = population.schools["rural_share_of_schools"]
    total = sum(one.schools for one in population.regions)
    low, high = 0.01, 1000.0
    for _ in range(_ROUNDS):
        middle = (low * high) ** 0.5
        rural = sum(_rural(one, middle) * one.schools for one in population.regions)
        low, high = (middle, high) if rural < wanted * total else (low, middle)
    return [_rural(one, high) for one in population.regions]


def _rural(region: Region, odds: float) -> float:
    rural = (1 - region.urban) * odds
    return rural / (rural + region.urban)


def school_ends(area: Area, spread: float, chance: np.random.Generator) -> Longs:
    """Return behind which student of the area each school ends; sizes are drawn."""
    sizes = chance.lognormal(0.0, spread, area.schools)
    ends: Longs = np.round(np.cumsum(sizes) / sizes.sum() * area.students).astype(np.int64)
    ends[-1] = area.students
    return ends
