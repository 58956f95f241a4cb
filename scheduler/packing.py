"""Which paper a household gets when nothing is scarce: each choice of packs is tried."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from scheduler.model import PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, Resource
from scheduler.weighing import Slot, Weighed

# Worth for each unit of a resource; nothing in it means that nothing is scarce.
Prices = Mapping[Resource, float]


class Mode(NamedTuple):
    """The choices of one household for all its children, and what they are worth together."""

    choices: tuple[Weighed | None, ...]
    net: float


def best_mode(slots: Sequence[Slot], prices: Prices, without: Collection[str] = ()) -> Mode:
    """Return the best choice of packs and channels; exact, since only packs join the slots.

    ``without`` names paper channels that only a person's decision may still use.
    """
    best = None
    for packs in _sets_of_packs(slots, without):
        mode = _with_packs(slots, packs, prices)
        if best is None or mode.net > best.net + 1e-12:
            best = mode
    return best or Mode((), 0.0)


def _sets_of_packs(slots: Sequence[Slot], without: Collection[str]) -> Iterator[frozenset[str]]:
    free: set[str] = set()
    decided: set[str] = set()
    for slot in slots:
        paper = {one.channel for one in slot.options if one.pages}
        (decided if slot.is_override else free).update(paper)
    offered = sorted(free - decided - set(without))
    for count in range(len(offered) + 1):
        for chosen in combinations(offered, count):
            yield frozenset(chosen) | decided


def _with_packs(slots: Sequence[Slot], packs: frozenset[str], prices: Prices) -> Mode:
    choices = []
    net = 0.0
    for slot in slots:
        best, gain = None, 0.0
        for option in slot.options:
            if option.pages and option.channel not in packs:
                continue
            worth = option.net_in_pack - (_price_of_pages(option, prices) if prices else 0.0)
            if worth > gain or slot.is_override:
                best, gain = option, worth
        choices.append(best)
        net += gain
    used = {one.channel for one in choices if one and one.pages}
    return Mode(tuple(choices), net - sum(_price_of_pack(name, prices) for name in sorted(used)))


def _price_of_pages(option: Weighed, prices: Prices) -> float:
    use = channel_choice.use_of_pages(option.channel, option.pages) if option.pages else {}
    return _priced(use, prices)


def _price_of_pack(channel: str, prices: Prices) -> float:
    use = channel_choice.use_of_pack(channel) if prices else {}
    return channel_choice.tenge_of_pack(channel) * PER_TENGE + _priced(use, prices)


def _priced(use: Mapping[Resource, float], prices: Prices) -> float:
    return sum(prices.get(resource, 0.0) * amount for resource, amount in use.items())


def upper_bound(
    problem: PlanProblem,
    households: Mapping[int, Sequence[Slot]],
    prices: Mapping[tuple[Resource, str], float],
) -> float:
    """Return a worth that no plan can pass: each household alone, capacities sold at prices.

    True for any prices, since a plan within the capacities uses no more than is sold.
    """
    total = sum(prices[key] * one.amount for key, one in problem.capacity.items() if key in prices)
    for slots in households.values():
        own: dict[Resource, float] = {}
        for resource in Resource:
            pool = problem.pool(resource, slots[0].school)
            if pool and pool in prices:
                own[resource] = prices[pool]
        total += best_mode(slots, own).net
    return total
