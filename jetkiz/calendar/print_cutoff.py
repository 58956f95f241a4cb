"""When paper for a week closes: the weekday and hour, in the week before, of one setting."""

import re
from datetime import date, time, timedelta
from typing import Final

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def print_cutoff(week: str, setting: str) -> tuple[date, time]:
    """Return local day and time after which nothing more is printed for ``week``.

    ``setting`` is like "thu 15:00"; the planner closes paper then, and the printer takes the packs.
    """
    match = re.fullmatch(r"([a-z]{3}) +(\d{1,2}):(\d{2})", setting.strip().lower(), re.ASCII)
    if match and match[1] in WEEKDAYS and int(match[2]) < 24 and int(match[3]) < 60:
        days_before = 7 - WEEKDAYS.index(match[1])
        moment = time(int(match[2]), int(match[3]))
        return parse_week(week) - timedelta(days=days_before), moment
    raise JetkizError(
        N_("The print cut-off {text!r} cannot be understood."),
        N_("Write a weekday and a time in the setting print_cutoff, as in: thu 15:00."),
        text=setting,
    )
