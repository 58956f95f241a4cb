"""What is known about the students of the country: regions, schools, homes, and who has what.

The tables lie in ``data`` with a mark for each number: S stated by a source, D derived, B belief.
Whoever knows better copies the folder, changes the numbers and names it with ``--tables``.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

LANGUAGES: Final = ("kk", "ru", "uz", "ug", "tj")
AREAS: Final = ("urban", "rural")


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its share of all students, its schools, and shares of city and languages."""

    name: str
    schools: int
    weight: float
    urban: float
    languages: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A number that somebody has published, to hold the drawn nation against."""

    figure: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Population:
    """All tables. ``access`` gives each item's share by area; ``homes`` shares by children."""

    regions: tuple[Region, ...]
    grades: Mapping[int, float]
    homes: Mapping[str, tuple[float, ...]]
    access: Mapping[str, Mapping[str, float]]
    schools: Mapping[str, float]
    published: tuple[Published, ...]

    def share(self, item: str, area: str) -> float:
        """Return a share or amount by area; a table that lacks it is refused by name."""
        try:
            return self.access[item][area]
        except KeyError:
            raise _missing(item) from None


def read_population(folder: Path | None = None) -> Population:
    """Read the tables of a folder, or those that are shipped."""
    place: Traversable = folder or resources.files("scheduler.nation") / "data"
    access = {
        row["item"]: {area: _number(row, area) for area in AREAS}
        for name in ("access.csv", "assumed.csv")
        for row in _rows(place, name, ("item", *AREAS))
    }
    return Population(
        regions=_regions(place),
        grades={int(r["grade"]): _number(r, "weight") for r in _rows(place, "grades.csv", _GRADE)},
        homes=_homes(place),
        access=access,
        schools=_schools(place),
        published=tuple(
            Published(row["figure"], _number(row, "value"), row["source"])
            for row in _rows(place, "channel_shares_2020.csv", ("figure", "value", "source"))
        ),
    )


_GRADE: Final = ("grade", "weight")
_REGION: Final = ("region", "schools_2018_19", "pupil_weight", "urban_share_B")


def _regions(place: Traversable) -> tuple[Region, ...]:
    names = tuple(f"lang_{language}_B" for language in LANGUAGES)
    return tuple(
        Region(
            name=row["region"],
            schools=int(_number(row, "schools_2018_19")),
            weight=_number(row, "pupil_weight"),
            urban=_number(row, "urban_share_B"),
            languages=tuple(_number(row, name) for name in names),
        )
        for row in _rows(place, "regions.csv", (*_REGION, *names))
    )


def _homes(place: Traversable) -> dict[str, tuple[float, ...]]:
    columns = ("area", "pupils_in_household", "share_of_households_B")
    rows = _rows(place, "households.csv", columns)
    return {
        area: tuple(_number(row, columns[2]) for row in rows if row["area"] == area)
        for area in AREAS
    }


def _schools(place: Traversable) -> dict[str, float]:
    rows = _rows(place, "school_shapes.csv", ("item", "value"))
    return {row["item"]: _number(row, "value") for row in rows}


def _rows(place: Traversable, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    file = place / name
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise JetkizError(
            N_("The population table {file} cannot be read: {reason}."),
            N_("Copy it from scheduler/nation/data of this program."),
            file=file,
            reason=error,
        ) from error
    rows = list(csv.DictReader(text.splitlines()))
    for column in columns:
        if not rows or rows[0].get(column) is None:
            raise JetkizError(
                N_("The population table {file} has no column {column}."),
                N_("Compare it with the table of this program: scheduler/nation/data."),
                file=file,
                column=column,
            )
    return rows


def _number(row: Mapping[str, Any], column: str) -> float:
    try:
        value = float(row[column])
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise JetkizError(
            N_("{value} in column {column} of a population table is no share and no amount."),
            N_("Write a number that is not below 0."),
            value=repr(row[column]),
            column=column,
        )
    return value


def _missing(item: str) -> JetkizError:
    return JetkizError(
        N_("The population tables say nothing about {item}."),
        N_("Copy the line from access.csv or assumed.csv of this program: scheduler/nation/data."),
        item=item,
    )
