"""What a nation's plan says about itself: coverage, what will be received where, cost, proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.model import Violation
from scheduler.nation.counting import Piece, pieces
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.rules.channel_choice import CERTAIN, LESSON, PER_TENGE, TABLE_VERSION
from scheduler.solver.week_arrays import NOTHING, Bools, Ints, Longs, Reals, WeekArrays

DIGITS: Final = 6
_NAMES: Final = {one.value: one.name.lower() for one in ChoiceReason}


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What the plan means for each student [N]: lessons, those with a channel, share received.

    ``channels`` has a bit for each channel that the student's week uses; ``moved`` counts the
    lessons that go another way than last week.
    """

    lessons: Ints
    reached: Ints
    received: Reals
    sides: Ints
    channels: NDArray[np.uint8]
    moved: Ints
    by_reason: Longs
    by_channel: Longs


def lines_of(week: WeekArrays, plan: PlanArrays) -> Lines:
    """Work out every student's line, piece by piece."""
    count = week.students.count
    lines = Lines(
        lessons=np.zeros(count, dtype=np.int32),
        reached=np.zeros(count, dtype=np.int32),
        received=np.zeros(count),
        sides=np.zeros(count, dtype=np.int32),
        channels=np.zeros(count, dtype=np.uint8),
        moved=np.zeros(count, dtype=np.int32),
        by_reason=np.zeros(256, dtype=np.int64),
        by_channel=np.zeros(len(week.channels) + 1, dtype=np.int64),
    )
    for piece in pieces(week, plan):
        _fill(lines, piece)
    return lines


def _fill(lines: Lines, piece: Piece) -> None:
    week, rows = piece.week, piece.rows
    is_lesson = piece.is_lesson
    lines.lessons[rows] = is_lesson.sum(axis=1)
    lines.reached[rows] = (piece.channel != NOTHING).sum(axis=1)
    likely = piece.chosen_chance.sum(axis=1)
    lines.by_reason[:] += np.bincount(piece.plan.reason[rows].ravel(), minlength=256)
    channels = np.bincount((piece.channel + np.int8(1)).ravel(), minlength=len(lines.by_channel))
    lines.by_channel[:] += channels
    for column in range(len(week.channels)):
        at = piece.channel == column
        lines.channels[rows] |= (at.any(axis=1) << column).astype(np.uint8)
        if week.tariff.side[column]:
            lines.sides[rows] += (piece.sides * at).sum(axis=1, dtype=np.int32)
    lines.received[rows] = likely / CERTAIN / np.maximum(lines.lessons[rows], 1)
    if len(week.students.previous):
        before = week.students.previous[rows]
        lines.moved[rows] = (is_lesson & (before != piece.channel)).sum(axis=1)


def report_of(
    week: WeekArrays, plan: PlanArrays, lines: Lines, violations: Sequence[Violation]
) -> dict[str, Any]:
    """Return the report as plain values, equal for equal plans."""
    counts = lines.by_reason
    by_channel = lines.by_channel[1:].tolist()
    lessons = int(lines.lessons.sum())
    return {
        "engine": plan.engine,
        "table_version": TABLE_VERSION,
        "students": week.students.count,
        "lessons": lessons,
        "with_channel": int(lines.reached.sum()),
        "students_missing_a_lesson": int((lines.reached < lines.lessons).sum()),
        "students_without_any": int(((lines.reached == 0) & (lines.lessons > 0)).sum()),
        "by_channel": dict(zip(week.channels, by_channel, strict=True)),
        "by_reason": {
            _NAMES.get(reason, str(reason)): int(counts[reason])
            for reason in np.flatnonzero(counts).tolist()
            if reason
        },
        "expected_received": _spread(lines.received),
        "places": _places(week, lines),
        "cost_tenge": round(plan.cost / LESSON / PER_TENGE, 2),
        "objective": round(plan.objective / LESSON, DIGITS),
        "bound": round(plan.bound / LESSON, DIGITS),
        "gap": round(plan.gap, DIGITS),
        "churn": round(int(lines.moved.sum()) / lessons, DIGITS) if lessons else 0.0,
        "resources": _resources(week, plan),
        "set_aside": list(week.notes),
        "checker": [one.rule for one in violations],
    }


def _spread(received: Reals) -> dict[str, float]:
    """The mean, and what the student has below whom a tenth or a hundredth of all stand."""
    if not len(received):
        return {"mean": 0.0, "p10": 0.0, "p1": 0.0}
    low, lowest = np.quantile(received, [0.1, 0.01], method="lower")
    named = {"mean": received.mean(), "p10": low, "p1": lowest}
    return {name: round(float(value), DIGITS) for name, value in named.items()}


def _places(week: WeekArrays, lines: Lines) -> list[dict[str, Any]]:
    """A line for each region's city and villages, in the order of the regions."""
    region, is_rural = _where(week)
    found = []
    for number, name in enumerate(week.regions):
        for rural in (False, True):
            at = np.flatnonzero((region == number) & (is_rural == rural))
            if len(at):
                line = {
                    "region": name,
                    "rural": rural,
                    "students": len(at),
                    "lessons": int(lines.lessons[at].sum()),
                    "with_channel": int(lines.reached[at].sum()),
                }
                found.append(line | {"expected_received": _spread(lines.received[at])})
    return found


def _where(week: WeekArrays) -> tuple[Ints, Bools]:
    school = week.students.school
    return week.region[school], week.is_rural[school]


def _resources(week: WeekArrays, plan: PlanArrays) -> list[dict[str, Any]]:
    """What there is of each resource in all places together, and what the plan takes."""
    pools = week.pools
    names = np.array([one.value for one in pools.resource])
    found = []
    for name in dict.fromkeys(names.tolist()):
        at = names == name
        found.append(
            {
                "resource": name,
                "pools": int(at.sum()),
                "amount": round(float(pools.amount[at].sum()), 2),
                "used": round(float(plan.use[at].sum()), 2),
                "used_up": int((plan.use[at] >= 0.98 * pools.amount[at]).sum()),
            }
        )
    return found
