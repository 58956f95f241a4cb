"""Who gets which lesson how: the best for each home, then the least loss where room is short.

Steps: each household chooses alone; where a capacity is exceeded, what loses least for each unit
gives way; then every lesson takes the best option for which there is room, until none can improve.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.checker import check
from scheduler.model import Capacity, CapacityUse, Plan, PlanProblem
from scheduler.packing import Mode, best_mode, upper_bound
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, Resource
from scheduler.rules.choice_reasons import reason_for, winner
from scheduler.second_ways import with_fallbacks
from scheduler.weighing import (
    TOLERANCE,
    PoolKey,
    Room,
    Slot,
    Weighed,
    by_household,
    case_of,
    slots_of,
)

ENGINE: Final = "household-repair-1"

# Each pass ends better than it began; this many are never needed, but a loop must end.
MOST_PASSES: Final = 50

# A capacity with more than this share left is not what limits the plan.
ROOM_LEFT: Final = 0.02

Place = tuple[int, int]


@dataclass(slots=True)
class _Draft:
    """A plan while it is put together: what each slot has, and the room that is left."""

    problem: PlanProblem
    slots: list[Slot]
    room: Room
    chosen: dict[Place, Weighed | None]
    prices: dict[PoolKey, float]

    def move(self, slot: Slot, option: Weighed | None) -> None:
        place = (slot.student, slot.lesson)
        self.room.give_back(slot, self.chosen.get(place))
        self.room.take(slot, option)
        self.chosen[place] = option

    def of(self, slot: Slot) -> Weighed | None:
        return self.chosen[slot.student, slot.lesson]


def make_plan(problem: PlanProblem) -> Plan:
    """Plan the week and let the independent checker look at it."""
    slots = slots_of(problem)
    draft = _Draft(problem, slots, Room.of(problem), {}, {})
    households = by_household(slots)
    free = {number: best_mode(members, {}) for number, members in households.items()}
    for number, members in households.items():
        _settle(draft, members, free[number].choices)
    _save_money(draft, households, free)
    _save_pages(draft)
    _polish(draft)
    _forget_prices_with_room_left(draft)
    plan = _finished(draft, households, sum(mode.net for mode in free.values()))
    plan = replace(plan, students=with_fallbacks(problem, plan.students))
    return replace(plan, violations=tuple(check(problem, plan)))


def _settle(draft: _Draft, slots: Sequence[Slot], choices: Sequence[Weighed | None]) -> None:
    for slot, option in zip(slots, choices, strict=True):
        draft.move(slot, option)


def _short(draft: _Draft, resource: Resource) -> list[tuple[PoolKey, Capacity]]:
    return [
        (key, one)
        for key, one in sorted(draft.problem.capacity.items())
        if one.resource == resource and draft.room.left[key] < -TOLERANCE
    ]


def _save_money(
    draft: _Draft, households: Mapping[int, Sequence[Slot]], free: Mapping[int, Mode]
) -> None:
    """Whole households leave the post, those first that lose least for each tenge."""
    for pool, capacity in _short(draft, Resource.POST_MONEY):
        savers = sorted(_money_savers(draft, households, free, pool), key=_by_loss)
        for loss, slots, other in savers:
            if draft.room.left[pool] >= -TOLERANCE:
                break
            _settle(draft, slots, other.choices)
            draft.prices[pool] = max(draft.prices.get(pool, 0.0), loss)
        _refuse_if_short(draft, pool, capacity)


def _by_loss(entry: tuple[float, Sequence[Slot], Mode]) -> tuple[float, bytes]:
    return entry[0], entry[1][0].tie


def _paying_channels(slots: Sequence[Slot]) -> set[str]:
    names = {one.channel for slot in slots for one in slot.options}
    return {name for name in names if Resource.POST_MONEY in channel_choice.use_of_pack(name)}


def _money_savers(
    draft: _Draft,
    households: Mapping[int, Sequence[Slot]],
    free: Mapping[int, Mode],
    pool: PoolKey,
) -> Iterator[tuple[float, Sequence[Slot], Mode]]:
    """Each household that could leave the post: its loss for each tenge, and what it has then."""
    for number, slots in households.items():
        postage = _postage(free[number].choices)
        if not postage or draft.problem.pool(Resource.POST_MONEY, slots[0].school) != pool:
            continue
        other = best_mode(slots, {}, _paying_channels(slots))
        saved = postage - _postage(other.choices)
        if saved > 0:
            yield (free[number].net - other.net) / saved, slots, other


def _postage(choices: Sequence[Weighed | None]) -> float:
    pages: dict[str, int] = {}
    for one in choices:
        if one and one.pages:
            pages[one.channel] = pages.get(one.channel, 0) + one.pages
    money = Resource.POST_MONEY
    return sum(
        channel_choice.use_of_pack(name).get(money, 0.0)
        + channel_choice.use_of_pages(name, count).get(money, 0.0)
        for name, count in pages.items()
    )


def _save_pages(draft: _Draft) -> None:
    """Single lessons leave the paper, those first that lose least for each page."""
    for pool, capacity in _short(draft, Resource.PRINT_PAGES):
        for gain, slot, plain in sorted(_page_savers(draft, pool), key=lambda e: (e[0], e[1].tie)):
            if draft.room.left[pool] >= -TOLERANCE:
                break
            draft.move(slot, plain)
            draft.prices[pool] = max(draft.prices.get(pool, 0.0), gain)
        _refuse_if_short(draft, pool, capacity)


def _page_savers(draft: _Draft, pool: PoolKey) -> Iterator[tuple[float, Slot, Weighed | None]]:
    """Each lesson on paper with its loss for each page, and what it would take instead."""
    for slot in draft.slots:
        own = draft.of(slot)
        if not own or not own.pages or slot.is_override:
            continue
        if draft.problem.pool(Resource.PRINT_PAGES, slot.school) != pool:
            continue
        plain = max(
            (one for one in slot.options if not one.pages),
            key=lambda one: (one.worth, -one.rank),
            default=None,
        )
        loss = own.net_in_pack - (plain.worth if plain else 0.0)
        yield loss / own.pages, slot, plain


def _refuse_if_short(draft: _Draft, pool: PoolKey, capacity: Capacity) -> None:
    if draft.room.left[pool] < -TOLERANCE:
        raise JetkizError(
            N_("The decisions made by hand need {need:.0f} {unit}, and there are {amount:.0f}."),
            N_("Take some decisions back, or raise the limit in the settings."),
            need=capacity.amount - draft.room.left[pool],
            unit=capacity.unit,
            amount=capacity.amount,
        )


def _polish(draft: _Draft) -> None:
    """Let every slot take its best option with room; lessons without a channel come first."""
    for _ in range(MOST_PASSES):
        wishes = sorted(_wishes(draft), key=lambda entry: (entry[0], -entry[1], entry[2].tie))
        moved = [_take_best(draft, slot) for _, _, slot in wishes]
        if not any(moved):
            return


def _wishes(draft: _Draft) -> Iterator[tuple[bool, float, Slot]]:
    """Each slot that something would suit better, with its gain for each page."""
    for slot in draft.slots:
        own = draft.of(slot)
        if len(slot.options) == (own is not None):
            continue
        for_now = own.net_in_pack if own else 0.0
        best = max(slot.options, key=lambda one: (round(one.net_in_pack, 9), -one.rank))
        if own is None or own.pages or best is not own:
            yield own is not None, (best.net_in_pack - for_now) / max(best.pages, 1), slot


def _take_best(draft: _Draft, slot: Slot) -> bool:
    own = draft.of(slot)
    draft.room.give_back(slot, own)
    best = winner(draft.room.judge(slot))
    option = slot.option(best.channel) if best else None
    draft.room.take(slot, option)
    draft.chosen[slot.student, slot.lesson] = option
    return option is not own


def _forget_prices_with_room_left(draft: _Draft) -> None:
    """What nobody uses up has no price: the bound would only be the worse for it."""
    for pool in list(draft.prices):
        if draft.room.left[pool] > ROOM_LEFT * draft.problem.capacity[pool].amount:
            del draft.prices[pool]


def _finished(draft: _Draft, households: Mapping[int, Sequence[Slot]], free: float) -> Plan:
    problem = draft.problem
    cost = _cost(draft) * PER_TENGE
    objective = sum(one.worth for one in map(draft.of, draft.slots) if one) - cost
    bound = free
    if draft.prices:
        bound = min(bound, upper_bound(problem, households, draft.prices))
    return Plan(
        week=problem.week,
        version=problem.version,
        engine=ENGINE,
        students=_students(draft),
        use=tuple(
            CapacityUse(one, one.amount - draft.room.left[key], draft.prices.get(key, 0.0))
            for key, one in sorted(problem.capacity.items())
        ),
        objective=objective,
        bound=bound,
        cost=cost / PER_TENGE,
    )


def _cost(draft: _Draft) -> float:
    pages = sum(
        channel_choice.tenge_of_pages(one.channel, one.pages)
        for one in map(draft.of, draft.slots)
        if one
    )
    packs = sorted(key for key, count in draft.room.packs.items() if count)
    return pages + sum(channel_choice.tenge_of_pack(channel) for _, channel in packs)


def _students(draft: _Draft) -> tuple[StudentPlan, ...]:
    choices: dict[int, list[Choice]] = {one.id: [] for one in draft.problem.students}
    for slot in draft.slots:
        choices[slot.student].append(_choice(draft, slot))
    return tuple(
        StudentPlan(one.id, one.curriculum, tuple(choices[one.id]))
        for one in draft.problem.students
    )


def _choice(draft: _Draft, slot: Slot) -> Choice:
    own = draft.of(slot)
    draft.room.give_back(slot, own)
    judged = draft.room.judge(slot)
    draft.room.take(slot, own)
    chosen = next((one for one in judged if own and one.channel == own.channel), None)
    reason = reason_for(case_of(draft.problem, slot, judged), chosen)
    return Choice(own.channel if own else None, reason)
