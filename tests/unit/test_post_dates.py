"""When a pack is posted and answers are sent back: on working days of the country only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.calendar import school_years
from jetkiz.calendar.school_weeks import is_school_day
from jetkiz.calendar.working_days import (
    add_working_days,
    count_working_days,
    is_working_day,
    working_day_from,
    working_day_until,
)
from jetkiz.config import Settings, load_settings
from jetkiz.errors import JetkizError
from print_packs.transit.post_dates import (
    GRACE,
    Haste,
    Leg,
    PostClock,
    SendBy,
    Way,
    clock_of,
    haste,
    next_chance,
    overdue_from,
    post_on,
    send_by,
)
from print_packs.transit.transit_days import Basis, Transit

WORKING = PostClock(in_working_days=True, closes=time(16))
CALENDAR = replace(WORKING, in_working_days=False)
clocks = st.sampled_from((WORKING, CALENDAR))
days = st.dates(date(2020, 1, 8), date(2027, 11, 30))


def way(out: int, back: int) -> Way:
    return Way(Leg(1, out, Basis.REGION), Leg(1, back, Basis.REGION))


ways = st.builds(way, st.integers(1, 16), st.integers(1, 16))


@pytest.fixture
def own_calendars(tmp_path: Path) -> Iterator[Path]:
    before = school_years.own_folders()
    school_years.look_first_in(tmp_path)
    yield tmp_path
    school_years._own[:] = before


def test_the_first_of_september_2025_was_a_day_of_rest() -> None:
    assert not is_working_day(date(2025, 9, 1))
    assert not is_school_day(date(2025, 9, 1))


def test_a_sunday_that_was_moved_is_a_working_day() -> None:
    assert is_working_day(date(2020, 12, 20))
    assert not is_working_day(date(2020, 12, 13))


def test_working_days_step_over_a_long_new_year() -> None:
    assert working_day_from(date(2026, 1, 1)) == date(2026, 1, 5)
    assert working_day_until(date(2026, 1, 4)) == date(2025, 12, 31)
    assert add_working_days(date(2025, 12, 31), 2) == date(2026, 1, 6)
    assert add_working_days(date(2026, 1, 6), -2) == date(2025, 12, 31)
    assert add_working_days(date(2026, 1, 6), 0) == date(2026, 1, 6)
    assert count_working_days(date(2025, 12, 31), date(2026, 1, 6)) == 2
    assert count_working_days(date(2026, 1, 6), date(2025, 12, 31)) == 0


def test_the_file_of_a_school_has_the_last_word(own_calendars: Path) -> None:
    feast, saturday = date(2026, 5, 28), date(2026, 5, 30)
    assert not is_working_day(saturday)
    (own_calendars / "working_days.toml").write_text(
        "days_off = [2026-05-28]\nworking_days = [2026-05-30]", "utf-8"
    )
    assert is_working_day(saturday)
    assert not is_working_day(feast)
    assert WORKING.later(date(2026, 5, 27), 1) != feast


@pytest.mark.parametrize("text", ["days_off = 3", "days_off = ['x']", "days_off = [", "\xff"])
def test_a_file_that_means_nothing_is_refused_by_name(own_calendars: Path, text: str) -> None:
    (own_calendars / "working_days.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(JetkizError, match=r"working_days\.toml"):
        is_working_day(date(2026, 5, 28))


def test_a_file_without_any_working_day_is_an_error_and_no_endless_search(
    own_calendars: Path,
) -> None:
    days_off = [(date(2026, 2, 1) + timedelta(days=n)).isoformat() for n in range(60)]
    text = f"days_off = [{', '.join(days_off)}]"
    (own_calendars / "working_days.toml").write_text(text, "utf-8")
    with pytest.raises(JetkizError, match="2026-02-02"):
        working_day_from(date(2026, 2, 2))


def test_the_formula_of_the_slip() -> None:
    due = date(2026, 2, 20)
    found = send_by(WORKING, way(4, 4), date(2026, 1, 23), due, date(2026, 1, 30))
    assert found == SendBy(date(2026, 2, 16), in_time=True)
    assert send_by(CALENDAR, way(4, 4), date(2026, 1, 23), due, date(2026, 1, 30)) == SendBy(
        date(2026, 2, 16), in_time=True
    )
    assert post_on(WORKING, way(4, 4), date(2026, 1, 30)) == date(2026, 1, 26)
    assert overdue_from(WORKING, way(4, 4), date(2026, 2, 16)) == date(2026, 2, 25)
    assert GRACE == 3


def test_who_gets_the_pack_too_late_is_told_a_day_that_can_be_kept() -> None:
    """Posted on Friday it is there on Thursday: nobody can have answered on Friday before."""
    found = send_by(WORKING, way(4, 4), date(2026, 1, 23), date(2026, 1, 30), date(2026, 1, 30))
    assert found == SendBy(date(2026, 1, 30), in_time=False)


@given(clocks, ways, days, days, days)
@settings(max_examples=40)
def test_nobody_is_sent_to_a_closed_office(
    clock: PostClock, one: Way, posted: date, due: date, last_lesson: date
) -> None:
    found = send_by(clock, one, posted, due, last_lesson)
    assert is_working_day(found.day)
    assert is_working_day(post_on(clock, one, due))
    assert found.day > posted
    assert found.day >= last_lesson
    assert overdue_from(clock, one, found.day) > found.day
    if found.in_time:
        assert clock.later(found.day, one.back.most) <= working_day_from(due)


@given(clocks, ways, days)
@settings(max_examples=40)
def test_what_is_posted_on_the_last_day_arrives_and_on_the_next_it_does_not(
    clock: PostClock, one: Way, need_on: date
) -> None:
    last = post_on(clock, one, need_on)
    assert clock.later(last, one.out.most) <= working_day_from(need_on)
    if is_working_day(need_on):
        assert clock.later(working_day_from(last + timedelta(days=1)), one.out.most) > need_on


@given(clocks, days, st.integers(0, 20))
@settings(max_examples=40)
def test_days_that_were_taken_are_counted_as_days_on_the_way_are(
    clock: PostClock, start: date, n: int
) -> None:
    start = working_day_from(start)
    assert clock.days_between(start, clock.later(start, n)) >= n
    assert WORKING.days_between(start, WORKING.later(start, n)) == n


@pytest.mark.parametrize(
    ("at", "chance"),
    [
        ("2026-01-22T15:59", date(2026, 1, 22)),
        ("2026-01-22T16:00", date(2026, 1, 23)),
        ("2026-01-23T16:00", date(2026, 1, 26)),
        ("2026-01-24T09:00", date(2026, 1, 26)),
        ("2026-03-20T17:00", date(2026, 3, 26)),  # Nauryz
    ],
)
def test_paper_goes_to_the_office_while_it_is_open(at: str, chance: date) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Qostanay"))
    assert next_chance(WORKING, moment) == chance
    assert haste(chance, chance) == Haste.NOW
    assert haste(chance - timedelta(days=1), chance) == Haste.LATE
    assert haste(chance + timedelta(days=1), chance) == Haste.LATER


def test_what_was_measured_has_the_last_leg_in_it() -> None:
    assert Leg.of(Transit(2, 3, Basis.REGION), 2) == Leg(4, 5, Basis.REGION)
    assert Leg.of(Transit(2, 3, Basis.DISTRICT), 2) == Leg(4, 5, Basis.DISTRICT)
    assert Leg.of(Transit(2, 3, Basis.MEASURED), 2) == Leg(2, 3, Basis.MEASURED)
    assert Leg.of(Transit(2, 3, Basis.PAIR), 2) == Leg(2, 3, Basis.PAIR)


def test_the_settings_say_how_days_are_counted_and_when_the_office_closes() -> None:
    assert clock_of(Settings()) == WORKING
    assert clock_of(Settings(post_days="calendar", post_closes="9:30")) == PostClock(
        in_working_days=False, closes=time(9, 30)
    )


@pytest.mark.parametrize("hour", ["25:00", "12:60", "noon", ""])
def test_an_hour_that_is_none_is_refused(hour: str) -> None:
    with pytest.raises(JetkizError, match="post_closes"):
        clock_of(Settings(post_closes=hour))


def test_a_school_may_have_a_last_leg_of_its_own(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {"JETKIZ_VILLAGE_LEG_SCHOOLS": "akkol = 0, karasu=3"})
    assert [found.village_leg(one) for one in ("akkol", "karasu", "other")] == [0, 3, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VILLAGE_LEG_SCHOOLS", "akkol"),
        ("VILLAGE_LEG_SCHOOLS", "=3"),
        ("VILLAGE_LEG_SCHOOLS", "akkol=-1"),
        ("VILLAGE_LEG_DAYS", "-1"),
        ("VILLAGE_LEG_DAYS", "31"),
        ("POST_DAYS", "holy"),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(JetkizError, match=name.lower()):
        load_settings(tmp_path, {f"JETKIZ_{name}": value})
