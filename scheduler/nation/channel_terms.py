"""How the channels of the nation work and what they cost: the published table of the planner."""

from typing import Any, Final

from jetkiz.lessons.model import LessonKind
from scheduler.nation.chances import CHANNELS
from scheduler.nation.problem import ChannelTerms
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PACKS

_ROLES: Final = {"post": "pack", "in_person": "pack", "duty_class": "seat"}
_SCREENS: Final = {"telegram": "phone", "broadcast": "tv"}
_DOMAINS: Final = {
    "telegram": "internet",
    "broadcast": "air",
    "post": "paper",
    "in_person": "school",
    "duty_class": "school",
}
_LEAD_DAYS: Final = {"broadcast": 1, "post": 2}


def channel_terms() -> tuple[ChannelTerms, ...]:
    """Return the terms in the order of the channels' ranks."""
    return tuple(_terms(name) for name in CHANNELS)


def _terms(name: str) -> ChannelTerms:
    pack = PACKS.get(name)
    paper: dict[str, Any] = (
        {
            "pack_sides": pack.pages,
            "pack_postage": pack.postage,
            "pack_carrying": pack.carrying,
            "side_postage": pack.postage_per_page,
            "side_printing": pack.printing_per_page,
        }
        if pack
        else {}
    )
    return ChannelTerms(
        name=name,
        role=_ROLES.get(name, "free"),
        failure_domain=_DOMAINS[name],
        fit={kind: _fit(kind, name, is_paper=pack is not None) for kind in LessonKind},
        return_likelihood=channel_choice.RETURN_LIKELIHOOD.get(
            name, channel_choice.OTHER_RETURN_LIKELIHOOD
        ),
        screen=_SCREENS.get(name, ""),
        pages=pack.printed_by.value if pack else "",
        lead_days=_LEAD_DAYS.get(name, 0),
        seat_cost=channel_choice.tenge_of_seat(name),
        **paper,
    )


def _fit(kind: LessonKind, channel: str, *, is_paper: bool) -> float:
    """A film cannot be printed (``print_packs/channel.py``)."""
    return 0.0 if is_paper and kind == LessonKind.VIDEO else channel_choice.fit(kind, channel)
