"""How days, clocks and lengths are written: YYYY, MM, DD, and HH, MM, SS, FF (frames), mmm.

A clock may show 24:00 and more: the night belongs to the day before on many channels.
"""

import re
from datetime import date
from functools import cache
from typing import Final

SECONDS: Final = "seconds"
MINUTES: Final = "minutes"
_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DATE_PARTS: Final = re.compile("YYYY|YY|MM|DD")
_CLOCK_PARTS: Final = re.compile("HH|MM|SS|FF|mmm")
_LETTERS: Final = re.compile("[A-Za-z0-9]")


def bad_date_pattern(pattern: str) -> bool:
    """Return whether a pattern cannot stand for one day."""
    parts = _DATE_PARTS.findall(pattern)
    rest = _DATE_PARTS.sub("", pattern)
    return sorted(part[0] for part in parts) != ["D", "M", "Y"] or bool(_LETTERS.search(rest))


def bad_clock_pattern(pattern: str) -> bool:
    """Return whether a pattern cannot stand for one moment of a day."""
    parts = _CLOCK_PARTS.findall(pattern)
    rest = _CLOCK_PARTS.sub("", pattern)
    return (
        parts[:2] != ["HH", "MM"]
        or parts not in (["HH", "MM"], [*parts[:2], "SS"], [*parts[:2], "SS", parts[-1]])
        or bool(_LETTERS.search(rest))
    )


def bad_length_pattern(pattern: str) -> bool:
    """Return whether a pattern cannot stand for a length of time."""
    return pattern not in {SECONDS, MINUTES} and bad_clock_pattern(pattern)


def written_date(pattern: str, day: date) -> str:
    """Return a day as a pattern wants it."""
    parts = {
        "YYYY": f"{day.year:04}",
        "YY": f"{day.year % 100:02}",
        "MM": f"{day.month:02}",
        "DD": f"{day.day:02}",
    }
    return _DATE_PARTS.sub(lambda found: parts[found[0]], pattern)


def written_clock(pattern: str, at: int, frames: int = 25) -> str:
    """Return a moment of a day, in milliseconds after its midnight, as a pattern wants it."""
    parts = {
        "HH": f"{at // _HOUR:02}",
        "MM": f"{at % _HOUR // _MINUTE:02}",
        "SS": f"{at % _MINUTE // _SECOND:02}",
        "FF": f"{at % _SECOND * frames // _SECOND:02}",
        "mmm": f"{at % _SECOND:03}",
    }
    return _CLOCK_PARTS.sub(lambda found: parts[found[0]], pattern)


def written_length(pattern: str, length: int, frames: int = 25) -> str:
    """Return a length in milliseconds as a pattern wants it."""
    if pattern == MINUTES:
        return f"{length / _MINUTE:g}"
    if pattern == SECONDS:
        return f"{length / _SECOND:g}" if length % _SECOND else str(length // _SECOND)
    return written_clock(pattern, length, frames)


def read_clock(pattern: str, text: str, frames: int = 25) -> int | None:
    """Return the milliseconds after midnight that a clock shows, 24:00 and more allowed."""
    found = _reader(pattern, _CLOCK_PARTS).fullmatch(text.strip())
    if not found:
        return None
    said = {key: int(value) for key, value in found.groupdict().items()}
    if said["MM"] > 59 or said.get("SS", 0) > 59 or said.get("FF", 0) >= frames:
        return None
    small = said.get("mmm", 0) + -(-said.get("FF", 0) * _SECOND // frames)
    return said["HH"] * _HOUR + said["MM"] * _MINUTE + said.get("SS", 0) * _SECOND + small


def read_length(pattern: str, text: str, frames: int = 25) -> int | None:
    """Return the milliseconds that a length says; None when it says none."""
    if pattern not in {SECONDS, MINUTES}:
        return read_clock(pattern, text, frames)
    if not re.fullmatch(r"\d{1,9}([.,]\d{1,3})?", text.strip(), re.ASCII):
        return None
    unit = _SECOND if pattern == SECONDS else _MINUTE
    return round(float(text.strip().replace(",", ".")) * unit)


@cache
def _reader(pattern: str, parts: re.Pattern[str]) -> re.Pattern[str]:
    """A day or an hour may be written with one digit, a year may not."""
    whole = ""
    end = 0
    for found in parts.finditer(pattern):
        least = 4 if found[0] == "YYYY" else 1
        whole += re.escape(pattern[end : found.start()])
        whole += rf"(?P<{found[0]}>\d{{{least},{len(found[0])}}})"
        end = found.end()
    return re.compile(whole + re.escape(pattern[end:]), re.ASCII)
