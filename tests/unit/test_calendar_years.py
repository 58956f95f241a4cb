"""School years as data: quarters, moved holidays, five and six days, the border of the year."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.calendar.model import Break, SchoolYear
from jetkiz.calendar.school_weeks import (
    add_school_days,
    days_of,
    is_school_day,
    parse_week,
    school_days,
    week_of,
)
from jetkiz.calendar.school_years import FOLDER, school_year, year_file
from jetkiz.errors import JetkizError

KNOWN = sorted(FOLDER.glob("*.toml"))
YEARS = [school_year(date(int(file.stem[:4]), 10, 1)) for file in KNOWN]
ANY_DAY = st.dates(date(2019, 8, 1), date(2031, 7, 31))
GRADES = st.none() | st.integers(0, 12)


def each(start: date, end: date) -> Iterator[date]:
    for n in range((end - start).days + 1):
        yield start + timedelta(n)


@pytest.fixture
def school_of_2030(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a school year that is not known yet; a test fills it."""
    monkeypatch.setattr(
        "jetkiz.calendar.school_weeks.school_year", lambda day: school_year(day, tmp_path)
    )
    return year_file(date(2030, 9, 2), tmp_path)


HEAD = 'title = "2030/31"\nstart = 2030-09-02\nend = 2031-05-25\n'


@pytest.mark.parametrize("year", YEARS, ids=[file.stem for file in KNOWN])
def test_quarters_and_breaks_fill_the_year_without_overlap(year: SchoolYear) -> None:
    common = [pause for pause in year.breaks if not pause.grades]
    spans = sorted([(q.start, q.end) for q in year.quarters] + [(b.start, b.end) for b in common])
    assert spans[0][0] == year.start
    assert spans[-1][1] == year.end
    for (_start, end), (start, _end) in pairwise(spans):
        assert start == end + timedelta(days=1)


@pytest.mark.parametrize("year", YEARS, ids=[file.stem for file in KNOWN])
def test_a_break_of_one_grade_lies_inside_a_quarter(year: SchoolYear) -> None:
    own = [pause for pause in year.breaks if pause.grades]
    assert own
    for pause in own:
        assert pause.grades == (1,)
        assert any(q.start <= pause.start and pause.end <= q.end for q in year.quarters)
        assert {day.isoweekday() for day in (pause.start, pause.end)} == {1, 7}


@pytest.mark.parametrize("year", YEARS, ids=[file.stem for file in KNOWN])
def test_a_year_has_about_the_days_of_the_ministry(year: SchoolYear) -> None:
    taught = sum(is_school_day(day) for day in each(year.start, year.end))
    assert 155 <= taught <= 175


@given(ANY_DAY, GRADES)
def test_no_lesson_is_held_outside_the_year_or_in_a_break(day: date, grade: int | None) -> None:
    year = school_year(day)
    if not is_school_day(day, grade) or day in year.extra_school_days:
        return
    assert year.start <= day <= year.end
    assert not any(pause.holds(day, grade) for pause in year.breaks)


@given(ANY_DAY, st.integers(0, 12))
def test_a_grade_rests_at_least_when_everybody_does(day: date, grade: int) -> None:
    assert is_school_day(day) or not is_school_day(day, grade)


@given(ANY_DAY)
def test_a_week_is_what_its_days_say(day: date) -> None:
    week = week_of(day)
    assert school_days(week) == tuple(one for one in days_of(week) if is_school_day(one))
    assert {week_of(one) for one in days_of(week)} == {week}


@given(ANY_DAY, st.integers(0, 40), GRADES)
def test_due_is_the_nth_school_day_of_the_grade(day: date, n: int, grade: int | None) -> None:
    due = add_school_days(day, n, grade)
    assert is_school_day(due, grade)
    between = [one for one in each(day + timedelta(1), due) if is_school_day(one, grade)]
    if n == 0:
        assert due == day or between == [due]
    else:
        assert len(between) == n


@given(ANY_DAY, st.integers(0, 20))
def test_later_lessons_are_never_due_earlier(day: date, n: int) -> None:
    assert add_school_days(day, n) <= add_school_days(day + timedelta(1), n)


@pytest.mark.parametrize(
    ("week", "monday", "sunday"),
    [
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
    ],
)
def test_a_week_across_new_year_has_one_name(week: str, monday: date, sunday: date) -> None:
    assert (days_of(week)[0], days_of(week)[6]) == (monday, sunday)
    assert {week_of(day) for day in each(monday, sunday)} == {week}


@pytest.mark.parametrize("text", ["2025-W53", "2021-W53", "2026-w05", "2026-W05 ", "3026-W05"])
def test_weeks_that_a_year_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(JetkizError, match="2026-W05"):
        parse_week(text)


def test_new_year_is_in_the_winter_break() -> None:
    assert school_days("2026-W01") == ()
    assert school_days("2026-W02") == (date(2026, 1, 8), date(2026, 1, 9))


@pytest.mark.parametrize(
    ("holiday", "moved_to"),
    [
        (date(2025, 8, 30), date(2025, 9, 1)),  # Constitution Day, a Saturday
        (date(2026, 3, 8), date(2026, 3, 9)),  # Women's Day, a Sunday
        (date(2026, 5, 9), date(2026, 5, 11)),  # Victory Day, a Saturday
    ],
)
def test_a_holiday_on_a_week_end_takes_the_monday(holiday: date, moved_to: date) -> None:
    assert holiday.isoweekday() in {6, 7}
    assert moved_to.isoweekday() == 1
    assert not is_school_day(holiday)
    assert not is_school_day(moved_to)
    assert is_school_day(moved_to + timedelta(1))


def test_saturdays_are_taught_where_the_file_says_six_days(school_of_2030: Path) -> None:
    school_of_2030.write_text(HEAD)
    assert len(school_days("2030-W41")) == 5
    six = SchoolYear("six", date(2030, 9, 2), date(2031, 5, 25), days_a_week=6)
    assert six.decides(date(2030, 10, 12)) is None


@pytest.fixture
def six_days(school_of_2030: Path) -> Path:
    """A school year of six days a week with a break and days of its own."""
    school_of_2030.write_text(
        HEAD + "days_a_week = 6\nextra_days_off = [2030-10-19]\nextra_school_days = [2030-10-20]\n"
        "[[breaks]]\nstart = 2030-10-28\nend = 2030-11-03\n"
    )
    return school_of_2030


@pytest.mark.parametrize(
    ("day", "taught"),
    [
        (date(2030, 10, 11), True),  # Friday
        (date(2030, 10, 12), True),  # Saturday
        (date(2030, 10, 13), False),  # Sunday
        (date(2030, 10, 19), False),  # a Saturday the school took off
        (date(2030, 10, 20), True),  # and the Sunday it gave instead
        (date(2030, 11, 2), False),  # a Saturday in the break
        (date(2031, 3, 8), False),  # Women's Day, a Saturday
        (date(2031, 5, 31), False),  # a Saturday after the year
    ],
)
@pytest.mark.usefixtures("six_days")
def test_six_days_a_week(day: date, taught: bool) -> None:
    assert is_school_day(day) is taught


@pytest.mark.usefixtures("six_days")
def test_a_task_of_friday_is_due_on_saturday_in_a_six_day_week() -> None:
    assert add_school_days(date(2030, 10, 11), 1) == date(2030, 10, 12)
    assert add_school_days(date(2030, 10, 12), 1) == date(2030, 10, 14)
    assert add_school_days(date(2030, 10, 18), 1) == date(2030, 10, 20)


@pytest.mark.parametrize("words", ["4", "7", '"6"', "[6]", "true"])
def test_another_number_of_days_is_a_sentence(school_of_2030: Path, words: str) -> None:
    school_of_2030.write_text(HEAD + f"days_a_week = {words}\n")
    with pytest.raises(JetkizError, match="cannot be read"):
        is_school_day(date(2030, 10, 12))


def test_a_break_for_some_grades_spares_the_others() -> None:
    pause = Break(date(2026, 2, 9), date(2026, 2, 15), (0, 1))
    assert [pause.holds(date(2026, 2, 9), grade) for grade in (0, 1, 2, None)] == [
        True,
        True,
        False,
        False,
    ]
    assert not pause.holds(date(2026, 2, 16), 1)
    for_all = Break(date(2026, 2, 9), date(2026, 2, 15))
    assert for_all.holds(date(2026, 2, 15), None)
    assert for_all.holds(date(2026, 2, 9), 7)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 7, 31), "2025-2026.toml"),
        (date(2026, 8, 1), "2026-2027.toml"),
        (date(2026, 1, 1), "2025-2026.toml"),
        (date(2025, 12, 31), "2025-2026.toml"),
    ],
)
def test_a_day_belongs_to_the_year_that_began_in_autumn(day: date, name: str) -> None:
    assert year_file(day).name == name


@pytest.mark.parametrize(
    ("moment", "almaty", "qostanay"),
    [
        # Before 1 March 2024 Almaty was an hour ahead of Oral; since then the country has one time.
        (datetime(2024, 1, 15, 18, 30, tzinfo=UTC), date(2024, 1, 16), date(2024, 1, 16)),
        (datetime(2024, 3, 15, 18, 30, tzinfo=UTC), date(2024, 3, 15), date(2024, 3, 15)),
        (datetime(2026, 7, 15, 18, 59, tzinfo=UTC), date(2026, 7, 15), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 19, 0, tzinfo=UTC), date(2026, 7, 16), date(2026, 7, 16)),
    ],
)
def test_the_local_day_needs_no_summer_time(moment: datetime, almaty: date, qostanay: date) -> None:
    for zone, day in (("Asia/Almaty", almaty), ("Asia/Qostanay", qostanay)):
        assert moment.astimezone(ZoneInfo(zone)).date() == day
        assert week_of(moment.astimezone(ZoneInfo(zone)).date()) == week_of(day)


def test_the_country_has_no_summer_time_left() -> None:
    for zone in ("Asia/Almaty", "Asia/Qostanay", "Asia/Aqtau", "Asia/Qyzylorda", "Asia/Oral"):
        offsets = {
            datetime(2026, month, 1, 12, tzinfo=ZoneInfo(zone)).utcoffset()
            for month in range(1, 13)
        }
        assert offsets == {timedelta(hours=5)}, zone
