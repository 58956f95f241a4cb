"""What was aired day by day, and whose log is still missing when it should be there.

A log is expected in the evening of the channel's own day. What nobody reported by then is named as
having no log: silence is unknown, never a failure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from broadcast.as_run.model import Outcome
from broadcast.as_run.recording import known_outcome
from broadcast.plan.model import AiringStatus
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_of, local_place
from broadcast.tables import airing
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_GONE: Final = (AiringStatus.MOVED, AiringStatus.CANCELLED)
_HOURS: Final = 24
_MINUTES: Final = 60


class LogState(StrEnum):
    """Whether a channel has reported a day."""

    AHEAD = "ahead"  # nothing of the day is owed yet
    OPEN = "open"  # lessons ran, the evening has not come
    WHOLE = "whole"  # of every airing that is owed it is known what became of it
    PART = "part"  # of some it is not
    NO_LOG = "no_log"  # of none: the log has not come


LOG_WORDS: Final = {
    LogState.AHEAD: N_("still to come"),
    LogState.OPEN: N_("the log comes in the evening"),
    LogState.WHOLE: N_("reported"),
    LogState.PART: N_("reported in part"),
    LogState.NO_LOG: N_("no log"),
}


@dataclass(frozen=True, slots=True)
class Ran:
    """An airing that was planned, and what is known to have become of it."""

    code: str
    channel: str
    start: datetime
    end: datetime
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class AirDay:
    """A day of a channel: how many airings were planned and what became of them.

    ``silent`` are the airings that are owed and of which nobody has said anything; ``since`` is
    when the last of them was, UTC.
    """

    channel: Channel
    day: date
    planned: int
    outcomes: Mapping[Outcome, int]
    silent: tuple[str, ...]
    state: LogState
    since: datetime | None = None

    def of(self, outcome: Outcome) -> int:
        """Return how many airings of the day had this outcome."""
        return self.outcomes.get(outcome, 0)


def hour_of_logs(setting: str) -> time:
    """Return the hour by which a log is expected, from a setting like "20:00"."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", setting.strip(), re.ASCII)
    if found and int(found[1]) < _HOURS and int(found[2]) < _MINUTES:
        return time(int(found[1]), int(found[2]))
    raise JetkizError(
        N_("The hour {text!r} for the logs of broadcasters cannot be understood."),
        N_("Write a time in the setting as_run_by, as in: 20:00."),
        text=setting,
    )


def read_air_days(
    connection: Connection, week: str, problem: Problem, by: time, now: datetime
) -> list[AirDay]:
    """Return what became of the airings of a week, by channel and day, as far as it is known."""
    c = airing.c
    rows = connection.execute(
        select(c.code, c.channel, c.start, c.minutes, c.status, c.actual_start)
        .where(c.week == week, c.status.not_in(_GONE))
        .order_by(c.start, c.code)
    )
    ran = [
        Ran(
            row.code,
            row.channel,
            row.start,
            row.start + timedelta(minutes=row.minutes),
            known_outcome(row),
        )
        for row in rows
    ]
    return air_days(problem, ran, by, now)


def air_days(problem: Problem, ran: Iterable[Ran], by: time, now: datetime) -> list[AirDay]:
    """Count airings by channel and day, in that order; ``by`` is the local hour of the log."""
    channels = {one.id: one for one in problem.channels}
    found: dict[tuple[str, date], list[Ran]] = defaultdict(list)
    for one in ran:
        if one.channel in channels:
            number, _ = local_place(problem, channels[one.channel], one.start)
            found[one.channel, day_of(problem, number)].append(one)
    return [
        _air_day(channels[key], day, some, by, now) for (key, day), some in sorted(found.items())
    ]


def _air_day(channel: Channel, day: date, ran: Sequence[Ran], by: time, now: datetime) -> AirDay:
    due = {one.code: _expected(channel, day, one, by) for one in ran}
    owed = [one for one in ran if now >= due[one.code]]
    silent = tuple(one.code for one in owed if one.outcome is None)
    known = [one.outcome for one in ran if one.outcome]
    outcomes = {one: known.count(one) for one in Outcome if one in known}
    state = _state(ran, owed, silent, now)
    since = max((due[code] for code in silent), default=None)
    return AirDay(channel, day, len(ran), outcomes, silent, state, since)


def _expected(channel: Channel, day: date, one: Ran, by: time) -> datetime:
    """When it must be known what became of an airing: what ends later is owed a day later."""
    zone = ZoneInfo(channel.zone)
    evening = datetime.combine(day, by, zone)
    if one.end > evening:
        evening = datetime.combine(day + timedelta(days=1), by, zone)
    return evening.astimezone(UTC)


def _state(
    ran: Sequence[Ran], owed: Sequence[Ran], silent: Sequence[str], now: datetime
) -> LogState:
    if silent:
        return LogState.NO_LOG if not any(one.outcome for one in ran) else LogState.PART
    if owed or all(one.outcome for one in ran):
        return LogState.WHOLE
    return LogState.OPEN if any(one.end <= now for one in ran) else LogState.AHEAD
