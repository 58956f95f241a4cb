"""How near the drawn nation comes to what was published about 2020, line by line.

Where the two differ, the words differ too: "without internet" in a village is not "no usable data
at home". The table is there so that nobody takes a drawn nation for a counted one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from jetkiz.i18n import N_
from scheduler.nation.curriculum import AIRED
from scheduler.nation.making import Tally
from scheduler.nation.population import AREAS, Population, Published

_TV_GRADES: Final = 22
_WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: what is compared, what was drawn, what was published, and by whom."""

    words: str
    drawn: float
    published: float
    source: str
    is_share: bool = True


def compare(tally: Tally, population: Population) -> Iterator[Compared]:
    """Hold the drawn nation against the published numbers."""
    known = {one.figure: one for one in population.published}
    everybody = known["pupils in 7391 schools"].value
    for words, fact, figure in _STUDENTS:
        one = known.get(figure)
        if one:
            share = tally.facts[fact] / tally.students
            yield Compared(words, share, one.value / everybody, one.source)
    yield from _schools(tally, population)
    yield from _tv(known)


_STUDENTS: Final = (
    (N_("Students with internet and a device"), "online", "pupils in trial online lessons"),
    (N_("Students without a computer"), "no_computer", "pupils without a computer"),
    (N_("Students without internet"), "no_network", "pupils in villages without internet"),
)


def _schools(tally: Tally, population: Population) -> Iterator[Compared]:
    sizes, area = np.concatenate(tally.schools), np.concatenate(tally.school_areas)
    rural = area == AREAS.index("rural")
    small = sizes[rural] < population.share("small_school", "rural")
    shapes = population.schools
    size = shapes["pupils_2020_21"] / shapes["schools_2020_21"]
    yield Compared(
        N_("Students of a school on average"),
        float(sizes.mean()),
        size,
        "primeminister.kz 2020-08",
        is_share=False,
    )
    yield Compared(
        N_("Schools in villages"),
        float(rural.mean()),
        shapes["rural_share_of_schools"],
        "school_shapes.csv",
    )
    if rural.any():
        yield Compared(
            N_("Small schools among them"),
            float(small.mean()),
            shapes["small_schools_share_of_rural"],
            "school_shapes.csv",
        )


def _tv(known: dict[str, Published]) -> Iterator[Compared]:
    one = known.get("TV lessons shown in quarter 4")
    if one:
        aired = float(AIRED * _TV_GRADES * _WEEKS)
        yield Compared(N_("TV lessons in a quarter"), aired, one.value, one.source, is_share=False)
