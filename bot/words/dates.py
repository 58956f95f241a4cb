"""How days and times are written for a family: "Monday, 26 January", "12:40"."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from jetkiz.i18n import Translator


def day_words(day: date, t: Translator) -> str:
    """Write a day with its weekday."""
    return format_date(day, "EEEE, d MMMM", locale=t.language)


def time_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write the local time."""
    return moment.astimezone(zone).strftime("%H:%M")
