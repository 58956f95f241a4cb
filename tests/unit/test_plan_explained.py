"""The recomputed winner equals the stored plan, and the words say why in three languages."""

from dataclasses import replace

import pytest
from hypothesis import given

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, translator
from scheduler.explain import Explainer, Standing, explanation_lines
from scheduler.model import PlanProblem
from scheduler.planner import make_plan
from tests.examples import drawing
from tests.plan_problems import CHANNELS, Reached, lesson, problem, problems, student, with_override

SHELF = [lesson(1, pages=3)]
ALICE = student(1, SHELF)


# Each standing is measured below, on a problem written for it.
@pytest.mark.no_cover
@given(problems())
@drawing(80)
def test_the_recomputed_choice_is_the_stored_one_for_every_lesson(
    given_problem: PlanProblem,
) -> None:
    plan = make_plan(given_problem)
    explainer = Explainer(given_problem, plan.students)
    for line in plan.students:
        for lesson_id, choice in zip(line.lessons, line.choices, strict=True):
            found = explainer.explain(line.student, lesson_id)
            assert found.agrees
            assert found.choice == choice
            for language in LANGUAGES:
                assert all(explanation_lines(found, "l1", translator(language)))


def _standings(given_problem: PlanProblem) -> dict[str, Standing]:
    plan = make_plan(given_problem)
    found = Explainer(given_problem, plan.students).explain(1, 1)
    return {line.option.channel: line.standing for line in found.lines}


def test_every_option_is_shown_with_its_standing() -> None:
    reached = Reached(telegram=0.9, broadcast=0.5, post=0.95)
    assert _standings(problem(SHELF, {ALICE: reached}, pages=1)) == {
        "telegram": Standing.CHOSEN,
        "broadcast": Standing.OPEN,
        "post": Standing.NO_ROOM,
        "in_person": Standing.FAILED,
    }


def test_what_comes_too_late_and_what_was_decided_is_shown() -> None:
    late = {**CHANNELS, "post": replace(CHANNELS["post"], too_late=frozenset({1}))}
    given_problem = problem(SHELF, {ALICE: Reached(telegram=0.9, broadcast=0.5, post=0.9)})
    given_problem = with_override(replace(given_problem, channels=late), 1, 1, "broadcast")
    assert _standings(given_problem) == {
        "broadcast": Standing.CHOSEN,
        "telegram": Standing.DECIDED,
        "post": Standing.TOO_LATE,
        "in_person": Standing.FAILED,
    }


def _changes(given_problem: PlanProblem) -> list[str]:
    plan = make_plan(given_problem)
    found = Explainer(given_problem, plan.students).explain(1, 1)
    return explanation_lines(found, "l1", translator("en"))


def test_the_runner_up_is_told_the_chance_it_would_need() -> None:
    lines = _changes(problem(SHELF, {ALICE: Reached(telegram=0.6, broadcast=0.5)}))
    assert any("TV and radio would win if its chance rose from 50% to" in one for one in lines)


def test_a_chance_above_certainty_is_not_promised() -> None:
    lines = _changes(problem(SHELF, {ALICE: Reached(telegram=1.0, broadcast=0.5)}))
    assert not any("would win if its chance" in one for one in lines)


def test_room_that_would_change_the_answer_is_named() -> None:
    lines = _changes(problem(SHELF, {ALICE: Reached(broadcast=0.3, post=0.95)}, pages=1))
    assert "post would win if there were room again." in lines
    assert any("used up: printed pages" in one for one in lines)


def test_a_worse_option_without_room_changes_nothing() -> None:
    lines = _changes(problem(SHELF, {ALICE: Reached(telegram=1.0, post=0.1)}, pages=1))
    assert not any("room again" in one for one in lines)


def test_a_failed_test_is_named_as_what_could_change() -> None:
    lines = _changes(problem(SHELF, {ALICE: Reached(telegram=1.0)}))
    assert "post would be weighed if this changed: test of post." in lines


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "l1: no channel, because: no channel reaches this home."),
        ("ru", "l1: нет канала; причина: ни один канал не доходит до этой семьи."),
        ("kk", "l1: арна жоқ, себебі: бұл үйге ешбір арна жетпейді."),
    ],
)
def test_the_answer_comes_first_in_the_reader_s_language(language: str, answer: str) -> None:
    given_problem = problem(SHELF, {ALICE: Reached()})
    found = Explainer(given_problem, make_plan(given_problem).students).explain(1, 1)
    assert explanation_lines(found, "l1", translator(language))[0] == answer


def test_a_plan_made_with_other_facts_does_not_agree() -> None:
    given_problem = problem(SHELF, {ALICE: Reached(telegram=1.0)})
    old = StudentPlan(1, (1,), (Choice("post", ChoiceReason.BEST_VALUE),))
    found = Explainer(given_problem, [old]).explain(1, 1)
    assert not found.agrees
    assert found.choice.channel == "telegram"


def test_a_student_who_came_after_the_plan_changes_no_answer() -> None:
    given_problem = problem(
        SHELF, {ALICE: Reached(telegram=1.0), student(2, SHELF): Reached(post=1)}
    )
    old = StudentPlan(1, (1,), (Choice("telegram", ChoiceReason.ONLY_CHANNEL),))
    assert Explainer(given_problem, [old]).explain(1, 1).agrees


@pytest.mark.parametrize(("number", "lesson_id"), [(1, 99), (99, 1)])
def test_what_the_plan_does_not_hold_is_refused(number: int, lesson_id: int) -> None:
    given_problem = problem(SHELF, {ALICE: Reached(telegram=1.0)})
    explainer = Explainer(given_problem, make_plan(given_problem).students)
    with pytest.raises(JetkizError, match="no such lesson"):
        explainer.explain(number, lesson_id)
