"""What a TV channel, an airing and a timetable are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from broadcast.plan.model import AiringKind, AiringStatus

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a day, local to the channel, in which lessons may be aired."""

    start: time
    end: time

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute


@dataclass(frozen=True, slots=True)
class TvChannel:
    """A television or radio channel that gives hours for lessons."""

    key: str
    name: str
    kind: str
    xmltv_id: str
    languages: tuple[str, ...]
    zone: str
    days: tuple[str, ...]
    windows: tuple[Window, ...]
    grid_minutes: int
    regions: tuple[str, ...] = ()
    """Where it is received, by the two digits of the regions; none means everywhere."""

    def is_open_on(self, day: date) -> bool:
        """True when the channel gives hours on this day."""
        return WEEKDAYS[day.weekday()] in self.days


@dataclass(frozen=True, slots=True)
class Programme:
    """A lesson as the timetable sees it: what to air on which day, how long, for which grades."""

    lesson: int
    code: str
    title: str
    subject: str
    language: str
    grades: tuple[int, ...]
    day: date
    order: int
    minutes: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Airing:
    """A lesson in a slot of a channel; ``start`` is UTC.

    ``code`` is the id that plans, guides and logs have for it; ``id`` is the number of its row.
    """

    lesson: int
    channel: str
    start: datetime
    minutes: int
    status: AiringStatus = AiringStatus.PLANNED
    id: int = 0
    code: str = ""
    kind: AiringKind = AiringKind.FIRST

    @property
    def end(self) -> datetime:
        """The moment it is over."""
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one channel can hold on one day, and what is wished."""

    channel: str
    day: date
    minutes: int
    wished: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """All airings of a week, what did not fit, and why."""

    week: str
    airings: tuple[Airing, ...]
    unplaced: tuple[tuple[int, str], ...]
    capacity: tuple[Capacity, ...]
