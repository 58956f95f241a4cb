"""Which five minutes of the planned days a clock on a wall means, in every zone of a problem."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.problem.model import Meta
from broadcast.solver.masks import UNIT

DAY: Final = 24 * 60
BEFORE: Final = 2
AFTER: Final = 3
"""Days on both sides of the planned ones: no zone and no night of a channel reaches further."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Five minutes after five minutes in UTC, through all planned days."""

    origin: datetime
    size: int

    def unit(self, at: datetime) -> int:
        """Return the five minutes in which a moment lies."""
        return (at - self.origin) // timedelta(minutes=UNIT)

    def at(self, unit: int) -> datetime:
        """Return the moment at which these five minutes begin."""
        return self.origin + timedelta(minutes=UNIT * unit)


@dataclass(frozen=True, slots=True)
class Wall:
    """The clock of a zone: ``shown`` is its minute, counted from the midnight of day 0, by unit.

    ``units`` is the way back: the first unit that shows a minute; a skipped minute is not there.
    """

    shown: tuple[int, ...]
    units: dict[int, int]

    def unit(self, day: int, minute: int) -> int:
        """Return the unit of a minute of a day, the next one that is shown when it was skipped."""
        wanted = day * DAY + minute - (minute % UNIT)
        while wanted not in self.units and wanted <= self.shown[-1]:
            wanted += UNIT
        return self.units.get(wanted, len(self.shown))


def axis_of(meta: Meta) -> Axis:
    """Begin two days before the first day, whatever the zone."""
    first = datetime.combine(meta.first_day, time(), UTC) - timedelta(days=BEFORE)
    return Axis(first, (BEFORE + meta.days + AFTER) * DAY // UNIT)


@lru_cache(maxsize=64)
def wall_of(axis: Axis, zone: str) -> Wall:
    """Read the clock of a zone every five minutes.

    An hour that is shown twice means the first of the two, as in ``problem.moments``.
    """
    place = ZoneInfo(zone)
    midnight = axis.origin.replace(tzinfo=None) + timedelta(days=BEFORE)
    shown = []
    known: dict[int, int] = {}
    minute = timedelta(minutes=1)
    for unit in range(axis.size):
        local = axis.at(unit).astimezone(place).replace(tzinfo=None)
        shown.append((local - midnight) // minute)
        known.setdefault(shown[-1], unit)
    return Wall(tuple(shown), known)
