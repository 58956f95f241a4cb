"""What a plan says about itself in numbers: coverage, reasons, paper, cost, proof."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from jetkiz.delivery.model import Choice, StudentPlan
from scheduler.checking_second_room import SecondBooks
from scheduler.model import Learned, Plan, PlanProblem
from scheduler.rules.channel_choice import TABLE_VERSION
from scheduler.two_plans import received

DIGITS = 6


def report_of(problem: PlanProblem, plan: Plan) -> dict[str, Any]:
    """Return the report of a plan as plain values, equal for equal plans."""
    choices = [one for line in plan.students for one in line.choices]
    planned = [one for one in choices if one.channel]
    return {
        "week": plan.week,
        "version": plan.version,
        "engine": plan.engine,
        "table_version": TABLE_VERSION,
        "students": len(plan.students),
        "lessons": len(choices),
        "with_channel": len(planned),
        "with_fallback": sum(name is not None for line in plan.students for name in line.fallbacks),
        "by_channel": _counted(one.channel for one in planned),
        "by_reason": _counted(one.reason.name.lower() for one in choices),
        "expected_received": round(expected_received(problem, plan), DIGITS),
        "cost_tenge": round(plan.cost, 2),
        "objective": round(plan.objective, DIGITS),
        "bound": round(plan.bound, DIGITS),
        "gap": round(plan.gap, DIGITS),
        "churn": round(_churn(problem, plan), DIGITS),
        "capacity": [
            {
                "resource": one.capacity.resource.value,
                "key": one.capacity.key,
                "amount": one.capacity.amount,
                "used": round(one.used, DIGITS),
                "unit": one.capacity.unit,
                "price": round(one.price, DIGITS),
                "exact": one.exact,
            }
            for one in plan.use
        ],
        "second_ways": SecondBooks.of(
            problem,
            plan,
            {(one.capacity.resource, one.capacity.key): one.used for one in plan.use},
        ).to_report(),
        **_learning(problem.learned),
        "set_aside": len(problem.set_aside),
        "checker": [one.rule for one in plan.violations],
    }


def _learning(learned: Learned | None) -> dict[str, Any]:
    if learned is None:
        return {"learning": False}
    return {
        "learning": True,
        "learned_weeks": learned.weeks,
        "learned_students": learned.students,
    }


def _counted(names: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(name for name in names if name).items()))


def expected_received(problem: PlanProblem, plan: Plan) -> float:
    """The share of lessons that will be received, as far as the likelihoods are right."""
    lessons = sum(len(line.lessons) for line in plan.students)
    return sum(received(problem, line) for line in plan.students) / lessons if lessons else 0.0


def _churn(problem: PlanProblem, plan: Plan) -> float:
    """The share of lessons whose channel is another than at that place last week."""
    moved = [
        before != choice.channel
        for line in plan.students
        for before, choice in zip(
            problem.previous.get(line.student, ()), line.choices, strict=False
        )
    ]
    return sum(moved) / len(moved) if moved else 0.0


def ways(plans: Iterable[StudentPlan]) -> dict[tuple[str, ...], int]:
    """Return how many students are reached by which channels together, commonest first."""
    found = Counter(channels_of(line.choices) for line in plans if line.choices)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def channels_of(choices: Iterable[Choice]) -> tuple[str, ...]:
    """Return the channels of a student's week in a fixed order."""
    return tuple(sorted({one.channel for one in choices if one.channel}))
