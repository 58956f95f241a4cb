"""Which lessons are worth most on the air: a table that the broadcaster's timetable reads."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from jetkiz.channel import Screen
from jetkiz.delivery.model import StudentPlan
from jetkiz.roster.model import Need
from scheduler.model import CapacityUse, PlanProblem
from scheduler.plan_report import DIGITS
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.airing_value import Signing, airing_worth
from scheduler.solver.compiling import arrays_of, in_order
from scheduler.solver.week_arrays import NOTHING, Bytes, Reals, WeekArrays

# The timetable knows these names: they are all that the two have in common.
COLUMNS: Final = ("lesson", "language", "value", "students")
FILE: Final = "plan/airing_values.csv"


@dataclass(frozen=True, slots=True)
class AiringValue:
    """What a lesson is worth on the air, in lessons received, and how many students it helps."""

    code: str
    language: str
    value: float
    students: int


def airing_values(
    problem: PlanProblem, students: Sequence[StudentPlan], use: Sequence[CapacityUse]
) -> list[AiringValue]:
    """Return the value of every lesson beside a plan, the highest first; none without TV."""
    if all(one.screen != Screen.TV for one in problem.channels.values()):
        return []
    week = arrays_of(problem)
    channel, price = channels_of_plan(problem, week, students), prices_of(week, use)
    found = airing_worth(week, channel, price, _signing(problem))
    values = [
        AiringValue(one.code, one.language, round(worth / LESSON, DIGITS), helped)
        for one, worth, helped in zip(
            problem.lessons.values(), found.worth.tolist(), found.students.tolist(), strict=True
        )
    ]
    return sorted(values, key=lambda one: (-one.value, one.code, one.language))


def _signing(problem: PlanProblem) -> Signing | None:
    deaf = [Need.SIGN_LANGUAGE in one.needs for one in in_order(problem.students)]
    if not any(deaf):
        return None
    signed = [one.is_signed for one in problem.lessons.values()]
    return Signing(np.array(deaf, dtype=np.bool_), np.array(signed, dtype=np.bool_))


def channels_of_plan(
    problem: PlanProblem, week: WeekArrays, students: Sequence[StudentPlan]
) -> Bytes:
    """Return a plan's channels [N, W] in the order of the arrays."""
    column = {name: place for place, name in enumerate(week.channels)} | {None: NOTHING}
    lines = {one.student: one for one in students}
    found = np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)
    for row, one in enumerate(in_order(problem.students)):
        chosen = [column.get(choice.channel, NOTHING) for choice in lines[one.id].choices]
        found[row, : len(chosen)] = chosen
    return found


def prices_of(week: WeekArrays, use: Sequence[CapacityUse]) -> Reals:
    """Return the prices [P] that a plan was made at; 0 for what it did not know."""
    said = {(one.capacity.resource, one.capacity.key): one.exact for one in use}
    pools = zip(week.pools.resource, week.pools.key, strict=True)
    return np.array([said.get(pool, 0.0) for pool in pools], dtype=np.float64)


def airing_text(values: Sequence[AiringValue]) -> str:
    """Write the table out."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((one.code, one.language, one.value, one.students) for one in values)
    return text.getvalue()
