"""What a person reads about a choice: whole sentences in each language, with nothing left open."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.channel import CHANNEL_WORDS
from jetkiz.delivery.reasons import CHOICE_WORDS, FAILURE_WORDS, ChoiceReason, FailureReason
from jetkiz.i18n import LANGUAGES, translator
from scheduler.explain import (
    RESOURCE_WORDS,
    STANDING_WORDS,
    Explainer,
    Standing,
    explanation_lines,
)
from scheduler.model import PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import HomeLimit, Resource
from tests.plan_problems import CHANNELS, Reached, lesson, problem, problems, student, with_override

OTHERS = [language for language in LANGUAGES if language != "en"]
SHELF = [lesson(1, pages=3)]
ALICE = student(1, SHELF)
LATE = {**CHANNELS, "post": replace(CHANNELS["post"], too_late=frozenset({1}))}


def _lines(given_problem: PlanProblem, language: str) -> list[str]:
    explainer = Explainer(given_problem, make_plan(given_problem).students)
    return explanation_lines(explainer.explain(1, 1), "l1", translator(language))


@pytest.mark.parametrize(
    ("words", "members"),
    [
        (CHOICE_WORDS, ChoiceReason),
        (FAILURE_WORDS, FailureReason),
        (STANDING_WORDS, Standing),
        (RESOURCE_WORDS, [*Resource, *HomeLimit]),
    ],
)
def test_every_member_has_words_of_its_own(words: dict[object, str], members: type) -> None:
    assert set(words) == set(members)  # type: ignore[call-overload]
    for language in LANGUAGES:
        t = translator(language)
        assert len({t(text) for text in words.values()}) == len(words), language


@pytest.mark.parametrize("language", OTHERS)
def test_no_reader_gets_english_words(language: str) -> None:
    t = translator(language)
    same = [
        text
        for words in (CHOICE_WORDS, FAILURE_WORDS, STANDING_WORDS, RESOURCE_WORDS, CHANNEL_WORDS)
        for text in words.values()
        if t(text) == text
    ]
    assert same == ["Telegram"]


# Every reason is measured below, on a problem written for it.
@pytest.mark.no_cover
@given(problems(students=3, lessons=3), st.sampled_from(LANGUAGES))
@settings(max_examples=60)
def test_every_line_is_a_whole_sentence(given_problem: PlanProblem, language: str) -> None:
    explainer = Explainer(given_problem, make_plan(given_problem).students)
    t = translator(language)
    for line in make_plan(given_problem).students:
        for number in line.lessons:
            for text in explanation_lines(explainer.explain(line.student, number), f"l{number}", t):
                assert text.endswith(".")
                assert not re.search(r"[{}]|nan|None|  ", text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("given_problem", "reason"),
    [
        (problem(SHELF, {ALICE: Reached(telegram=0.9)}), ChoiceReason.ONLY_CHANNEL),
        (problem(SHELF, {ALICE: Reached(telegram=0.9, broadcast=0.3)}), ChoiceReason.BEST_VALUE),
        (
            problem(SHELF, {ALICE: Reached(broadcast=0.3, post=0.95)}, pages=1),
            ChoiceReason.SECOND_BEST,
        ),
        (
            replace(problem(SHELF, {ALICE: Reached(telegram=0.9, post=0.9)}), channels=LATE),
            ChoiceReason.ONLY_IN_TIME,
        ),
        (
            with_override(
                problem(SHELF, {ALICE: Reached(telegram=0.9, broadcast=0.3)}), 1, 1, "broadcast"
            ),
            ChoiceReason.TEACHER,
        ),
        (problem(SHELF, {ALICE: Reached()}), ChoiceReason.NO_CHANNEL_FITS),
        (problem(SHELF, {ALICE: Reached(post=0.9)}, pages=1), ChoiceReason.NO_PAGES),
        (problem(SHELF, {ALICE: Reached(post=0.9)}, money=1), ChoiceReason.NO_MONEY),
        (
            replace(problem(SHELF, {ALICE: Reached(post=0.9)}), channels=LATE),
            ChoiceReason.CUTOFF_PASSED,
        ),
        (
            problem(SHELF, {replace(ALICE, is_unknown=True): Reached()}),
            ChoiceReason.UNKNOWN_PROFILE,
        ),
        (
            problem(SHELF, {replace(ALICE, is_unknown=True): Reached(in_person=0.5)}),
            ChoiceReason.NOT_ASKED_YET,
        ),
    ],
)
def test_the_first_line_gives_the_reason_in_the_reader_s_words(
    given_problem: PlanProblem, reason: ChoiceReason, language: str
) -> None:
    first = _lines(given_problem, language)[0]
    assert first.startswith("l1: ")
    assert first.endswith(f": {translator(language)(CHOICE_WORDS[reason])}.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_channel_is_named_once_with_its_standing(language: str) -> None:
    t = translator(language)
    reached = Reached(telegram=0.9, broadcast=0.5, post=0.95)
    text = _lines(problem(SHELF, {ALICE: reached}, pages=1), language)[1:5]
    standings = {
        "telegram": Standing.CHOSEN,
        "broadcast": Standing.OPEN,
        "post": Standing.NO_ROOM,
        "in_person": Standing.FAILED,
    }
    for name, standing in standings.items():
        wanted = f"{t(CHANNEL_WORDS[name])}: {t(STANDING_WORDS[standing])} ("
        assert sum(one.startswith(wanted) for one in text) == 1
