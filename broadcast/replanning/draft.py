"""What a repair has decided so far: what stands elsewhere now, what is given up, what has no hour.

An airing keeps its number as long as families can still be told of its new hour. What is about to
begin, or should have begun, keeps its place in the story and another one stands for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Unplaced
from broadcast.replanning.placing import Need, Option, options
from broadcast.replanning.reasons import NO_AIR, TOO_MANY, why
from broadcast.replanning.week import Held, Place, Week

_OVER: Final = frozenset({AiringStatus.AIRED, AiringStatus.SHORT, AiringStatus.MISSED})
"""What the log of the air has said is not said otherwise by a repair."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When it is now, and from when on what is aired can still be changed."""

    now: datetime
    frozen_until: datetime


class Draft:
    """Decisions about the airings of a plan, each as it is taken; the week follows."""

    def __init__(self, plan: Plan, week: Week, moments: Moments) -> None:
        self.plan = plan
        self.week = week
        self.moments = moments
        self.decided: dict[str, PlannedAiring] = {}
        self.given_up: list[PlannedAiring] = []
        self.unplaced: dict[str, Unplaced] = {}
        self.cost = 0.0
        self._numbers = {one.id for one in plan.airings}
        is_out = any(one.status == AiringStatus.PUBLISHED for one in plan.airings)
        self._usual = AiringStatus.PUBLISHED if is_out else AiringStatus.PLANNED

    def settle(self, need: Need, option: Option) -> None:
        """Give a lesson its place; repeats that make room wait for one of their own."""
        self.cost += option.cost
        self.give_up(option.dropped)
        if option.promoted:
            held = self.week.held[option.promoted]
            self.week.take(held)
            made = replace(held.airing, kind=AiringKind.MAKEUP, supersedes=need.airing.id)
            self._close(need.airing, AiringStatus.MOVED)
            self._put(Held(made, held.place, held.is_kept))
        else:
            self._put(Held(self._placed(need, option.place), option.place))

    def _put(self, held: Held) -> None:
        self.week.put(held)
        self.decided[held.id] = held.airing

    def _placed(self, need: Need, place: Place) -> PlannedAiring:
        old = need.airing
        start = self.week.row.time(place.cell)
        is_open = old.status in {AiringStatus.PLANNED, AiringStatus.PUBLISHED}
        made = replace(
            old,
            channel=place.channel,
            start=start,
            kind=_kind(need),
            status=old.status if is_open else self._usual,
        )
        is_told_in_time = old.start >= self.moments.frozen_until
        if old.id not in self._numbers or (is_told_in_time and old.status not in _OVER):
            self._numbers.add(old.id)
            return made
        self._close(old, AiringStatus.MOVED)
        return replace(made, id=self._number(old.id), supersedes=old.id, sequence=0)

    def _close(self, old: PlannedAiring, status: AiringStatus) -> None:
        """Say what became of an airing whose hour is lost; one that had begun was missed."""
        if old.id not in self._numbers or not old.stands or old.status in _OVER:
            return
        begun = old.start < self.moments.now
        self.decided[old.id] = replace(old, status=AiringStatus.MISSED if begun else status)

    def _number(self, old: str) -> str:
        count = 2
        while f"{old}-{count}" in self._numbers:
            count += 1
        self._numbers.add(f"{old}-{count}")
        return f"{old}-{count}"

    def give_up(self, numbers: tuple[str, ...]) -> None:
        """Take repeats off the air; they wait for another hour."""
        for number in numbers:
            held = self.week.held[number]
            self.week.take(held)
            self.given_up.append(held.airing)

    def fail(self, need: Need, compete: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Note that a lesson has no hour any more, and why; its repeats repeat nothing now.

        ``compete`` tells, by airing, how many lessons share how few places.
        """
        reason, facts = why(self.week, need)
        if reason == NO_AIR and compete and need.airing.id in compete:
            lessons, places = compete[need.airing.id]
            reason, facts = TOO_MANY, {"lessons": lessons, "places": places}
        lesson = need.lesson.id
        self._close(need.airing, AiringStatus.CANCELLED)
        if need.is_repeat:
            return
        if need.airing.status == AiringStatus.SHORT:
            return
        if self.week.runs(lesson):
            # It is aired in other regions: here it is missed, and the ledger has to know.
            if need.airing.stands:
                self.decided[need.airing.id] = replace(need.airing, status=AiringStatus.MISSED)
            return
        self.unplaced[lesson] = Unplaced(lesson, reason, facts)
        if self.decided.get(need.airing.id, need.airing).status != AiringStatus.MISSED:
            self.give_up(tuple(one.id for one in self.week.repeats(lesson)))

    def place_repeats(self) -> None:
        """Give repeats that made room another hour where one is free, else let them fall out."""
        waiting, self.given_up = self.given_up, []
        for airing in sorted(waiting, key=lambda one: (one.start, one.id)):
            need = Need(airing, self.week.ground.lessons[airing.lesson])
            found = options(self.week, need, soft=True)
            if found:
                self.settle(need, found[0])
            else:
                self._close(airing, AiringStatus.CANCELLED)

    def airings(self) -> tuple[PlannedAiring, ...]:
        """Return all airings as they stand now; what changed has one change more."""
        old = {one.id: one for one in self.plan.airings}
        found = dict(old)
        for number, one in self.decided.items():
            was = old.get(number)
            same = was and replace(one, sequence=was.sequence) == was
            if was:
                one = was if same else replace(one, sequence=was.sequence + 1)  # noqa: PLW2901
            found[number] = one
        return tuple(sorted(found.values(), key=lambda one: (one.start, one.channel, one.id)))


def _kind(need: Need) -> AiringKind:
    if need.is_repeat:
        return AiringKind.REPEAT
    return AiringKind.FIRST if need.is_first else AiringKind.MAKEUP
