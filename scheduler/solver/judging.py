"""How each option of each lesson stands beside the rest of a plan: its worth, and what it lacks.

A lesson's own place is given back first; the first lesson of a pack or a seat pays for it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.rules.channel_choice import HomeLimit, Resource, Scarce
from scheduler.solver import offers
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bools, Cap, Counts, Ints, Reals, Role

CAP_RESOURCE: Final = {
    Cap.HEAVY: HomeLimit.DATA_PLAN,
    Cap.PHONE: HomeLimit.PHONE_HOURS,
    Cap.TV: HomeLimit.TV_HOURS,
}
ORDER: Final[tuple[Scarce, ...]] = (*Resource, *HomeLimit)
"""A bit of ``Judged.lacks`` for each resource, in this order."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The options of a block, one array [n, W] a channel.

    ``net`` is true worth less true cost beside the rest of the plan, ``IMPOSSIBLE`` where the
    channel cannot bring the lesson; ``cost`` the cost in it; ``lacks`` the resources that are used
    up for it, as bits; ``needs`` the amounts it takes more of each use [R] than the lesson's place
    now, ``own`` the net of the place now (0 for none).
    """

    net: list[Ints]
    cost: list[Ints]
    lacks: list[Ints]
    needs: list[dict[int, Reals]]
    own: Ints


def judge(standing: Standing, block: Block) -> Judged:
    """Judge every option of every lesson of a block."""
    week = standing.week
    scene = _Scene.of(standing, block)
    takes = [scene.takes(column) for column in range(len(week.channels))]
    given = scene.given_back(takes)
    nets, costs, lacks, needs = [], [], [], []
    own = np.zeros_like(scene.pages)
    for column, taken in enumerate(takes):
        worth = offers.gross(block, column)
        possible = worth > IMPOSSIBLE
        here = scene.channel == column
        cost = scene.cost(column)
        net = np.where(possible, worth - cost, IMPOSSIBLE).astype(np.int32)
        more = scene.beyond(taken, given, here)
        nets.append(net)
        costs.append(cost)
        needs.append(more)
        lacks.append(np.where(possible & ~here, scene.lacking(column, more), 0))
        own = np.where(here, net, own)
    return Judged(nets, costs, lacks, needs, own)


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """A block in its standing: where each lesson is, how many share its pack or seat."""

    standing: Standing
    block: Block
    channel: "np.typing.NDArray[np.int8]"
    pages: Ints
    day: Ints
    bit: Ints
    is_joint: bool

    @classmethod
    def of(cls, standing: Standing, block: Block) -> "_Scene":
        week, lessons = standing.week, block.lessons
        day = np.where(lessons == NOTHING, 0, week.lessons.day[lessons]).astype(np.int32)
        pools = week.pools.of_school[np.unique(block.school)]
        return cls(
            standing,
            block,
            standing.channel[block.rows],
            offers.sides(block),
            day,
            np.array([1 << ORDER.index(one) for one in week.pools.resource] or [0], dtype=np.int32),
            _has_joint(pools),
        )

    def is_first(self, column: int) -> Bools:
        """Return where a lesson would be the only one of its pack or seat."""
        standing, week = self.standing, self.standing.week
        if week.role[column] == Role.PACK:
            home = week.students.household[self.block.rows]
            count = standing.in_pack[home, column]
        else:
            count = standing.on_seat[self.block.rows, column]
        return np.asarray(count[:, None] == (self.channel == column))

    def cost(self, column: int) -> Ints:
        """Return what an option costs [n, W], its pack or seat included if it is the first."""
        week = self.standing.week
        role, tariff = week.role[column], week.tariff
        if role == Role.FREE:
            return np.zeros_like(self.pages)
        fixed = tariff.pack[column] if role == Role.PACK else tariff.seat[column]
        side = tariff.side[column] if role == Role.PACK else 0
        return (self.pages * side + np.where(self.is_first(column), fixed, 0)).astype(np.int32)

    def takes(self, column: int) -> dict[int, Reals]:
        """Return what an option takes of each use [R], as arrays [n, W]."""
        pools, week = self.standing.week.pools, self.standing.week
        found: dict[int, Reals] = {}
        role = week.role[column]
        for use in range(pools.of_school.shape[1]):
            amount = self._taken(use, column, role)
            if amount is not None:
                found[use] = amount
        return found

    def _taken(self, use: int, column: int, role: int) -> Reals | None:
        pools, week = self.standing.week.pools, self.standing.week
        day = int(pools.message_day[use])
        if day >= 0:
            if week.screen[column] != Cap.PHONE:
                return None
            sent = self.standing.on_screen[self.block.rows, Cap.PHONE, day][:, None]
            on_phone = week.screen[self.channel] == Cap.PHONE
            own = on_phone & (self.channel != NOTHING) & (self.day == day)
            return np.where((self.day == day) & (sent == own), 1.0, 0.0)
        if pools.by_marking[use]:
            minutes = week.lessons.marking[self.block.lessons, column]
            return np.asarray(minutes * pools.by_marking[use])
        if role == Role.PACK and (pools.by_pack[use, column] or pools.by_side[use, column]):
            first = np.where(self.is_first(column), pools.by_pack[use, column], 0)
            return np.asarray(self.pages * pools.by_side[use, column] + first)
        if role == Role.SEAT and pools.by_seat[use, column]:
            return np.where(self.is_first(column), pools.by_seat[use, column], 0.0)
        return None

    def given_back(self, takes: list[dict[int, Reals]]) -> dict[int, Reals]:
        """Return what each lesson's place now would give back, by use."""
        found: dict[int, Reals] = {}
        for column, taken in enumerate(takes):
            at = self.channel == column
            for use, amount in taken.items():
                given = np.where(at, amount, 0.0)
                found[use] = found[use] + given if use in found else given
        return found

    def beyond(
        self, taken: dict[int, Reals], given: dict[int, Reals], here: Bools
    ) -> dict[int, Reals]:
        """Return what an option takes beyond what the place now gives back; less than 0 frees."""
        nothing = np.zeros(self.pages.shape)
        return {
            use: np.where(here, 0.0, taken.get(use, nothing) - given.get(use, nothing))
            for use in sorted({*taken, *given})
        }

    def lacking(self, column: int, uses: dict[int, Reals]) -> Ints:
        """Return the resources [n, W], as bits, of which too little is left for an option."""
        standing, pools = self.standing, self.standing.week.pools
        school = self.block.school
        found = np.zeros_like(self.pages)
        for use, own in uses.items():
            pool = pools.of_school[school, use]
            amount = self._together(uses, use) if self.is_joint else own
            if not (amount > 0).any():
                continue
            room = np.where(pool == NOTHING, np.inf, np.append(standing.room, np.inf)[pool])
            lacks = (amount > 0) & (amount > room[:, None] + TOLERANCE)
            found |= np.where(lacks, self.bit[pool][:, None], 0).astype(np.int32)
        return found | self._capped(column)

    def _together(self, uses: dict[int, Reals], use: int) -> Reals:
        """Return what all uses of the same pool take: a school without a copier prints with all."""
        pools, school = self.standing.week.pools, self.block.school
        total = uses[use]
        for other, amount in uses.items():
            same = pools.of_school[school, other] == pools.of_school[school, use]
            if other != use and same.any():
                total = total + np.where(same[:, None], amount, 0)
        return total

    def _capped(self, column: int) -> Ints:
        """Return the caps of the home that stand in the way of an option, as bits."""
        week, rows = self.standing.week, self.block.rows
        found = np.zeros_like(self.pages)
        screen = int(week.screen[column])
        if screen == NOTHING:
            return found
        same = (week.screen[self.channel] == screen) & (self.channel != NOTHING)
        caps = week.students.caps[rows]
        counts = self.standing.on_screen[rows]
        used = np.take_along_axis(counts[:, screen], self.day, axis=1) - same
        found |= _bit(used >= caps[:, screen][:, None], caps[:, screen], Cap(screen))
        if screen == Cap.PHONE:
            heavy = week.lessons.is_heavy[self.block.lessons]
            spent = counts[:, Cap.HEAVY, 0][:, None] - (same & heavy)
            is_short = heavy & (spent >= caps[:, Cap.HEAVY][:, None])
            found |= _bit(is_short, caps[:, Cap.HEAVY], Cap.HEAVY)
        return found


def _has_joint(of_school: Ints) -> bool:
    """Return whether any school draws on one pool by two uses."""
    ordered = np.sort(of_school, axis=1)
    return bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NOTHING)).any())


def _bit(is_short: Bools, cap: Counts, which: Cap) -> Ints:
    bit = 1 << ORDER.index(CAP_RESOURCE[which])
    return np.where(is_short & (cap != NO_CAP)[:, None], bit, 0).astype(np.int32)
