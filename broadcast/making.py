"""How a timetable is made whole: what stands where, what families get, and that it is checked."""

from dataclasses import dataclass, replace

from broadcast.capacity.choosing import chosen
from broadcast.capacity.report import capacity_report, plain
from broadcast.checker.checking import refuse_faults
from broadcast.families.report import family_report
from broadcast.plan.model import AiringKind, Plan, Unplaced
from broadcast.problem.model import FixedAiring, Problem
from broadcast.problem.moments import local_place
from broadcast.problem.writing import in_order, problem_sha256
from broadcast.replanning.obeying import broken, obeyed
from broadcast.solver.solving import solve


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person may choose each time; None leaves it as the problem has it.

    ``repeats`` bounds the repeats of a week; another ``seed`` gives another plan as good.
    """

    seed: int | None = None
    repeats: int | None = None


def with_wishes(problem: Problem, wishes: Wishes) -> Problem:
    """Return the problem as it is wished."""
    meta, policy = problem.meta, problem.policy
    if wishes.seed is not None:
        meta = replace(meta, seed=wishes.seed)
    if wishes.repeats is not None:
        policy = replace(policy, repeat_quota=wishes.repeats)
    return replace(problem, meta=meta, policy=policy)


def make_timetable(problem: Problem) -> Plan:
    """Return a checked plan; its report has the capacity and what the plan means for families.

    Raises JetkizError when the plan would break a promise of the problem: then nothing is kept.
    """
    plan, left = _planned(problem)
    if broken(problem, plan):
        plan, lost = _obeying(problem, plan)
        left = (*left, *lost)
    unplaced = sorted((*plan.unplaced, *left), key=lambda one: one.lesson)
    whole = replace(plan, input_sha256=problem_sha256(problem), unplaced=tuple(unplaced))
    refuse_faults(problem, whole)
    # What was not even tried is missing in homes as well.
    missing = family_report(problem, whole) if left else {}
    capacity = plain(capacity_report(in_order(problem)))
    return replace(whole, report={**whole.report, **missing, "capacity": capacity})


def reported(problem: Problem, plan: Plan) -> Plan:
    """Return a revision with the numbers that a plan has when it is made, beside its changes."""
    numbers = {
        **family_report(problem, plan),
        "capacity": plain(capacity_report(in_order(problem))),
    }
    return replace(plan, report={**plan.report, **numbers})


def _planned(problem: Problem) -> tuple[Plan, tuple[Unplaced, ...]]:
    """Return a plan of the lessons that were chosen, and those that were not.

    Minutes kept for a lesson that then found no place serve one that was left out.
    """
    smaller, left = chosen(problem)
    plan = solve(smaller)
    if not left or not plan.unplaced:
        return plan, left
    fuller = solve(replace(problem, fixed=_as_agreed(problem, plan)))
    known = {one.lesson: one for one in left}
    still = {one.lesson for one in fuller.unplaced}
    if len(still) >= len(plan.unplaced) + len(left):
        return plan, left
    reasons = tuple(known.get(one.lesson, one) for one in fuller.unplaced)
    return replace(fuller, unplaced=()), reasons


def _obeying(problem: Problem, plan: Plan) -> tuple[Plan, tuple[Unplaced, ...]]:
    """Return a plan that keeps the conditions, and what has no place; its repeats are new."""
    found = obeyed(problem, plan)
    placed = {one.lesson for one in found.plan.airings}
    smaller = replace(
        problem,
        lessons=tuple(one for one in problem.lessons if one.id in placed),
        fixed=tuple(one for one in _as_agreed(problem, found.plan) if one.lesson in placed),
    )
    made = solve(smaller)
    told = {"asked": len(problem.conditions), "moved": len(found.moved)}
    return replace(made, report={**made.report, "conditions": told}), found.plan.unplaced


def _as_agreed(problem: Problem, plan: Plan) -> tuple[FixedAiring, ...]:
    """Return the first runs of a plan as if they were agreed, beside repeats that are."""
    channels = {one.id: one for one in problem.channels}
    first_runs = (
        FixedAiring(
            one.lesson, one.channel, *local_place(problem, channels[one.channel], one.start)
        )
        for one in plan.airings
        if one.kind is AiringKind.FIRST
    )
    return (*first_runs, *(one for one in problem.fixed if one.is_repeat))
