"""What would be if there were more or less of something: two plans, neither of them kept.

A change is written RESOURCE=AMOUNT, RESOURCE=+MORE, RESOURCE=-LESS or RESOURCE=+20%; behind a
colon stands the key where a school or region has a capacity of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from scheduler.explain import RESOURCE_WORDS
from scheduler.model import EVERYWHERE, Capacity, CapacityUse, Plan, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import LESSON, Resource
from scheduler.solver.compiling import HUNDRED
from scheduler.two_plans import counted, moved_lines, moves, received

_CHANGE: Final = re.compile(r"([a-z_]+)(?::([^=\s]+))?=([+-]?)(\d+(?:\.\d+)?)(%?)")

# How much more a coordinator would think of at once.
PORTION: Final[Mapping[Resource, tuple[int, str]]] = {
    Resource.POST_MONEY: (1000, N_("Another 1,000 tenge for postage")),
    Resource.PRINT_PAGES: (100, N_("Another 100 printed sides")),
    Resource.COPIER_PAGES: (100, N_("Another 100 sides of the school's copier")),
    Resource.DUTY_SEATS: (1, N_("Another seat of the duty class")),
    Resource.MESSAGES: (100, N_("Another 100 messages on one day")),
    Resource.MARKING: (60, N_("Another hour of teachers for marking")),
}


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """How much of a resource there would be: ``sign`` is "" for an amount, "+" or "-" for more."""

    resource: Resource
    key: str
    sign: str
    number: float
    is_share: bool

    def amount(self, now: float) -> float:
        """Return the amount that would be there instead of today's."""
        by = now * self.number / 100 if self.is_share else self.number
        return {"": by, "+": now + by, "-": now - by}[self.sign]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan brings: lessons with a channel and expected to be received, tenge, limits."""

    with_channel: int
    received: float
    cost: float
    uses: tuple[CapacityUse, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The two plans of a week; ``moved`` counts (from, to) by lesson, ``students`` those moved."""

    week: str
    lessons: int
    before: Outcome
    after: Outcome
    students: int
    moved: Mapping[tuple[str, str], int]


def read_change(text: str) -> CapacityChange:
    """Understand one change as a person writes it."""
    found = _CHANGE.fullmatch(text.strip())
    if found is None:
        raise JetkizError(
            N_("{text!r} is not a capacity and an amount."),
            N_("Write it as in post_money=+50000, print_pages=3000 or duty_seats=-20%."),
            text=text,
        )
    name, key, sign, number, share = found.groups()
    if name not in set(Resource):
        raise JetkizError(
            N_("There is no capacity {name!r}."),
            N_("There are: {names}."),
            name=name,
            names=", ".join(Resource),
        )
    return CapacityChange(Resource(name), key or "", sign, float(number), bool(share))


def with_changes(problem: PlanProblem, changes: Sequence[CapacityChange]) -> PlanProblem:
    """Return the problem with other amounts; one change after the other."""
    for change in changes:
        found = tuple(_changed(problem, change))
        if all(one is other for one, other in zip(found, problem.capacities, strict=True)):
            raise _nothing_there(problem, change)
        problem = replace(problem, capacities=found)
    return problem


def _changed(problem: PlanProblem, change: CapacityChange) -> Iterator[Capacity]:
    for one in problem.capacities:
        # Messages are counted for each day: without a day all days are meant.
        own = {one.key, one.key.partition("@")[0]}
        if one.resource != change.resource or (change.key and change.key not in own):
            yield one
            continue
        amount = change.amount(one.amount)
        if amount < 0:
            raise JetkizError(
                N_("{resource} would be {amount:.0f}: there cannot be less than nothing."),
                N_("There are {now:.0f} now."),
                resource=one.resource.value,
                amount=amount,
                now=one.amount,
            )
        yield replace(one, amount=amount)


def _nothing_there(problem: PlanProblem, change: CapacityChange) -> JetkizError:
    keys = [one.key for one in problem.capacities if one.resource == change.resource]
    if not keys:
        return JetkizError(
            N_("In this plan nothing limits {resource}."),
            N_("Limited are: {names}."),
            resource=change.resource.value,
            names=", ".join(sorted({one.resource.value for one in problem.capacities})) or "-",
        )
    return JetkizError(
        N_("There is no {resource} with the key {key!r}."),
        N_("The keys are: {keys}."),
        resource=change.resource.value,
        key=change.key,
        keys=", ".join(keys),
    )


def what_if(problem: PlanProblem, changes: Sequence[CapacityChange]) -> WhatIf:
    """Plan a week as it is and as it would be; what stands in a re-plan is asked again."""
    problem = replace(problem, standing={}, on_its_way=frozenset())
    changed = with_changes(problem, changes)
    before, after = make_plan(problem), make_plan(changed)
    found = moves(before.students, after.students)
    return WhatIf(
        week=problem.week,
        lessons=sum(len(one.lessons) for one in before.students),
        before=_outcome(problem, before),
        after=_outcome(changed, after),
        students=len({one.student for one in found}),
        moved=counted(found),
    )


def _outcome(problem: PlanProblem, plan: Plan) -> Outcome:
    choices = [choice for one in plan.students for choice in one.choices]
    return Outcome(
        with_channel=sum(one.channel is not None for one in choices),
        received=sum(received(problem, line) for line in plan.students),
        cost=plan.cost,
        uses=plan.use,
    )


def whatif_lines(found: WhatIf, t: Translator) -> list[str]:
    """Say the difference in words."""
    lines = [
        t("Nothing was saved: this is what the plan of week {week} would be.", week=found.week),
        _outcome_line(t("As it is"), found.before, found.lessons, t),
        _outcome_line(t("As it would be"), found.after, found.lessons, t),
    ]
    students = t.n("{n} student", "{n} students", found.students)
    lines.append(t("Lessons go another way for {students}.", students=students))
    lines += moved_lines(found.moved, t)
    for before, after in zip(found.before.uses, found.after.uses, strict=True):
        lines += _limit_lines(before, after, t)
    return lines


def _outcome_line(name: str, one: Outcome, lessons: int, t: Translator) -> str:
    return t(
        "{name}: {reached} of {lessons} lessons have a channel, {received:.1f} are expected to be "
        "received; cost {cost:.0f} tenge.",
        name=name,
        reached=one.with_channel,
        lessons=lessons,
        received=one.received,
        cost=one.cost,
    )


def _limit_lines(before: CapacityUse, after: CapacityUse, t: Translator) -> Iterator[str]:
    capacity = after.capacity
    key = "" if capacity.key == EVERYWHERE else f" ({capacity.key})"
    yield t(
        "{resource}: {before:.0f} of {now:.0f} used, then {after:.0f} of {then:.0f}.",
        resource=t(RESOURCE_WORDS[capacity.resource]) + key,
        before=before.used,
        now=before.capacity.amount,
        after=after.used,
        then=capacity.amount,
    )
    portion, words = PORTION[capacity.resource]
    if not before.exact and not after.exact:
        yield t("  There is room left: more of it would bring no lesson.")
        return
    for when, use in ((N_("as it is"), before), (N_("as it would be"), after)):
        yield t(
            "  {more} would bring about {lessons:.1f} lessons to homes, {when}.",
            more=t(words),
            lessons=portion * _price(use),
            when=t(when),
        )


def _price(use: CapacityUse) -> float:
    """Return what the last unit brings, in lessons, with a little room left too."""
    scale = HUNDRED if use.capacity.resource == Resource.MARKING else 1
    return use.exact * scale / LESSON
