"""When paper for a week leaves: the moment after which nothing more is printed for it."""

from datetime import date, time, timedelta
from typing import Final

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def print_moment(week: str, setting: str) -> tuple[date, str]:
    """Return day and local time, in the week before, of a setting like "thu 15:00"."""
    try:
        name, clock = setting.lower().split()
        weekday = _DAYS.index(name)
        moment = time.fromisoformat(clock)
    except ValueError as error:
        raise JetkizError(
            N_("The setting print_cutoff cannot be {value!r}."),
            N_("Write a day of the week and a time, as in thu 15:00."),
            value=setting,
        ) from error
    return parse_week(week) - timedelta(days=7 - weekday), moment.strftime("%H:%M")
