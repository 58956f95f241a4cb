"""How studios write days, hours and lengths: with frames, past midnight, with points or strokes."""

import re
from datetime import date, datetime, timedelta
from typing import Final

_ISO_DAY: Final = re.compile(r"(\d{4})[-./]?(\d\d)[-./]?(\d\d)", re.ASCII)
_DAY: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d\d)", re.ASCII)
_CLOCK: Final = re.compile(
    r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,:;]\d+)?)?|(\d\d)(\d\d):(\d\d)", re.ASCII
)
_LENGTH: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d\d)(?:[.,:;]\d+)?", re.ASCII)
# A day of a channel may go on after midnight, but not into the second one.
_HOURS: Final = 48
_SIXTY: Final = 60
_CENTURY: Final = 2000


def read_day(text: str, order: str = "dmy") -> date:
    """Read 2026-01-26, 20260126, 26.01.2026, 26/01/26; ValueError for anything else."""
    found = _ISO_DAY.fullmatch(text)
    if found:
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    month, day = (second, first) if order == "dmy" else (first, second)
    return date(year if year >= _CENTURY else _CENTURY + year, month, day)


def read_clock(text: str) -> timedelta:
    """Read 9:00, 09.00, 09:00:14, 09:00:14:20, 25:30 or 0900:14 as time since midnight."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in _parts(found))
    if hours >= _HOURS or minutes >= _SIXTY or seconds >= _SIXTY:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _parts(found: re.Match[str]) -> tuple[str | None, ...]:
    return found.group(1, 2, 3) if found[1] else found.group(4, 5, 6)


def read_moment(day: str, clock: str, order: str, known: date | None) -> datetime:
    """Read the moment of a line: its own date, one of the whole file, or one written as one."""
    if day:
        return datetime.combine(read_day(day, order), datetime.min.time()) + read_clock(clock)
    try:
        return datetime.fromisoformat(clock)
    except ValueError:
        if known is None:
            raise
    return datetime.combine(known, datetime.min.time()) + read_clock(clock)


def read_length(text: str) -> int:
    """Read a length as seconds: 14:30, 00:14:30, 00:14:30:12; frames are cut off."""
    found = _LENGTH.fullmatch(text)
    if found is None or int(found[3]) >= _SIXTY:
        raise ValueError(text)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
