"""When paper closes, when a channel arrives, and what then is too late."""

from datetime import UTC, date, datetime

import pytest

from jetkiz.errors import JetkizError
from scheduler.rules.deadlines import Deadlines, deadlines_of, too_late

WEEK = "2026-W05"
MONDAY, THURSDAY, FRIDAY = date(2026, 1, 26), date(2026, 1, 29), date(2026, 1, 30)
BEFORE = datetime(2026, 1, 22, 9, 59, tzinfo=UTC)  # 14:59 in Kostanay
AFTER = datetime(2026, 1, 22, 10, 1, tzinfo=UTC)


def _deadlines(now: datetime) -> Deadlines:
    return deadlines_of(WEEK, "thu 15:00", "Asia/Qostanay", now)


def test_paper_closes_on_the_thursday_before_by_the_school_s_clock() -> None:
    assert not _deadlines(BEFORE).paper_is_closed
    assert _deadlines(AFTER).paper_is_closed
    assert _deadlines(BEFORE).cutoff.isoformat() == "2026-01-22T15:00:00+05:00"


def test_a_cut_off_on_sunday_is_the_day_before_the_week() -> None:
    found = deadlines_of(WEEK, "SUN 8:30", "Asia/Qostanay", BEFORE)
    assert found.cutoff.isoformat() == "2026-01-25T08:30:00+05:00"


@pytest.mark.parametrize("text", ["", "thursday", "thu 25:00", "thu 12:60", "xyz 10:00", "thu 1"])
def test_a_cut_off_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(JetkizError, match="cannot be understood"):
        deadlines_of(WEEK, text, "Asia/Qostanay", BEFORE)


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../etc"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(JetkizError, match="no time zone"):
        deadlines_of(WEEK, "thu 15:00", zone, BEFORE)


def test_paper_leaves_on_the_school_day_after_the_cut_off() -> None:
    found = _deadlines(BEFORE)
    assert found.arrives(is_paper=True, lead_days=0) == date(2026, 1, 23)
    assert found.arrives(is_paper=True, lead_days=2) == date(2026, 1, 27)


def test_what_needs_no_paper_leaves_today() -> None:
    assert _deadlines(BEFORE).arrives(is_paper=False, lead_days=1) == date(2026, 1, 23)


def test_homework_may_be_done_until_it_is_due_and_the_rest_all_week() -> None:
    found = _deadlines(BEFORE)
    assert found.last_useful_day(MONDAY, None) == FRIDAY
    assert found.last_useful_day(MONDAY, date(2026, 2, 3)) == date(2026, 2, 3)


def test_after_the_cut_off_every_lesson_is_too_late_for_paper() -> None:
    lessons = [(1, MONDAY, None), (2, FRIDAY, FRIDAY)]
    assert too_late(_deadlines(AFTER), lessons, is_paper=True, lead_days=0) == {1, 2}
    assert too_late(_deadlines(AFTER), lessons, is_paper=False, lead_days=0) == set()


def test_a_slow_post_misses_what_is_due_before_it_arrives() -> None:
    lessons = [(1, MONDAY, THURSDAY), (2, MONDAY, date(2026, 2, 10))]
    assert too_late(_deadlines(BEFORE), lessons, is_paper=True, lead_days=7) == {1}
    assert too_late(_deadlines(BEFORE), lessons, is_paper=True, lead_days=2) == set()
