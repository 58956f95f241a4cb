"""Whether a timetable keeps every promise; asked before anything of it is published or exported.

It knows the problem and the plan, nothing of how the plan was made, and works out every time again.
"""

from collections.abc import Sequence
from typing import Final

from broadcast.checker.for_conditions import condition_faults
from broadcast.checker.for_lessons import lesson_faults
from broadcast.checker.for_students import student_faults
from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.numbers import chain_faults, number_faults, own_fault
from broadcast.checker.on_channels import channel_faults
from broadcast.checker.seen import ground
from broadcast.plan.model import AiringStatus, Plan
from broadcast.problem.model import Problem
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# What was aired cannot be mended; what is missing beside it can.
_ALWAYS: Final = frozenset({FaultKind.UNCOVERED, FaultKind.BOTH, FaultKind.QUOTA})


class TimetableFaultsError(JetkizError):
    """A timetable that does not keep its promises; ``faults`` are all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            faults[0].sentence,
            N_("The timetable has {count} faults in all: mend it, or let it be planned again."),
            **faults[0].facts,
            count=len(faults),
        )
        self.faults = tuple(faults)


def faults(problem: Problem, plan: Plan) -> list[Fault]:
    """Return every promise that a plan does not keep; an empty list is a plan to rely on."""
    known = ground(problem)
    by_id = {one.id: one for one in plan.airings}
    broken = [fault for one in plan.airings if (fault := own_fault(known, one))]
    unreadable = {number for fault in broken for number in fault.airings}
    readable = [one for one in plan.airings if one.id not in unreadable]
    standing = [known.seen(one) for one in readable if one.stands]
    missed = [known.seen(one) for one in readable if one.status == AiringStatus.MISSED]
    over = {one.airing.id for one in standing if one.is_over}
    found = [
        *channel_faults(known, standing, by_id),
        *student_faults(known, plan, standing),
        *lesson_faults(known, plan, standing, missed),
        *condition_faults(known, standing),
    ]
    return [
        *number_faults(plan),
        *broken,
        *chain_faults(plan),
        *(one for one in found if one.kind in _ALWAYS or not _is_past(one, over)),
    ]


def _is_past(fault: Fault, over: set[str]) -> bool:
    return bool(fault.airings) and over.issuperset(fault.airings)


def refuse_faults(problem: Problem, plan: Plan) -> None:
    """Raise TimetableFaultsError when a plan does not keep a promise."""
    if found := faults(problem, plan):
        raise TimetableFaultsError(found)
