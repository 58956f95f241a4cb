"""Which channel suits which lesson, what a channel costs, and what "better" means.

Every number says where it comes from. "Assumed" means that nobody has measured it for these
schools: change it here, and the plan records the table's version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jetkiz.lessons.model import LessonKind

TABLE_VERSION: Final = "2026-2"


class Resource(StrEnum):
    """What all students share, so that one student's plan can be another's loss."""

    PRINT_PAGES = "print_pages"  # printed sides that the school can make for a week
    POST_MONEY = "post_money"  # tenge for stamps and registered post of a week
    COPIER_PAGES = "copier_pages"  # sides of the school's own copier, for paper by hand
    DUTY_SEATS = "duty_seats"  # students whom the duty class can take in a week
    MESSAGES = "messages"  # digests that a bot can send on one day
    MARKING = "marking"  # minutes a week that teachers have for marking


class HomeLimit(StrEnum):
    """What the children of one home share."""

    PHONE_HOURS = "phone_hours"  # a child's part in the phone of the home
    TV_HOURS = "tv_hours"  # a child's part in the TV of the home
    DATA_PLAN = "data_plan"  # the videos that the home's data plan pays for


Scarce = Resource | HomeLimit
"""All that can be used up."""


FIT: Final[Mapping[LessonKind, Mapping[str, float]]] = {
    LessonKind.TEXT: {
        "telegram": 0.92,
        "broadcast": 0.65,
        "post": 0.92,
        "in_person": 0.92,
        "duty_class": 0.97,
    },
    LessonKind.PICTURES: {
        "telegram": 0.90,
        "broadcast": 0.85,
        "post": 0.85,
        "in_person": 0.85,
        "duty_class": 0.97,
    },
    LessonKind.VIDEO: {
        "telegram": 0.95,
        "broadcast": 1.00,
        "post": 0.55,
        "in_person": 0.55,
        "duty_class": 0.97,
    },
    LessonKind.PRACTICE: {
        "telegram": 0.80,
        "broadcast": 0.45,
        "post": 0.95,
        "in_person": 0.95,
        "duty_class": 0.97,
    },
}
"""Share of a lesson's use that is left on a channel, 0 to 1. Assumed."""

OTHER_FIT: Final = 0.7
"""Fit of a channel that the table does not name. Assumed."""

RETURN_LIKELIHOOD: Final[Mapping[str, float]] = {
    "telegram": 0.60,
    "broadcast": 0.15,
    "post": 0.45,
    "in_person": 0.55,
    "duty_class": 0.80,
}
"""Chance, 0 to 1, that homework comes back from a lesson that was received. Assumed; in England
42 % of students returned their last work in May 2020 (NFER, 16 June 2020)."""

OTHER_RETURN_LIKELIHOOD: Final = 0.3
"""The same for a channel that the table does not name. Assumed."""

SHARE_OF_RECEIVING: Final = 0.6
"""Part of a lesson's worth that lies in receiving it; the rest lies in answering. Policy."""

SOMETHING: Final = 0.1
"""Worth of any channel at all, so that coverage comes before quality. Policy."""

PER_TENGE: Final = 0.0001
"""Worth lost for each tenge: of two equal channels the cheaper one wins. Policy."""

KEPT: Final = 0.05
"""Worth of staying with last week's channel. Halves the changes of channel for 0.4 points of
lessons received in our own simulation (default of the design)."""

WISH: Final = 0.05
"""Worth of the channel that the family asked for: a bonus, never a wall. Policy."""

OTHER_PAPER_WAY: Final = 0.05
"""Worth lost when paper goes another way than the roster says for this home. Policy."""


TRIED_UNASKED: Final = "in_person"
"""The channel that is tried for a home of which nothing at all is known. Unknown is not no, and
no child gets nothing only because nobody asked; the coordinator sees these homes first. Policy."""

UNASKED_LIKELIHOOD: Final = 0.3
"""Chance, 0 to 1, that such a trial succeeds. Assumed, and low on purpose."""


@dataclass(frozen=True, slots=True)
class PackTerms:
    """What one pack of one household uses, and what each printed side adds.

    ``pages`` are printed sides of cover sheet and return slip; ``carrying`` is the work of
    bringing it, ``postage`` the stamp, both in tenge for a pack; the rest is tenge for a side.
    ``printed_by`` is the machine; a school without a copier of its own prints where all print.
    """

    pages: int
    postage: float
    carrying: float
    postage_per_page: float
    printing_per_page: float
    printed_by: Resource = Resource.PRINT_PAGES


PACKS: Final[Mapping[str, PackTerms]] = {
    "post": PackTerms(2, 350.0, 0.0, 4.0, 8.0),
    "in_person": PackTerms(2, 0.0, 120.0, 0.0, 8.0, Resource.COPIER_PAGES),
}
"""Terms of the paper channels. Assumed: no tariff of the post office by weight was found."""

SEATS: Final[Mapping[str, float]] = {"duty_class": 500.0}
"""Tenge for a student's seat of a week, by channel. Assumed: an hour of a teacher, shared."""

INSTEAD: Final[Mapping[Resource, Resource]] = {Resource.COPIER_PAGES: Resource.PRINT_PAGES}
"""What is used where nobody counts a resource apart."""

MARKING_MINUTES: Final = 3.0
"""Minutes of a teacher for one work that came back. Assumed."""

STEP: Final = 100_000
"""Steps of worth in one lesson that arrives for certain."""

CERTAIN: Final = 1000
"""A likelihood of 1: likelihoods are counted in thousandths."""

LESSON: Final = STEP * CERTAIN
"""Units of worth in one lesson. Whole units make every way of adding give one sum."""


def fit(kind: LessonKind, channel: str) -> float:
    """Return the share of a lesson's use that is left on a channel, 0 to 1."""
    return FIT[kind].get(channel, OTHER_FIT)


def step(weight: float, kind: LessonKind, channel: str, *, task: bool) -> int:
    """Return what a lesson that arrives for certain is worth, in steps.

    weight x fit x (0.6 + 0.4 x homework x chance of a return)
    """
    answered = RETURN_LIKELIHOOD.get(channel, OTHER_RETURN_LIKELIHOOD) if task else 0.0
    use = SHARE_OF_RECEIVING + (1 - SHARE_OF_RECEIVING) * answered
    return round(STEP * weight * fit(kind, channel) * use)


def thousandths(likelihood: float) -> int:
    """Return a likelihood in thousandths; what is possible at all is never quite 0."""
    return max(1, round(CERTAIN * likelihood))


def worth(weight: float, kind: LessonKind, channel: str, likelihood: float, task: bool) -> float:
    """Return what a lesson on a channel is worth to a student, in lessons.

    ``step`` x likelihood + 0.1, counted in whole units.
    """
    gained = step(weight, kind, channel, task=task) * thousandths(likelihood)
    return gained / LESSON + SOMETHING


def likelihood_for(
    wanted: float, weight: float, kind: LessonKind, channel: str, task: bool
) -> float:
    """Return the likelihood at which a channel would be worth so much to a lesson."""
    most = step(weight, kind, channel, task=task)
    return (wanted - SOMETHING) * STEP / most if most else float("inf")


def taste(channel: str, wish: str, paper_way: str, *, is_paper: bool) -> float:
    """Return the worth that a home's wish adds to a channel, or its usual paper way takes off."""
    added = WISH if channel == wish else 0.0
    return added - OTHER_PAPER_WAY if is_paper and paper_way not in {"", channel} else added


def marking_minutes(channel: str, *, task: bool) -> float:
    """Return the minutes of marking that a lesson on a channel is expected to bring."""
    answered = RETURN_LIKELIHOOD.get(channel, OTHER_RETURN_LIKELIHOOD)
    return round(MARKING_MINUTES * answered, 2) if task else 0.0


def tenge_of_seat(channel: str) -> float:
    """Return the tenge of a student's seat for a week; 0 where nobody sits."""
    return SEATS.get(channel, 0.0)


def tenge_of_pack(channel: str) -> float:
    """Return the tenge that a pack costs whatever it holds; 0 without paper."""
    terms = PACKS.get(channel)
    if terms is None:
        return 0.0
    return terms.postage + terms.carrying + terms.pages * _tenge_per_page(terms)


def tenge_of_pages(channel: str, pages: int) -> float:
    """Return the tenge that printed sides add to a pack; 0 without paper."""
    terms = PACKS.get(channel)
    return _tenge_per_page(terms) * pages if terms else 0.0


def _tenge_per_page(terms: PackTerms) -> float:
    return terms.postage_per_page + terms.printing_per_page


def use_of_pack(channel: str) -> dict[Resource, float]:
    """Return what a pack takes of the shared resources whatever it holds."""
    terms = PACKS.get(channel)
    if terms is None:
        return {}
    return _use(terms, terms.pages, terms.postage + terms.pages * terms.postage_per_page)


def use_of_pages(channel: str, pages: int) -> dict[Resource, float]:
    """Return what printed sides of a pack take of the shared resources."""
    terms = PACKS.get(channel)
    return _use(terms, pages, pages * terms.postage_per_page) if terms else {}


def _use(terms: PackTerms, pages: int, postage: float) -> dict[Resource, float]:
    use = {terms.printed_by: float(pages)}
    return use | {Resource.POST_MONEY: postage} if postage else use
