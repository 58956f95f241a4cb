"""When the recurring work of a school is due: every few minutes, or at an hour on named days.

Slots are computed day by day and kept in UTC. Stepping in local time would stick for ever on
an hour that comes twice, as half past eleven did in Almaty on 29 February 2024.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a computer missed while it was off for longer is not made up for.
HORIZON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pulse:
    """Work that looks at what there is and needs no memory of missed slots."""

    name: str
    every: timedelta

    def slot(self, now: datetime) -> datetime:
        """Return the slot in which ``now`` lies."""
        past = datetime(1970, 1, 1, tzinfo=UTC)
        return past + (now - past) // self.every * self.every


@dataclass(frozen=True, slots=True)
class Timed:
    """Work at a local hour on named days; ``only_newest`` leaves out slots overtaken by later."""

    name: str
    days: str
    at: time
    only_newest: bool = False


@dataclass(frozen=True, slots=True)
class DueSlots:
    """Slots whose work has to be done, and slots that were missed too long ago."""

    due: tuple[datetime, ...] = ()
    skipped: tuple[datetime, ...] = ()


def due_slots(schedule: Timed, zone: ZoneInfo, last: datetime, now: datetime) -> DueSlots:
    """Return the slots after ``last`` up to ``now``, oldest first; all moments in UTC."""
    slots = [slot for slot in _slots(schedule, zone, last, now) if last < slot <= now]
    oldest = now - HORIZON
    due = [slot for slot in slots if slot >= oldest]
    if schedule.only_newest:
        due = due[-1:]
    return DueSlots(tuple(due), tuple(slot for slot in slots if slot not in due))


def _slots(schedule: Timed, zone: ZoneInfo, last: datetime, now: datetime) -> Iterator[datetime]:
    days = week_days(schedule.days)
    day = last.astimezone(zone).date()
    end = now.astimezone(zone).date()
    while day <= end:
        if day.weekday() in days:
            yield _moment(day, schedule.at, zone)
        day += timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    # fold=0: of an hour that comes twice the first counts, an hour that is left out moves on.
    return datetime.combine(day, at, zone).astimezone(UTC)


def week_days(names: str) -> frozenset[int]:
    """Turn "mon-fri" or "mon,thu" into numbers from Monday = 0; numbers are refused.

    Numbers mean Sunday to some and Monday to others: "1-5" would fire from Tuesday to Saturday.
    """
    found: set[int] = set()
    for part in names.lower().split(","):
        first, dash, final = part.strip().partition("-")
        if first not in DAYS or (dash and final not in DAYS):
            raise JetkizError(
                N_("{names!r} does not name days of the week."),
                N_("Write names such as mon-fri or mon,thu; numbers mean different days to some."),
                names=names,
            )
        start = DAYS.index(first)
        length = (DAYS.index(final or first) - start) % 7
        found.update((start + step) % 7 for step in range(length + 1))
    return frozenset(found)
