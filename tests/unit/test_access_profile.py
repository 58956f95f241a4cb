"""What is known of a home: newest answer, better source, the student's own word, and unknown."""

import pickle
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.roster.access_profile import (
    UNKNOWN,
    AccessProfile,
    Fact,
    FactKind,
    Source,
    fact_key,
    strongest,
)

MONDAY = date(2026, 1, 26)
KINDS = st.sampled_from([FactKind.TV, FactKind.PHONE, FactKind.INTERNET])
FACTS = st.lists(
    st.builds(
        Fact,
        KINDS,
        st.sampled_from(["a", "b", "none", UNKNOWN]),
        st.sampled_from(Source),
        st.integers(0, 3).map(lambda days: MONDAY + timedelta(days)),
    ),
    max_size=8,
)


def fact(value: str, source: Source = Source.SURVEY, days: int = 0) -> Fact:
    return Fact(FactKind.TV, value, source, MONDAY + timedelta(days))


@settings(max_examples=50)
@given(FACTS, FACTS)
def test_of_each_kind_one_fact_is_in_force(home: list[Fact], student: list[Fact]) -> None:
    profile = strongest(home, student)
    assert [one.kind for one in profile.facts] == [k for k in FactKind if profile.fact(k)]
    for kind in FactKind:
        own = [one for one in student if one.kind == kind]
        rivals = own or [one for one in home if one.kind == kind]
        chosen = profile.fact(kind)
        assert (chosen is None) == (not rivals)
        if chosen:
            assert chosen in rivals
            assert all(rival.strength <= chosen.strength for rival in rivals)
            assert profile.value(kind) == chosen.value


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_answers_matters_only_between_equals(
    facts: list[Fact], random: object
) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = strongest(facts), strongest(shuffled)
    assert [one.strength for one in before.facts] == [one.strength for one in after.facts]


@settings(max_examples=50)
@given(FACTS, FACTS)
def test_an_answer_given_before_changes_nothing_when_it_is_told_again(
    home: list[Fact], older: list[Fact]
) -> None:
    known = strongest(home)
    past = [replace(one, asked_on=MONDAY - timedelta(days=30)) for one in older]
    told_again = strongest([*past, *home])
    for one in known.facts:
        assert told_again.fact(one.kind) == one


def test_of_equals_the_one_that_came_last_wins() -> None:
    assert strongest([fact("balapan"), fact("none")]).value(FactKind.TV) == "none"


def test_a_late_unknown_is_an_answer_too() -> None:
    profile = strongest([fact("balapan"), fact(UNKNOWN, days=1)])
    assert profile.fact(FactKind.TV) is not None
    assert profile.value(FactKind.TV) == UNKNOWN
    assert profile.is_unknown


def test_never_asked_and_asked_in_vain_are_told_apart() -> None:
    nobody_asked, in_vain = AccessProfile(), AccessProfile((fact(UNKNOWN),))
    assert nobody_asked.value(FactKind.TV) == in_vain.value(FactKind.TV) == UNKNOWN
    assert nobody_asked.fact(FactKind.TV) is None
    assert in_vain.fact(FactKind.TV) == fact(UNKNOWN)
    assert nobody_asked.is_unknown
    assert not AccessProfile((fact("none"),)).is_unknown


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        ("balapan,el_arna", {"balapan", "el_arna"}),
        ("balapan, el_arna,", {"balapan", "el_arna"}),
        ("none", set()),
        (UNKNOWN, set()),
        ("", set()),
    ],
)
def test_lists_hold_what_is_received(value: str, listed: set[str]) -> None:
    assert AccessProfile((fact(value),)).listed(FactKind.TV) == listed


@given(FACTS)
def test_a_profile_is_a_value(facts: list[Fact]) -> None:
    """Equal facts make equal profiles, also after a journey to a worker and after a change."""
    profile = strongest(facts)
    again = pickle.loads(pickle.dumps(profile))  # noqa: S301 - our own bytes
    assert (again, hash(again), repr(again)) == (profile, hash(profile), repr(profile))
    assert again.value(FactKind.TV) == profile.value(FactKind.TV)
    other = replace(profile, facts=(fact("balapan"),))
    assert other.value(FactKind.TV) == "balapan"
    assert other == AccessProfile((fact("balapan"),))


def test_two_reports_of_one_day_are_one_fact_unless_a_moment_parts_them() -> None:
    one = fact("balapan")
    assert fact_key(1, None, one) == fact_key(1, None, one)
    parts = {
        fact_key(1, None, one),
        fact_key(2, None, one),
        fact_key(1, 7, one),
        fact_key(1, None, fact("none")),
        fact_key(1, None, fact("balapan", Source.BOT)),
        fact_key(1, None, fact("balapan", days=1)),
        fact_key(1, None, one, "2026-01-26T05:00:00+00:00"),
        fact_key(1, None, one, "2026-01-26T06:00:00+00:00"),
    }
    assert len(parts) == 8
