"""Whatever week is drawn and whatever falls out: no promise breaks, and what was told stays."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broadcast.checker.checking import faults
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import AiringKind, AiringStatus, Plan
from broadcast.problem.model import Hours, Problem, Reserve
from broadcast.problem.moments import moment
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order, problem_bytes
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.events import DroppedDay, Event, Missed, MovedMatch, NewWindow, Preempted
from broadcast.replanning.repairing import repair
from broadcast.solver.solving import solve
from tests.broadcast_problems import problems
from tests.examples import drawing


def _published(plan: Plan) -> Plan:
    airings = tuple(replace(one, status=AiringStatus.PUBLISHED) for one in plan.airings)
    return replace(plan, revision=1, airings=airings)


def _with_log(plan: Plan, now: datetime, chance: random.Random) -> Plan:
    """Return a plan with what the log of the air says of all that is over."""
    said = (AiringStatus.AIRED, AiringStatus.AIRED, AiringStatus.MISSED, AiringStatus.SHORT)
    return replace(
        plan,
        airings=tuple(
            replace(one, status=chance.choice(said)) if one.stands and one.end <= now else one
            for one in plan.airings
        ),
    )


def _event(problem: Problem, chance: random.Random) -> Event:
    """Something that comes between, mostly while lessons are on the air."""
    channel = chance.choice(problem.channels)
    day = chance.randrange(problem.meta.days)
    hours = chance.choice(channel.windows)
    start = moment(problem, channel, day, hours.start) + timedelta(minutes=chance.randrange(90))
    names = tuple(one.id for one in problem.channels) if chance.random() < 0.3 else (channel.id,)
    lost = Preempted(names, start, start + timedelta(minutes=chance.randrange(5, 120)))
    kind = chance.randrange(5)
    if kind == 4:
        return Missed()
    if kind == 0:
        return DroppedDay(day, channels=(channel.id,))
    if kind == 1:
        later = timedelta(minutes=chance.randrange(-60, 120, 5))
        return MovedMatch(lost, replace(lost, start=lost.start + later, end=lost.end + later))
    if kind == 2:
        last = max(one.end for one in (*channel.windows, *channel.repeat_windows))
        more = Hours((day,), last, min(last + 60, channel.day_start + 24 * 60))
        return NewWindow(channel.id, more) if more.minutes > 0 else lost
    return lost


def _with_reserve(problem: Problem, chance: random.Random) -> Problem:
    lender, *others = problem.channels
    if not others or chance.random() < 0.5:
        return problem
    last = others[0].windows[-1].end
    reserve = Reserve(others[0].id, Hours(tuple(range(problem.meta.days)), last, last + 30))
    return replace(problem, channels=(replace(lender, reserves=(reserve,)), *others))


@drawing(60)
@given(problems(), st.integers(0, 999_999))
def test_a_repair_breaks_no_promise(problem: Problem, number: int) -> None:
    chance = random.Random(number)
    problem = _with_reserve(problem, chance)
    plan = _published(solve(problem))
    known = {(one.kind, one.airings) for one in faults(problem, plan)}
    now = moment(problem, problem.channels[0], 0, 0) - timedelta(minutes=chance.randrange(600))
    for _ in range(2):
        event = _event(problem, chance)
        now += timedelta(minutes=chance.randrange(problem.meta.days * 12 * 60))
        if event == Missed():
            plan = _with_log(plan, now, chance)
            known |= {(one.kind, one.airings) for one in faults(problem, plan)}
        found = repair(problem, plan, event, now)
        broken = [
            one for one in faults(found.problem, found.plan) if (one.kind, one.airings) not in known
        ]
        assert broken == []
        again = repair(found.problem, found.plan, event, now)
        assert again.plan is found.plan
        if not faults_of(problem):
            assert read_problem(problem_bytes(found.problem)) == in_order(found.problem)
        if found.plan is plan:
            continue
        assert revision_faults(problem, plan, found.plan, now) == []
        _what_was_told_stays(problem, plan, event, now)
        problem, plan = found.problem, found.plan


def _what_was_told_stays(problem: Problem, plan: Plan, event: Event, now: object) -> None:
    """Where no other first run may move, none does; with one allowed, never more places lost."""
    still = repair(problem, plan, event, now, may_move=False)
    assert all(one.kind != ChangeKind.MOVED for one in still.changes)
    before = {one.id: one for one in plan.airings if one.kind == AiringKind.FIRST}
    for one in still.plan.airings:
        if one.id in before and one.kind == AiringKind.FIRST and one.stands:
            assert (one.channel, one.start) == (before[one.id].channel, before[one.id].start)
