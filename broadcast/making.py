"""How a timetable is made whole: what stands where, what families get, and that it is checked."""

from dataclasses import dataclass, replace

from broadcast.capacity.choosing import chosen
from broadcast.checker.checking import refuse_faults
from broadcast.families.report import family_report
from broadcast.plan.model import Plan
from broadcast.problem.model import Problem
from broadcast.problem.writing import problem_sha256
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
    """Return a checked plan of a problem with what it means for families in its report.

    Raises JetkizError when the plan would break a promise of the problem: then nothing is kept.
    """
    smaller, left = chosen(problem)
    plan = solve(smaller)
    unplaced = sorted((*plan.unplaced, *left), key=lambda one: one.lesson)
    whole = replace(plan, input_sha256=problem_sha256(problem), unplaced=tuple(unplaced))
    refuse_faults(problem, whole)
    # What was not even tried is missing in homes as well.
    missing = family_report(problem, whole) if left else {}
    return replace(whole, report={**whole.report, **missing})
