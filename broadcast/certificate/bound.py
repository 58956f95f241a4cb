"""A clash that no timetable of the same lessons can go below, and how far above it one lies.

OR-Tools finds prices; what they prove is worked out here again, so that no solver has to be
believed. Order, blocks, breaks and days are left out: the best timetable may lie above the bound.
"""

import json
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from math import inf
from typing import Final

from broadcast.certificate.clusters import clusters
from broadcast.certificate.mixtures import Cluster, columns, proven
from broadcast.plan.model import Plan
from broadcast.problem.model import Problem
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError

ANSWERS: Final = "broadcast.certificate.child:answered"
LIMITS: Final = Limits(seconds=120.0, megabytes=4_000)


@dataclass(frozen=True, slots=True)
class Bound:
    """The least clash of all days of a problem; ``columns`` were weighed in ``clusters`` parts."""

    clash: float
    clusters: int
    columns: int

    def gap(self, clash: float) -> float:
        """Return how far a clash lies above the bound, as a share of it; without end above 0."""
        if self.clash > 0:
            return clash / self.clash - 1
        return inf if clash > 0 else 0.0

    def __float__(self) -> float:
        """Return the clash."""
        return self.clash


def lp_bound(
    problem: Problem, plan: Plan | None = None, process: LimitedProcess | None = None
) -> Bound:
    """Return the least clash of timetables that air what ``plan`` airs, or every lesson.

    Raises JetkizError when OR-Tools is not installed, or when the lessons do not fit the hours.
    """
    parts = clusters(problem, plan)
    prices = _asked(parts, process) if parts else []
    found = [_proven(part, of_part) for part, of_part in zip(parts, prices, strict=True)]
    return Bound(sum(found), len(parts), sum(map(columns, parts)))


def _proven(part: Cluster, prices: list[float] | None) -> float:
    if prices is None:
        raise JetkizError(
            N_("The bound cannot be found: these lessons do not fit into the hours."),
            N_("Look first at what fits, and leave out lessons or ask for more hours."),
        )
    return max(0.0, proven(part, prices))


def _asked(parts: list[Cluster], process: LimitedProcess | None) -> list[list[float] | None]:
    if find_spec("ortools") is None:
        raise JetkizError(
            N_("The bound needs OR-Tools, which is not installed."),
            N_("Install it with: pip install 'jetkiz[optimum]'."),
        )
    if process is None:
        with LimitedProcess(ANSWERS, LIMITS) as own:
            return _asked(parts, own)
    question = json.dumps([_told(part) for part in parts]).encode()
    try:
        found: list[list[float] | None] = json.loads(process.ask(question))
    except (TooCostlyError, CrashedError) as error:
        raise JetkizError(
            N_("The bound was not found: OR-Tools needs more memory or time than there is."),
            N_("The timetable is as good as before; only its distance to the best is not known."),
        ) from error
    return found


def _told(part: Cluster) -> dict[str, object]:
    spans = [(one.minutes, one.most, one.total, one.allowed) for one in part.spans]
    return {**asdict(part), "spans": spans}
