"""Which days are school days: the ministry's breaks, public holidays, moved days, other years."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.calendar.model import SchoolYear
from jetkiz.calendar.school_weeks import (
    add_school_days,
    days_of,
    is_school_day,
    parse_week,
    school_days,
    week_of,
)
from jetkiz.calendar.school_years import FOLDER, notice, school_year, year_file
from jetkiz.errors import JetkizError

DAYS = st.dates(date(2019, 9, 1), date(2030, 12, 31))


def test_quarters_of_2025_have_the_days_of_the_order() -> None:
    lengths = [
        sum(is_school_day(q.start + timedelta(n)) for n in range((q.end - q.start).days + 1))
        for q in school_year(date(2025, 9, 1)).quarters
    ]
    assert lengths == [39, 39, 49, 38]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 26), True),
        (date(2026, 1, 31), False),  # Saturday
        (date(2025, 12, 16), False),  # Independence Day
        (date(2025, 10, 29), False),  # autumn break
        (date(2026, 1, 7), False),  # last day of the winter break
        (date(2026, 1, 8), True),
        (date(2026, 5, 25), True),
        (date(2026, 5, 26), False),
        (date(2026, 7, 1), False),
        (date(2020, 3, 20), False),  # the long spring break of 2020
        (date(2020, 4, 6), True),
    ],
)
def test_school_days(day: date, expected: bool) -> None:
    assert is_school_day(day) is expected


def test_a_moved_working_day_is_a_school_day() -> None:
    assert is_school_day(date(2020, 12, 20))
    assert date(2020, 12, 20).isoweekday() == 7


def test_grade_1_rests_a_week_more() -> None:
    assert len(school_days("2026-W07")) == 5
    assert school_days("2026-W07", grade=1) == ()
    assert len(school_days("2026-W07", grade=2)) == 5


def test_the_frost_week() -> None:
    assert school_days("2026-W05") == tuple(date(2026, 1, n) for n in range(26, 31))
    assert days_of("2026-W05")[6] == date(2026, 2, 1)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-5", "2026-W5", "2026-W54", "2026-W00", "w05", "0000-W01", "٢٠٢٦-W05"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(JetkizError, match="no week"):
        parse_week(text)


@given(DAYS)
def test_a_day_is_in_its_week(day: date) -> None:
    assert day in days_of(week_of(day))
    assert parse_week(week_of(day)).isoweekday() == 1


def test_due_days_jump_over_the_week_end_and_breaks() -> None:
    assert add_school_days(date(2026, 1, 30), 2) == date(2026, 2, 3)
    assert add_school_days(date(2025, 12, 26), 1) == date(2026, 1, 8)
    assert add_school_days(date(2026, 2, 6), 1, grade=1) == date(2026, 2, 16)
    assert add_school_days(date(2026, 5, 25), 1) == date(2026, 9, 1)


def test_no_days_from_a_school_day_is_that_day() -> None:
    assert add_school_days(date(2026, 1, 26), 0) == date(2026, 1, 26)
    assert add_school_days(date(2026, 1, 25), 0) == date(2026, 1, 26)


@given(DAYS, st.integers(1, 60))
def test_school_days_are_added_one_by_one(day: date, n: int) -> None:
    found = add_school_days(day, n)
    assert is_school_day(found)
    assert add_school_days(found, 1) == add_school_days(day, n + 1)


def test_a_time_without_school_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    never = SchoolYear("never", date(2026, 1, 1), date(2026, 1, 1))
    monkeypatch.setattr("jetkiz.calendar.school_weeks.school_year", lambda _day: never)
    with pytest.raises(JetkizError, match="No school day"):
        add_school_days(date(2026, 2, 1), 1)


def test_verified_years_need_no_word() -> None:
    assert notice(date(2026, 1, 26)) is None
    assert notice(date(2023, 10, 2)) is None
    assert notice(date(2020, 4, 6)) is None


def test_a_year_with_unsourced_parts_says_so(tmp_path: Path) -> None:
    day = date(2030, 10, 1)
    year_file(day, tmp_path).write_text(GOOD)
    words = str(notice(day, tmp_path))
    assert "2030-2031" in words
    assert "not verified" in words


def test_the_last_quarter_of_2020_was_taught_at_a_distance() -> None:
    assert [q.distance for q in school_year(date(2020, 4, 6)).quarters] == [False] * 3 + [True]


def test_an_unknown_year_falls_back_to_weekdays_and_names_the_file() -> None:
    day = date(2030, 10, 7)
    assert is_school_day(day)
    assert not is_school_day(date(2030, 12, 16))
    assert not school_year(day).verified
    assert school_year(day).title == "2030/31"
    assert "2030-2031.toml" in str(notice(day))


def test_every_calendar_of_the_product_names_its_source() -> None:
    for file in FOLDER.glob("*.toml"):
        year = school_year(date(int(file.stem[:4]), 10, 1))
        assert year.source
        assert year.quarters[0].start == year.start
        assert year.quarters[-1].end == year.end


GOOD = 'title = "x"\nstart = 2030-09-02\nend = 2031-05-25\n'


def test_a_school_may_add_days(tmp_path: Path) -> None:
    file = year_file(date(2030, 9, 2), tmp_path)
    file.write_text(GOOD + "extra_days_off = [2030-10-07]\nextra_school_days = [2030-10-12]\n")
    year = school_year(date(2030, 10, 1), tmp_path)
    assert year.decides(date(2030, 10, 7)) is False
    assert year.decides(date(2030, 10, 12)) is True
    assert year.decides(date(2030, 10, 8)) is None


@pytest.mark.parametrize(
    "broken",
    [
        "start = ",
        GOOD.replace("2031-05-25", '"2031-05-25"'),
        GOOD.replace("2031", "2029"),
        GOOD.replace("title", "name"),
        GOOD + "breaks = [1]\n",
        GOOD + "quarters = 5\n",
        GOOD + "[[breaks]]\nstart = 2030-11-02\nend = 2030-11-01\n",
    ],
)
def test_a_broken_calendar_is_a_sentence(tmp_path: Path, broken: str) -> None:
    file = year_file(date(2030, 9, 2), tmp_path)
    file.write_text(broken)
    with pytest.raises(JetkizError, match="cannot be read"):
        school_year(date(2030, 10, 1), tmp_path)
