"""Homes that are alike are asked for once: the answer is the one that each would have got alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.channel import Channel, load_channel
from jetkiz.config import Settings
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.model import Lesson, LessonKind, Licence, Task
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source, strongest
from jetkiz.roster.model import DeliveryMode, Home, Need, Student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from scheduler.model import Override, PlanProblem
from scheduler.planner import make_plan
from scheduler.problem import Inputs, problem_of
from scheduler.rules.channel_choice import TRIED_UNASKED, UNASKED_LIKELIHOOD

WEEK = "2026-W05"
WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
SETTINGS = Settings(zone="Asia/Qostanay")
PURE = ("telegram", "post", "in_person", "duty_class")
VALUES = {
    FactKind.TELEGRAM: ["linked", "never", "blocked", "unknown"],
    FactKind.INTERNET: ["none", "2g", "4g", "unknown"],
    FactKind.PHONE: ["own", "shared", "none"],
    FactKind.PHONE_SHARERS: ["2", "4", "many"],
    FactKind.POST: ["yes", "no", "unknown"],
    FactKind.PICK_UP: ["yes", "no", "unknown"],
    FactKind.PREFERENCE: ["telegram", "post", "unknown"],
}


def lesson(number: int, kind: LessonKind, grades: tuple[int, ...] = (2,)) -> Lesson:
    day = date(2026, 1, 26 + number % 5)
    return Lesson(
        id=number,
        code=f"l{number}",
        language="kk",
        week=WEEK,
        day=day,
        order=number,
        subject="reading",
        grades=grades,
        title="",
        kind=kind,
        minutes=15,
        needs_picture=False,
        weight=1.0,
        text="Text.",
        licence=Licence("CC0"),
        task=Task("Answer.", day) if number % 2 else None,
    )


SHELF = tuple(lesson(n, kind, (2, 3)) for n, kind in enumerate(LessonKind, start=1))
_facts = st.builds(
    lambda kind, place, source, day: Fact(
        kind, VALUES[kind][place % len(VALUES[kind])], source, date(2026, 1, day)
    ),
    st.sampled_from(sorted(VALUES)),
    st.integers(0, 11),
    st.sampled_from(Source),
    st.integers(1, 20),
)
_homes = st.lists(
    st.tuples(
        st.lists(_facts, max_size=6),
        st.sampled_from([frozenset(), *(frozenset({one}) for one in Need if one != Need.AUDIO)]),
        st.sampled_from([2, 3]),
        st.sampled_from(DeliveryMode),
    ),
    min_size=1,
    max_size=8,
)


@cache
def channels() -> dict[str, Channel]:
    """The real ones; what they are asked here needs no database, so this one is never opened."""
    settings = Settings(telegram_token="1:test")
    place = Workplace(settings, Database("sqlite:///never.sqlite3"), FileStore(Path("never")))
    return {name: load_channel(name, place) for name in PURE}


def home(
    number: int,
    profile: AccessProfile,
    needs: frozenset[Need] = frozenset(),
    grade: int = 2,
    mode: DeliveryMode = DeliveryMode.POST,
) -> Home:
    return Home(Student(number, 1, 100 + number, f"{grade}A", grade, "kk", needs), profile, mode)


def inputs(*homes: Home, overrides: tuple[Override, ...] = ()) -> Inputs:
    ways = {one.student.household: "post" for one in homes}
    return Inputs(WEEK, SHELF, homes, ways, overrides, {})


def judged(given_inputs: Inputs) -> PlanProblem:
    return problem_of(given_inputs, channels(), SETTINGS, WEDNESDAY, 1)


@given(_homes)
@settings(max_examples=60)
def test_each_home_gets_the_answer_it_would_get_alone(
    drawn: list[tuple[list[Fact], frozenset[Need], int, DeliveryMode]],
) -> None:
    homes = [home(n, strongest(facts), *rest) for n, (facts, *rest) in enumerate(drawn, start=1)]
    together = judged(inputs(*homes))
    assert len(together.options) == len(homes) * len(SHELF)
    for one in homes:
        alone = judged(inputs(one))
        for number in (each.id for each in SHELF):
            key = (one.student.id, number)
            assert together.options[key] == alone.options[key]


@given(_homes)
@settings(max_examples=60)
def test_an_option_says_what_its_channel_says(
    drawn: list[tuple[list[Fact], frozenset[Need], int, DeliveryMode]],
) -> None:
    homes = [home(n, strongest(facts), *rest) for n, (facts, *rest) in enumerate(drawn, start=1)]
    found = judged(inputs(*homes))
    real = channels()
    for one in homes:
        for about in SHELF:
            for option in found.options[one.student.id, about.id]:
                reach = real[option.channel].can_reach(one, about)
                is_tried = one.profile.is_unknown and option.channel == TRIED_UNASKED
                if is_tried and option.possible and not reach.possible:
                    assert option.likelihood == UNASKED_LIKELIHOOD
                else:
                    assert (option.possible, option.test) == (reach.possible, reach.test)
                    assert option.likelihood == reach.likelihood


@pytest.mark.parametrize("name", PURE)
@pytest.mark.parametrize("kind", LessonKind)
def test_a_channel_asks_for_values_and_not_for_people(name: str, kind: LessonKind) -> None:
    """What the contract promises and the planner counts on."""
    channel = channels()[name]
    for telegram in VALUES[FactKind.TELEGRAM]:
        for post in VALUES[FactKind.POST]:
            values = {FactKind.TELEGRAM: telegram, FactKind.POST: post, FactKind.PICK_UP: post}
            early, late = (
                AccessProfile(tuple(Fact(k, v, source, day, sure) for k, v in values.items()))
                for source, day, sure in (
                    (Source.IMPORT, date(2024, 9, 1), 0.3),
                    (Source.COORDINATOR, date(2026, 1, 20), 1.0),
                )
            )
            one, other = home(1, early), home(77, late)
            other = replace(other, student=replace(other.student, school=9, class_title="11B"))
            about = lesson(1, kind)
            assert channel.can_reach(one, about) == channel.can_reach(other, about)


def test_equal_inputs_give_equal_problems_and_any_difference_shows() -> None:
    known = AccessProfile((Fact(FactKind.TELEGRAM, "linked", Source.BOT, date(2026, 1, 5)),))
    first = inputs(home(1, known), home(2, AccessProfile()))
    assert first == inputs(home(1, known), home(2, AccessProfile()))
    assert judged(first) == judged(inputs(home(1, known), home(2, AccessProfile())))
    by_hand = Override(1, 0, "post", "aigul", "why")
    for other in (
        inputs(home(1, AccessProfile()), home(2, AccessProfile())),
        inputs(home(1, known), home(2, AccessProfile(), frozenset({Need.AUDIO}))),
        inputs(home(1, known), home(2, AccessProfile()), overrides=(by_hand,)),
        replace(first, shelf=SHELF[1:]),
        replace(first, previous={1: ("telegram",)}),
        replace(first, paper_ways={101: "in_person"}),
    ):
        assert other != first


def test_a_home_nobody_asked_is_tried_and_its_neighbour_with_facts_is_not() -> None:
    """Alike means alike in every fact: an asked home beside an unasked one keeps its answer."""
    refuses = AccessProfile((Fact(FactKind.PICK_UP, "no", Source.GUARDIAN, date(2026, 1, 5)),))
    found = judged(inputs(home(1, AccessProfile()), home(2, refuses), home(3, AccessProfile())))
    plan = {one.student: one for one in make_plan(found).students}
    assert {c.reason for c in plan[1].choices} == {c.reason for c in plan[3].choices}
    assert plan[1].choices[0].reason == ChoiceReason.NOT_ASKED_YET
    assert plan[2].choices[0].reason == ChoiceReason.NO_CHANNEL_FITS
