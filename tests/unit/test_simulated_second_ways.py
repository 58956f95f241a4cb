"""Second ways of the simulator are those of real plans, one by one; carriers keep the port."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.channel import Channel
from jetkiz.delivery.model import Batch, Consignment, Content, Kind
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from scheduler.rules.channel_choice import LESSON
from scheduler.rules.fallback_choice import SecondWay, ways_after
from scheduler.simulator.carriers import Carrier
from scheduler.simulator.policies import as_in_2020, nothing_yet
from scheduler.simulator.room import days_of, whole, within_caps, within_room
from scheduler.simulator.second_choice import second_ways, shipped_terms
from scheduler.solver import offers
from scheduler.solver.uses import by_pool, takes_of
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Role, WeekArrays
from tests.counting_channel import CountingChannel
from tests.nations import WEEK
from tests.terms import small_week

MONDAY = date(2026, 1, 26)
NOW = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
TERMS = shipped_terms()


def ways_of(week: WeekArrays, channel: Bytes, row: int, slot: int) -> Iterator[SecondWay]:
    """What could take over from one lesson, put together lesson by lesson."""
    block = whole(week)
    for column, name in enumerate(week.channels):
        worth = int(offers.gross(block, column)[row, slot])
        if worth <= 0 or (week.role[column] == Role.SEAT and column not in channel[row]):
            continue
        cost = 0
        if week.role[column] == Role.PACK:
            side = int(offers.sides(block)[row, slot]) * int(week.tariff.side[column])
            cost = int(week.tariff.pack[column]) + side
        about = TERMS[name]
        yield SecondWay(
            channel=name,
            failure_domain=about.failure_domain,
            is_paper=about.is_paper,
            lead_days=about.lead_days,
            can_take_over=about.can_take_over,
            net=(worth - cost) / LESSON,
            rank=column,
        )


def anything(week: WeekArrays) -> Bytes:
    """A plan that no sense has: whatever was planned, its second ways follow the rule."""
    chance = np.random.default_rng(4)
    shape = (week.students.count, week.slots)
    return chance.integers(NOTHING, len(week.channels), shape).astype(np.int8)


@pytest.mark.parametrize("decide", [as_in_2020, anything])
def test_second_ways_are_those_of_the_rule_of_real_plans(decide: object) -> None:
    week = small_week(40, 2)
    channel = decide(week)  # type: ignore[operator]
    found = second_ways(week, WEEK, channel, TERMS)
    days = days_of(week)
    for row in range(0, week.students.count, 3):
        for slot in range(0, week.slots, 4):
            first = channel[row, slot]
            expected = None
            if first != NOTHING:
                day = MONDAY + timedelta(days=int(days[row, slot]))
                domain = TERMS[week.channels[first]].failure_domain
                ways = ways_of(week, channel, row, slot)
                order = ways_after(domain, ways, day, last_useful_day(WEEK, day, None))
                expected = order[0].channel if order else None
            second = found[row, slot]
            assert (None if second == NOTHING else week.channels[second]) == expected


def test_a_lesson_without_a_first_way_has_no_second() -> None:
    week = small_week(40, 2)
    assert (second_ways(week, WEEK, nothing_yet(week), TERMS) == NOTHING).all()


def test_nothing_that_takes_days_takes_over_on_friday() -> None:
    week = small_week(40, 2)
    channel = as_in_2020(week)
    friday = days_of(week) == 4
    found = second_ways(week, WEEK, channel, TERMS)
    late = {week.channels[one] for one in found[friday & (found != NOTHING)]}
    assert late <= {"telegram"}
    early = {week.channels[one] for one in found[~friday & (found != NOTHING)]}
    assert "in_person" in early


def test_the_messenger_never_takes_over_from_itself() -> None:
    week = small_week(40, 2)
    phone = np.full((week.students.count, week.slots), week.channels.index("telegram"), np.int8)
    found = second_ways(week, WEEK, phone, TERMS)
    assert not (found == week.channels.index("telegram")).any()
    assert not (found == week.channels.index("broadcast")).any()


def test_room_is_given_to_homes_one_by_one_as_counting_them_would() -> None:
    """Beside a plain loop over homes in the order of their ties, for the copiers of schools."""
    week = small_week(60, 3)
    hand = week.channels.index("in_person")
    channel = np.full((week.students.count, week.slots), hand, dtype=np.int8)
    channel[:, 5:] = NOTHING
    room = np.floor(week.pools.amount * 0.6)
    found = within_room(week, channel, room)
    people = week.students
    left = {pool: float(room[pool]) for pool in range(len(room))}
    closed: set[int] = set()
    homes = sorted(
        set(people.household.tolist()),
        key=lambda home: int(people.tie[people.household == home][0]),
    )
    for home in homes:
        rows = np.flatnonzero(people.household == home)
        own = np.full_like(channel, NOTHING)
        own[rows] = channel[rows]
        need = by_pool(week, takes_of(whole(week), own))
        (pool,) = np.flatnonzero(need > 0)
        fits = pool not in closed and need[pool] <= left[pool] + 1e-6
        if fits:
            left[pool] -= need[pool]
        else:
            # Once somebody had to be sent away, whoever comes later finds the door closed.
            closed.add(int(pool))
        assert bool((found[rows] == channel[rows]).all()) == fits
        assert fits or (found[rows] == NOTHING).all()


def test_caps_of_a_screen_let_the_first_lessons_of_a_day_through() -> None:
    week = small_week(60, 3)
    wanted = days_of(week) != NOTHING
    none = np.zeros_like(wanted)
    shown = within_caps(week, wanted, Cap.TV, none)
    for day in range(5):
        here = wanted & (days_of(week) == day)
        limit = np.minimum(here.sum(axis=1), week.students.caps[:, Cap.TV])
        assert np.array_equal((shown & here).sum(axis=1), limit)
    assert not within_caps(week, wanted & ~shown, Cap.TV, shown).any()


def batch_of(*students: int) -> Batch:
    inside = tuple(
        Consignment(
            key=f"telegram:{one}",
            channel="telegram",
            kind=Kind.DIGEST,
            week=WEEK,
            due=MONDAY,
            student=one,
            contents=(Content(one, (1, 2)),),
        )
        for one in students
    )
    return Batch("b", "telegram", WEEK, inside)


def test_a_carrier_covers_every_lesson_once_and_repeats_its_keys() -> None:
    real = CountingChannel()
    carrier = Carrier(real, refusing={2})
    as_port: Channel = carrier
    first = as_port.dispatch(batch_of(1, 2, 3), NOW)
    again = as_port.dispatch(batch_of(1, 2, 3), NOW + timedelta(hours=1))
    assert [one.key for one in first] == [one.key for one in again]
    assert len({one.key for one in first}) == 3
    states = {one.student: (one.state, one.reason) for one in first}
    assert states[1] == states[3] == (State.DISPATCHED, None)
    assert states[2] == (State.FAILED, FailureReason.BLOCKED)
    assert not real.handed, "nothing may leave the house"


def test_a_chat_is_open_until_something_was_refused() -> None:
    carrier = Carrier(CountingChannel(), refusing={2})
    assert carrier.closed == set()
    carrier.dispatch(batch_of(1), NOW)
    assert carrier.closed == set()
    carrier.dispatch(batch_of(2), NOW)
    assert carrier.closed == {2}
    assert carrier.handed == 2
    assert carrier.name == "telegram"
    assert carrier.capabilities == CountingChannel().capabilities
