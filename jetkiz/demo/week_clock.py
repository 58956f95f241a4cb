"""What time it is in the demo's week: a clock that only the demo moves, and only forward."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jetkiz.calendar.school_weeks import parse_week

WEEK = "2026-W05"
ZONE = ZoneInfo("Asia/Qostanay")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_BEFORE = "before"


@dataclass
class WeekClock:
    """The simulated moment; call it to read it."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the moment in force."""
        return self.now

    def move_to(self, moment: datetime) -> datetime:
        """Move the clock forward; an earlier moment leaves it where it is."""
        self.now = max(self.now, moment)
        return self.now


def moment(day: str, clock: str) -> datetime:
    """Return a local moment of the demo's week; "before thu" is the Thursday of the week before."""
    name = day.removeprefix(WEEK_BEFORE).strip()
    offset = DAYS.index(name) - (7 if day.startswith(WEEK_BEFORE) else 0)
    day_of_week = parse_week(WEEK) + timedelta(days=offset)
    return datetime.combine(day_of_week, time.fromisoformat(clock), ZONE)
