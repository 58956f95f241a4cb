"""The best plan there is, found by a mixed-integer solver: slow, exact, and sharing no line."""

from collections import defaultdict
from dataclasses import dataclass, field

import highspy
import numpy as np

from jetkiz.channel import Screen
from scheduler.model import PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, Resource
from scheduler.weighing import Slot, Weighed, slots_of


@dataclass
class Programme:
    """Columns with their worth, and rows of at most so much."""

    worth: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, worth: float) -> int:
        self.worth.append(worth)
        return len(self.worth) - 1

    def row(self, entries: dict[int, float], most: float, least: float = -np.inf) -> None:
        self.rows.append((entries, least, most))

    def solve(self, *, whole: bool) -> float:
        """Return the most that can be had, with whole or with divided columns."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("mip_rel_gap", 1e-9)
        count = len(self.worth)
        solver.addVars(count, np.zeros(count), np.ones(count))
        for column, worth in enumerate(self.worth):
            solver.changeColCost(column, -worth)
            if whole:
                solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        for entries, least, most in self.rows:
            columns = np.array(list(entries), dtype=np.int32)
            solver.addRow(least, most, len(entries), columns, np.array(list(entries.values())))
        solver.run()
        return -solver.getInfo().objective_function_value


def most_worth(problem: PlanProblem, *, whole: bool = True) -> float:
    """Return the worth of the best plan, or of the best divided plan."""
    programme = Programme()
    shared: dict[tuple[object, ...], int] = {}
    pools: dict[tuple[Resource, str], dict[int, float]] = defaultdict(dict)
    caps: dict[tuple[object, ...], tuple[dict[int, float], int]] = {}
    for slot in slots_of(problem):
        places = {}
        for option in slot.options:
            tenge = channel_choice.tenge_of_pages(option.channel, option.pages)
            column = programme.column(option.worth - tenge * PER_TENGE)
            places[column] = 1.0
            _take(problem, pools, slot, _alone(option), column)
            for key, cost, use in _first(slot, option):
                if key not in shared:
                    shared[key] = programme.column(-cost * PER_TENGE)
                    _take(problem, pools, slot, use, shared[key])
                programme.row({column: 1.0, shared[key]: -1.0}, 0.0)
            for key, limit in _caps(slot, option):
                caps.setdefault(key, ({}, limit))[0][column] = 1.0
        if places:
            programme.row(places, 1.0, 1.0 if slot.is_override else -np.inf)
    for entries, limit in caps.values():
        programme.row(entries, float(limit))
    for pool, entries in pools.items():
        programme.row(entries, problem.capacity[pool].amount)
    return programme.solve(whole=whole)


_Uses = dict[tuple[Resource, int], float]


def _alone(option: Weighed) -> _Uses:
    found = {}
    if option.pages:
        use = channel_choice.use_of_pages(option.channel, option.pages)
        found = {(resource, -1): amount for resource, amount in use.items()}
    return {**found, (Resource.MARKING, -1): option.minutes}


def _first(slot: Slot, option: Weighed) -> list[tuple[tuple[object, ...], float, _Uses]]:
    person, name, day = slot.student, option.channel, slot.lesson.day.weekday()
    found: list[tuple[tuple[object, ...], float, _Uses]] = []
    if option.pages:
        use = {(r, -1): a for r, a in channel_choice.use_of_pack(name).items()}
        found.append((("pack", person.household, name), channel_choice.tenge_of_pack(name), use))
    if option.has_seat:
        tenge = channel_choice.tenge_of_seat(name)
        found.append((("seat", person.id, name), tenge, {(Resource.DUTY_SEATS, -1): 1.0}))
    if option.screen == Screen.PHONE:
        found.append((("message", person.id, day), 0.0, {(Resource.MESSAGES, day): 1.0}))
    return found


def _caps(slot: Slot, option: Weighed) -> list[tuple[tuple[object, ...], int]]:
    person, day = slot.student, slot.lesson.day.weekday()
    found: list[tuple[tuple[object, ...], int]] = []
    if option.screen == Screen.PHONE and person.phone_lessons is not None:
        found.append((("phone", person.id, day), person.phone_lessons))
    if option.screen == Screen.TV and person.tv_lessons is not None:
        found.append((("tv", person.id, day), person.tv_lessons))
    if option.screen == Screen.PHONE and slot.is_heavy and person.videos is not None:
        found.append((("video", person.id), person.videos))
    return found


def _take(
    problem: PlanProblem,
    pools: dict[tuple[Resource, str], dict[int, float]],
    slot: Slot,
    uses: _Uses,
    column: int,
) -> None:
    for (resource, day), amount in uses.items():
        pool = problem.pool(resource, slot.student.school, day)
        if pool and amount:
            pools[pool][column] = pools[pool].get(column, 0.0) + amount
