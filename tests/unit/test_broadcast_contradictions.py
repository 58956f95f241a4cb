"""What a problem says that cannot all be true is refused, each with what mends it."""

from dataclasses import replace
from typing import Any

import pytest

from broadcast.problem.model import FixedAiring, HomeKind, Hours, Problem
from broadcast.problem.soundness import faults_of
from tests.broadcast_problems import week_600
from tests.small_air import DAYS, channel, lesson, problem, stream


def _week(*lessons: dict[str, Any], **of_stream: Any) -> Problem:
    """Two days of one channel for one stream; each lesson with what is said of it."""
    made = [
        lesson(values.pop("id", f"l{number}"), "s", values.pop("seq", number), **values)
        for number, values in enumerate(map(dict, lessons), 1)
    ]
    return problem([channel("one")], [stream("s", **of_stream)], made)


def _told(found: Problem) -> list[str]:
    faults = faults_of(found)
    assert all(one.remedy for one in faults)
    return [str(one) for one in faults]


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ({"alone": 101}, {"alone": 100}, "101 of 100 students are reached by nothing else"),
        ({"grades": (13,)}, {"grades": (0, 12)}, "there is no grade 13"),
        ({"per_day_min": 3}, {"per_day_min": 2}, "3 lessons a day are wanted .* has 2 in all"),
        (
            {"per_day_min": 2, "per_day_max": 1},
            {"per_day_min": 1, "per_day_max": 1},
            "at least 2 lessons a day, and at most 1",
        ),
    ],
)
def test_what_a_stream_says_of_itself_has_to_be_possible(
    wrong: dict[str, Any], right: dict[str, Any], words: str
) -> None:
    assert _told(_week({}, {}, **right)) == []
    (fault,) = faults_of(_week({}, {}, **wrong))
    with pytest.raises(type(fault), match=words):
        raise fault


def test_a_stream_stands_once_in_a_home_whatever_the_number_of_children() -> None:
    whole = _week({})
    twins = HomeKind(("s",), 10, 2)
    assert _told(replace(whole, homes=(twins,))) == []
    (told,) = _told(replace(whole, homes=(replace(twins, streams=("s", "s")),)))
    assert "homes 1: the stream s stands there twice" in told


def test_two_lessons_of_a_subject_have_two_places_in_it() -> None:
    assert _told(_week({"seq": 1}, {"seq": 1, "subject": "music"})) == []
    (told,) = _told(_week({"seq": 1}, {"seq": 1}))
    assert "lessons, l2: it has the seq 1 of its subject, and so has l1" in told


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\u2028b", "a\u200bb"])
def test_a_name_is_one_line_that_can_be_read(name: str) -> None:
    assert _told(_week({"id": "1-сабақ №5"})) == []
    (told,) = _told(_week({"id": name}))
    assert repr(name) in told
    assert name not in told
    (told,) = _told(_week({"subject": name}))
    assert "lessons, 'l1'" in told
    (told,) = _told(replace(_week({}), regions={"all": "UTC", name: "UTC"}))
    assert told.startswith("regions: ")


def test_tied_days_follow_the_order_of_the_subject() -> None:
    assert _told(_week({"day": 0}, {}, {"day": 1})) == []
    assert _told(_week({"day": 1}, {"day": 0, "subject": "music"})) == []
    (told,) = _told(_week({"day": 1}, {}, {"day": 0}))
    assert "lessons, l3: it is tied to mon, before l1" in told


def test_what_is_agreed_follows_the_order_of_the_subject_and_the_days() -> None:
    week = _week({}, {"day": 1})
    ten = FixedAiring("l1", "one", 0, 570)
    assert _told(replace(week, fixed=(ten, FixedAiring("l2", "one", 1, 540)))) == []
    told = _told(replace(week, fixed=(ten, FixedAiring("l2", "one", 0, 540))))
    assert len(told) == 2
    assert "fixed, l2: it is agreed for mon, and the lesson is tied to tue" in told[0]
    assert "fixed, l2: it is tied to mon, before l1" in told[1]
    early = FixedAiring("l2", "one", 0, 540, is_repeat=True)
    hours = (Hours(DAYS, 540, 600),)
    assert _told(replace(week, fixed=(ten, early))) == []
    elsewhere = channel("two", regions=("far",), windows=hours)
    apart = replace(
        week,
        channels=(*week.channels, elsewhere),
        regions={"all": "UTC", "far": "UTC"},
        streams=(replace(week.streams[0], regions=("all", "far")),),
        lessons=tuple(replace(one, day=None) for one in week.lessons),
        fixed=(ten, FixedAiring("l2", "two", 0, 540)),
    )
    assert _told(apart) == []


def test_the_drawn_week_says_nothing_that_cannot_be() -> None:
    assert _told(week_600()) == []
