"""Which days of a week are taught: school year, breaks, public holidays and moved days."""

import re
from datetime import date, timedelta

from jetkiz.calendar.school_years import school_year
from jetkiz.calendar.working_days import holidays_of
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# The longest time without a school day is a summer; twice that means there will be none.
SEARCHED_DAYS = 250
SATURDAY = 6


def parse_week(text: str) -> date:
    """Return the Monday of a week written as 2026-W05."""
    match = re.fullmatch(r"(2[0-2]\d{2})-W(\d{2})", text, re.ASCII)
    if match is None:
        raise _no_week(text)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError as error:
        raise _no_week(text) from error


def _no_week(text: str) -> JetkizError:
    return JetkizError(
        N_("There is no week {week!r}."),
        N_("Write year and number of the week, as in 2026-W05."),
        week=text,
    )


def week_of(day: date) -> str:
    """Return the week of a day, as in 2026-W05."""
    year, number, _weekday = day.isocalendar()
    return f"{year:04}-W{number:02}"


def days_of(week: str) -> tuple[date, ...]:
    """Return the seven days of a week from Monday."""
    monday = parse_week(week)
    return tuple(monday + timedelta(days=n) for n in range(7))


def is_school_day(day: date, grade: int | None = None) -> bool:
    """True when lessons are held; grade 1 has a break of its own."""
    year = school_year(day)
    decided = year.decides(day, grade)
    if decided is not None:
        return decided
    holidays = holidays_of(day.year)
    is_taught_saturday = day.isoweekday() == SATURDAY <= year.days_a_week
    return day not in holidays if is_taught_saturday else holidays.is_working_day(day)


def school_days(week: str, grade: int | None = None) -> tuple[date, ...]:
    """Return the days of a week on which lessons are held."""
    return tuple(day for day in days_of(week) if is_school_day(day, grade))


def add_school_days(day: date, n: int, grade: int | None = None) -> date:
    """Return the n-th school day after ``day``; for 0 the day itself, or the next school day."""
    if n <= 0 and is_school_day(day, grade):
        return day
    left = max(n, 1)
    for ahead in range(1, SEARCHED_DAYS + 3 * left):
        current = day + timedelta(days=ahead)
        left -= is_school_day(current, grade)
        if left == 0:
            return current
    raise JetkizError(
        N_("No school day could be found after {day}."),
        N_("Look at the calendar file of that school year."),
        day=day.isoformat(),
    )


def school_day_before(day: date, grade: int | None = None) -> date:
    """Return the last school day before ``day``; if there is none far and wide, the day before."""
    earlier = (day - timedelta(days=back) for back in range(1, SEARCHED_DAYS))
    return next((one for one in earlier if is_school_day(one, grade)), day - timedelta(days=1))
