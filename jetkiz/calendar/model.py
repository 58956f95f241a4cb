"""What a school year is: its first and last day, its quarters and its breaks."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Break:
    """Days without lessons, for everybody or for some grades only."""

    start: date
    end: date
    grades: tuple[int, ...] = ()

    def holds(self, day: date, grade: int | None) -> bool:
        """True when this grade rests on that day; without a grade only breaks of all count."""
        return self.start <= day <= self.end and (not self.grades or grade in self.grades)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A stretch of lessons between two breaks; ``distance`` when it was taught at a distance."""

    start: date
    end: date
    distance: bool = False


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """One school year; ``verified`` is False where a part of it has no source.

    ``days_a_week`` is 6 where lessons are held on Saturdays too.
    """

    title: str
    start: date
    end: date
    quarters: tuple[Quarter, ...] = ()
    breaks: tuple[Break, ...] = ()
    extra_days_off: frozenset[date] = frozenset()
    extra_school_days: frozenset[date] = frozenset()
    days_a_week: int = 5
    verified: bool = False
    source: str = ""

    def decides(self, day: date, grade: int | None = None) -> bool | None:
        """Return whether lessons are held, or None where weekday and holiday decide."""
        if day in self.extra_school_days:
            return True
        if day in self.extra_days_off or not self.start <= day <= self.end:
            return False
        return False if any(pause.holds(day, grade) for pause in self.breaks) else None
