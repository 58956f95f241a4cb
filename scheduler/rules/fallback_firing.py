"""When the second way of a lesson takes over: its first failed for good, or never left in time.

Silence after a carrier took a lesson is unknown, never a failure: nothing is sent for it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from jetkiz.calendar.school_weeks import add_school_days
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

PATIENCE: Final = timedelta(hours=1)
"""What is prepared after the hour of the check, or just before, first gets this long to leave."""

DECIDED: Final = frozenset({FailureReason.PLAN_CHANGED, FailureReason.STUDENT_LEFT})
"""Ends that somebody wanted: nothing takes over."""

CLOSES_THE_WAY: Final = frozenset({FailureReason.BLOCKED, FailureReason.CHAT_GONE})
"""Failures that say of the home, not of one lesson, that a channel does not reach it any more."""


class Cause(StrEnum):
    """Why a second way took over."""

    FAILED = "failed"  # the first way failed for good
    CLOSED = "closed"  # the first way failed with an earlier lesson and no longer reaches the home
    LATE = "late"  # the hour of the check came, and no carrier had taken it
    NO_ROOM = "no_room"  # it should have, and there was no room: nothing took over


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a lesson on its present attempt, and of its second way; times are local.

    ``fallback_arrives`` is the day on which the second way brings it if it starts now;
    ``prepared_at`` is when it was put in a batch, None if it stands in none; ``is_closed`` is
    True when its channel does not reach the home any more.
    """

    state: State
    day: date
    last_useful_day: date
    fallback_arrives: date
    failures: frozenset[FailureReason] = frozenset()
    was_called_off: bool = False
    has_taken_over: bool = False
    is_closed: bool = False
    prepared_at: datetime | None = None


def check_hour(setting: str) -> time:
    """Return the hour at which a day's lessons must have left, from a setting like "18:00"."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", setting.strip(), re.ASCII)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    raise JetkizError(
        N_("The hour {text!r} for the evening's check cannot be understood."),
        N_("Write a time in the setting fallback_check, as in: 18:00."),
        text=setting,
    )


def cause_of(known: Known, check: time, now: datetime) -> Cause | None:
    """Return why the second way takes over now, or None while it does not."""
    if known.has_taken_over or known.state.has_arrived:
        return None
    if known.fallback_arrives > known.last_useful_day:
        return None
    if known.state.is_setback:
        is_wanted = known.was_called_off or bool(known.failures & DECIDED)
        return None if is_wanted else Cause.FAILED
    if known.state >= State.DISPATCHED:
        return None
    if known.is_closed:
        return Cause.CLOSED
    return Cause.LATE if now >= _deadline(known, check, now) else None


def arrives_now(now: datetime, check: time, *, is_paper: bool, lead_days: int) -> date:
    """Return the day on which a lesson arrives that starts now, in local time.

    Paper that starts after the hour of the check waits until the school is open again.
    """
    start = now.date()
    if is_paper and now.time() >= check:
        start = add_school_days(start, 1)
    return add_school_days(start, lead_days)


def _deadline(known: Known, check: time, now: datetime) -> datetime:
    """Return the moment by which a carrier should have taken the lesson."""
    evening = datetime.combine(known.day, check, now.tzinfo)
    return max(evening, known.prepared_at + PATIENCE) if known.prepared_at else evening
