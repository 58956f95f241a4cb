"""The sums of the sample lessons are right, different from each other, and always the same."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.demo.making.arithmetic import MAKERS, exercises

_POWER = {"²": "**2", "³": "**3", "⁴": "**4"}


def value_of(question: str) -> Fraction:
    """Work a sum out independently of the code that drew it."""
    text = question.replace("−", "-").replace("×", "*").replace(":", "/")
    for sign, power in _POWER.items():
        text = text.replace(sign, power)
    text = re.sub(r"(\d+),(\d+)", r"\1.\2", text)
    text = re.sub(r"(?<!\*)\b(\d+(?:\.\d+)?)\b", r'Fraction("\1")', text)
    return Fraction(eval(text, {"Fraction": Fraction}))  # noqa: S307 - our own sums


@pytest.mark.parametrize(
    "kind", ["within_twenty", "times_table", "within_thousand", "fractions", "decimals", "powers"]
)
@given(seed=st.text(max_size=8))
def test_plain_sums_are_right(kind: str, seed: str) -> None:
    for one in exercises(kind, seed, 5):
        answer = Fraction(one.answer["kk"].replace(",", "."))
        assert value_of(one.question["kk"]) == answer
        assert answer > 0


@given(seed=st.text(max_size=8))
def test_the_missing_number_fits(seed: str) -> None:
    for one in exercises("missing_number", seed, 5):
        left, right = one.question["ru"].replace("□", one.answer["ru"]).split(" = ")
        assert value_of(left) == value_of(right)


@given(seed=st.text(max_size=8))
def test_equations_hold_for_their_root(seed: str) -> None:
    for one in exercises("equations", seed, 5):
        root = int(one.answer["kk"].removeprefix("x = "))
        # the root stands beside its factor: 3x is 3 times the root, 3(x + 1) likewise
        left, right = one.question["kk"].replace("−", "-").split(" = ")
        product = left.replace("(x", "*(x").replace("x", "*x").replace("(*x", "(x")
        assert eval(product, {"x": root}) == int(right)  # noqa: S307 - our own equations


@given(seed=st.text(max_size=8), x=st.integers(min_value=-9, max_value=9))
def test_squares_open_to_the_same_value(seed: str, x: int) -> None:
    for one in exercises("squares", seed, 5):
        both = [one.question["ru"], one.answer["ru"]]
        closed, opened = (
            eval(  # noqa: S307 - our own formulas
                re.sub(r"(\d)x", r"\1*x", text).replace("²", "**2").replace("−", "-"), {"x": x}
            )
            for text in both
        )
        assert closed == opened


@given(seed=st.text(max_size=8))
def test_problems_in_words_have_whole_answers_in_both_languages(seed: str) -> None:
    for kind in ("apples", "equal_parts", "percent", "units", "proportion", "neighbours", "area"):
        for one in exercises(kind, seed, 4):
            numbers = [re.findall(r"\d+", text) for text in one.question.values()]
            assert sorted(numbers[0]) == sorted(numbers[1])
            assert re.findall(r"\d+", one.answer["kk"]) == re.findall(r"\d+", one.answer["ru"])


@given(seed=st.text(max_size=8))
def test_prices_grow_with_the_amount(seed: str) -> None:
    for one in exercises("proportion", seed, 4):
        first, total, second = (int(n) for n in re.findall(r"\d+", one.question["kk"]))
        assert int(one.answer["kk"].split()[0]) * first == total * second


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_no_question_comes_twice_and_a_seed_repeats_itself(kind: str) -> None:
    drawn = exercises(kind, "w05", 12)
    assert len({one.question["kk"] for one in drawn}) == 12
    assert drawn == exercises(kind, "w05", 12)


def test_more_questions_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 500 different exercises"):
        exercises("neighbours", "w05", 500)
