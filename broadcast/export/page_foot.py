"""What every printed timetable says in its foot, and how long a title may be."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location

from broadcast.export.issue import Issue
from jetkiz.fonts.drawing import ELLIPSIS, REGULAR, Pen, Style
from jetkiz.i18n import N_, Translator


def at_most(lines: Sequence[str], most: int) -> list[str]:
    """Keep a title as long as a page from running over it."""
    return list(lines) if len(lines) <= most else [*lines[: most - 1], ELLIPSIS]


def write_foot(
    pen: Pen, issue: Issue, t: Translator, place: tuple[float, float, float], page: str
) -> None:
    """Write revision, date of publishing and whose hours, between two edges on a base line."""
    left, right, y = place
    style = Style(9, REGULAR, 0.25)
    published = format_datetime(
        issue.published_at, "d MMMM y, HH:mm", tzinfo=ZoneInfo(issue.zone), locale=t.language
    )
    words = t(
        N_("Revision {revision} of {published}. Hours of {zone}."),
        revision=issue.revision,
        published=published,
        zone=clock_words(issue, t),
    )
    pen.text(left, y, words, style)
    pen.right(right, y, page, style)


def clock_words(issue: Issue, t: Translator) -> str:
    """Return whose clock the hours are by: a city, and how far it is from UTC.

    A zone that changes within the week is told with the day of the change.
    """
    city = get_timezone_location(ZoneInfo(issue.zone), locale=t.language, return_city=True)
    days = [issue.first_day + timedelta(days=n) for n in range(max(issue.days, 1))]
    noons = [datetime.combine(day, time(12), ZoneInfo(issue.zone)) for day in days]
    said = f"{city}, {_from_utc(noons[0])}"
    change = next((one for one in noons if one.utcoffset() != noons[0].utcoffset()), None)
    if change is None:
        return said
    day = format_date(change.date(), "d MMMM", locale=t.language)
    return t(N_("{clock}, from {day} {other}"), clock=said, day=day, other=_from_utc(change))


def _from_utc(moment: datetime) -> str:
    """Return the distance as UTC+5 or UTC+5:30."""
    text = f"{moment:%z}"
    minutes = "" if text[3:] == "00" else f":{text[3:]}"
    return f"UTC{text[0]}{int(text[1:3])}{minutes}"
