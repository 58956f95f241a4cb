"""How a page is made: template, words, dates and numbers of the reader's language."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jetkiz.calendar.school_weeks import days_of
from jetkiz.i18n import translator
from jetkiz.i18n.decimals import hundredths, tenths
from jetkiz.staff.permissions import may_see_air, may_see_school
from jetkiz.web import wording
from jetkiz.web.languages import LANGUAGE_NAMES
from jetkiz.web.security_headers import NOT_KEPT
from jetkiz.web.visits import visit, zone

# Kazakh puts the year first.
_WITH_YEAR: Final = {"kk": "{year} ж. {days}", "ru": "{days} {year} г.", "en": "{days} {year}"}
HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "words": wording,
        "static": static_address,
        "language_names": LANGUAGE_NAMES,
        "sees_school": may_see_school,
        "sees_air": may_see_air,
    }
    return environment


@cache
def static_address(name: str) -> str:
    """Return the address of a shipped file; it changes when the file does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?{digest[:12]}"


def page(request: web.Request, template: str, *, status: int = 200, **facts: Any) -> web.Response:
    """Answer with a page in the reader's language."""
    text = _environment().get_template(template).render(_frame(request) | facts)
    headers = {"Cache-Control": NOT_KEPT, "Vary": "Cookie, Accept-Language"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def public_text(template: str, language: str, place: Any, **facts: Any) -> str:
    """Return a page that is the same for everybody: it knows of no visitor and no form."""
    frame = {"t": translator(language), "language": language, "say": Spelling(language, place)}
    return _environment().get_template(template).render(frame | facts)


def _frame(request: web.Request) -> dict[str, Any]:
    here = visit(request)
    return {
        "t": here.t,
        "visit": here,
        "viewer": here.viewer,
        "school": here.school,
        "path": request.path,
        "say": Spelling(here.language, zone(request)),
    }


class Spelling:
    """Dates, times and numbers as people of a language write them."""

    def __init__(self, language: str, place: Any) -> None:
        self.language = language
        self.place = place

    def day(self, day: date) -> str:
        """Weekday and date, as above a column."""
        return format_date(day, "EEE d MMM", self.language)

    def weekday(self, day: date) -> str:
        """Weekday, day and month, as a heading."""
        said = format_date(day, "EEEE, d MMMM", self.language)
        return said[:1].upper() + said[1:]

    def long_day(self, day: date) -> str:
        """Day and month."""
        return format_date(day, "d MMMM", self.language)

    def full_day(self, day: date) -> str:
        """Day, month and year."""
        return _WITH_YEAR[self.language].format(days=self.long_day(day), year=day.year)

    def short_day(self, day: date) -> str:
        """Day, short month and year."""
        return format_date(day, "medium", self.language)

    def moment(self, moment: datetime) -> str:
        """Date and time at the school."""
        local = moment.astimezone(self.place)
        time = format_time(local, "HH:mm", locale=self.language)
        return f"{format_date(local, 'd MMM', self.language)} {time}"

    def language_name(self, language: str) -> str:
        """What a language is called; one that nobody knows speaks for itself."""
        names = Locale.parse(self.language).languages
        return str(names.get(language, language))

    def week(self, week: str) -> str:
        """The school days of a week: 26-30 January 2026."""
        days = days_of(week)
        first, last = days[0], days[4]
        begin = f"{first.day}–" if first.month == last.month else f"{self.long_day(first)} – "
        return _WITH_YEAR[self.language].format(days=begin + self.long_day(last), year=last.year)

    def tenths(self, n: float) -> str:
        """A number with one place behind the comma."""
        return tenths(n, self.language)

    def hundredths(self, n: float) -> str:
        """A number with two places behind the comma."""
        return hundredths(n, self.language)

    def count(self, n: int) -> str:
        """A whole number."""
        return format_decimal(n, locale=self.language)
