"""On any drawn week the checker finds what was planted, and what a walk by minutes finds."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from broadcast.checker.checking import faults
from broadcast.checker.model import FaultKind
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import (
    AiringKind,
    AiringStatus,
    Plan,
    PlannedAiring,
    Solver,
    Unplaced,
)
from broadcast.problem.model import Channel, Hours, Problem
from broadcast.problem.moments import day_of, local_place, moment
from broadcast.solver.solving import solve
from tests.broadcast_problems import problems
from tests.examples import drawing
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
Planted = tuple[FaultKind, Plan] | None


def changed(plan: Plan, one: PlannedAiring, **changes: object) -> Plan:
    new = replace(one, **changes)  # type: ignore[arg-type]
    return replace(plan, airings=tuple(new if a.id == one.id else a for a in plan.airings))


def _twice(_: Problem, plan: Plan, one: PlannedAiring) -> Planted:
    again = replace(one, id="again", kind=AiringKind.REPEAT)
    return FaultKind.OVERLAP, replace(plan, airings=(*plan.airings, again))


def _dropped(_: Problem, plan: Plan, one: PlannedAiring) -> Planted:
    if one.kind == AiringKind.REPEAT:
        return None
    others = [a for a in plan.airings if a.lesson == one.lesson and a.id != one.id]
    kind = (
        FaultKind.UNCOVERED
        if any(a.kind == AiringKind.FIRST for a in others)
        else FaultKind.UNANSWERED
    )
    return kind, changed(plan, one, status=AiringStatus.CANCELLED)


def _also_unplaced(_: Problem, plan: Plan, one: PlannedAiring) -> Planted:
    unplaced = (*plan.unplaced, Unplaced(one.lesson, "no room"))
    return FaultKind.BOTH, replace(plan, unplaced=unplaced)


def _backwards(problem: Problem, plan: Plan, one: PlannedAiring) -> Planted:
    """Let the second lesson of a subject be aired where the first is, and the first where it is."""
    lessons = {lesson.id: lesson for lesson in problem.lessons}
    mine = lessons[one.lesson]
    for other in plan.airings:
        theirs = lessons[other.lesson]
        same = (mine.stream, mine.subject) == (theirs.stream, theirs.subject)
        if same and mine.seq < theirs.seq and one.channel == other.channel:
            swapped = changed(plan, one, lesson=other.lesson)
            new = {replace(other, lesson=one.lesson)}
            rest = tuple(a for a in swapped.airings if a.id != other.id)
            return FaultKind.ORDER, replace(swapped, airings=(*rest, *new))
    return None


PLANTING: tuple[Callable[[Problem, Plan, PlannedAiring], Planted], ...] = (
    _twice,
    _dropped,
    _also_unplaced,
    lambda _, plan, one: (FaultKind.OFF_GRID, changed(plan, one, start=one.start + MINUTE)),
    lambda _, plan, one: (
        FaultKind.OUTSIDE_DAYS,
        changed(plan, one, start=one.start + timedelta(days=9)),
    ),
    lambda _, plan, one: (FaultKind.TOO_SHORT, changed(plan, one, minutes=4)),
    lambda _, plan, one: (
        FaultKind.NO_ZONE,
        changed(plan, one, start=one.start.replace(tzinfo=None)),
    ),
    lambda _, plan, one: (FaultKind.UNKNOWN_CHANNEL, changed(plan, one, channel="moon")),
    lambda _, plan, one: (FaultKind.OUTSIDE_HOURS, changed(plan, one, minutes=24 * 60)),
)


@drawing(60)
@given(problems(), st.sampled_from(PLANTING), st.integers(0, 99))
def test_a_fault_planted_into_a_found_timetable_is_caught(
    problem: Problem, planting: Callable[[Problem, Plan, PlannedAiring], Planted], place: int
) -> None:
    plan = solve(problem)
    firsts = [one for one in plan.airings if one.kind == AiringKind.FIRST]
    assume(firsts)
    planted = planting(problem, plan, firsts[place % len(firsts)])
    assume(planted)
    assert planted is not None
    kind, broken = planted
    assert kind in {one.kind for one in faults(problem, broken)}


@drawing(25)
@given(problems(), st.integers(0, 9_999))
def test_what_the_day_brings_is_no_fault_of_the_timetable(problem: Problem, seed: int) -> None:
    plan = solve(problem)
    chance = random.Random(seed)
    over = sorted(one.start for one in plan.airings)[: chance.randint(0, len(plan.airings))]
    brought = [AiringStatus.AIRED, AiringStatus.AIRED, AiringStatus.SHORT, AiringStatus.MISSED]
    airings = tuple(
        replace(one, status=chance.choice(brought) if one.start in over else AiringStatus.PUBLISHED)
        for one in plan.airings
    )
    told = replace(plan, revision=2, parent=1, airings=airings)
    assert faults(problem, told) == []
    published = (replace(one, status=AiringStatus.PUBLISHED) for one in plan.airings)
    before = replace(plan, airings=tuple(published))
    now = max(over, default=min((one.start for one in plan.airings), default=NOW))
    assert revision_faults(problem, before, told, now) == []


def thrown(problem: Problem, chance: random.Random) -> Plan:
    """Lessons anywhere: on any channel, at any fifth minute near the days of the week."""
    airings = []
    for number, lesson in enumerate(problem.lessons * 2):
        channel = chance.choice(problem.channels)
        hours = chance.choice(channel.windows + channel.repeat_windows)
        day = chance.choice(hours.days)
        minute = chance.randrange(hours.start - 30, hours.end, 5)
        start = moment(problem, channel, day, minute)
        kind = chance.choice((AiringKind.FIRST, AiringKind.REPEAT))
        airings.append(
            PlannedAiring(f"a{number}", lesson.id, channel.id, start, lesson.minutes, kind)
        )
    return Plan("small", 1, 0, "", Solver(), tuple(airings))


def _open(
    problem: Problem, channel: Channel, hours: tuple[Hours, ...], one: PlannedAiring
) -> Iterator[bool]:
    """For each minute of an airing, whether the clock of the channel shows one of these hours."""
    for number in range(one.minutes):
        day, minute = local_place(problem, channel, one.start + number * MINUTE)
        yield any(day in each.days and each.start <= minute < each.end for each in hours)


def _minute_in(problem: Problem, region: str, day: int, at: datetime) -> int:
    """What the clock of a region shows, after the midnight that begins a day."""
    local = at.astimezone(ZoneInfo(problem.regions[region]))
    days = (local.date() - day_of(problem, day)).days
    return days * 1440 + local.hour * 60 + local.minute


def walked(problem: Problem, plan: Plan) -> set[tuple[FaultKind, str]]:
    """What a walk through all minutes finds, airing by airing."""
    channels = {one.id: one for one in problem.channels}
    streams = {one.id: one for one in problem.streams}
    taught = {one.id: streams[one.stream] for one in problem.lessons}
    found = set()
    for one in plan.airings:
        channel, stream = channels[one.channel], taught[one.lesson]
        is_repeat = one.kind == AiringKind.REPEAT
        hours = channel.windows + (channel.repeat_windows if is_repeat else ())
        day, _ = local_place(problem, channel, one.start)
        if 0 <= day < problem.meta.days and not all(_open(problem, channel, hours, one)):
            found.add((FaultKind.OUTSIDE_HOURS, one.id))
        if any(_open(problem, channel, channel.blocked, one)):
            found.add((FaultKind.BLOCKED, one.id))
        for region in set(stream.regions) & set(channel.regions):
            first = _minute_in(problem, region, day, one.start)
            last = _minute_in(problem, region, day, one.end)
            if first < stream.earliest or last > stream.latest:
                found.add((FaultKind.AGE, one.id))
    for one, other in combinations(plan.airings, 2):
        if one.start >= other.end or other.start >= one.end:
            continue
        mine, theirs = taught[one.lesson], taught[other.lesson]
        heard = set(channels[one.channel].regions) & set(channels[other.channel].regions)
        both = heard & set(mine.regions) & set(theirs.regions)
        is_shared = mine is theirs or mine.shares_students(theirs)
        if one.channel == other.channel:
            found.add((FaultKind.OVERLAP, one.channel))
        elif one.lesson != other.lesson and both and is_shared:
            found.add((FaultKind.PARALLEL, " ".join(sorted((one.id, other.id)))))
    return found


KINDS = (FaultKind.OUTSIDE_HOURS, FaultKind.BLOCKED, FaultKind.AGE)


@drawing(60)
@given(problems(), st.integers(0, 9_999))
def test_a_walk_through_all_minutes_finds_the_same(problem: Problem, seed: int) -> None:
    plan = thrown(problem, random.Random(seed))
    found = set()
    for one in faults(problem, plan):
        if one.kind in KINDS:
            found.add((one.kind, one.airings[0]))
        elif one.kind == FaultKind.OVERLAP:
            found.add((one.kind, one.facts["channel"]))
        elif one.kind == FaultKind.PARALLEL:
            found.add((one.kind, " ".join(sorted(one.airings))))
    assert found == walked(problem, plan)


@drawing(20)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_tells_the_checker_nothing(
    problem: Problem, chance: random.Random
) -> None:
    plan = thrown(problem, random.Random(1))
    before = sorted((one.kind, sorted(one.airings)) for one in faults(problem, plan))
    airings, lessons = list(plan.airings), list(problem.lessons)
    chance.shuffle(airings)
    chance.shuffle(lessons)
    mixed = replace(problem, lessons=tuple(lessons))
    after = faults(mixed, replace(plan, airings=tuple(airings)))
    assert sorted((one.kind, sorted(one.airings)) for one in after) == before
