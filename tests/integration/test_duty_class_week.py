"""A week of the duty class: seats planned, lists written, attendance entered in any order."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from jetkiz.channel import load_channels, switched_off
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, read_heads
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.reports.progress import Standing, read_week_report
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from jetkiz.web.next_steps import Step, next_step
from print_packs.duty.attendance import enter_day
from print_packs.duty.channel import DutyClassChannel
from scheduler.dispatch import prepare_week
from scheduler.model import Override
from scheduler.overrides import keep_override
from scheduler.planning import make_and_save
from tests.duty_school import (
    MONDAY_EVENING,
    TUESDAY,
    TUESDAY_EVENING,
    Clock,
    duty_workplace,
    hand_over_all,
    open_duty_class,
    stands,
)
from tests.factories import MONDAY, WEEK, People, add_people

EXPECTED, CAME, MISSED = State.DISPATCHED, State.DELIVERED, State.FAILED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(database: Database, tmp_path: Path, clock: Clock) -> Workplace:
    return duty_workplace(tmp_path, database, clock)


@pytest.fixture
def people(place: Workplace) -> People:
    return open_duty_class(place)


def test_a_day_is_a_batch_that_leaves_on_the_school_day_before(
    place: Workplace, people: People
) -> None:
    with place.database.read() as connection:
        heads = read_heads(connection, BatchState.WAITING)
    assert [one.not_before.isoformat() for one in heads] == [
        "2026-01-23T10:00:00+00:00",
        "2026-01-26T10:00:00+00:00",
    ]
    assert stands(place, people.alice) == [State.PLANNED] * 3


@pytest.mark.usefixtures("people")
def test_preparing_again_adds_nobody(place: Workplace, clock: Clock) -> None:
    channels = {"duty_class": DutyClassChannel(place)}
    for moment in (clock.moment, MONDAY_EVENING):
        clock.moment = moment
        with place.database.write() as connection:
            assert prepare_week(connection, channels, WEEK, moment).consignments == 0


def test_a_week_from_the_list_to_the_ledger(place: Workplace, people: People, clock: Clock) -> None:
    assert hand_over_all(place) == 2
    assert stands(place, people.alice) == stands(place, people.bob) == [EXPECTED] * 3

    clock.moment = MONDAY_EVENING
    told = enter_day(place, WEEK, MONDAY, ["bob"])
    assert (told.came, told.absent, told.stands) == ((people.alice,), (people.bob,), ())
    assert stands(place, people.alice) == [CAME, CAME, EXPECTED]
    assert stands(place, people.bob) == [MISSED, MISSED, EXPECTED]

    clock.moment = TUESDAY_EVENING
    enter_day(place, WEEK, TUESDAY, [])
    assert stands(place, people.bob) == [MISSED, MISSED, CAME]
    with place.database.write() as connection:
        assert ledger.rebuild(connection, WEEK) == 0
        reasons = set(connection.scalars(select(receipt.c.reason)))
        report = read_week_report(connection, WEEK)
    assert reasons == {None, FailureReason.ABSENT.value}
    (found,) = report.channels
    assert (found.channel, found.rungs.delivered, found.rungs.failed) == ("duty_class", 4, 2)
    assert [one.student for one in report.partly] == [people.bob]
    assert report.partly[0].failures == (FailureReason.ABSENT,)


def test_who_is_only_expected_is_found_on_the_first_screen(
    place: Workplace, people: People
) -> None:
    with place.database.read() as connection:
        waiting = read_week_report(connection, WEEK, [people.alice]).nothing
    assert [next_step(one, may_change=True, has_phone=True) for one in waiting] == [
        Step.LOOK_RUNNING
    ]
    hand_over_all(place)
    with place.database.read() as connection:
        (expected,) = read_week_report(connection, WEEK, [people.alice]).no_sign
    assert expected.standing == Standing.NO_SIGN
    assert next_step(expected, may_change=True, has_phone=True) == Step.ENTER_LIST
    assert next_step(expected, may_change=False, has_phone=True) == Step.TELL


def test_an_absence_entered_by_mistake_is_put_right_and_a_presence_stands(
    place: Workplace, people: People, clock: Clock
) -> None:
    hand_over_all(place)
    clock.moment = MONDAY_EVENING
    first = enter_day(place, WEEK, MONDAY, ["alice", "bob"])
    second = enter_day(place, WEEK, MONDAY, ["bob"])
    assert (first.news, second.news, second.stands) == (2, 1, ())
    assert stands(place, people.alice) == [CAME, CAME, EXPECTED]

    third = enter_day(place, WEEK, MONDAY, ["alice", "bob"])
    assert (third.news, third.stands) == (0, (people.alice,))
    assert stands(place, people.alice) == [CAME, CAME, EXPECTED]
    assert stands(place, people.bob) == [MISSED, MISSED, EXPECTED]


@pytest.fixture(scope="module")
def shared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """One prepared school for the tests that enter many days."""
    folder = tmp_path_factory.mktemp("duty")
    file = folder / "jetkiz.sqlite3"
    file.write_bytes(migrated_sqlite.read_bytes())
    clock = Clock()
    found = duty_workplace(folder, Database(f"sqlite:///{file}"), clock)
    open_duty_class(found)
    clock.moment = TUESDAY_EVENING
    return found


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([MONDAY, TUESDAY]),
        st.sampled_from([(), ("alice",), ("bob",), ("alice", "bob")]),
    ),
    max_size=4,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_in_which_days_are_entered_does_not_matter(
    shared: Workplace, entries: list[tuple[date, tuple[str, ...]]], chance: object
) -> None:
    mixed = [*entries, *entries]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    ends = []
    for order in (entries, mixed):
        with shared.database.write() as connection:
            connection.execute(receipt.delete())
            ledger.rebuild(connection, WEEK)
        for day, away in order:
            enter_day(shared, WEEK, day, away)
        ends.append([stands(shared, number) for number in (1, 2)])
    assert ends[0] == ends[1]
    for number, name in ((1, "alice"), (2, "bob")):
        came = {day for day, away in entries if name not in away}
        entered = {day for day, _ in entries}
        wanted = [
            CAME if day in came else MISSED if day in entered else State.PLANNED
            for day in (MONDAY, MONDAY, TUESDAY)
        ]
        assert ends[0][number - 1] == wanted


@pytest.mark.parametrize(
    ("week", "day", "absent", "school_key", "words"),
    [
        (WEEK, MONDAY + timedelta(days=2), (), None, "2026-01-28 has not come yet"),
        (WEEK, date(2026, 1, 25), (), None, "Nobody was expected in the duty class on 2026-01-25"),
        ("2026-W04", MONDAY, (), None, "Nobody is expected in the duty class in week 2026-W04"),
        (WEEK, MONDAY, ("zelda",), None, "There is no student 'zelda'"),
        (WEEK, MONDAY, ("charlie",), None, "was not expected in the duty class"),
        (WEEK, MONDAY, (), "s9", "Nobody was expected"),
        (WEEK, MONDAY, (), "s2", "Nobody was expected"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_and_records_nothing(
    shared: Workplace,
    week: str,
    day: date,
    absent: tuple[str, ...],
    school_key: str | None,
    words: str,
) -> None:
    with shared.database.write() as connection:
        connection.execute(receipt.delete())
    with pytest.raises(JetkizError) as caught:
        enter_day(shared, week, day, absent, school_key)
    assert words in str(caught.value)
    with shared.database.read() as connection:
        assert connection.scalars(select(receipt.c.key)).all() == []


def test_each_school_enters_its_own_list(place: Workplace, clock: Clock) -> None:
    people = open_duty_class(place, guests=True)
    hand_over_all(place)
    clock.moment = MONDAY_EVENING
    with pytest.raises(JetkizError, match="More than one school") as caught:
        enter_day(place, WEEK, MONDAY, [])
    assert "s1, s2" in str(caught.value)
    with pytest.raises(JetkizError, match="was not expected"):
        enter_day(place, WEEK, MONDAY, ["alice"], "s2")
    enter_day(place, WEEK, MONDAY, [], "s2")
    assert stands(place, people.charlie) == [CAME, CAME, EXPECTED]
    assert stands(place, people.alice) == [EXPECTED] * 3


def can_come(place: Workplace, people: People) -> None:
    """Say of every home but Bob's that the school is within reach, and that nothing else is."""
    with place.database.write() as connection:
        for one in read_students(connection):
            value = "no" if one.id == people.bob else "yes"
            fact = Fact(FactKind.PICK_UP, value, Source.SURVEY, date(2026, 1, 10))
            learn(connection, one.household, fact, one.id)


@pytest.mark.parametrize("seats", [0, 30])
def test_without_seats_nobody_is_planned_for_the_duty_class(place: Workplace, seats: int) -> None:
    with place.database.write() as connection:
        people = add_people(connection)
        decided = Override(
            people.alice, people.lessons[0], "duty_class", "aigul", "near the school"
        )
        keep_override(connection, decided, place.clock())
    can_come(place, people)
    chosen = replace(place.settings, duty_seats=seats)
    channels = load_channels(place, switched_off(chosen))
    made = make_and_save(place.database, channels, WEEK, chosen, place.clock())
    planned = made.run.report["by_channel"].get("duty_class", 0)
    set_aside = [one.override.channel for one in made.problem.set_aside]
    if seats:
        assert planned > 0
        assert set_aside == []
    else:
        assert planned == 0
        assert set_aside == ["duty_class"]


def test_a_teacher_may_give_a_seat_where_nobody_asked_but_not_where_it_is_out_of_reach(
    place: Workplace,
) -> None:
    with place.database.write() as connection:
        people = add_people(connection)
        for number in (people.alice, people.bob):
            decided = Override(number, people.lessons[0], "duty_class", "aigul", "we meet them")
            keep_override(connection, decided, place.clock())
        (bob,) = read_students(connection, [people.bob])
        far = Fact(FactKind.PICK_UP, "no", Source.SURVEY, date(2026, 1, 10))
        learn(connection, bob.household, far, bob.id)
    channels = load_channels(place, switched_off(place.settings))
    made = make_and_save(place.database, channels, WEEK, place.settings, place.clock())
    assert [one.override.student for one in made.problem.set_aside] == [people.bob]
    assert (people.alice, people.lessons[0]) in made.problem.overrides
