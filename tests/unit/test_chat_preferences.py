"""When a chat stays silent, for any hours a family may choose."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from bot.chats.preferences import Preferences

ZONE = ZoneInfo("Asia/Qostanay")
hours = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda at: at.replace(tzinfo=UTC)
)


def test_the_night_is_quiet_and_the_day_is_not() -> None:
    usual = Preferences()
    assert [usual.is_quiet(time(h)) for h in (0, 7, 8, 20, 21, 23)] == [
        True, True, False, False, True, True,
    ]  # fmt: skip
    assert usual.is_quiet(time(7, 29))
    assert not usual.is_quiet(time(7, 30))


def test_an_evening_message_waits_until_the_next_morning() -> None:
    evening = datetime(2026, 1, 26, 22, 15, tzinfo=ZONE)
    morning = datetime(2026, 1, 27, 7, 30, tzinfo=ZONE)
    assert Preferences().not_before(evening.astimezone(UTC), ZONE) == morning
    assert Preferences().not_before(datetime(2026, 1, 27, 3, 0, tzinfo=ZONE), ZONE) == morning


@given(hours, hours, moments)
@example(time(0), time(0), datetime(2026, 1, 26, 19, tzinfo=UTC))
@example(time(13), time(14), datetime(2026, 1, 26, 8, 30, tzinfo=UTC))
def test_the_moment_is_loud_never_earlier_and_never_a_day_late(
    quiet_from: time, until: time, moment: datetime
) -> None:
    chosen = Preferences(quiet_from=quiet_from, quiet_until=until)
    ready = chosen.not_before(moment, ZONE)
    assert moment <= ready <= moment + timedelta(days=1)
    assert not chosen.is_quiet(ready.astimezone(ZONE).time())
    assert chosen.not_before(ready, ZONE) == ready


@given(hours, moments)
def test_equal_hours_are_never_quiet(hour: time, moment: datetime) -> None:
    chosen = Preferences(quiet_from=hour, quiet_until=hour)
    assert chosen.not_before(moment, ZONE) == moment


@given(hours, hours, moments)
def test_nothing_waits_that_need_not(quiet_from: time, until: time, moment: datetime) -> None:
    chosen = Preferences(quiet_from=quiet_from, quiet_until=until)
    waits = chosen.not_before(moment, ZONE) > moment
    assert waits == chosen.is_quiet(moment.astimezone(ZONE).time())
