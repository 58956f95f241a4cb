"""Whether a change breaks a promise that was kept before: then it is refused, with the promise.

What was wrong already does not stand in the way of mending something else.
"""

from datetime import datetime

from broadcast.checker.checking import faults
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import Plan
from broadcast.problem.model import Problem
from broadcast.replanning.repairing import Repaired
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


def refuse_broken(before: Plan, found: Repaired, problem: Problem, now: datetime) -> None:
    """Raise ``JetkizError`` with the first promise that the new revision breaks.

    ``problem`` is the one of the plan before. It asks the checker, which knows nothing of repairs.
    """
    if found.plan is before:
        return
    known = {(one.kind, one.airings) for one in faults(problem, before)}
    broken = [
        one for one in faults(found.problem, found.plan) if (one.kind, one.airings) not in known
    ]
    broken += revision_faults(problem, before, found.plan, now)
    if broken:
        raise JetkizError(
            broken[0].sentence,
            N_("Nothing was changed. Choose another time or channel."),
            **broken[0].facts,
        )
