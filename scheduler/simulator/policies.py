"""Which policies are compared, and how each decides about a week from what it is told.

All have the same capacities. A policy sees a week as arrays: whose chances stand in it - the
channels' own, learned ones or the truth - is decided before, by what the policy may know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.rules.channel_choice import LESSON, PER_TENGE, Resource
from scheduler.simulator.room import whole, within_caps, within_room
from scheduler.solver import offers
from scheduler.solver.solving import solve
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Cap, Reals, Role, WeekArrays


class Knows(StrEnum):
    """Whose chances a policy is told."""

    FACTS = "facts"  # the channels' own, from the facts of the home
    PAST = "past"  # the same after what was heard in the weeks before
    TRUTH = "truth"  # what nobody can know


@dataclass(frozen=True, slots=True)
class Policy:
    """One way of deciding; ``bounded_by`` names the policy whose money it may not exceed."""

    name: str
    words: str
    decide: Callable[[WeekArrays], Bytes]
    knows: Knows = Knows.FACTS
    has_second_ways: bool = False
    bounded_by: str = ""


def tv_only(week: WeekArrays) -> Bytes:
    """Return the plan that trusts television alone."""
    return _then(week, nothing_yet(week), _screened(week, Cap.TV))


def messenger_only(week: WeekArrays) -> Bytes:
    """Return the plan that trusts the messenger alone."""
    return _then(week, nothing_yet(week), _screened(week, Cap.PHONE))


def as_in_2020(week: WeekArrays) -> Bytes:
    """Return a plan like that of 2020: online, else television, else post; some duty classes.

    The duty class takes students to whom nothing else brings anything.
    """
    found = nothing_yet(week)
    steps = (_screened(week, Cap.PHONE), _screened(week, Cap.TV), _named(week, "post"))
    for columns in steps:
        found = _then(week, found, columns)
    has_nothing = (found == NOTHING).all(axis=1)
    return _then(week, found, np.flatnonzero(week.role == Role.SEAT).tolist(), has_nothing)


def planned(week: WeekArrays) -> Bytes:
    """Return the plan of the planner."""
    return solve(week).channel


def nothing_yet(week: WeekArrays) -> Bytes:
    """Return the plan in which nobody gets anything."""
    return np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)


def _screened(week: WeekArrays, screen: Cap) -> list[int]:
    return [int(one) for one in np.flatnonzero(week.screen == screen)]


def _named(week: WeekArrays, name: str) -> list[int]:
    return [week.channels.index(name)] if name in week.channels else []


def _then(week: WeekArrays, before: Bytes, columns: list[int], who: Bools | None = None) -> Bytes:
    """Bring what nothing brings yet by these channels, first come, first served."""
    found = before
    for column in columns:
        wanted = (found == NOTHING) & (offers.gross(whole(week), column) > 0)
        if who is not None:
            wanted &= who[:, None]
        screen = int(week.screen[column])
        if screen != NOTHING:
            on_it = np.isin(found, _screened(week, Cap(screen)))
            wanted = within_caps(week, wanted, Cap(screen), on_it)
        asked = np.where(wanted, column, found).astype(np.int8)
        fits = within_room(week, asked, week.pools.amount)
        # Whoever had something keeps it: only the newcomers can be sent away.
        found = np.where(found != NOTHING, found, fits).astype(np.int8)
    return found


def with_budget(week: WeekArrays, paper: float, tenge: float) -> WeekArrays:
    """Return the week with two pools more: tenge for packs, and tenge for all, of the country."""
    pools, tariff = week.pools, week.tariff
    pack, side, seat = (
        np.round(one / (LESSON * PER_TENGE)) for one in (tariff.pack, tariff.side, tariff.seat)
    )
    none = np.zeros_like(seat)
    last = len(pools.amount)
    own = np.broadcast_to(np.array([last, last + 1], dtype=np.int32), (len(week.school), 2))
    amount = np.floor([paper, tenge])
    more = replace(
        pools,
        resource=(*pools.resource, Resource.POST_MONEY, Resource.POST_MONEY),
        key=(*pools.key, "paper", "all"),
        unit=(*pools.unit, "tenge a week", "tenge a week"),
        amount=np.append(pools.amount, amount),
        of_school=np.hstack([pools.of_school, own]).astype(np.int32),
        by_pack=np.vstack([pools.by_pack, pack, pack]),
        by_side=np.vstack([pools.by_side, side, side]),
        by_seat=np.vstack([pools.by_seat, none, seat]),
        by_marking=np.append(pools.by_marking, [0.0, 0.0]),
        message_day=np.append(pools.message_day, [NOTHING, NOTHING]).astype(np.int8),
    )
    return replace(week, pools=more)


def with_reserve(week: WeekArrays, share: float) -> WeekArrays:
    """Return the week with a part of the schools' copiers kept free for second ways."""
    kept = [one == Resource.COPIER_PAGES for one in week.pools.resource]
    amount: Reals = np.where(kept, np.floor(week.pools.amount * (1 - share)), week.pools.amount)
    return replace(week, pools=replace(week.pools, amount=amount))


_REFERENCE: Final = "rule-2020-second-ways"

POLICIES: Final[Mapping[str, Policy]] = {
    one.name: one
    for one in (
        Policy("tv", N_("television only"), tv_only),
        Policy("messenger", N_("messenger only"), messenger_only),
        Policy("rule-2020", N_("as in 2020"), as_in_2020),
        Policy(_REFERENCE, N_("as in 2020, with second ways"), as_in_2020, has_second_ways=True),
        Policy(
            "planner-same-money",
            N_("planner, money as in 2020"),
            planned,
            has_second_ways=True,
            bounded_by=_REFERENCE,
        ),
        Policy(
            "planner-learning-same-money",
            N_("planner that learns, money as in 2020"),
            planned,
            Knows.PAST,
            has_second_ways=True,
            bounded_by=_REFERENCE,
        ),
        Policy("planner", N_("planner"), planned, has_second_ways=True),
        Policy(
            "planner-learning", N_("planner that learns"), planned, Knows.PAST, has_second_ways=True
        ),
        Policy("oracle", N_("knows the truth"), planned, Knows.TRUTH, has_second_ways=True),
    )
}


def chosen(names: tuple[str, ...]) -> tuple[Policy, ...]:
    """Return policies by name, all without a name, each with the one that bounds its money."""
    for name in names:
        if name not in POLICIES:
            raise JetkizError(
                N_("There is no policy {name}."),
                N_("The policies are: {known}."),
                name=repr(name),
                known=", ".join(POLICIES),
            )
    wanted = set(names or POLICIES)
    wanted |= {POLICIES[name].bounded_by for name in wanted} - {""}
    return tuple(one for name, one in POLICIES.items() if name in wanted)
