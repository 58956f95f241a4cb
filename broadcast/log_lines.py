"""What the lines of a broadcaster's log say, however the file was saved and the times written."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

AIRED: Final = "aired"
MISSED: Final = "missed"
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_DAY: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,:]\d+)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: whether it ran, and our number of the airing or its channel and local start."""

    number: int
    was_aired: bool
    airing: str
    channel: str
    start: datetime | None


def decoded(content: bytes) -> str:
    """Return the text of a file that an office program saved in its own way."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def read_lines(text: str) -> list[LogLine]:
    """Return the lines of a log; empty ones are passed over, an unusable one is an error."""
    whole = text.removeprefix("\ufeff")
    head = whole.partition("\n")[0]
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=max(";,\t", key=head.count))
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise bad_line(reader.line_num, "file", str(error)) from error
    names = [name.lower() for name in rows[0][1]] if rows else []
    known = set(names)
    if "status" not in known or not ("airing" in known or known >= {"channel", "start"}):
        raise JetkizError(
            N_("This is not a log of what was aired: the column names are missing."),
            N_("The first line needs: airing;status - or channel;date;start;status."),
        )
    return [
        _line(number, dict(zip(names, row, strict=False))) for number, row in rows[1:] if any(row)
    ]


def _line(number: int, row: Mapping[str, str]) -> LogLine:
    status = row.get("status", "").lower()
    if status not in {AIRED, MISSED}:
        raise bad_line(number, "status", row.get("status"))
    airing = row.get("airing", "")
    start = None if airing else _start(number, row.get("date", ""), row.get("start", ""))
    return LogLine(number, status == AIRED, airing, row.get("channel", ""), start)


def _start(number: int, day: str, clock: str) -> datetime:
    try:
        if not day:
            return datetime.fromisoformat(clock)
        return datetime.combine(_day(day), _clock(clock))
    except ValueError as error:
        raise bad_line(number, "date, start", f"{day} {clock}") from error


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found:
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text)


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def bad_line(number: int, column: str, value: str | None) -> JetkizError:
    """Return the refusal of a line, with what stands there and what should."""
    return JetkizError(
        N_("Line {number} of the log cannot be used: {column} is {value!r}."),
        N_("Status is aired or missed; a date looks like 2026-01-26 and a time like 09:00."),
        number=number,
        column=column,
        value=value,
    )
