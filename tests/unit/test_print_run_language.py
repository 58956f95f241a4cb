"""A run speaks the language that most of its homes read, in whatever order they lie in it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_packs.runs.run_language import language_of


@pytest.mark.parametrize(
    ("homes", "language"),
    [
        (["ru", "kk", "ru"], "ru"),
        (["en", "kk", "kk"], "kk"),
        (["en"], "en"),
        (["ru", "kk"], "kk"),
        (["en", "ru"], "ru"),
        ([], "kk"),
    ],
)
def test_most_homes_decide_and_of_two_the_first_language(homes: list[str], language: str) -> None:
    assert language_of(homes) == language


@given(st.lists(st.sampled_from(["kk", "ru", "en"]), max_size=9), st.randoms())
def test_the_order_of_the_homes_decides_nothing(homes: list[str], chance: Random) -> None:
    mixed = sorted(homes, key=lambda _: chance.random())
    assert language_of(mixed) == language_of(homes)
