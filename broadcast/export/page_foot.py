"""What every printed timetable says in its foot, and how long a title may be."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from broadcast.export.issue import Issue
from jetkiz.fonts.drawing import ELLIPSIS, REGULAR, Pen, Style
from jetkiz.i18n import N_, Translator


def at_most(lines: Sequence[str], most: int) -> list[str]:
    """Keep a title as long as a page from running over it."""
    return list(lines) if len(lines) <= most else [*lines[: most - 1], ELLIPSIS]


def write_foot(
    pen: Pen, issue: Issue, t: Translator, place: tuple[float, float, float], page: str
) -> None:
    """Write revision, date of publishing and zone, between two edges on a base line."""
    left, right, y = place
    style = Style(9, REGULAR, 0.25)
    published = format_datetime(
        issue.published_at, "d MMMM y, HH:mm", tzinfo=ZoneInfo(issue.zone), locale=t.language
    )
    words = t(
        N_("Revision {revision} of {published}. Hours of {zone}."),
        revision=issue.revision,
        published=published,
        zone=issue.zone,
    )
    pen.text(left, y, words, style)
    pen.right(right, y, page, style)
