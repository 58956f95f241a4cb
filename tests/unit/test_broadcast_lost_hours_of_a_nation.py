"""A week of 600 lessons that loses an hour, six hours, or a whole day of one language."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broadcast.checker.checking import faults
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import AiringStatus, Plan
from broadcast.problem.model import Problem
from broadcast.problem.moments import moment
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.events import DroppedDay, Event, Preempted
from broadcast.replanning.repairing import repair
from broadcast.solver.solving import solve
from tests.broadcast_problems import week_600

TUESDAY = 1


@pytest.fixture(scope="module")
def on_air() -> tuple[Problem, Plan]:
    week = week_600()
    plan = solve(week)
    airings = tuple(replace(one, status=AiringStatus.PUBLISHED) for one in plan.airings)
    return week, replace(plan, revision=1, airings=airings)


def _at(week: Problem, hour: int) -> datetime:
    return moment(week, week.channels[0], TUESDAY, hour * 60)


def _found(on_air: tuple[Problem, Plan], event: Event) -> Counter[ChangeKind]:
    """Repair half an hour before; the checker has to be silent."""
    week, plan = on_air
    now = _at(week, 10) - timedelta(minutes=30)
    found = repair(week, plan, event, now)
    assert faults(found.problem, found.plan) == []
    assert revision_faults(week, plan, found.plan, now) == []
    lost = {one.id for one in plan.airings} - {one.id for one in found.plan.airings}
    assert lost == set()
    cancelled = {one.lesson for one in found.changes if one.kind == ChangeKind.CANCELLED}
    assert {one.lesson for one in found.unplaced} == cancelled
    assert all(one.reason for one in found.unplaced)
    return Counter(one.kind for one in found.changes)


@pytest.mark.parametrize("language", ["kk", ""])
def test_an_hour_of_all_channels_moves_nothing_else(
    on_air: tuple[Problem, Plan], language: str
) -> None:
    """Cases A and A2: one language, and all."""
    week, _ = on_air
    names = tuple(one.id for one in week.channels if one.id.startswith(language))
    kinds = _found(on_air, Preempted(names, _at(week, 10), _at(week, 11)))
    assert kinds[ChangeKind.MOVED] == kinds[ChangeKind.CANCELLED] == 0
    # What stood in the hour itself, four airings a channel, and at most a repeat that made room.
    assert 0 < sum(kinds.values()) <= 4 * len(names) + 1


def test_six_hours_of_a_channel_cost_few_repeats(on_air: tuple[Problem, Plan]) -> None:
    """Case B."""
    week, _ = on_air
    event = Preempted((week.channels[0].id,), _at(week, 10), _at(week, 16))
    kinds = _found(on_air, event)
    assert kinds == _found(on_air, event)
    assert kinds[ChangeKind.MOVED] == kinds[ChangeKind.CANCELLED] == 0
    assert kinds[ChangeKind.DROPPED_REPEAT] <= 7
    assert kinds[ChangeKind.MADE_UP] >= 12


def test_a_whole_day_of_a_language_is_made_up_for_or_named(on_air: tuple[Problem, Plan]) -> None:
    """Case C: sixty lessons, four days left."""
    kinds = _found(on_air, DroppedDay(TUESDAY + 1, language="kk"))
    assert kinds[ChangeKind.MADE_UP] + kinds[ChangeKind.CANCELLED] >= 55
    assert kinds[ChangeKind.CANCELLED] <= 3
    assert kinds[ChangeKind.MOVED] <= 6
