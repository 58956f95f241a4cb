"""Which issue of a week a printed page belongs to."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """Which week is printed, in the hours of which zone, from which revision and of when."""

    first_day: date
    days: int
    zone: str
    revision: int
    published_at: datetime
