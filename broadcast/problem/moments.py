"""When something is on the air: from a day and a minute of a channel to UTC and back.

A minute is what the clock on the wall shows, 1,440 and more after midnight. An hour that the clock
shows twice means the first of the two; an hour that it skips does not exist.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.problem.model import GRID, Channel, Hours, Meta, Problem

DAY: Final = 24 * 60
_MINUTE: Final = timedelta(minutes=1)


def day_of(where: Problem | Meta, day: int) -> date:
    """Return the date of a day by its number from 0."""
    return _meta(where).first_day + timedelta(days=day)


def day_number(where: Problem | Meta, day: date) -> int:
    """Return the number of a date; less than 0 or too great when it is not planned."""
    return (day - _meta(where).first_day).days


def _meta(where: Problem | Meta) -> Meta:
    return where.meta if isinstance(where, Problem) else where


def moment(where: Problem | Meta, channel: Channel, day: int, minute: int) -> datetime:
    """Return the moment in UTC at which the clock of a channel shows a minute of its day."""
    return _wall(day_of(where, day), minute, ZoneInfo(channel.zone)).astimezone(UTC)


def _wall(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Add minutes to the clock, not to the time that passes: 9:00 stays 9:00 when clocks change."""
    return datetime.combine(day, time(), zone) + minute * _MINUTE


def local_place(where: Problem | Meta, channel: Channel, at: datetime) -> tuple[int, int]:
    """Return day number and minute of the channel's day, which begins at its ``day_start``.

    The day may lie outside the planned days; a second within a minute is cut off.
    """
    local = at.astimezone(ZoneInfo(channel.zone))
    minute = local.hour * 60 + local.minute
    day = day_number(where, local.date())
    return (day, minute) if minute >= channel.day_start else (day - 1, minute + DAY)


def day_end(channel: Channel) -> int:
    """Return the minute at which the day of a channel is over."""
    return channel.day_start + DAY


def skipped(where: Problem | Meta, channel: Channel, hours: Hours) -> tuple[int, int] | None:
    """Return day and first minute in ``hours`` that a clock put forward never shows, if any."""
    zone = ZoneInfo(channel.zone)
    for number in hours.days:
        day = day_of(where, number)
        if _wall(day, hours.start, zone).utcoffset() == _wall(day, hours.end, zone).utcoffset():
            continue
        for minute in range(hours.start, hours.end, GRID):
            wall = _wall(day, minute, zone)
            shown = wall.astimezone(UTC).astimezone(zone)
            if shown.replace(tzinfo=None) != wall.replace(tzinfo=None):
                return number, minute
    return None
