"""How a mark finds its way home when the lesson came by television, post or not at all."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from jetkiz.roster.model import DeliveryMode
from scheduler.rules.feedback_channel import feedback_channel, feedback_day

ALL = ("telegram", "broadcast", "post", "in_person", "duty_class")
POST, HAND = DeliveryMode.POST, DeliveryMode.HAND


@pytest.mark.parametrize(
    ("lesson", "telegram", "mode", "expected"),
    [
        ("telegram", "linked", POST, "telegram"),
        ("telegram", "blocked", POST, "post"),
        ("telegram", "blocked", HAND, "in_person"),
        ("post", "linked", HAND, "post"),
        ("in_person", "linked", POST, "in_person"),
        ("broadcast", "linked", POST, "telegram"),
        ("broadcast", "unknown", POST, "post"),
        ("broadcast", "never", DeliveryMode.PICK_UP, "in_person"),
        ("duty_class", "linked", POST, "in_person"),
        ("duty_class", "never", POST, "in_person"),
        (None, "linked", POST, "telegram"),
        (None, "never", HAND, "in_person"),
    ],
)
def test_feedback_follows_the_lesson_where_words_can_go(
    lesson: str | None, telegram: str, mode: DeliveryMode, expected: str
) -> None:
    assert feedback_channel(lesson, telegram, mode, ALL) == expected


def test_a_channel_that_is_switched_off_is_passed_over() -> None:
    assert feedback_channel("telegram", "linked", POST, ("post",)) == "post"
    assert feedback_channel("post", "never", POST, ("in_person",)) == "in_person"
    assert feedback_channel("in_person", "never", HAND, ("post",)) == "post"
    assert feedback_channel("duty_class", "linked", HAND, ("telegram", "duty_class")) == "telegram"
    assert feedback_channel("duty_class", "never", HAND, ("duty_class",)) is None


def test_without_any_channel_nothing_is_promised() -> None:
    assert feedback_channel("telegram", "linked", POST, ()) is None
    assert feedback_channel("telegram", "blocked", POST, ("telegram", "broadcast")) is None


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (0, date(2026, 1, 26)),
        (19, date(2026, 1, 26)),
        (20, date(2026, 1, 27)),
        (23, date(2026, 1, 27)),
    ],
)
def test_in_the_evening_the_phone_stays_silent(hour: int, expected: date) -> None:
    zone = timezone(timedelta(hours=5))
    assert feedback_day(datetime(2026, 1, 26, hour, tzinfo=UTC).replace(tzinfo=zone)) == expected
