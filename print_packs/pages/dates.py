"""How days are written on paper, in the reader's language."""

from datetime import date

from babel.dates import format_date

from jetkiz.calendar.school_weeks import days_of


def week_days(week: str) -> tuple[date, date]:
    """Return Monday and Friday of a week written like 2026-W05."""
    days = days_of(week)
    return days[0], days[4]


def day_words(day: date, language: str) -> str:
    """Return a day like "30 January"."""
    return format_date(day, "d MMMM", locale=language)


def weekday_words(day: date, language: str) -> str:
    """Return a day of the week with its date, like "Monday, 26 January"."""
    return format_date(day, "EEEE, d MMMM", locale=language).capitalize()


def span_words(first: date, last: date, language: str) -> str:
    """Return the days of a week like "26-30 January"."""
    if first.month == last.month:
        return f"{first.day}–{day_words(last, language)}"
    return f"{day_words(first, language)} – {day_words(last, language)}"
