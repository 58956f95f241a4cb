"""Which reason a choice is given: the first that is true, in the order of this page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.rules.channel_choice import HomeLimit, Resource, Scarce


@dataclass(frozen=True, slots=True)
class Judged:
    """One option as it stands in a finished plan, its own place given back.

    ``net`` is worth with all bonuses less cost; ``lacks`` names what is used up for it.
    """

    channel: str
    net: float
    cost: float = 0.0
    kept: float = 0.0
    wish: float = 0.0
    rank: int = 0
    lacks: Collection[Scarce] = ()

    @property
    def worth(self) -> float:
        """What it is worth, in nine digits: sums in another order must not decide."""
        return round(self.net, 9)

    def key(self, *, without: float = 0.0) -> tuple[float, int]:
        """Return what the best option has most of; ties go to the lower rank."""
        return (round(self.net - without, 9), -self.rank)


@dataclass(frozen=True, slots=True)
class Case:
    """All that decides about one lesson of one student.

    ``possible`` counts channels that pass their test; ``judged`` holds those of them that
    still come in time.
    """

    possible: int
    judged: Sequence[Judged]
    is_override: bool = False
    is_unknown: bool = False
    is_barred_by_needs: bool = False


USED_UP: Final[Mapping[Scarce, ChoiceReason]] = {
    Resource.PRINT_PAGES: ChoiceReason.NO_PAGES,
    Resource.COPIER_PAGES: ChoiceReason.NO_PAGES,
    Resource.POST_MONEY: ChoiceReason.NO_MONEY,
    Resource.DUTY_SEATS: ChoiceReason.NO_SEATS,
    Resource.MESSAGES: ChoiceReason.NO_MESSAGES,
    Resource.MARKING: ChoiceReason.NO_MARKING,
    HomeLimit.PHONE_HOURS: ChoiceReason.NO_SCREEN_TIME,
    HomeLimit.TV_HOURS: ChoiceReason.NO_SCREEN_TIME,
    HomeLimit.DATA_PLAN: ChoiceReason.NO_DATA,
}
"""What is said of a resource that is used up; the first of several that are is said."""


def winner(judged: Sequence[Judged]) -> Judged | None:
    """Return the best option for which there is room."""
    return max((one for one in judged if not one.lacks), key=Judged.key, default=None)


def reason_for(case: Case, chosen: Judged | None) -> ChoiceReason:
    """Return why the chosen option was chosen, or why there is none."""
    if chosen is None:
        return _reason_for_none(case)
    if case.is_override:
        return ChoiceReason.TEACHER
    if case.is_unknown:
        return ChoiceReason.NOT_ASKED_YET
    if case.possible == 1:
        return ChoiceReason.ONLY_CHANNEL
    if len(case.judged) == 1:
        return ChoiceReason.ONLY_IN_TIME
    return _reason_among_rivals(case.judged, chosen)


def _reason_among_rivals(judged: Sequence[Judged], chosen: Judged) -> ChoiceReason:
    if any(one.lacks and one.worth > chosen.worth for one in judged):
        return ChoiceReason.SECOND_BEST
    rivals = [one for one in judged if not one.lacks]
    if chosen.kept and max(rivals, key=lambda one: one.key(without=one.kept)) != chosen:
        return ChoiceReason.KEPT
    if chosen.wish and max(rivals, key=lambda one: one.key(without=one.wish)) != chosen:
        return ChoiceReason.ASKED_FOR
    if max(rivals, key=lambda one: one.key(without=-one.cost)) != chosen:
        return ChoiceReason.CHEAPER
    return ChoiceReason.BEST_VALUE


def _reason_for_none(case: Case) -> ChoiceReason:
    if case.judged:
        lacking = {resource for one in case.judged for resource in one.lacks}
        return next(reason for resource, reason in USED_UP.items() if resource in lacking)
    if case.possible:
        return ChoiceReason.CUTOFF_PASSED
    if case.is_barred_by_needs:
        return ChoiceReason.NO_VARIANT
    if case.is_unknown:
        return ChoiceReason.UNKNOWN_PROFILE
    return ChoiceReason.NO_CHANNEL_FITS
