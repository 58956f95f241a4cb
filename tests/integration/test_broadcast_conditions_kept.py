"""A timetable that breaks a condition is mended in a process of OR-Tools, or nothing is kept."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.checker.checking import faults
from broadcast.making import make_timetable
from broadcast.plan.model import Plan
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import Condition, ConditionKind, Hours, Problem
from broadcast.problem.writing import in_order
from broadcast.replanning import obeying
from broadcast.replanning.obeying import broken, obeyed
from broadcast.replanning.reasons import CONDITION
from broadcast.solver.solving import solve
from jetkiz.errors import JetkizError
from tests.broadcast_conditions import some_conditions
from tests.broadcast_problems import problems
from tests.examples import TIMES
from tests.small_air import channel, lesson, problem, stream

K = ConditionKind


def _week(*asked: Condition) -> Problem:
    """Two days of three streams, each with a lesson of two subjects on each day."""
    names = ("s", "t", "u")
    made = problem(
        [channel("one", windows=(Hours((0, 1), 540, 720),)), channel("two")],
        [replace(stream(name, place), per_day_min=2) for place, name in enumerate(names, 1)],
        [
            lesson(f"{name}-{subject}-{seq}", name, seq, subject=subject)
            for name in names
            for subject in ("math", "music")
            for seq in (1, 2)
        ],
    )
    return in_order(replace(made, meta=replace(made.meta, iterations=400), conditions=asked))


ALL = (
    Condition("bell", K.SAME_HOUR, streams=("s",), subjects=("math",)),
    Condition("day", K.BEFORE_EACH_DAY, streams=("s",), then_streams=("u",)),
    Condition("rest", K.APART, lessons=("s-music-1", "t-music-2")),
    Condition("studio", K.MOST_AT_ONCE, subjects=("music",)),
    Condition("turn", K.BEFORE, lessons=("t-math-1",), then_lessons=("u-music-1",)),
    Condition("voice", K.MOST_A_DAY, lessons=("s-math-1", "t-math-1", "u-math-1"), count=3),
)


def _broken_week() -> tuple[Problem, Plan]:
    """Return the week with a condition that asks for the other way round than the plan has."""
    bare = solve(_week())
    starts = {one.lesson: one.start for one in bare.airings}
    one, two = sorted(("s", "u"), key=lambda name: starts[f"{name}-math-1"])
    turned = Condition("turned", K.BEFORE, (f"{two}-math-1",), then_lessons=(f"{one}-math-1",))
    return _week(*(asked for asked in ALL if asked.id != "day"), turned), bare


def test_all_conditions_are_kept_with_every_lesson_on_the_air() -> None:
    whole, bare = _broken_week()
    assert broken(whole, bare)
    made = make_timetable(whole)
    assert faults(whole, made) == []
    assert made.unplaced == ()
    assert made.report["conditions"]["asked"] == 6
    assert 1 <= made.report["conditions"]["moved"] <= 11
    assert any(one.kind == "repeat" for one in made.airings)
    assert plan_bytes(make_timetable(whole)) == plan_bytes(made)


def test_a_lesson_that_no_hour_suits_is_named_with_the_condition() -> None:
    never = Condition("never", K.APART, lessons=("s-math-1", "t-math-1"), days=2)
    whole = _week(never)
    made = make_timetable(whole)
    assert faults(whole, made) == []
    ((lost, reason, facts),) = [(one.lesson, one.reason, one.facts) for one in made.unplaced]
    assert lost in never.lessons
    assert (reason, facts) == (CONDITION, {"condition": "never"})


def test_without_the_extra_nothing_is_kept_and_the_condition_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, _ = _broken_week()
    monkeypatch.setattr(obeying, "find_spec", lambda _: None)
    with pytest.raises(JetkizError, match="Condition ") as error:
        make_timetable(whole)
    assert "jetkiz[optimum]" in error.value.remedy
    assert make_timetable(_week()).unplaced == ()


def test_a_search_that_is_lost_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, bare = _broken_week()
    monkeypatch.setattr(obeying, "ANSWERS", "tests.nowhere:answered")
    with pytest.raises(JetkizError, match="Condition ") as error:
        obeyed(whole, bare)
    assert "OR-Tools found no timetable that keeps it" in error.value.remedy


def test_a_plan_that_keeps_them_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obeying, "ANSWERS", "tests.nowhere:answered")
    whole = _week(Condition("voice", K.MOST_A_DAY, lessons=("s-math-1", "t-math-1"), count=2))
    bare = solve(whole)
    assert obeyed(whole, bare).moved == ()


@settings(max_examples=max(1, round(2 * TIMES)))
@given(problems(), st.integers(0, 999_999))
def test_whatever_is_drawn_no_condition_is_broken(drawn: Problem, number: int) -> None:
    whole = in_order(some_conditions(drawn, random.Random(number)))
    before = solve(whole)
    known = {(one.kind, one.airings) for one in faults(whole, before)}
    if broken(whole, before) and whole.fixed:
        # Airings that were agreed may contradict a condition: then nothing is kept at all.
        return
    found = obeyed(whole, before)
    assert bool(found.moved or found.unplaced) == bool(broken(whole, before))
    assert broken(whole, found.plan) == []
    left = [one for one in faults(whole, found.plan) if (one.kind, one.airings) not in known]
    assert left == []
