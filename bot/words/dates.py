"""How days and times are written for a family: "Monday, 26 January", "12:40"."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from jetkiz.i18n import Translator


def day_words(day: date, t: Translator) -> str:
    """Write a day with its weekday."""
    return _day_in(day, t.language)


@lru_cache(maxsize=1_000)
def _day_in(day: date, language: str) -> str:
    return format_date(day, "EEEE, d MMMM", locale=language)


def short_day_words(day: date, t: Translator) -> str:
    """Write a day within a line: "Thu 29 Jan"."""
    return _short_day_in(day, t.language)


@lru_cache(maxsize=1_000)
def _short_day_in(day: date, language: str) -> str:
    return format_date(day, "EEE d MMM", locale=language)


def time_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write the local time."""
    return moment.astimezone(zone).strftime("%H:%M")
