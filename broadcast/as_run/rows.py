"""Which cells a log has: parted by a sign or by columns, with what stands before them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from broadcast.as_run.model import LogLayout, LogProfile
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FIELDS: Final = (
    "airing",
    "house_number",
    "title",
    "channel",
    "date",
    "start",
    "planned",
    "end",
    "length",
    "minutes",
    "status",
)
_SIGNS: Final = ";,\t|"
# Names of the station, the day and the columns stand in the first lines, or nowhere.
_HEAD_LINES: Final = 20
_SHOWN: Final = 12
_QUOTED: Final = 80
_LINE_ENDS: Final = ("\n", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line by field; ``is_cut`` where the file may break off in it."""

    number: int
    cells: Mapping[str, str]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class LogRows:
    """The rows of a file, and what its name and first lines say of all: channel, y, m, d."""

    rows: tuple[Row, ...]
    of_all: Mapping[str, str] = field(default_factory=dict)


def read_rows(text: str, profile: LogProfile, name: str) -> LogRows:
    """Part a log into cells; a file that is laid out in another way is refused."""
    lines = text.splitlines()
    _refuse_broken_off(lines, profile)
    head: Sequence[str]
    if profile.layout is LogLayout.FIXED:
        rows, head = _fixed(lines, profile), lines[:_HEAD_LINES]
    elif profile.layout is LogLayout.POSITIONS:
        parted = _parted(text, profile.delimiter)
        _refuse_cut_line(text, parted)
        rows, head = _by_position(parted, profile), lines[:1]
    else:
        rows, head = _by_name(text, lines, profile)
    if not rows:
        raise _no_rows(profile)
    of_all = _found_in(profile.in_name, [name]) | _found_in(profile.in_head, head)
    return LogRows(tuple(rows), of_all)


def _refuse_broken_off(lines: Sequence[str], profile: LogProfile) -> None:
    last = next((one for one in reversed(lines) if one.strip()), "")
    if profile.trailer and not re.search(profile.trailer, last):
        raise broken_off(len(lines))


def _refuse_cut_line(text: str, parted: Sequence[tuple[int, list[str]]]) -> None:
    """A file whose last line has no end and fewer cells than all others was cut in it."""
    full = [row for _, row in parted if any(row)]
    if not full or text.endswith(_LINE_ENDS):
        return
    if len(full[-1]) < min(len(row) for row in full[:-1] or full):
        raise broken_off(len(text.splitlines()))


def broken_off(line: int) -> JetkizError:
    """Return the refusal of a file of which the end is missing."""
    return JetkizError(
        N_("The log breaks off in line {line}."),
        N_("Ask the broadcaster for the whole file; nothing was changed."),
        line=line,
    )


def _no_rows(profile: LogProfile) -> JetkizError:
    return JetkizError(
        N_("The log has no line that says what was aired."),
        N_("Look whether the profile {profile} is the right one for this file."),
        profile=profile.id,
    )


def _found_in(pattern: str, texts: Sequence[str]) -> dict[str, str]:
    if not pattern:
        return {}
    found: dict[str, str] = {}
    for text in texts:
        for match in re.finditer(pattern, text):
            found |= {key: value for key, value in match.groupdict().items() if value}
    return found


def _parted(text: str, delimiter: str, above: int = 0) -> list[tuple[int, list[str]]]:
    """Return the cells of each row with the number of its first line; ``above`` lines are gone."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    parted, first = [], 0
    try:
        for row in reader:
            if any(cell.endswith(_LINE_ENDS) for cell in row) or reader.line_num > first + 1:
                # A cell of several lines ends as it began, or it has swallowed the lines after it.
                list(csv.reader(lines[first : reader.line_num], delimiter=delimiter, strict=True))
            parted.append((above + first + 1, [cell.strip() for cell in row]))
            first = reader.line_num
    except csv.Error as error:
        raise _open_quote(above + first + 1, lines[first]) from error
    return parted


def _open_quote(line: int, text: str) -> JetkizError:
    return JetkizError(
        N_("A quotation mark that opens in line {line} of the log is never closed: {text!r}."),
        N_("Close it or take it out in that line, and read the file again. Nothing was changed."),
        line=line,
        text=text.strip()[:_QUOTED],
    )


def _by_name(
    text: str, lines: Sequence[str], profile: LogProfile
) -> tuple[list[Row], Sequence[str]]:
    for place, line in enumerate(lines[:_HEAD_LINES]):
        sign = _sign(line, profile)
        fields = _head(line, sign, profile)
        if _is_enough(set(fields), profile):
            ended = "\n" if text.endswith(_LINE_ENDS) else ""
            parted = _parted("\n".join(lines[place:]) + ended, sign, place)
            _refuse_cut_line(text, parted)
            return _named_rows(parted[1:], fields), lines[:place]
    raise _no_columns(lines, profile)


def _sign(line: str, profile: LogProfile) -> str:
    return profile.delimiter if profile.delimiter in line else max(_SIGNS, key=line.count)


def _head(line: str, sign: str, profile: LogProfile) -> list[str]:
    return _fields([cell.strip().strip('"').casefold() for cell in line.split(sign)], profile)


def _fields(names: Sequence[str], profile: LogProfile) -> list[str]:
    """Return which field each column holds; the first of two that could be one is it."""
    known = {one: one for one in FIELDS}
    known |= {name.casefold(): one for one, names in profile.columns.items() for name in names}
    fields: list[str] = []
    for name in names:
        one = known.get(name, "")
        fields.append("" if one in fields else one)
    return fields


def _is_enough(fields: set[str], profile: LogProfile) -> bool:
    """Say whether the columns can name an airing, and what became of it where this is not known."""
    has_status = "status" in fields or "" in profile.words or profile.other is not None
    has_time = "start" in fields or "planned" in fields
    return has_status and ("airing" in fields or has_time)


def _no_columns(lines: Sequence[str], profile: LogProfile) -> JetkizError:
    wanted = _names_of("start", profile)
    if any(_names_a_time(line, profile) for line in lines[:_HEAD_LINES]):
        return JetkizError(
            N_("The log does not say what became of the airings: a column is missing."),
            N_("With the profile {profile} a line has to name the column {columns}."),
            profile=profile.id,
            columns=" / ".join(_names_of("status", profile)[:_SHOWN]),
        )
    return JetkizError(
        N_("This is not a log of what was aired: the column names are missing."),
        N_("With the profile {profile} a line has to name the column {columns}, or airing."),
        profile=profile.id,
        columns=" / ".join(wanted[:_SHOWN]),
        line=lines[0][:80] if lines else "",
    )


def _names_of(column: str, profile: LogProfile) -> Sequence[str]:
    return profile.columns.get(column, ()) or (column,)


def _names_a_time(line: str, profile: LogProfile) -> bool:
    """Say whether a line is the head of a log that only lacks what became of the airings."""
    fields = _head(line, _sign(line, profile), profile)
    return not {"airing", "start", "planned"}.isdisjoint(fields)


def _named_rows(parted: Sequence[tuple[int, list[str]]], fields: Sequence[str]) -> list[Row]:
    full = [(number, row) for number, row in parted if any(row)]
    return [
        Row(
            number,
            {one: cell for one, cell in zip(fields, row, strict=False) if one},
            is_cut=place == len(full) - 1,
        )
        for place, (number, row) in enumerate(full)
    ]


def _by_position(parted: Sequence[tuple[int, list[str]]], profile: LogProfile) -> list[Row]:
    full = [(number, row) for number, row in parted if any(row)]
    return [
        Row(
            number,
            {
                one: row[place - 1]
                for one, (place, _) in profile.places.items()
                if place <= len(row)
            },
            is_cut=number == full[-1][0],
        )
        for number, row in full
    ]


def _fixed(lines: Sequence[str], profile: LogProfile) -> list[Row]:
    full = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    return [
        Row(
            number,
            {one: line[first - 1 : last].strip() for one, (first, last) in profile.places.items()},
            is_cut=number == full[-1][0],
        )
        for number, line in full
    ]


def bad_line(number: int, column: str, value: str | None) -> JetkizError:
    """Return the refusal of a line, with what stands there and what should."""
    if value is None:
        return JetkizError(
            N_("Line {number} of the log has fewer cells than the others: {column} is not in it."),
            N_("Complete that line as the others are, and read the file again."),
            number=number,
            column=column,
        )
    return JetkizError(
        N_("Line {number} of the log cannot be used: {column} is {value!r}."),
        N_("Status is aired or missed; a date looks like 2026-01-26 and a time like 09:00."),
        number=number,
        column=column,
        value=value,
    )
