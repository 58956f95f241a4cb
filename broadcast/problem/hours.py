"""How hours of a channel are written: "mon-fri 09:00-18:00", and with a date for one day."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from broadcast.problem.entries import clock, date_of, minutes_of
from broadcast.problem.model import Hours, Meta
from broadcast.problem.moments import DAY, day_number, day_of

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS: Final = re.compile(
    r"(?:(?P<days>\S.*?)\s+)?(?P<start>[\d:]+)\s*[-\u2013]\s*(?P<end>[\d:]+)"
)


def hours_of(text: str, meta: Meta, day_start: int = 0) -> Hours | None:
    """Read hours; None when the text is none.

    An end that is not after the start, and a time before the channel's day begins, belong to the
    night after that day. Weekdays that are not planned are passed over; without days all are meant.
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    start, end = minutes_of(found["start"]), minutes_of(found["end"])
    days = days_of(found["days"], meta)
    if start is None or end is None or days is None:
        return None
    start += DAY if start < day_start else 0
    return Hours(days, start, end if end > start else end + DAY)


def days_of(text: str | None, meta: Meta) -> tuple[int, ...] | None:
    """Return the numbers of the days that are named; None for a day that is none."""
    if not text:
        return tuple(range(meta.days))
    found: set[int] = set()
    for part in re.split(r"[\s,]+", text.strip()):
        numbers = _days(part.lower(), meta)
        if numbers is None:
            return None
        found |= numbers
    return tuple(sorted(found))


def _days(part: str, meta: Meta) -> set[int] | None:
    first, dash, last = part.partition("-")
    if first in WEEKDAYS:
        last = last if dash else first
        if last not in WEEKDAYS:
            return None
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        named = {(start + step) % 7 for step in range((end - start) % 7 + 1)}
        return {day for day in range(meta.days) if day_of(meta, day).weekday() in named}
    found = date_of(part)
    number = -1 if found is None else day_number(meta, found)
    return {number} if 0 <= number < meta.days else None


def hours_text(hours: Hours, meta: Meta) -> str:
    """Write hours so that they are read back the same."""
    return f"{days_text(hours.days, meta)} {clock(hours.start)}-{clock(hours.end)}".strip()


def days_text(days: Iterable[int], meta: Meta) -> str:
    """Name days by weekday where all such days are meant, otherwise by date."""
    numbers = sorted(days)
    names = sorted({day_of(meta, day).weekday() for day in numbers})
    meant = [day for day in range(meta.days) if day_of(meta, day).weekday() in names]
    if meant != numbers:
        return " ".join(day_of(meta, day).isoformat() for day in numbers)
    return " ".join(_runs(names))


def _runs(names: Sequence[int]) -> list[str]:
    """Join weekdays that follow each other: mon-fri."""
    parts = []
    for _, run in groupby(enumerate(names), key=lambda pair: pair[1] - pair[0]):
        found = [WEEKDAYS[name] for _, name in run]
        parts.append(found[0] if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return parts
