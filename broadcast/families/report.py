"""What stands in the report of a plan about families: shares lost, clash, waiting."""

from typing import Any, Final

from broadcast.families.clash import clash
from broadcast.families.idle import idle
from broadcast.families.losses import LostShares, lost
from broadcast.plan.model import AiringKind, Plan
from broadcast.problem.model import Problem

_DIGITS: Final = 6


def family_report(problem: Problem, plan: Plan) -> dict[str, Any]:
    """Return plain values for the report of a plan.

    ``lost_share`` counts first runs, repeats and make-ups together, ``lost_without_repeats`` what
    would be lost without repeats: both by number of children, with the worst tenth of homes.
    """
    firsts = [one for one in plan.airings if one.kind != AiringKind.REPEAT]
    found = lost(problem, plan.airings)
    waiting = idle(problem, plan.airings)
    return {
        "clash": round(clash(problem, plan.airings), _DIGITS),
        "lost_share": _shares(found),
        "lost_without_repeats": _shares(lost(problem, firsts)),
        "idle_minutes": waiting.minutes,
        "idle_slots": waiting.slots,
        "blocks": waiting.blocks,
        "homes_with_one_set": round(found.homes),
        "never_aired_share": round(found.never_aired, _DIGITS),
        "estimated_share": round(found.estimated, _DIGITS),
    }


def _shares(found: LostShares) -> dict[str, Any]:
    return {
        "all": round(found.share, _DIGITS),
        **{name: round(share, _DIGITS) for name, share in found.by_children.items()},
        "worst_decile": round(found.worst_decile, _DIGITS),
        "worst_kind": round(found.worst_kind, _DIGITS),
        "worst_streams": list(found.worst_streams),
    }
