"""The repair with the fewest changes: found by OR-Tools in a process that may be lost."""

import os
from dataclasses import replace

import pytest

from broadcast.checker.checking import faults
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import Plan
from broadcast.problem.model import Hours, Policy, Problem
from broadcast.replanning import optimum
from broadcast.replanning.changes import ChangeKind, burden
from broadcast.replanning.events import Preempted
from broadcast.replanning.optimum import fewest_changes
from jetkiz.errors import JetkizError
from jetkiz.limited_process import LimitedProcess
from tests.small_air import SUNDAY_NOON, at, channel, first, lesson, plan, problem, stream

MATCH = Preempted(("one",), at(0, 9), at(0, 9, 30))


def _chain() -> tuple[Problem, Plan]:
    """Three lessons of a subject in a row, free air behind the last: all have to move by one."""
    before = problem(
        [channel("one", windows=(Hours((0,), 540, 660),), repeat_windows=())],
        [stream("s0")],
        [lesson("m", "s0"), lesson("n", "s0", 2), lesson("o", "s0", 3)],
    )
    before = replace(before, policy=Policy(one_a_day=False))
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)), first("c", "o", at(0, 10)))
    return before, old


def test_a_chain_of_moves_places_what_a_single_one_cannot() -> None:
    before, old = _chain()
    both = fewest_changes(before, old, MATCH, SUNDAY_NOON, 2)
    assert [one.lesson for one in both.at_once.unplaced] == ["m"]
    assert both.better is not None
    assert both.chosen is both.better
    hours = {one.id: one.start for one in both.better.plan.airings}
    assert hours == {"a": at(0, 9, 30), "b": at(0, 10), "c": at(0, 10, 30)}
    kinds = [one.kind for one in both.better.changes]
    assert kinds == [ChangeKind.MOVED, ChangeKind.MOVED, ChangeKind.MADE_UP]
    assert burden(both.better.changes) < burden(both.at_once.changes)
    assert faults(both.better.problem, both.better.plan) == []
    assert revision_faults(before, old, both.better.plan, SUNDAY_NOON) == []


def test_what_changes_nothing_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "ANSWERS", "tests.nowhere:answered")
    before, old = _chain()
    elsewhere = Preempted(("one",), at(1, 9), at(1, 9, 30))
    both = fewest_changes(before, old, elsewhere, SUNDAY_NOON, 2)
    assert both.better is None
    assert both.chosen.plan is old


@pytest.mark.parametrize("answer", [b"[]", b"[0, 0, 99]", b"[-1, -1, -1]"])
def test_an_answer_that_helps_nobody_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(LimitedProcess, "ask", lambda *_: answer)
    before, old = _chain()
    assert fewest_changes(before, old, MATCH, SUNDAY_NOON, 2).better is None


def lost(_question: bytes) -> bytes:
    """End the process, as a library with a fault does."""
    os._exit(3)


def test_a_process_that_is_lost_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "ANSWERS", "tests.integration.test_broadcast_fewest_changes:lost")
    before, old = _chain()
    with pytest.raises(JetkizError, match="at once holds"):
        fewest_changes(before, old, MATCH, SUNDAY_NOON, 2)


def test_without_the_extra_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "find_spec", lambda _: None)
    before, old = _chain()
    with pytest.raises(JetkizError, match="not installed"):
        fewest_changes(before, old, MATCH, SUNDAY_NOON, 2)
