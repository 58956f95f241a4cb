"""Who gets which lesson how: the school as numbers, the solver's plan, and the plan in words.

How it is found stands in ``scheduler/solver``; what a lesson is worth in ``scheduler/rules``.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.checker import check
from scheduler.model import CapacityUse, Plan, PlanProblem
from scheduler.rules.channel_choice import LESSON, PER_TENGE, Resource
from scheduler.second_ways import with_fallbacks
from scheduler.solver.compiling import HUNDRED, arrays_of, in_order
from scheduler.solver.reasons import Strangers, reasons_of
from scheduler.solver.solving import Solution, solve
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.week_arrays import Counts, WeekArrays

ENGINE: Final = "prices-1"

# A capacity with more than this share left is not what limits the plan.
ROOM_LEFT: Final = 0.02


def make_plan(problem: PlanProblem) -> Plan:
    """Plan the week and let the independent checker look at it."""
    week = arrays_of(problem)
    solution = solve(week)
    _refuse_overdrawn(week, solution)
    standing = Standing.of(week, solution.channel)
    return plan_in_words(problem, solution, reasons_of(standing, strangers_of(problem, week)))


def plan_in_words(
    problem: PlanProblem,
    solution: Solution,
    reasons: Counts,
    before: Sequence[StudentPlan] = (),
) -> Plan:
    """Return a solved week as a plan, with second ways and what the checker says of it.

    What stands in a re-plan keeps the second ways that it had ``before``.
    """
    use = _uses(problem, solution.week, solution)
    plan = Plan(
        week=problem.week,
        version=problem.version,
        engine=ENGINE,
        students=with_fallbacks(problem, _students(problem, solution, reasons), use, before),
        use=use,
        objective=solution.objective / LESSON,
        bound=max(solution.bound, solution.objective) / LESSON,
        cost=solution.cost / LESSON / PER_TENGE,
    )
    return replace(plan, violations=tuple(check(problem, plan)))


def _refuse_overdrawn(week: WeekArrays, solution: Solution) -> None:
    """Only decisions by hand can ask for more than there is: everything else gives way."""
    over = np.flatnonzero(solution.use > week.pools.amount + TOLERANCE)
    for pool in over:
        resource, scale = week.pools.resource[pool], 1
        if resource == Resource.MARKING:
            scale = HUNDRED
        raise JetkizError(
            N_("The decisions made by hand need {need:.0f} {unit}, and there are {amount:.0f}."),
            N_("Take some decisions back, or raise the limit in the settings."),
            need=solution.use[pool] / scale,
            unit=week.pools.unit[pool],
            amount=week.pools.amount[pool] / scale,
        )


def strangers_of(problem: PlanProblem, week: WeekArrays) -> Strangers:
    """Return what is known of homes and lessons that no channel reaches."""
    people = in_order(problem.students)
    barred = np.zeros((len(people), week.slots), dtype=np.bool_)
    answers: dict[int, bool] = {}
    for row, one in enumerate(people):
        for slot, lesson in enumerate(one.curriculum):
            options = problem.options[one.id, lesson]
            if id(options) not in answers:
                answers[id(options)] = any(option.only_needs_bar for option in options)
            barred[row, slot] = answers[id(options)]
    return Strangers(np.array([one.is_unknown for one in people], dtype=np.bool_), barred)


def _students(problem: PlanProblem, solution: Solution, reasons: Counts) -> tuple[StudentPlan, ...]:
    """Return the plan in words, by student; equal choices are one object."""
    people = in_order(problem.students)
    known: dict[tuple[int, int], Choice] = {}
    names = (*solution.week.channels, None)
    found = {}
    for one, channels, why in zip(people, solution.channel.tolist(), reasons.tolist(), strict=True):
        pairs = zip(channels, why, strict=True)
        choices = [
            known.setdefault(pair, Choice(names[pair[0]], ChoiceReason(pair[1])))
            for _, pair in zip(one.curriculum, pairs, strict=False)
        ]
        found[one.id] = StudentPlan(one.id, one.curriculum, tuple(choices))
    return tuple(found[one.id] for one in problem.students)


def _uses(problem: PlanProblem, week: WeekArrays, solution: Solution) -> tuple[CapacityUse, ...]:
    pools = week.pools
    found: list[CapacityUse] = []
    # What nobody uses up has no price: it is not what limits the plan.
    is_scarce = solution.use >= pools.amount * (1 - ROOM_LEFT)
    prices = np.where(is_scarce, solution.price, 0.0).tolist()
    exact = solution.price.tolist()
    for resource, key, used, price, asked in zip(
        pools.resource, pools.key, solution.use.tolist(), prices, exact, strict=True
    ):
        scale = HUNDRED if resource == Resource.MARKING else 1
        capacity = problem.capacity[resource, key]
        found.append(CapacityUse(capacity, used / scale, price * scale / LESSON, asked))
    return tuple(found)
