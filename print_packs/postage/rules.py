"""What the post takes as a letter, a banderole and a parcel: dated files, never numbers in code.

Each file names its source and says whether somebody checked it with the post office.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from print_packs.model import MailCategory, PostalKind
from print_packs.postage.dated_files import DatedFile, dated_files

FOLDER: Final = "postal_rules"
_SHIPPED: Final = Path(__file__).parent / FOLDER
_NUMBERS: Final = ("max_g", "max_sum_mm")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of item may be: grams, the sum of its three sides in mm, categories.

    Shortest and longest sides are not kept: the envelopes that weights know all lie within them.
    Steps of the fee are those of the tariff.
    """

    kind: PostalKind
    max_g: int
    categories: tuple[MailCategory, ...]
    max_sum_mm: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force from a day on; ``is_verified`` is what the file itself says."""

    file: DatedFile
    source: str
    is_verified: bool
    kinds: Mapping[PostalKind, Rule]


def rules_on(day: date, data: Path) -> tuple[Rules, list[JetkizError]]:
    """Return the rules in force on a day, and why younger files could not be used.

    A broken file stops nothing: the one before it holds, down to those that are shipped.
    """
    refused: list[JetkizError] = []
    for file in _files(data, refused):
        if file.day <= day:
            try:
                return read_rules(file), refused
            except JetkizError as error:
                refused.append(error)
    return read_rules(dated_files([_SHIPPED])[-1]), refused


def _files(data: Path, refused: list[JetkizError]) -> list[DatedFile]:
    try:
        return dated_files([_SHIPPED, data / FOLDER])
    except JetkizError as error:
        refused.append(error)
        return dated_files([_SHIPPED])


def read_rules(file: DatedFile) -> Rules:
    """Read one file; what is missing or no number is refused with its line."""
    table = file.table()
    source = table.get("source")
    if not isinstance(source, str) or not source.strip():
        raise file.broken(1, "source")
    kinds = table.get("kind")
    if not isinstance(kinds, list):
        raise file.broken(1, "[[kind]]")
    rules = [_rule(file, number, one) for number, one in enumerate(kinds)]
    found = {one.kind: one for one in rules}
    missing = next((one for one in PostalKind if one not in found), None)
    if missing:
        raise file.broken(file.content.count(b"\n") + 1, f"[[kind]] code = {missing.value}")
    return Rules(file, source, table.get("verified") is True, found)


def _rule(file: DatedFile, number: int, one: Mapping[str, Any]) -> Rule:
    def refuse(key: str) -> JetkizError:
        return file.broken(file.line_of("kind", number, key), f"{key} = {one.get(key)!r}")

    for key in _NUMBERS:
        if not _is_count(one.get(key)):
            raise refuse(key)
    if one.get("code") not in set(PostalKind):
        raise refuse("code")
    if not _are_categories(one.get("categories")):
        raise refuse("categories")
    return Rule(
        kind=PostalKind(one["code"]),
        max_g=one["max_g"],
        categories=tuple(map(MailCategory, one["categories"])),
        max_sum_mm=one["max_sum_mm"],
    )


def _is_count(value: Any, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _are_categories(values: object) -> bool:
    """Say whether this is a list of categories, with at least one in it."""
    return (
        isinstance(values, list)
        and bool(values)
        and all(_is_count(value, 0) for value in values)
        and set(values) <= set(MailCategory)
    )
