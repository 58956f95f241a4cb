"""What an item costs: only what a tariff file says; without one the fee stays empty, never zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from print_packs.model import MailCategory, PostalKind
from print_packs.postage.dated_files import DatedFile, dated_files

FOLDER: Final = "postal_tariffs"


@dataclass(frozen=True, slots=True)
class Tariff:
    """Fees in tenge by kind and category: for each step in grams, the smallest first."""

    file: DatedFile
    source: str
    steps: Mapping[tuple[PostalKind, MailCategory], tuple[tuple[int, int], ...]]

    def fee(self, kind: PostalKind, category: MailCategory, grams: int) -> int | None:
        """Return what an item of so many grams costs; None where the file does not say."""
        steps = self.steps.get((kind, category), ())
        return next((tenge for up_to, tenge in steps if grams <= up_to), None)


def tariff_on(day: date, data: Path) -> tuple[Tariff | None, list[JetkizError]]:
    """Return the tariff in force on a day, or None, and why younger files could not be used."""
    refused: list[JetkizError] = []
    try:
        files = dated_files([data / FOLDER])
    except JetkizError as error:
        return None, [error]
    for file in files:
        if file.day <= day:
            try:
                return read_tariff(file), refused
            except JetkizError as error:
                refused.append(error)
    return None, refused


def read_tariff(file: DatedFile) -> Tariff:
    """Read one file of ``[[fee]]`` with code, category, max_g and tenge."""
    table = file.table()
    source = table.get("source")
    if not isinstance(source, str) or not source.strip():
        raise file.broken(1, "source")
    found: dict[tuple[PostalKind, MailCategory], dict[int, int]] = {}
    for number, one in enumerate(table.get("fee", [])):
        key, up_to, tenge = _fee(file, number, one)
        found.setdefault(key, {})[up_to] = tenge
    if not found:
        raise file.broken(1, "[[fee]]")
    return Tariff(file, source, {key: tuple(sorted(steps.items())) for key, steps in found.items()})


def _fee(
    file: DatedFile, number: int, one: Mapping[str, Any]
) -> tuple[tuple[PostalKind, MailCategory], int, int]:
    allowed = {
        "code": one.get("code") in set(PostalKind),
        "category": one.get("category") in set(MailCategory),
        "max_g": _is_amount(one.get("max_g")),
        "tenge": _is_amount(one.get("tenge")),
    }
    for key, is_allowed in allowed.items():
        if not is_allowed:
            line = file.line_of("fee", number, key)
            raise file.broken(line, f"{key} = {one.get(key)!r}")
    return (PostalKind(one["code"]), MailCategory(one["category"])), one["max_g"], one["tenge"]


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
