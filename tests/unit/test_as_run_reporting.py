"""By when a log is owed: in the evening, and for what ends later a day later."""

from datetime import time, timedelta

from broadcast.as_run.model import Outcome
from broadcast.as_run.reporting import LogState, Ran, air_days
from tests.as_run_days import BALAPAN, airing, at, problem_of

EVENING = time(20)
LATE = airing(1, "19:55")
MINUTE = timedelta(minutes=1)


def state_at(clock: str, days: int = 0, outcome: Outcome | None = None) -> LogState:
    ran = Ran(LATE.id, LATE.channel, LATE.start, LATE.end, outcome)
    now = at(clock) + timedelta(days=days)
    (day,) = air_days(problem_of([LATE], BALAPAN), [ran], EVENING, now)
    return day.state


def test_what_ends_after_the_hour_of_logs_is_owed_a_day_later() -> None:
    assert state_at("19:00") == LogState.AHEAD
    assert state_at("20:00") == LogState.AHEAD, "it has not ended"
    assert state_at("20:10") == LogState.OPEN
    assert state_at("19:59", days=1) == LogState.OPEN
    assert state_at("20:00", days=1) == LogState.NO_LOG
    assert state_at("20:00", days=1, outcome=Outcome.AIRED) == LogState.WHOLE


def test_what_ends_by_the_hour_of_logs_is_owed_that_evening() -> None:
    known = airing(1, "19:45")
    ran = Ran(known.id, known.channel, known.start, known.end, None)
    problem = problem_of([known], BALAPAN)
    (before,) = air_days(problem, [ran], EVENING, at("20:00") - MINUTE)
    (day,) = air_days(problem, [ran], EVENING, at("20:00"))
    assert (before.state, day.state, day.silent) == (LogState.AHEAD, LogState.NO_LOG, ("1",))
