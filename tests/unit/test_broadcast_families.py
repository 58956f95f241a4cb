"""What homes lose is counted exactly, or against us; clash and waiting are what they say."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.families import matching
from broadcast.families.clash import clash, pair_weights
from broadcast.families.idle import Idle, idle
from broadcast.families.losses import home_losses, lost
from broadcast.families.matching import Shown, lessons_of, most_of_streams, most_shown
from broadcast.families.report import family_report
from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Solver
from broadcast.problem.model import (
    Channel,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Stream,
)
from tests.examples import drawing

EVERYWHERE = ("east", "west")
REPEAT = AiringKind.REPEAT
START = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)  # nine o'clock in Almaty


def _fits(chosen: list[int], sets: int) -> bool:
    return all(
        sum(airing >> piece & 1 for airing in chosen) <= sets
        for piece in range(max((airing.bit_length() for airing in chosen), default=0))
    )


def by_trying_all(lessons: list[tuple[int, ...]], sets: int) -> int:
    """Every choice of an airing, or none, for each lesson."""
    choices = product(*([*airings, 0] for airings in lessons))
    fitting = (list(filter(None, chosen)) for chosen in choices if _fits(list(chosen), sets))
    return max((len(chosen) for chosen in fitting), default=0)


pieces = st.builds(
    lambda start, length: ((1 << length) - 1) << start, st.integers(0, 5), st.integers(1, 3)
)
lists_of_lessons = st.lists(st.lists(pieces, max_size=3).map(tuple), max_size=5)


@drawing(60)
@given(lists_of_lessons, st.integers(0, 2))
def test_most_lessons_that_sets_can_show_are_those_found_by_trying_all(
    lessons: list[tuple[int, ...]], sets: int
) -> None:
    best = Shown(by_trying_all(lessons, sets))
    assert most_shown(lessons, sets) == best
    aired = [one for one in lessons if one]
    streams = [lessons_of(aired[part::2]) for part in range(2)]
    assert most_of_streams(streams, sets) == best


@drawing(30)
@given(
    st.lists(st.lists(st.integers(0, 3).map(lambda n: 1 << n), max_size=3).map(tuple), max_size=6)
)
def test_lessons_of_one_length_are_matched_exactly(lessons: list[tuple[int, ...]]) -> None:
    assert most_shown(lessons, 1) == Shown(by_trying_all(lessons, 1))


def test_a_search_broken_off_never_says_a_home_sees_more(monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = [(0b111 << n, 0b11 << n + 1) for n in range(7) for _ in range(2)]
    exact = most_shown(lessons, 1)
    monkeypatch.setattr(matching, "STEPS", 3)
    hurried = most_shown(lessons, 1)
    assert exact.is_exact
    assert not hurried.is_exact
    assert 0 < hurried.lessons <= exact.lessons


def channel(key: str, medium: Medium = Medium.TV, regions: tuple[str, ...] = EVERYWHERE) -> Channel:
    hours = (Hours((0, 1), 540, 1080),)
    return Channel(key, key, medium, ("kk",), regions, "Asia/Almaty", hours)


def week(*homes: HomeKind, grades: int = 4, lessons: int = 2) -> Problem:
    """Streams g1, g2, ... of two lessons each, on two channels, one of the east, and a station."""
    streams = [Stream(f"g{n}", "kk", (n,), EVERYWHERE) for n in range(1, grades + 1)]
    streams.append(Stream("radio", "kk", (9,), EVERYWHERE, medium=Medium.RADIO))
    return Problem(
        meta=Meta("w", "Asia/Almaty", date(2026, 1, 26), 2),
        regions=dict.fromkeys(EVERYWHERE, "Asia/Almaty"),
        channels=(
            channel("tv1"),
            channel("tv2"),
            channel("near", regions=("east",)),
            channel("air", Medium.RADIO),
        ),
        streams=tuple(streams),
        lessons=tuple(
            Lesson(f"{one.id}-{seq}", one.id, "math", seq, 15)
            for one in streams
            for seq in range(lessons)
        ),
        homes=homes,
    )


def airing(lesson: str, place: int, where: str = "tv1", **changes: object) -> PlannedAiring:
    """``place`` counts quarters of an hour from nine."""
    start = START + timedelta(minutes=15 * place)
    made = PlannedAiring(f"{lesson}@{where}{place}", lesson, where, start, 15)
    return replace(made, **changes)  # type: ignore[arg-type]


def home(*streams: str, count: int = 1, **changes: object) -> HomeKind:
    made = HomeKind(streams, count, children=len(streams))
    return replace(made, **changes)  # type: ignore[arg-type]


TOGETHER = (airing("g1-0", 0), airing("g2-0", 0, "tv2"), airing("g1-1", 1), airing("g2-1", 2))
TWO = home("g1", "g2")


def test_one_of_two_lessons_at_once_is_lost_and_a_repeat_brings_it_back() -> None:
    problem = week(TWO)
    assert lost(problem, TOGETHER).share == 1 / 4
    assert lost(problem, (*TOGETHER, airing("g2-0", 9, kind=REPEAT))).share == 0
    useless = airing("g2-0", 2, "tv2", kind=REPEAT)  # g2-1 is on at that hour
    assert lost(problem, (*TOGETHER, useless)).share == 1 / 4


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        (home("g1", "g2", tv_sets=2), None),
        (home("g1", children=1), None),
        (home("g1", "g2", tv_sets=0), None),
        (home("g1", "radio"), 0.0),  # a set of each kind
        (home("g1", "g2", radios=0), 1 / 4),
        (home("g1", "radio", radios=2), 0.0),  # the TV is still one
        (home("g1", "g2", children=1), None),  # the homes with several children are counted
        (home("g1", "g2", children=5), 1 / 4),
    ],
)
def test_homes_count_by_their_children_and_sets(kind: HomeKind, share: float | None) -> None:
    airings = (*TOGETHER, airing("radio-0", 0, "air"), airing("radio-1", 1, "air"))
    found = lost(week(kind), airings)
    assert found.homes == (share is not None)
    assert found.share == (share or 0)


def test_what_was_missed_cut_short_or_never_aired_is_told_apart() -> None:
    problem = week(TWO)
    short = replace(TOGETHER[3], status=AiringStatus.SHORT)
    missed = replace(TOGETHER[2], status=AiringStatus.MISSED)
    found = lost(problem, (*TOGETHER[:2], missed, short))
    assert (found.share, found.never_aired) == (1 / 2, 1 / 2)
    found = lost(problem, ())
    assert (found.share, found.never_aired) == (0, 1)


def test_a_home_sees_what_its_region_hears() -> None:
    near = replace(TOGETHER[1], channel="near")
    helped = (*TOGETHER, airing("g2-0", 9, "near", kind=REPEAT))
    east, west, anywhere = (home("g1", "g2", region=one) for one in ("east", "west", ""))
    assert [lost(week(one), helped).share for one in (east, west, anywhere)] == [0, 1 / 4, 1 / 8]
    found = lost(week(west), (TOGETHER[0], near, *TOGETHER[2:]))
    assert (found.share, found.never_aired) == (0, 1 / 4)


def test_shares_are_told_by_children_and_for_the_worst_homes() -> None:
    four = home("g1", "g2", "g3", "g4", count=10)
    at_once = [airing(f"g{n}-0", 0, f"tv{n % 2 + 1}") for n in range(1, 5)]
    apart = [airing(f"g{n}-1", n) for n in range(1, 5)]
    problem = week(home("g1", "g2", count=70), home("g1", "g2", "g3", count=20), four)
    found = lost(problem, (*at_once, *apart))
    assert found.by_children == {"2": 1 / 4, "3": 2 / 6, "4+": 3 / 8}
    assert found.worst_decile == found.worst_kind == 3 / 8
    assert found.worst_streams == four.streams
    assert found.share == (70 * 1 + 20 * 2 + 10 * 3) / (70 * 4 + 20 * 6 + 10 * 8)


def test_one_more_set_or_airing_never_costs_a_lesson() -> None:
    problem = week(TWO, home("g1", "g2", "g3"), home("g2", "g3", "g4"))
    airings: list[PlannedAiring] = []
    for number, lesson in enumerate(problem.lessons[:8]):
        airings.append(airing(lesson.id, number % 3, f"tv{number % 2 + 1}"))
    before = [one.lost for one in home_losses(problem, airings)]
    more = [one.lost for one in home_losses(problem, [*airings, airing("g2-0", 9, kind=REPEAT)])]
    rich = replace(problem, homes=tuple(replace(one, tv_sets=2) for one in problem.homes))
    sets = [one.lost for one in home_losses(rich, airings)]
    assert all(a >= b for a, b in zip(before, more, strict=True))
    assert all(a >= b for a, b in zip(before, sets, strict=True))
    assert sum(before) > sum(more)


def test_clash_weighs_first_runs_that_meet_by_homes() -> None:
    problem = week(home("g1", "g2", count=7), home("g1", "g2", tv_sets=2), home("g1", "radio"))
    assert pair_weights(problem) == {("g1", "g2"): 7}
    assert clash(problem, TOGETHER) == 7
    assert clash(problem, (*TOGETHER, airing("g2-1", 1, "tv2", kind=REPEAT))) == 7
    half = replace(TOGETHER[1], minutes=10, start=START + timedelta(minutes=10))
    assert clash(problem, (TOGETHER[0], half)) == 3.5


def test_clash_counts_only_homes_that_hear_both_channels() -> None:
    problem = week(home("g1", "g2", count=7, region="west"), home("g1", "g2", count=2))
    assert clash(problem, (TOGETHER[0], replace(TOGETHER[1], channel="near"))) == 2
    nowhere = replace(problem, channels=(channel("tv1", regions=("west",)), *problem.channels[2:]))
    assert clash(nowhere, (TOGETHER[0], replace(TOGETHER[1], channel="near"))) == 0


def test_waiting_is_what_lies_between_the_lessons_of_a_day() -> None:
    problem = week(TWO)
    assert idle(problem, TOGETHER) == Idle(15, 1, 3)
    rests = replace(problem.streams[1], max_run=15, break_min=15)
    allowed = replace(problem, streams=(problem.streams[0], rests, *problem.streams[2:]))
    assert idle(allowed, TOGETHER) == Idle(0, 0, 2)


def test_a_lesson_within_another_of_other_regions_makes_no_wait() -> None:
    long, short = airing("g1-0", 0, minutes=45), airing("g1-0", 0, "near", id="east")
    assert idle(week(TWO), (long, short, airing("g1-1", 3))) == Idle(0, 0, 1)


def test_a_report_holds_plain_values() -> None:
    plan = Plan("w", 1, 0, "", Solver(), (*TOGETHER, airing("g2-0", 9, kind=REPEAT)))
    report = family_report(week(TWO), plan)
    assert json.loads(json.dumps(report)) == report
    assert report["lost_share"]["2"] == 0
    assert report["lost_without_repeats"]["2"] == 0.25
    assert (report["clash"], report["idle_slots"], report["blocks"]) == (1, 1, 3)
    empty = family_report(week(), replace(plan, airings=()))
    assert empty["lost_share"]["all"] == 0
