"""What a timetable becomes when something comes between: as much as possible stays as it is.

First runs that families know stay where they are. What lost its hour gets another: in hours agreed
beforehand, in free air, at last in place of repeats. Only on demand does one first run make room
where nothing else helps. Told the same event twice, nothing changes any more.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Unplaced
from broadcast.problem.model import Problem
from broadcast.replanning.changes import Change, burden, changes, counts
from broadcast.replanning.counting import too_many
from broadcast.replanning.draft import Draft, Moments
from broadcast.replanning.events import Event, Missed, applied, closings, opens_hours
from broadcast.replanning.greedy import eject_one, place_all
from broadcast.replanning.ground import Ground
from broadcast.replanning.placing import Need
from broadcast.replanning.week import Week

GREEDY = "greedy"
ATTEMPTS = 3
"""So often more the lessons that found no hour choose first, before one is said to have none."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A timetable after an event: the hours that are left, the next revision, what it changes.

    ``unplaced`` are the lessons that have lost their hour for good. ``cost`` compares repairs:
    less is better. ``method`` says what found it.
    """

    problem: Problem
    plan: Plan
    changes: tuple[Change, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    cost: float = 0.0
    method: str = GREEDY


@dataclass(frozen=True, slots=True)
class Begun:
    """A repair before any place is chosen: what lost its hour, on the air that is left."""

    problem: Problem
    plan: Plan
    after: Problem
    lost: tuple[PlannedAiring, ...]
    moments: Moments
    ground: Ground

    def draft(self) -> Draft:
        """Return a draft in which only what is left stands."""
        # What was cut off has taken its time on the air all the same.
        gone = {one.id for one in self.lost if one.status != AiringStatus.SHORT}
        rest = [one for one in self.plan.airings if one.id not in gone]
        week = Week(self.ground, rest, self.moments.frozen_until)
        begun = (one for one in self.lost if one.start < self.moments.now)
        week.missed |= {one.lesson for one in begun if _is_run(one)}
        return Draft(self.plan, week, self.moments)

    def needs(self, draft: Draft) -> tuple[list[Need], list[PlannedAiring]]:
        """Return the lessons that want another hour, and the repeats that do."""
        lessons = draft.week.ground.lessons
        runs = [Need(one, lessons[one.lesson]) for one in self.lost if _is_run(one)]
        return runs, [one for one in self.lost if not _is_run(one)]


def repair(
    problem: Problem, plan: Plan, event: Event, now: datetime, *, may_move: bool = False
) -> Repaired:
    """Return the next revision of a plan after an event, at once.

    ``now`` is aware; airings that begin less than ``freeze_min`` minutes later are not touched
    unless they fell out. With ``may_move`` one other first run may make room for a lesson that
    has no hour otherwise. Raises ``JetkizError`` for an event about channels or days that are not
    there.
    """
    begun = begin(problem, plan, event, now)
    if begun.after == problem and not begun.lost:
        return Repaired(problem, plan)
    best, urgent = _attempt(begun, event, frozenset(), may_move=may_move)
    for _ in range(ATTEMPTS if urgent else 0):
        found, late = _attempt(begun, event, urgent, may_move=may_move)
        if burden(found.changes) < burden(best.changes):
            best = found
        if late <= urgent:
            break
        urgent |= late
    return best


def _attempt(
    begun: Begun, event: Event, urgent: frozenset[str], *, may_move: bool
) -> tuple[Repaired, frozenset[str]]:
    """Return a repair, and which airings found no hour that others had not taken."""
    draft = begun.draft()
    runs, repeats = begun.needs(draft)
    late = left = place_all(draft, runs, urgent)
    if isinstance(event, Missed):
        left = _without_moves(draft, left)
    else:
        left = [need for need in left if not (may_move and eject_one(draft, need))]
    compete = too_many(begun.draft().week, runs) if left and not may_move else {}
    for need in left:
        draft.fail(need, compete)
    draft.given_up += repeats
    if opens_hours(event):
        place_waiting(draft)
    draft.place_repeats()
    return finish(begun, draft), frozenset(one.airing.id for one in late)


def _without_moves(draft: Draft, left: list[Need]) -> list[Need]:
    """Place what can be placed once repeats have made room; what is over moves no first run."""
    before = len(left) + 1
    while left and len(left) < before:
        before = len(left)
        draft.place_repeats()
        left = place_all(draft, left)
    return left


def begin(problem: Problem, plan: Plan, event: Event, now: datetime) -> Begun:
    """Return what an event leaves of the hours, and what it takes from the air."""
    after = applied(problem, event)
    if isinstance(event, Missed):
        lost = tuple(not_made_up(problem, plan, now))
    else:
        lost = tuple(_in_closed_hours(problem, plan, event))
    frozen = now + timedelta(minutes=problem.policy.freeze_min)
    return Begun(problem, plan, after, lost, Moments(now, frozen), Ground(after))


def _in_closed_hours(problem: Problem, plan: Plan, event: Event) -> Iterator[PlannedAiring]:
    closed = closings(problem, event)
    for one in plan.airings:
        if one.status in {AiringStatus.PLANNED, AiringStatus.PUBLISHED} and any(
            one.channel == gone.channel and one.start < gone.end and gone.start < one.end
            for gone in closed
        ):
            yield one


def not_made_up(problem: Problem, plan: Plan, now: datetime) -> Iterator[PlannedAiring]:
    """Yield runs that were missed or cut off, where the lesson was not aired and will not be."""
    regions = {one.id: set(one.regions) for one in problem.channels}
    short = {AiringStatus.MISSED, AiringStatus.SHORT}
    whole: dict[str, list[PlannedAiring]] = defaultdict(list)
    for one in plan.airings:
        is_told = one.status != AiringStatus.AIRED
        if one.stands and one.status not in short and not (is_told and one.start < now):
            whole[one.lesson].append(one)
    replaced = {one.supersedes for one in plan.airings}
    # What was named as without an hour waits until hours are lent.
    lessons = {one.id for one in problem.lessons} - {one.lesson for one in plan.unplaced}
    for one in plan.airings:
        if one.status in short and _is_run(one) and one.id not in replaced:
            heard = [
                other
                for other in whole[one.lesson]
                if regions[other.channel] & regions[one.channel]
            ]
            if one.lesson in lessons and not heard:
                yield one


def place_waiting(draft: Draft) -> None:
    """Give lessons an hour that had none, now that hours were lent."""
    lessons = draft.week.ground.lessons
    needs = [
        _waiting_need(draft, one.lesson)
        for one in draft.plan.unplaced
        if one.lesson in lessons and not draft.week.runs(one.lesson)
    ]
    place_all(draft, [one for one in needs if one])


def _waiting_need(draft: Draft, lesson: str) -> Need | None:
    """Return what is to be placed: the airing that was called off, or a new one.

    It has to reach all regions of its stream: half a first run would leave the others untold.
    """
    ground = draft.week.ground
    wanted = ground.lessons[lesson]
    whole = set(ground.streams[wanted.stream].regions)
    reaching = [
        one
        for one in ground.channels_for(wanted)
        if whole <= ground.audience(wanted.stream, one.id)
    ]
    old = [one for one in draft.plan.airings if one.lesson == lesson and _is_run(one)]
    for one in reversed(old):
        is_lost = one.status in {AiringStatus.CANCELLED, AiringStatus.MISSED}
        if is_lost and whole <= ground.audience(wanted.stream, one.channel):
            return Need(one, wanted)
    if old or not reaching:
        return None
    number = f"{lesson}-1"
    if any(one.id == number for one in draft.plan.airings):
        return None
    airing = PlannedAiring(
        number, lesson, reaching[0].id, draft.moments.frozen_until, wanted.minutes
    )
    return Need(airing, wanted, is_first=True)


def finish(begun: Begun, draft: Draft, method: str = GREEDY) -> Repaired:
    """Return the next revision, with its changes; the same plan when nothing changed."""
    airings = draft.airings()
    plan = begun.plan
    placed = {one.lesson for one in airings if one.stands and _is_run(one)}
    waiting = [one for one in plan.unplaced if one.lesson not in placed]
    unplaced = {one.lesson: one for one in waiting} | draft.unplaced
    before = {one.id: one for one in plan.airings}
    if {one.id: one for one in airings} == before and len(unplaced) == len(plan.unplaced):
        return Repaired(begun.after, plan, method=method)
    after = replace(
        plan,
        revision=plan.revision + 1,
        parent=plan.revision,
        airings=airings,
        unplaced=tuple(unplaced[one] for one in sorted(unplaced)),
    )
    found = changes(begun.after, plan, after)
    # What the old report said of families holds no more.
    after = replace(after, report={"changes": counts(found)})
    lost = tuple(draft.unplaced[one] for one in sorted(draft.unplaced))
    return Repaired(begun.after, after, found, lost, draft.cost, method)


def _is_run(one: PlannedAiring) -> bool:
    return one.kind != AiringKind.REPEAT
