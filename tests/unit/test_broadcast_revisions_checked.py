"""What families were told stays: what must not change is caught, what may is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broadcast.checker.model import FaultKind
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Solver
from broadcast.problem.model import Meta, Policy, Problem

NOW = datetime(2026, 1, 26, 6, 0, tzinfo=UTC)
PROBLEM = Problem(
    Meta("w", "Asia/Almaty", date(2026, 1, 26), 5), {}, (), (), (), policy=Policy(freeze_min=30)
)
PUBLISHED, AIRED, MISSED = AiringStatus.PUBLISHED, AiringStatus.AIRED, AiringStatus.MISSED
CANCELLED, MOVED = AiringStatus.CANCELLED, AiringStatus.MOVED


def airing(number: str, minutes: int, status: AiringStatus = PUBLISHED) -> PlannedAiring:
    """``minutes`` from now."""
    return PlannedAiring(number, "math", "tv", NOW + timedelta(minutes=minutes), 15, status=status)


def plan(revision: int, *airings: PlannedAiring) -> Plan:
    return Plan("w", revision, revision - 1, "", Solver(), airings)


SOON, LATER, DRAFT = airing("soon", 20), airing("later", 90), airing("d", 90, AiringStatus.PLANNED)
OVER = airing("over", -60, AIRED)


def kinds(before: tuple[PlannedAiring, ...], after: tuple[PlannedAiring, ...]) -> list[FaultKind]:
    found = revision_faults(PROBLEM, plan(1, *before), plan(2, *after), NOW)
    return [one.kind for one in found]


def moved(one: PlannedAiring, minutes: int, sequence: int = 1) -> PlannedAiring:
    return replace(one, start=one.start + timedelta(minutes=minutes), sequence=sequence)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((SOON, LATER, OVER), (SOON, LATER, OVER)),
        ((LATER,), (moved(LATER, 60),)),
        ((DRAFT,), (moved(DRAFT, 60, 0),)),
        ((DRAFT,), ()),
        ((SOON,), (replace(SOON, status=MISSED),)),
        ((SOON,), (replace(SOON, status=AIRED),)),
        ((SOON,), (replace(SOON, status=CANCELLED, sequence=1),)),
        ((), (airing("new", 60),)),
        ((), (replace(airing("seen", -5), status=AIRED),)),
    ],
)
def test_what_may_change_is_no_fault(
    before: tuple[PlannedAiring, ...], after: tuple[PlannedAiring, ...]
) -> None:
    assert kinds(before, after) == []


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (FaultKind.LOST_ID, (LATER,), ()),
        (FaultKind.OTHER_AIRING, (LATER,), (replace(LATER, lesson="art"),)),
        (FaultKind.FROZEN, (SOON,), (moved(SOON, 90),)),
        (FaultKind.FROZEN, (SOON,), (replace(SOON, channel="tv2", sequence=1),)),
        (FaultKind.FROZEN, (LATER,), (moved(LATER, -80),)),
        (FaultKind.NEW_IN_FREEZE, (), (airing("new", 10),)),
        (FaultKind.SEQUENCE, (LATER,), (moved(LATER, 60, 0),)),
        (FaultKind.SEQUENCE, (LATER,), (replace(LATER, status=CANCELLED),)),
        (FaultKind.SEQUENCE, (moved(LATER, 5, 3),), (moved(LATER, 5, 2),)),
        (FaultKind.BACK_TO_PLAN, (OVER,), (replace(OVER, status=PUBLISHED),)),
    ],
)
def test_what_may_not_change_is_caught(
    kind: FaultKind, before: tuple[PlannedAiring, ...], after: tuple[PlannedAiring, ...]
) -> None:
    assert kinds(before, after) == [kind]


def test_a_revision_follows_the_one_it_was_made_from() -> None:
    other = replace(plan(3), parent=1)
    assert revision_faults(PROBLEM, plan(1), other, NOW) == []
    found = revision_faults(PROBLEM, plan(2), other, NOW)
    assert [one.kind for one in found] == [FaultKind.PARENT]


def test_a_moved_airing_may_have_a_make_up_of_its_own() -> None:
    gone = replace(LATER, status=MOVED, sequence=1)
    makeup = replace(airing("m", 300), kind=AiringKind.MAKEUP, supersedes="later")
    assert kinds((LATER,), (gone, makeup)) == []
