"""How long paper for a home travels, and which days follow from that for its pack.

What the post takes is what our own packs took, else what the table says with the last leg of the
school's setting. A pack that goes by hand is there when it leaves, and so are its answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jetkiz.calendar.school_weeks import school_days
from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.calendar.working_days import working_day_from
from jetkiz.config import Settings
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import PostalWay
from print_packs.model import PackDates
from print_packs.transit.post_dates import (
    Leg,
    PostClock,
    Way,
    clock_of,
    overdue_from,
    post_on,
    send_by,
)
from print_packs.transit.transit_days import Basis, Transit, Ways, read_own, transit

BY_HAND: Final = Way(Leg(0, 0, Basis.HAND), Leg(0, 0, Basis.HAND))


@dataclass(frozen=True, slots=True)
class Posting:
    """All that decides how long the post takes: clock, settings, what the school wrote down."""

    clock: PostClock
    settings: Settings
    own: Ways

    @classmethod
    def of(cls, settings: Settings) -> "Posting":
        """Read the settings and the school's own file."""
        return cls(clock_of(settings), settings, read_own(settings.data))

    def way(self, postal: PostalWay) -> Way:
        """Return the days out and back between a school and a home."""
        last_leg = self.settings.village_leg(postal.school)
        out = transit(postal.sender, postal.home, self.own)
        back = transit(postal.home, postal.sender, self.own)
        return Way(
            Leg.of(_or_measured(out, postal.out_days), last_leg),
            Leg.of(_or_measured(back, postal.back_days), last_leg),
        )

    def posted_after(self, day: date) -> date:
        """Return the day on which packs leave that are printed on ``day``: the next working day."""
        return working_day_from(day + timedelta(days=1))


def _or_measured(days: Transit, measured: int | None) -> Transit:
    return days if measured is None else Transit(measured, measured, Basis.MEASURED)


def dates_of(
    posting: Posting, way: Way, printed_on: date, week: str, inside: Sequence[Lesson]
) -> PackDates:
    """Return the days of a pack with these lessons and tasks in it."""
    clock, posted = posting.clock, posting.posted_after(printed_on)
    due = max((one.task.due for one in inside if one.task), default=None)
    last_lesson = max((*school_days(week), *(one.day for one in inside)), default=posted)
    useful = [last_useful_day(week, one.day, one.task.due if one.task else None) for one in inside]
    back = send_by(clock, way, posted, due or last_lesson, last_lesson)
    if way == BY_HAND and due:
        back = type(back)(due, in_time=True)
    return PackDates(
        out_days=way.out.most,
        back_days=way.back.most,
        basis=way.out.basis.value,
        posted_on=posted,
        post_on=post_on(clock, way, min(useful, default=last_lesson)),
        arrives_by=clock.later(posted, way.out.most),
        send_by=back.day,
        overdue_from=overdue_from(clock, way, back.day) if due else None,
        in_time=back.in_time,
    )
