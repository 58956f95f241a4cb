"""What a policy is judged by: lessons, work that came back, the worst off, money, churn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from scheduler.simulator.living import Lived, has_task
from scheduler.simulator.room import days_of
from scheduler.solver.week_arrays import NOTHING, Bytes, Longs, WeekArrays


@dataclass(frozen=True, slots=True)
class Score:
    """One policy in one drawn truth: shares from 0 to 1 over the term, tenge a student and week.

    ``returned`` counts of all homework, ``p10`` and ``p1`` are the share that the student receives
    of whom so many percent receive less; ``second`` is the share of lessons that went a second way.
    """

    received: float
    returned: float
    rural: float
    worst_region: float
    p10: float
    p1: float
    tenge: float
    paper: float
    churn: float
    second: float


NAMES = tuple(one.name for one in fields(Score))


@dataclass(slots=True, eq=False)
class Tally:
    """Counts of one policy, week after week."""

    week: WeekArrays
    weeks: int = 0
    received: Longs = field(init=False)
    returned: int = 0
    moved: list[float] = field(default_factory=list)
    tenge: float = 0.0
    paper: float = 0.0
    second: int = 0
    previous: Bytes | None = None

    def __post_init__(self) -> None:
        self.received = np.zeros(self.week.students.count, dtype=np.int64)

    def add(self, lived: Lived) -> None:
        """Count a week."""
        self.weeks += 1
        self.received += lived.received.sum(axis=1)
        self.returned += int(lived.returned.sum())
        self.tenge += sum(lived.tenge)
        self.paper += sum(lived.paper)
        self.second += int((lived.second.channel != NOTHING).sum())
        channel = lived.first.channel
        if self.previous is not None:
            is_lesson = days_of(self.week) != NOTHING
            self.moved.append(_share((channel != self.previous).sum(), is_lesson.sum()))
        self.previous = channel

    def score(self) -> Score:
        """Return the shares of the weeks so far."""
        week, weeks = self.week, self.weeks
        lessons = (days_of(week) != NOTHING).sum(axis=1) * weeks
        school = week.students.school
        regions = len(week.regions)
        by_region = np.bincount(week.region[school], self.received, regions)
        in_region = np.bincount(week.region[school], lessons, regions)
        rural = week.is_rural[school]
        shares = self.received / np.maximum(lessons, 1)
        student_weeks = len(shares) * weeks
        return Score(
            received=_share(self.received.sum(), lessons.sum()),
            returned=_share(self.returned, has_task(week).sum() * weeks),
            rural=_share(self.received[rural].sum(), lessons[rural].sum()),
            worst_region=float((by_region[in_region > 0] / in_region[in_region > 0]).min()),
            p10=float(np.percentile(shares, 10)),
            p1=float(np.percentile(shares, 1)),
            tenge=_share(self.tenge, student_weeks),
            paper=_share(self.paper, student_weeks),
            churn=float(np.mean(self.moved)) if self.moved else 0.0,
            second=_share(self.second, lessons.sum()),
        )


def _share(part: Any, of: Any) -> float:
    return float(part) / float(of) if of else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """One number over the seeds: its mean, and its standard deviation (0 with one seed)."""

    mean: float
    deviation: float


def over_seeds(scores: Sequence[Score]) -> dict[str, Spread]:
    """Return mean and deviation of each number over drawn truths."""
    rows = [asdict(one) for one in scores]
    return {name: spread([row[name] for row in rows]) for name in NAMES}


def spread(values: Sequence[float]) -> Spread:
    """Return mean and standard deviation of some values."""
    several = len(values) > 1
    return Spread(float(np.mean(values)), float(np.std(values, ddof=1)) if several else 0.0)


def advantage(
    found: Mapping[str, Sequence[Score]], one: str, other: str, name: str = "received"
) -> Spread:
    """Return by how much one policy is ahead of another, seed by seed in the same weeks."""
    pairs = zip(found[one], found[other], strict=True)
    return spread([getattr(mine, name) - getattr(theirs, name) for mine, theirs in pairs])
