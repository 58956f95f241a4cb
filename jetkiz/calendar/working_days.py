"""Which days the post works: weekdays that are no public holiday, and what a school says else.

The law of Kazakhstan moves days of rest: 20 December 2020 was a working Sunday. Feasts by the moon
are estimates until they are announced, so a file ``working_days.toml`` in the school's own folder
of calendars has the last word.
"""

import tomllib
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jetkiz.calendar.school_years import own_folders
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

if TYPE_CHECKING:
    from holidays import HolidayBase

COUNTRY: Final = "KZ"
FILE_NAME: Final = "working_days.toml"
# The longest rest in a row is a fortnight of New Year with moved days; four weeks are none.
_SEARCHED_DAYS: Final = 28


@cache
def holidays_of(year: int) -> "HolidayBase":
    """Return the public holidays of Kazakhstan, with the days that were moved."""
    from holidays import country_holidays  # noqa: PLC0415 - 0.2 s that most commands never pay

    return country_holidays(COUNTRY, years=year)


def is_working_day(day: date) -> bool:
    """True when offices of the country are open; the school's own file wins."""
    for off, on in map(_own_days, own_folders()):
        if day in on:
            return True
        if day in off:
            return False
    return holidays_of(day.year).is_working_day(day)


def working_day_from(day: date) -> date:
    """Return the day itself, or the next working day."""
    return _first(day, 1)


def working_day_until(day: date) -> date:
    """Return the day itself, or the last working day before it."""
    return _first(day, -1)


def add_working_days(day: date, n: int) -> date:
    """Return the n-th working day after ``day``, or before it if n is negative; 0 is the day."""
    step = 1 if n > 0 else -1
    for _ in range(abs(n)):
        day = _first(day + timedelta(days=step), step)
    return day


def count_working_days(start: date, end: date) -> int:
    """Return how many working days lie after ``start`` up to and with ``end``; never below 0."""
    span = range(1, (end - start).days + 1)
    return sum(is_working_day(start + timedelta(days=n)) for n in span)


def _first(day: date, step: int) -> date:
    for n in range(_SEARCHED_DAYS):
        current = day + timedelta(days=step * n)
        if is_working_day(current):
            return current
    raise JetkizError(
        N_("No working day could be found near {day}."),
        N_("Look at the file {file} in the folder of calendars."),
        day=day.isoformat(),
        file=FILE_NAME,
    )


def _own_days(folder: Path) -> tuple[frozenset[date], frozenset[date]]:
    file = folder / FILE_NAME
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return frozenset(), frozenset()
    return _read(file, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=16)
def _read(file: Path, _stamp: tuple[int, int]) -> tuple[frozenset[date], frozenset[date]]:
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
        return _days(values, "days_off"), _days(values, "working_days")
    except (OSError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise JetkizError(
            N_("The file of working days {file} cannot be read: {reason}."),
            N_("Write lists of dates: days_off = [2026-05-27] and working_days = [2026-05-30]."),
            file=file,
            reason=error,
        ) from error


def _days(values: dict[str, Any], name: str) -> frozenset[date]:
    days = values.get(name, [])
    if not isinstance(days, list) or any(type(one) is not date for one in days):
        raise TypeError(f"{name} is no list of dates")
    return frozenset(days)
