"""What the lines of a broadcaster's log say, read by the profile of its columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from broadcast.as_run.file_text import log_text
from broadcast.as_run.model import LogLayout, LogLine, LogProfile, Said
from broadcast.as_run.rows import LogRows, Row, bad_line, broken_off, read_rows
from broadcast.as_run.written_times import read_clock, read_day, read_length, read_moment
from jetkiz.errors import JetkizError

_MINUTE: Final = 60
_DAY: Final = timedelta(days=1)
_YEARS: Final = range(2000, 2200)
_T = TypeVar("_T")


def read_log(
    content: bytes, profile: LogProfile, name: str = "", channel: str = ""
) -> tuple[LogLine, ...]:
    """Return the lines of a log; one that cannot be used refuses the whole file.

    ``name`` is the name of the file, which may hold its day; ``channel`` is whose log it is where
    the file does not say.
    """
    found = read_rows(log_text(content, profile.encoding), profile, name)
    of_all = _of_all(found, profile, channel)
    lines = []
    for row in found.rows:
        if _is_passed_over(row, profile):
            continue
        try:
            lines.append(_line(row, profile, of_all))
        except JetkizError as error:
            raise (broken_off(row.number) if _breaks_off(row) else error) from error
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _OfAll:
    """What the file says of all its lines."""

    day: date | None
    channel: str


def _of_all(found: LogRows, profile: LogProfile, channel: str) -> _OfAll:
    said = found.of_all
    day = None
    if "d" in said:
        text = f"{said['y']:0>2}-{said['m']:0>2}-{said['d']:0>2}"
        written = f"20{text}" if len(said["y"]) < len("2026") else text
        day = _or_bad(read_day, written, 1, "date")
    elif "date" in said:
        day = _or_bad(lambda text: read_day(text, profile.day_order), said["date"], 1, "date")
    return _OfAll(day, channel or said.get("channel", "").strip())


def _is_passed_over(row: Row, profile: LogProfile) -> bool:
    """Words between the lines of a log without column names: its pages, its sums, its end."""
    has_clock = any(character.isdigit() for character in _clock_cell(row.cells))
    return profile.layout is not LogLayout.TABLE and not has_clock


def _clock_cell(cells: Mapping[str, str]) -> str:
    return cells.get("start", "") or cells.get("planned", "")


def _breaks_off(row: Row) -> bool:
    """Say whether the last line was cut: what became of the programme stands at its end."""
    return row.is_cut and not row.cells.get("status", "x")


def _line(row: Row, profile: LogProfile, of_all: _OfAll) -> LogLine:
    cells = row.cells
    airing = cells.get("airing", "")
    clock = _clock_cell(cells)
    start = None
    if clock or not airing:
        start = _start(row, profile, of_all)
    return LogLine(
        number=row.number,
        said=_said(row, profile),
        airing=airing,
        asset=cells.get("house_number", ""),
        title=cells.get("title", ""),
        channel=_channel(cells.get("channel", "") or of_all.channel, profile),
        start=start,
        is_of_day=not cells.get("date") and of_all.day is not None,
        seconds=_seconds(row),
    )


def _channel(name: str, profile: LogProfile) -> str:
    return profile.channels.get(name.casefold(), name)


def _said(row: Row, profile: LogProfile) -> Said:
    word = row.cells.get("status", "").casefold()
    found = profile.words.get(word, profile.other)
    if found is None:
        raise bad_line(row.number, "status", row.cells.get("status"))
    return found


def _start(row: Row, profile: LogProfile, of_all: _OfAll) -> datetime:
    day, clock = row.cells.get("date", ""), _clock_cell(row.cells)
    try:
        found = read_moment(day, clock, profile.day_order, of_all.day)
    except (ValueError, OverflowError) as error:
        raise bad_line(row.number, "date, start", f"{day} {clock}") from error
    if found.year not in _YEARS:
        raise bad_line(row.number, "date, start", f"{day} {clock}")
    if found.tzinfo is None and profile.zone:
        return found.replace(tzinfo=ZoneInfo(profile.zone)).astimezone(UTC)
    return found


def _seconds(row: Row) -> int | None:
    """How long it ran, by its length, its minutes or its end, whichever is there."""
    cells = row.cells
    if cells.get("length"):
        return _or_bad(read_length, cells["length"], row.number, "length")
    if cells.get("minutes"):
        return int(_or_bad(_number, cells["minutes"], row.number, "minutes") * _MINUTE)
    if cells.get("end") and _clock_cell(cells):
        return _until_end(row)
    return None


def _number(text: str) -> float:
    value = float(text.replace(",", "."))
    if not 0 <= value < 24 * _MINUTE:
        raise ValueError(text)
    return value


def _until_end(row: Row) -> int:
    """An end before its start is after midnight."""
    clock = _or_bad(read_clock, row.cells["end"], row.number, "end")
    begin = _or_bad(read_clock, _clock_cell(row.cells), row.number, "start")
    gone = clock - begin
    return int((gone if gone >= timedelta() else gone + _DAY).total_seconds())


def _or_bad(read: Callable[[str], _T], text: str, number: int, column: str) -> _T:
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise bad_line(number, column, text) from error
