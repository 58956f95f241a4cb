"""What a policy may know after a week: what was heard of homes, never what they are like."""

from dataclasses import dataclass, field, replace

import numpy as np

from jetkiz.delivery.bit_counts import Outcomes
from scheduler.learning.posterior import Memory, pool_ratios, posteriors, week_evidence
from scheduler.rules.channel_choice import CERTAIN
from scheduler.rules.observation import Observation, observation_of
from scheduler.simulator.living import MESSENGER, Lived, Way
from scheduler.solver.week_arrays import Bools, WeekArrays


@dataclass(slots=True, eq=False)
class Notebook:
    """What one policy has written down: chats that refuse, and lessons heard of by channel."""

    week: WeekArrays
    refuses: Bools = field(init=False)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        count = self.week.students.count
        self.refuses = np.zeros(count, dtype=np.bool_)
        self.memory = Memory.empty(count, len(self.week.channels))

    def notice(self, lived: Lived, blocked: Bools) -> None:
        """Write a week down; a chat is known to refuse only after something was sent there."""
        self.memory.learn(week_evidence(outcomes_of(self.week, lived), self._rules))
        if MESSENGER in self.week.channels:
            column = self.week.channels.index(MESSENGER)
            sent = (lived.first.channel == column) | (lived.second.channel == column)
            self.refuses |= sent.any(axis=1) & blocked

    def hear_of_links(self, blocked: Bools) -> None:
        """Note who has linked the messenger again before the next week."""
        self.refuses &= blocked

    def told(self, *, learns: bool) -> WeekArrays:
        """Return the week as the policy sees it: facts, and what was learned if it learns."""
        return self.without_refusals(
            self._learned() if learns else self.week.students.chance.copy()
        )

    def without_refusals(self, chance: "np.typing.NDArray[np.uint16]") -> WeekArrays:
        """Return the week with these chances, but none for the messenger where a chat refuses."""
        week = self.week
        if MESSENGER in week.channels:
            chance[self.refuses, :, week.channels.index(MESSENGER)] = 0
        return replace(week, students=replace(week.students, chance=chance))

    @property
    def _rules(self) -> list[Observation]:
        return [observation_of(name) for name in self.week.channels]

    def _learned(self) -> "np.typing.NDArray[np.uint16]":
        people = self.week.students
        prior = people.chance / CERTAIN
        best = prior.max(axis=1).astype(np.float32)
        pools = _surroundings(self.week)
        ratios = pool_ratios(self.memory, best, pools, self._rules)
        found = posteriors(self.memory, best, ratios, pools)
        # A home may have several chances by lesson: they move together with the best.
        moved = np.divide(found, best, out=np.ones_like(found), where=best > 0)
        chance = np.clip(np.round(prior * moved[:, None, :] * CERTAIN), 1, CERTAIN)
        return np.where(prior > 0, chance, 0).astype(np.uint16)


def _surroundings(week: WeekArrays) -> "np.typing.NDArray[np.intp]":
    own = week.region.astype(np.intp) * 2 + week.is_rural
    return own[week.students.school]


def outcomes_of(week: WeekArrays, lived: Lived) -> Outcomes:
    """Count what was heard of each student's lessons by channel [N, C], both tries."""
    shape = (week.students.count, len(week.channels))
    sums = [np.zeros(shape, dtype=np.uint16) for _ in range(3)]
    for way in (lived.first, lived.second):
        for column in range(shape[1]):
            parts = _heard(way, way.channel == column)
            for total, part in zip(sums, parts, strict=True):
                total[:, column] += part.sum(axis=1).astype(np.uint16)
    return Outcomes(*sums)


def _heard(way: Way, here: Bools) -> tuple[Bools, Bools, Bools]:
    received, failed = here & way.heard, here & way.lost
    return received, failed, here & ~(received | failed)
