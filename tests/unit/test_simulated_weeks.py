"""A simulated week keeps its promises whatever is drawn: capacity, chances, signs, seeds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.simulator.events import draw_events, homes_of, next_blocked
from scheduler.simulator.hidden import Hidden, draw_hidden
from scheduler.simulator.living import Lived, World, has_task, live, tenge_of
from scheduler.simulator.policies import (
    as_in_2020,
    messenger_only,
    nothing_yet,
    planned,
    tv_only,
    with_budget,
    with_reserve,
)
from scheduler.simulator.room import days_of, whole, within_room
from scheduler.simulator.second_choice import second_ways, shipped_terms
from scheduler.solver.standing import Standing, screen_counts
from scheduler.solver.uses import by_pool, takes_of
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Role, WeekArrays
from tests.nations import WEEK
from tests.terms import numbers, small_week, weeks, world_of

SIMPLE = (tv_only, messenger_only, as_in_2020)
TERMS = shipped_terms()


def used(week: WeekArrays, channel: Bytes) -> np.ndarray:
    return by_pool(week, takes_of(whole(week), channel))


def lived(world: World, channel: Bytes, room: np.ndarray | None = None) -> Lived:
    return live(world, channel, second_ways(world.week, WEEK, channel, TERMS), room)


@settings(max_examples=25, deadline=None)
@given(weeks(), st.sampled_from(SIMPLE))
def test_no_simple_policy_takes_more_than_there_is(week: WeekArrays, decide: object) -> None:
    channel = decide(week)  # type: ignore[operator]
    assert (used(week, channel) <= week.pools.amount + 1e-6).all()
    counts = screen_counts(week, whole(week), channel)
    caps = week.students.caps.astype(int)
    assert (counts[:, Cap.PHONE].max(axis=1) <= caps[:, Cap.PHONE]).all()
    assert (counts[:, Cap.TV].max(axis=1) <= caps[:, Cap.TV]).all()
    assert (counts[:, Cap.HEAVY, 0] <= caps[:, Cap.HEAVY]).all()


@settings(max_examples=25, deadline=None)
@given(weeks(), st.sampled_from(SIMPLE))
def test_a_simple_policy_chooses_only_what_reaches_the_home(
    week: WeekArrays, decide: object
) -> None:
    channel = decide(week)  # type: ignore[operator]
    rows, slots = np.nonzero(channel != NOTHING)
    taken = channel[rows, slots]
    lessons = week.programs[week.students.program[rows], slots]
    assert (lessons != NOTHING).all()
    assert week.lessons.is_open[lessons, taken].all()
    assert (week.students.chance[rows, 0, taken] > 0).all()


@settings(max_examples=20, deadline=None)
@given(weeks(), st.integers(0, 5))
def test_second_ways_keep_within_what_is_left(week: WeekArrays, seed: int) -> None:
    world = world_of(week, seed)
    channel = as_in_2020(week)
    room = week.pools.amount - used(week, channel)
    found = lived(world, channel, room)
    by_day = days_of(week)
    total = sum(
        used(week, np.where(by_day == day, found.second.channel, NOTHING).astype(np.int8))
        for day in range(5)
    )
    assert (total <= room + 1e-6).all()


@settings(max_examples=20, deadline=None)
@given(weeks(), st.integers(0, 5))
def test_a_second_way_follows_a_seen_failure_from_another_domain(
    week: WeekArrays, seed: int
) -> None:
    world = world_of(week, seed)
    channel = as_in_2020(week)
    found = lived(world, channel)
    taken = found.second.channel != NOTHING
    assert found.first.lost[taken].all()
    assert not found.first.came[taken].any()
    for first, second in zip(channel[taken], found.second.channel[taken], strict=True):
        one, other = (TERMS[week.channels[number]] for number in (first, second))
        assert one.failure_domain != other.failure_domain
        assert other.can_take_over
        assert week.role[first] != Role.PACK


@settings(max_examples=20, deadline=None)
@given(weeks(), st.integers(0, 5))
def test_what_is_heard_really_came_and_what_is_lost_did_not(week: WeekArrays, seed: int) -> None:
    found = lived(world_of(week, seed), as_in_2020(week))
    for way in (found.first, found.second):
        assert not (way.heard & ~way.came).any()
        assert not (way.lost & way.came).any()
        assert not (way.came & (way.channel == NOTHING)).any()
    assert not (found.returned & ~found.received).any()
    assert not (found.returned & ~has_task(week)).any()
    assert not (found.returned & ~(found.first.heard | found.second.heard)).any()


@settings(max_examples=20, deadline=None)
@given(weeks(), st.integers(0, 9))
def test_the_same_seed_is_the_same_week_to_the_last_bit(week: WeekArrays, seed: int) -> None:
    one, other = (lived(world_of(week, seed), as_in_2020(week)) for _ in range(2))
    for mine, theirs in ((one.first, other.first), (one.second, other.second)):
        for name in ("channel", "came", "lost", "heard"):
            assert getattr(mine, name).tobytes() == getattr(theirs, name).tobytes()
    assert one.returned.tobytes() == other.returned.tobytes()


@settings(max_examples=20, deadline=None)
@given(weeks(), st.integers(0, 9))
def test_a_true_chance_is_a_chance_and_a_closed_channel_stays_closed(
    week: WeekArrays, seed: int
) -> None:
    hidden = draw_hidden(week, numbers(), np.random.default_rng(seed))
    assert ((hidden.reach >= 0) & (hidden.reach < 1)).all()
    assert ((hidden.reach > 0) == (week.students.chance > 0)).all()
    assert ((hidden.answer > 0) & (hidden.answer < 1)).all()


def test_lessons_of_one_pack_come_together_or_not_at_all() -> None:
    week = small_week()
    world = world_of(week)
    hand = week.channels.index("in_person")
    channel = np.full((week.students.count, week.slots), hand, dtype=np.int8)
    sure = world.hidden.reach.copy()
    sure[..., hand] = 0.5
    found = lived(replace(world, hidden=Hidden(sure, world.hidden.answer)), channel)
    home = homes_of(week)
    by_home = [found.first.came[home == number] for number in range(int(home.max()) + 1)]
    assert {bool(part.all()) == bool(part.any()) for part in by_home} == {True}
    assert 0.2 < found.first.came.mean() < 0.8


def test_events_hinder_only_what_depends_on_them() -> None:
    week = small_week()
    calm = world_of(week, blocked=0.0)
    certain = Hidden(np.ones_like(calm.hidden.reach), np.ones_like(calm.hidden.answer))
    events = replace(
        calm.events,
        dropped=np.zeros_like(calm.events.dropped),
        dark=np.zeros_like(calm.events.dark),
        cut=np.zeros_like(calm.events.cut),
        late=np.zeros_like(calm.events.late),
    )

    def share(name: str, **changed: np.ndarray) -> float:
        world = replace(calm, hidden=certain, events=replace(events, **changed))
        channel = np.full((week.students.count, week.slots), week.channels.index(name), np.int8)
        return float(live(world, channel, nothing_yet(week), None).first.came.mean())

    everybody = np.ones(week.students.count, dtype=np.bool_)
    cases = {
        "blocked": (everybody, {"telegram"}),
        "dropped": (np.ones_like(events.dropped), {"broadcast"}),
        "dark": (np.ones_like(events.dark), {"broadcast"}),
        "late": (np.ones_like(events.late), {"post"}),
    }
    for event, (happens, hindered) in cases.items():
        for name in week.channels:
            assert share(name, **{event: happens}) == (0.0 if name in hindered else 1.0)
    without_power = {name: share(name, cut=np.ones_like(events.cut)) for name in week.channels}
    assert without_power["broadcast"] == 0
    assert 0.35 < without_power["telegram"] < 0.65
    assert {without_power[name] for name in ("post", "in_person", "duty_class")} == {1.0}


def test_chats_are_blocked_and_come_back_at_their_rates() -> None:
    chance = np.random.default_rng(1)
    blocked = np.zeros(200_000, dtype=np.bool_)
    leaving = next_blocked(blocked, numbers(), chance).mean()
    staying = next_blocked(~blocked, numbers(), chance).mean()
    assert leaving == pytest.approx(0.012, abs=0.001)
    assert staying == pytest.approx(0.85, abs=0.005)


def test_first_come_first_served_stops_exactly_where_the_pool_ends() -> None:
    week = small_week()
    seat = week.channels.index("duty_class")
    channel = np.full((week.students.count, week.slots), seat, dtype=np.int8)
    room = np.full(len(week.pools.amount), 1e9)
    assert (within_room(week, channel, room) == channel).all()
    seats = [one == "duty_seats" for one in week.pools.resource]
    tight = np.where(seats, 2.0, room)
    taken = within_room(week, channel, tight)
    count = used(week, taken)[np.array(seats)]
    assert (count <= 2).all()
    assert (count > 0).any()
    assert (within_room(week, channel, np.zeros_like(room)) == NOTHING).all()


@settings(max_examples=8, deadline=None)
@given(weeks(), st.integers(0, 2000), st.integers(0, 2000))
def test_a_planner_keeps_to_the_money_it_is_given(week: WeekArrays, paper: int, tenge: int) -> None:
    bounded = with_budget(week, paper, tenge)
    channel = planned(bounded)
    takes = takes_of(whole(week), channel)
    assert (used(bounded, channel) <= bounded.pools.amount + 1e-6).all()
    assert tenge_of(week, takes) <= tenge + 1e-6
    assert Standing.of(bounded, channel).room[-1] == pytest.approx(
        tenge - tenge_of(week, takes), abs=1e-3
    )


def test_a_reserve_is_kept_of_copiers_alone() -> None:
    week = small_week()
    kept = with_reserve(week, 0.5)
    for name, before, after in zip(
        week.pools.resource, week.pools.amount, kept.pools.amount, strict=True
    ):
        is_kept = name == "copier_pages"
        assert after == (np.floor(before / 2) if is_kept else before)


def test_weeks_differ_and_have_about_the_rates_of_the_file() -> None:
    week = small_week(2000, 3)
    chance = np.random.default_rng(5)
    nobody = np.zeros(week.students.count, dtype=np.bool_)
    drawn = [draw_events(week, nobody, numbers(), chance) for _ in range(20)]
    assert np.mean([one.dropped.mean() for one in drawn]) == pytest.approx(0.03, abs=0.005)
    cuts = np.mean([one.cut[week.is_rural].mean() for one in drawn])
    assert cuts == pytest.approx(0.03, abs=0.02)
    assert not np.array_equal(drawn[0].draws.watch, drawn[1].draws.watch)
