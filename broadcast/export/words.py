"""What people read of an airing: its series, its day and hour, where it is shown again."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date

from broadcast.export.rows import ExportRow, Showing, printable
from jetkiz.i18n import LANGUAGES, N_, Translator, translator
from jetkiz.lessons.subjects import subject_words


def series_words(row: ExportRow, t: Translator) -> str:
    """Return what stays from lesson to lesson: the subject and the grades."""
    return t(N_("{subject}, grade {grades}"), subject=subject_of(row, t), grades=row.grades)


def subject_of(row: ExportRow, t: Translator) -> str:
    """Return the subject's name; one that nobody named is called by its stream."""
    return printable(t(subject_words(row.lesson.subject))) or row.lesson.stream


def again_words(row: ExportRow, t: Translator) -> str:
    """Return where the lesson is seen again, or nothing where it is not."""
    if not row.again:
        return ""
    return t(N_("See it again: {places}."), places=places(row.again, t))


def places(showings: Iterable[Showing], t: Translator) -> str:
    """Return days, hours and channels of airings."""
    return "; ".join(
        f"{moment_words(one.start, t)}, {printable(one.channel.name)}" for one in showings
    )


def moment_words(moment: datetime, t: Translator) -> str:
    """Return a weekday, a day and an hour, as local as the moment."""
    return f"{day_words(moment.date(), t.language)} {moment:%H:%M}"


@lru_cache(maxsize=4096)
def day_words(day: date, language: str) -> str:
    """Return a day as "Wed 21 Jan" in a language."""
    return format_date(day, "EEE d MMM", language)


def long_day_words(day: date, language: str) -> str:
    """Return a day as "Wednesday, 21 January" in a language."""
    words = format_date(day, "EEEE, d MMMM", language)
    return words[:1].upper() + words[1:]


def weekday_words(day: date, language: str) -> str:
    """Return a weekday as "Wed" in a language."""
    return format_date(day, "EEE", language)


def week_words(first_day: date, days: int, language: str) -> str:
    """Return a week as "26 January - 1 February 2026" in a language."""
    last = first_day + timedelta(days=max(days, 1) - 1)
    return (
        f"{format_date(first_day, 'd MMMM', language)} – {format_date(last, 'd MMMM y', language)}"
    )


@lru_cache(maxsize=64)
def speaker(language: str) -> Translator:
    """Return the words of a language; who speaks one that we do not is addressed in English."""
    return translator(language if language in LANGUAGES else "en")
