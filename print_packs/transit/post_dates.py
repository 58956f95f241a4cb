"""By which day a pack is posted and its answers are sent back, and from when they are overdue.

Days on the way are counted as working days unless the setting ``post_days`` says calendar days:
Kazpost's table does not say which it means. Nobody is ever told to post on a day of rest.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from jetkiz.calendar.working_days import (
    add_working_days,
    count_working_days,
    working_day_from,
    working_day_until,
)
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.transit.transit_days import Basis, Transit

# A slip is filled in and a letter closed on the day after the last lesson.
_TO_FINISH: Final = 1
GRACE: Final = 3


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of the post: its days with the village's, unless they were told for just this way."""

    least: int
    most: int
    basis: Basis

    @classmethod
    def of(cls, days: Transit, village_leg: int) -> "Leg":
        """Add the last leg, which the table does not know.

        What was measured, and what a school wrote down for these two offices, has it in it.
        """
        more = 0 if days.basis in {Basis.MEASURED, Basis.PAIR} else village_leg
        return cls(days.least + more, days.most + more, days.basis)


@dataclass(frozen=True, slots=True)
class Way:
    """The post to a home and back."""

    out: Leg
    back: Leg


@dataclass(frozen=True, slots=True)
class PostClock:
    """How days on the way are counted, and the hour until which the office takes packs."""

    in_working_days: bool
    closes: time

    def later(self, day: date, days: int) -> date:
        """Return the working day on which something arrives that was posted on ``day``."""
        if self.in_working_days:
            return add_working_days(working_day_from(day), days)
        return working_day_from(day + timedelta(days=days))

    def earlier(self, day: date, days: int) -> date:
        """Return the last working day on which it can be posted to arrive by ``day``."""
        if self.in_working_days:
            return add_working_days(working_day_until(day), -days)
        return working_day_until(day - timedelta(days=days))

    def days_between(self, start: date, end: date) -> int:
        """Return how many days something took, counted like the days on the way."""
        if self.in_working_days:
            return count_working_days(start, end)
        return max((end - start).days, 0)


def clock_of(settings: Settings) -> PostClock:
    """Return how the settings count days."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", settings.post_closes.strip(), re.ASCII)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        closes = time(int(match[1]), int(match[2]))
        return PostClock(settings.post_days == "working", closes)
    raise JetkizError(
        N_("The hour {text!r} in the setting post_closes cannot be understood."),
        N_("Write until when the post office takes packs, as in: 16:00."),
        text=settings.post_closes,
    )


def post_on(clock: PostClock, way: Way, need_on: date) -> date:
    """Return the last day on which a pack is posted to be there on ``need_on``."""
    return clock.earlier(need_on, way.out.most)


class Haste(StrEnum):
    """How soon a pack goes to the office."""

    LATER = "later"  # after the next chance there is another in time
    NOW = "now"  # the next chance is the last in time
    LATE = "late"  # the next chance is too late for some lesson


def next_chance(clock: PostClock, at: datetime) -> date:
    """Return the next day on which the office still takes packs; ``at`` is the hour there."""
    has_closed = at.time().replace(tzinfo=None) >= clock.closes
    return working_day_from(at.date() + timedelta(days=int(has_closed)))


def haste(last: date, chance: date) -> Haste:
    """Return how soon what is posted on ``last`` at the latest goes to the office."""
    if chance == last:
        return Haste.NOW
    return Haste.LATE if chance > last else Haste.LATER


@dataclass(frozen=True, slots=True)
class SendBy:
    """The day that a slip says, and whether answers sent then are back when they are due."""

    day: date
    in_time: bool


def send_by(clock: PostClock, way: Way, posted: date, due: date, last_lesson: date) -> SendBy:
    """Return by when a home sends its answers back.

    That is the day from which the post still brings them by ``due``. A family cannot send what it
    has not yet got or not yet done: then it is the day after the pack must be there, or the last
    day of lessons, and the answers come after they are due.
    """
    wanted = clock.earlier(due, way.back.most)
    there = clock.later(posted, way.out.most)
    possible = max(clock.later(there, _TO_FINISH), working_day_from(last_lesson))
    return SendBy(max(wanted, possible), wanted >= possible)


def overdue_from(clock: PostClock, way: Way, sent_by: date) -> date:
    """Return the day from which answers that have not come are missed."""
    return clock.later(sent_by, way.back.most + GRACE)
