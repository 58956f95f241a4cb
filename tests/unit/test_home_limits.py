"""What children of one home share, and how it is divided."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, Student
from scheduler.model import PlannedStudent
from scheduler.planned_students import planned_students
from scheduler.rules import home_limits

SHARERS = st.integers(1, 12)


@given(SHARERS, SHARERS)
def test_more_children_never_get_more_each(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert home_limits.phone_lessons(many) <= home_limits.phone_lessons(few)
    assert home_limits.tv_lessons(many) <= home_limits.tv_lessons(few)


@given(SHARERS)
def test_the_parts_never_make_more_than_the_whole(sharers: int) -> None:
    minutes = home_limits.phone_lessons(sharers) * home_limits.PHONE_LESSON_MINUTES * sharers
    assert minutes <= home_limits.PHONE_MINUTES


@given(st.integers(0, 20_000), SHARERS)
def test_videos_never_cost_more_than_the_data_plan(megabytes: int, sharers: int) -> None:
    videos = home_limits.videos(megabytes, sharers)
    assert videos * sharers * home_limits.VIDEO_MEGABYTES <= megabytes


def _planned(*children: int, **facts: str) -> PlannedStudent:
    known = tuple(
        Fact(FactKind(kind), value, Source.SURVEY, date(2026, 1, 12))
        for kind, value in facts.items()
    )
    homes = [
        Home(Student(number, 1, 1, "2A", 2, "kk", frozenset()), AccessProfile(known))
        for number in children
    ]
    return planned_students(homes, [], {})[0]


def test_a_phone_of_ones_own_sets_no_limit() -> None:
    assert _planned(1, phone="own").phone_lessons is None


@pytest.mark.parametrize(("sharers", "lessons"), [("2", 6), ("4", 3), ("unknown", 6)])
def test_a_shared_phone_is_shared_in_equal_parts(sharers: str, lessons: int) -> None:
    assert _planned(1, 2, phone="shared", phone_sharers=sharers).phone_lessons == lessons


def test_with_a_computer_nobody_waits_for_the_phone() -> None:
    assert _planned(1, 2, phone="shared", phone_sharers="2", computer="own").phone_lessons is None


def test_only_brothers_and_sisters_share_the_tv() -> None:
    assert _planned(1).tv_lessons is None
    assert _planned(1, 2, 3).tv_lessons == 8


def test_a_data_plan_pays_for_some_videos_and_an_unknown_one_for_all() -> None:
    assert _planned(1, 2, data_cap_mb="400").videos == 5
    assert _planned(1).videos is None
