"""When it is too late: the print cut-off, the way of the post, the last useful day of a lesson.

Times are local to the school; days on the way are school days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.school_weeks import add_school_days
from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The moments of one week: the cut-off for paper, and where now stands."""

    week: str
    cutoff: datetime
    now: datetime

    @property
    def paper_is_closed(self) -> bool:
        """True when nothing more is printed for the week."""
        return self.now > self.cutoff

    def arrives(self, *, is_paper: bool, lead_days: int) -> date:
        """Return the day on which a channel that starts now brings its first lesson.

        Paper leaves on the school day after the cut-off, all homes together.
        """
        start = add_school_days(self.cutoff.date(), 1) if is_paper else self.now.date()
        return add_school_days(start, lead_days)

    def last_useful_day(self, day: date, due: date | None) -> date:
        """Return the last day on which a lesson of ``day`` still helps."""
        return last_useful_day(self.week, day, due)


def deadlines_of(week: str, cutoff: str, zone: str, now: datetime) -> Deadlines:
    """Return the deadlines of a week; ``cutoff`` is like "thu 15:00", in the week before."""
    place = _zone(zone)
    day, moment = print_cutoff(week, cutoff)
    return Deadlines(week, datetime.combine(day, moment, place), now.astimezone(place))


def too_late(
    deadlines: Deadlines,
    lessons: Iterable[tuple[int, date, date | None]],
    *,
    is_paper: bool,
    lead_days: int,
) -> frozenset[int]:
    """Return the lessons (number, day, due) that a channel can no longer bring in time."""
    if is_paper and deadlines.paper_is_closed:
        return frozenset(number for number, _, _ in lessons)
    arrival = deadlines.arrives(is_paper=is_paper, lead_days=lead_days)
    return frozenset(
        number for number, day, due in lessons if deadlines.last_useful_day(day, due) < arrival
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise JetkizError(
            N_("There is no time zone {zone!r}."),
            N_("Write it in the setting zone as in: Asia/Qostanay."),
            zone=name,
        ) from error
