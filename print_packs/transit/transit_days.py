"""How many days the post takes from one office to another, and what that number rests on.

An index has six digits: two for the region, two for the district, two for the office. What a school
wrote down itself wins over the table of 2020 between regional centres; where nothing is known, the
widest span of that table is taken.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.model import NOT_POSTED

_DATA: Final = Path(__file__).parent / "data"
TABLE_DATE: Final = "2020-01-01"
OWN_FILE: Final = "transit_days.csv"
_OFFICE, _DISTRICT, _REGION = 6, 4, 2
_MOST_DAYS: Final = 90


class Basis(StrEnum):
    """What a number of days rests on, the surest first."""

    MEASURED = "measured"  # our own packs on this way
    PAIR = "pair"  # the school wrote down these two offices
    DISTRICT = "district"  # the school wrote down these two districts
    REGION = "region"  # the table between regional centres, or the school for two regions
    MIRRORED = "mirrored"  # the same table, read in the other direction
    DEFAULT = "default"  # nothing is known
    HAND = NOT_POSTED  # no post carries it


BASIS_WORDS: Final = {
    Basis.MEASURED: N_("measured by our own packs"),
    Basis.PAIR: N_("written down for these two offices"),
    Basis.DISTRICT: N_("written down for these two districts"),
    Basis.REGION: N_("Kazpost's table of 2020 between regional centres"),
    Basis.MIRRORED: N_("Kazpost's table of 2020, read in the other direction"),
    Basis.DEFAULT: N_("nothing is known of this way"),
    Basis.HAND: N_("by hand, without the post"),
}


@dataclass(frozen=True, slots=True)
class Transit:
    """Days from the counter of one office to that of another, at least and at most."""

    least: int
    most: int
    basis: Basis


DEFAULT: Final = Transit(2, 8, Basis.DEFAULT)
Ways = Mapping[tuple[str, str], Transit]
"""Days by the beginnings of two indexes, which are of equal length."""


def transit(from_index: str, to_index: str, own: Ways | None = None) -> Transit:
    """Return the days between two offices: the pair, their districts, their regions, the default.

    ``own`` is what ``read_own`` returned. Within a village and its district the table knows no more
    than within its regional centre; what the last leg adds is a setting.
    """
    for digits in (_OFFICE, _DISTRICT, _REGION):
        found = (own or {}).get((from_index[:digits], to_index[:digits]))
        if found and len(from_index) >= digits <= len(to_index):
            return found
    pair = (_centre(from_index), _centre(to_index))
    return _table().get(pair, DEFAULT)


def _centre(index: str) -> str:
    centres = _centres()
    return centres.get(index[:_DISTRICT]) or centres.get(index[:_REGION], "")


@cache
def _centres() -> dict[str, str]:
    with (_DATA / "centres.csv").open(encoding="utf-8", newline="") as file:
        return {row["index_start"]: row["centre"] for row in csv.DictReader(file)}


@cache
def _table() -> dict[tuple[str, str], Transit]:
    bases = {"read": Basis.REGION, "mirrored": Basis.MIRRORED}
    with (_DATA / "transit_days_2020.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["from_centre"], row["to_centre"]): Transit(
                int(row["min_days"]), int(row["max_days"]), bases[row["basis"]]
            )
            for row in csv.DictReader(file)
            if row["basis"] in bases
        }


def read_own(data: Path) -> Ways:
    """Return what a school wrote down in ``post/transit_days.csv`` of its data folder.

    Columns from, to, least, most; from and to are indexes of six digits, or the first four of two
    districts, or the first two of two regions.
    """
    file = data / "post" / OWN_FILE
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return _read_own(file, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=16)
def _read_own(file: Path, _stamp: tuple[int, int]) -> Ways:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return dict(map(_own_way, csv.DictReader(lines, restval="")))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, TypeError, KeyError) as error:
        raise JetkizError(
            N_("The file of days on the way {file} cannot be read: {reason}."),
            N_("Write a head and lines like: from,to,least,most and 111908,111911,1,3."),
            file=file,
            reason=error,
        ) from error


def _own_way(row: Mapping[str, str]) -> tuple[tuple[str, str], Transit]:
    start, end = row["from"].strip(), row["to"].strip()
    least, most = int(row["least"]), int(row["most"])
    bases = {_OFFICE: Basis.PAIR, _DISTRICT: Basis.DISTRICT, _REGION: Basis.REGION}
    if len(start) != len(end) or len(start) not in bases or not (start + end).isdecimal():
        raise ValueError(f"{start!r} {end!r}")
    if not 0 <= least <= most <= _MOST_DAYS:
        raise ValueError(f"{least}-{most}")
    return (start, end), Transit(least, most, bases[len(start)])


def percentile_80(days: Iterable[int]) -> int:
    """Return the number of days within which four of five packs had come."""
    ordered = sorted(days)
    return ordered[-(-len(ordered) * 4 // 5) - 1]
