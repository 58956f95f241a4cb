"""Until which day a lesson still helps: homework until it is due, everything else for its week."""

from datetime import date, timedelta

from jetkiz.calendar.school_weeks import parse_week, school_days


def last_useful_day(week: str, day: date, due: date | None) -> date:
    """Return the last day on which a lesson of ``day`` still helps.

    Homework may be done until it is due, everything else until the week ends.
    """
    friday = parse_week(week) + timedelta(days=4)
    return max(day, due or day, *school_days(week), friday)
