"""No timetable goes below the bound; where only hours are scarce, the best one meets it."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.certificate import bound as bounding
from broadcast.certificate.bound import ANSWERS, LIMITS, Bound, lp_bound
from broadcast.certificate.child import cluster_of
from broadcast.certificate.clusters import clusters
from broadcast.certificate.mixtures import columns, mixtures, proven
from broadcast.certificate.open_hours import open_hours
from broadcast.families.clash import clash
from broadcast.plan.model import AiringKind, Plan, PlannedAiring, Solver
from broadcast.problem.model import (
    Channel,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Reserve,
    Stream,
)
from broadcast.solver.solving import solve
from jetkiz.errors import JetkizError
from jetkiz.limited_process import LimitedProcess
from tests.broadcast_problems import week_600
from tests.examples import drawing

START = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)
SLOTS = 3
EVERYWHERE = ("east", "west")


@pytest.fixture(scope="module")
def process() -> Iterator[LimitedProcess]:
    with LimitedProcess(ANSWERS, LIMITS) as child:
        yield child


def week(
    counts: tuple[int, ...], weights: list[int], channels: int = 2, slots: int = SLOTS
) -> Problem:
    """Streams of so many lessons in ``slots`` quarters of an hour; homes for each two of them."""
    hours = (Hours((0,), 540, 540 + 15 * slots),)
    streams = [Stream(f"s{n}", "kk", (n + 1,), ("kz",)) for n in range(len(counts))]
    pairs = combinations(streams, 2)
    return Problem(
        meta=Meta("tiny", "Asia/Almaty", date(2026, 1, 26), 1),
        regions={"kz": "Asia/Almaty"},
        channels=tuple(
            Channel(f"c{n}", "c", Medium.TV, ("kk",), ("kz",), "Asia/Almaty", hours, grid_min=15)
            for n in range(channels)
        ),
        streams=tuple(streams),
        lessons=tuple(
            Lesson(f"{one.id}-{seq}", one.id, "math", seq, 15)
            for one, count in zip(streams, counts, strict=True)
            for seq in range(count)
        ),
        homes=tuple(
            HomeKind((one.id, other.id), weight, 2)
            for (one, other), weight in zip(pairs, weights, strict=False)
        ),
    )


def airing(lesson: Lesson, place: int) -> PlannedAiring:
    start = START + timedelta(minutes=15 * (place // 2))
    return PlannedAiring(lesson.id, lesson.id, f"c{place % 2}", start, 15)


def least_clash(problem: Problem) -> float | None:
    """The best of all ways to put the lessons into the slots; a stream is never on air twice."""
    found = []
    for places in permutations(range(2 * SLOTS), len(problem.lessons)):
        taken = [
            (one.stream, place // 2) for one, place in zip(problem.lessons, places, strict=True)
        ]
        if len(set(taken)) == len(taken):
            airings = [airing(*pair) for pair in zip(problem.lessons, places, strict=True)]
            found.append(clash(problem, airings))
    return min(found, default=None)


TINY = [
    week((2, 1, 1), [5, 3, 1]),
    week((2, 2), [7]),
    week((1, 1, 1, 1), [9, 2, 4, 4, 1, 3]),
    week((3, 1, 1), [5, 3, 8]),
    week((2, 1, 2), [0, 6, 1]),
]


@pytest.mark.parametrize("problem", TINY, ids=range(len(TINY)))
def test_the_best_of_all_timetables_lies_on_or_above_the_bound(
    problem: Problem, process: LimitedProcess
) -> None:
    best = least_clash(problem)
    assert best is not None
    found = lp_bound(problem, process=process)
    assert 0 <= found.clash <= best + 1e-6
    assert found.gap(found.clash) == 0


def test_where_only_hours_are_scarce_the_best_timetable_meets_the_bound(
    process: LimitedProcess,
) -> None:
    found = [lp_bound(one, process=process) for one in TINY[:3]]
    assert [round(one.clash, 6) for one in found] == [least_clash(one) for one in TINY[:3]]
    assert found[2].clash > 0
    assert found[2].gap(2 * found[2].clash) == pytest.approx(1)


@drawing(12)
@given(st.randoms(use_true_random=False), st.lists(st.floats(-1, 9), min_size=3, max_size=3))
def test_any_prices_prove_a_bound_and_none_proves_too_much(
    chance: random.Random, prices: list[float]
) -> None:
    problem = week((2, 1, 1), [chance.randint(0, 9) for _ in range(3)])
    (part,) = clusters(problem)
    best = least_clash(problem)
    assert best is not None
    assert proven(part, prices) <= best + 1e-6


def test_the_drawn_week_has_the_bound_that_was_measured(process: LimitedProcess) -> None:
    found = lp_bound(week_600(), process=process)
    assert (found.clusters, found.columns) == (1, 67 * 67)
    assert 48_900 < found.clash / 5 < 49_100


def test_the_solver_never_enters_our_own_process(process: LimitedProcess) -> None:
    lp_bound(TINY[0], process=process)
    assert not any(name.startswith("ortools") for name in sys.modules)


def test_lessons_that_do_not_fit_have_no_bound(process: LimitedProcess) -> None:
    with pytest.raises(JetkizError, match="do not fit"):
        lp_bound(week((3, 3, 3), [1, 1, 1]), process=process)
    with pytest.raises(JetkizError, match="do not fit"):
        lp_bound(week((3,), [], slots=2), process=process)  # never parallel to itself


def test_without_lessons_nothing_is_lost() -> None:
    assert lp_bound(week((), [])) == Bound(0, 0, 0)


def test_a_plan_is_bound_by_what_it_airs_alone(process: LimitedProcess) -> None:
    problem = TINY[1]
    airings = tuple(airing(one, place) for place, one in enumerate(problem.lessons[1:3]))
    plan = Plan("tiny", 1, 0, "", Solver(), airings)
    assert lp_bound(problem, plan, process).clash == 0
    full = [airing(one, place) for place, one in zip((0, 2, 3, 5), problem.lessons, strict=True)]
    assert clash(problem, full) == 7
    found = lp_bound(problem, replace(plan, airings=tuple(full)), process)
    assert found.clash == pytest.approx(7)
    repeat = replace(full[0], id="again", kind=AiringKind.REPEAT)
    with_repeat = replace(plan, airings=(*full, repeat))
    assert lp_bound(problem, with_repeat, process) == found


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounding, "find_spec", lambda _: None)
    with pytest.raises(JetkizError, match="optimum"):
        lp_bound(TINY[0])


def test_a_search_without_end_is_ended_in_words() -> None:
    limits = replace(LIMITS, seconds=0.5, megabytes=60)
    with (
        LimitedProcess(ANSWERS, limits) as small,
        pytest.raises(JetkizError, match="not found"),
    ):
        lp_bound(TINY[0], process=small)


def test_streams_with_shared_students_are_never_mixed() -> None:
    problem = week((1, 1), [3])
    same = replace(problem.streams[1], grades=(1, 2))
    (part,) = clusters(replace(problem, streams=(problem.streams[0], same)))
    assert [mixed for mixed, _ in mixtures(part, part.spans[0])] == [(), (0,), (1,)]


def test_a_pool_too_large_is_cut_and_what_crosses_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = week((1, 1, 1, 1), [9, 2, 4, 4, 1, 3])
    (whole,) = clusters(problem)
    monkeypatch.setattr("broadcast.certificate.clusters.MOST", 6)
    parts = clusters(problem)
    assert [len(part.minutes) for part in parts] == [2, 2]
    assert all(columns(part) <= 6 for part in parts)
    assert sum(len(part.costs) for part in parts) < len(whole.costs)


def test_homes_that_may_not_hear_both_are_left_out() -> None:
    problem = week((1, 1), [3])
    heard = tuple(
        replace(one, regions=regions)
        for one, regions in zip(problem.channels, (EVERYWHERE, ("east",)), strict=True)
    )
    streams = tuple(replace(one, regions=EVERYWHERE) for one in problem.streams)
    wide = replace(
        problem, regions=dict.fromkeys(EVERYWHERE, "UTC"), channels=heard, streams=streams
    )

    def costs(region: str) -> int:
        homes = (replace(problem.homes[0], region=region),)
        return sum(len(part.costs) for part in clusters(replace(wide, homes=homes)))

    assert [costs(region) for region in ("", "east", "west")] == [1, 1, 0]


def test_hours_are_open_less_what_is_blocked_and_where_children_are_awake() -> None:
    problem = week((1,), [], channels=1, slots=8)
    blocked = replace(problem.channels[0], blocked=(Hours((0,), 570, 600),))
    late = replace(problem.streams[0], earliest=600, latest=645)
    found = open_hours(replace(problem, channels=(blocked,)), [late])
    assert (
        sorted((minutes, len(streams)) for minutes, _, streams in found) == [(45, 1), (45, 0)][::-1]
    )


def test_make_ups_may_use_the_hours_of_repeats_and_reserves() -> None:
    problem = week((1,), [], channels=2)
    first, second = problem.channels
    reserve = Reserve(second.id, Hours((0,), 1200, 1260))
    first = replace(first, repeat_windows=(Hours((0,), 1080, 1140),), reserves=(reserve,))
    wide = replace(problem, channels=(first, second))
    usual, all_hours = (
        sum(minutes for minutes, _, _ in open_hours(wide, problem.streams, wide=is_wide))
        for is_wide in (False, True)
    )
    assert (usual, all_hours) == (15 * SLOTS, 15 * SLOTS + 120)


def test_what_the_child_is_told_is_what_was_meant() -> None:
    (part,) = clusters(TINY[0])
    assert cluster_of(json.loads(json.dumps(bounding._told(part)))) == part


def test_hours_of_too_many_kinds_count_as_the_best_of_them(
    monkeypatch: pytest.MonkeyPatch, process: LimitedProcess
) -> None:
    problem = week((2, 1, 1), [5, 3, 1])
    second = replace(problem.channels[1], windows=(Hours((0,), 540, 570),))
    apart = replace(problem, channels=(problem.channels[0], second))
    (whole,) = clusters(apart)
    assert sorted(one.minutes for one in whole.spans) == [15, 30]
    exact = lp_bound(apart, process=process)
    monkeypatch.setattr("broadcast.certificate.clusters.MOST", columns(whole) - 1)
    (merged,) = clusters(apart)
    assert [one.minutes for one in merged.spans] == [45]
    assert float(lp_bound(apart, process=process)) <= float(exact)
    assert exact.gap(exact.clash) == 0
    assert Bound(0, 1, 1).gap(3) == float("inf")


def test_students_who_may_listen_at_any_hour_bound_nothing() -> None:
    problem = week((1,), [], channels=1)
    always = replace(problem.streams[0], latest=48 * 60)
    ((_, _, streams),) = open_hours(problem, [always])
    assert streams == {"s0"}


def crowded(chance: random.Random) -> Problem:
    """Little air for several streams: regions, two languages, lessons of three lengths."""
    days = tuple(range(chance.randint(1, 2)))
    somewhere = (EVERYWHERE, EVERYWHERE, ("east",), ("west",))
    channels = []
    for number in range(chance.randint(2, 4)):
        hours = (Hours(days, 540, 540 + chance.choice((30, 45, 60, 90))),)
        spoken = chance.choice((("kk",), ("kk", "ru"), ("ru",))) if number else ("kk", "ru")
        heard = chance.choice(somewhere) if number else EVERYWHERE
        key = f"c{number}"
        channels.append(Channel(key, "c", Medium.TV, spoken, heard, "Asia/Almaty", hours))
    streams = [
        Stream(
            id=f"s{n}",
            language=chance.choice(("kk", "ru")),
            grades=(n,),
            regions=chance.choice(somewhere),
            earliest=chance.choice((0, 0, 555)),
        )
        for n in range(chance.randint(2, 5))
    ]
    lessons = [
        Lesson(f"{one.id}-{n}", one.id, f"x{n}", 1, chance.choice((10, 15, 15, 30)))
        for one in streams
        for n in range(chance.randint(1, 4))
    ]
    homes = []
    for _ in range(chance.randint(1, 6)):
        learns = sorted(one.id for one in chance.sample(streams, 2))
        region = chance.choice(("", *EVERYWHERE))
        homes.append(HomeKind(tuple(learns), chance.randint(1, 50), 2, region=region))
    return replace(
        week((), []),
        meta=Meta("crowded", "Asia/Almaty", date(2026, 1, 26), len(days), iterations=900),
        regions=dict.fromkeys(EVERYWHERE, "Asia/Almaty"),
        channels=tuple(channels),
        streams=tuple(streams),
        lessons=tuple(lessons),
        homes=tuple(homes),
    )


def test_no_found_timetable_of_a_crowded_week_lies_below_its_bound(
    process: LimitedProcess,
) -> None:
    bounds = []
    for seed in range(20):
        problem = crowded(random.Random(seed))
        plan = solve(problem)
        bounds.append(lp_bound(problem, plan, process).clash)
        assert bounds[-1] <= clash(problem, plan.airings) + 1e-6
    assert sum(one > 1 for one in bounds) > 3
