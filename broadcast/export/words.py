"""What people read of an airing: its series, its day and hour, where it is shown again."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from broadcast.export.rows import ExportRow, Showing, printable
from jetkiz.i18n import LANGUAGES, N_, Translator, translator
from jetkiz.lessons.subjects import subject_words


def series_words(row: ExportRow, t: Translator) -> str:
    """Return what stays from lesson to lesson: the subject and the grades."""
    subject = printable(t(subject_words(row.lesson.subject))) or row.lesson.stream
    return t(N_("{subject}, grade {grades}"), subject=subject, grades=row.grades)


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


@lru_cache(maxsize=64)
def speaker(language: str) -> Translator:
    """Return the words of a language; who speaks one that we do not is addressed in English."""
    return translator(language if language in LANGUAGES else "en")
