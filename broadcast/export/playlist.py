"""The playlist of a master control room: one line an airing, in the columns of its profile."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.columns.layout import LOCAL, Column, Layout, impossible, profile_names, read_layout
from broadcast.columns.letters import encoded, lost_letters
from broadcast.columns.patterns import MINUTES, SECONDS, written_clock, written_date, written_length
from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import series_words, speaker
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.spreadsheets import harmless

SECTION: Final = "playlist"
VALUES: Final = frozenset(
    {
        "airing", "channel", "channel_name", "date", "end", "end_date", "grades", "guide_id",
        "house_number", "kind", "language", "length", "lesson", "position", "sequence", "series",
        "sign_language", "slot", "start", "subject", "title",
    }
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@")
# A sign put before these would name another file or another airing.
_NAMES: Final = frozenset({"airing", "channel", "house_number", "lesson"})
_KEYS: Final = (
    "file", "delimiter", "encoding", "letters", "header", "zone", "day", "date", "time", "length",
    "frames", "names", "column",
)  # fmt: skip
_MINUTE: Final = 60_000
_DAY: Final = 24 * 60
_WIDEST: Final = 60


def playlist_profiles(folder: Path | None = None) -> list[str]:
    """Return the names of all profiles that a playlist can be written by."""
    return profile_names(folder, SECTION)


def playlist_layout(name: str, folder: Path | None = None) -> Layout:
    """Return a profile's playlist by its name."""
    layout = read_layout(name, SECTION, VALUES, folder)
    for key, value in layout.others.items():
        raise impossible(name, key, value, ", ".join(_KEYS))
    return layout


def as_playlist(rows: Sequence[ExportRow], layout: Layout) -> bytes:
    """Write a playlist in the columns of a profile, as CSV or as a workbook."""
    lines = _lines(rows, layout)
    return _workbook(lines, layout) if layout.file == "xlsx" else _csv(lines, layout)


def replaced_letters(rows: Sequence[ExportRow], layout: Layout) -> list[str]:
    """Return the letters in whose place the nearest ones are written."""
    if layout.file == "xlsx" or layout.letters != "nearest":
        return []
    said = "".join(cell for line in _lines(rows, layout) for cell in line)
    return lost_letters(said, layout.encoding)


def _lines(rows: Sequence[ExportRow], layout: Layout) -> list[list[str]]:
    lines = [[column.head for column in layout.columns]] if layout.header else []
    positions: dict[tuple[str, date], int] = {}
    for row in rows:
        place = (row.channel.id, _place(row.start, row, layout)[0])
        positions[place] = positions.get(place, 0) + 1
        lines.append(_line(row, layout, positions[place]))
    return lines


def _csv(lines: Sequence[Sequence[str]], layout: Layout) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n").writerows(lines)
    nearest = layout.letters == "nearest"
    return encoded(text.getvalue(), layout.encoding, layout.profile, nearest=nearest)


def _workbook(lines: Sequence[Sequence[str]], layout: Layout) -> bytes:
    """Days and hours are words, for they stand there as the profile wants them; counts are numbers.

    The head stays in sight, and each column is as wide as what stands in it.
    """
    # Half a second that most commands never pay.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    from broadcast.export.steady_workbook import workbook_bytes  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "playlist"
    counts = [_counts(column, layout) for column in layout.columns]
    for number, line in enumerate(lines):
        is_head = layout.header and number == 0
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number + 1, place)
            if counts[place - 1] and text and not is_head:
                cell.value = float(text) if "." in text else int(text)
                continue
            cell.value, cell.data_type, cell.number_format = text, "s", "@"
            cell.font = Font(bold=is_head)
    for place, texts in enumerate(zip(*lines, strict=True), start=1):
        wide = min(max(map(len, texts)), _WIDEST) + 2
        sheet.column_dimensions[get_column_letter(place)].width = wide
    sheet.freeze_panes = "A2" if layout.header else None
    return workbook_bytes(book)


def _counts(column: Column, layout: Layout) -> bool:
    """Return whether a program may reckon with what stands in a column."""
    lengths = {"slot", "length"} if layout.length in {MINUTES, SECONDS} else set()
    return column.value in {"position", "sequence"} | lengths


def _line(row: ExportRow, layout: Layout, position: int) -> list[str]:
    said = _said(row, layout) | {"position": str(position)}
    cells = []
    for column in layout.columns:
        cell = said[column.value] if column.value else column.text
        if column.needed and not cell:
            raise JetkizError(
                N_("The lesson {lesson} has no {what}, which the profile {profile} needs."),
                N_("Give it one in the list of lessons, or take the column out of the profile."),
                lesson=row.lesson.id,
                what=column.value,
                profile=layout.profile,
            )
        if column.value in _NAMES and cell.startswith(_FORMULA):
            raise JetkizError(
                N_("{value} begins like a formula: an office program would calculate it."),
                N_("Give it another name, with a letter or a digit at its beginning."),
                value=cell,
            )
        cells.append(cell if layout.file == "xlsx" else harmless(cell))
    return cells


def _said(row: ExportRow, layout: Layout) -> dict[str, str]:
    clock = partial(written_clock, layout.time, frames=layout.frames)
    length = partial(written_length, layout.length, frames=layout.frames)
    day, start = _place(row.start, row, layout)
    end_day, end = _place(row.end, row, layout, since=day)
    return {
        "airing": row.airing.id,
        "channel": layout.names.get(row.channel.id, row.channel.id),
        "channel_name": printable(row.channel.name),
        "guide_id": row.guide_id,
        "date": written_date(layout.date, day),
        "start": clock(start * _MINUTE),
        "end_date": written_date(layout.date, end_day),
        "end": clock(end * _MINUTE),
        "slot": length(row.airing.minutes * _MINUTE),
        "length": length(row.lesson.minutes * _MINUTE),
        "lesson": row.lesson.id,
        "house_number": row.house_number,
        "title": row.title,
        "series": series_words(row, speaker(row.language)),
        "subject": printable(row.lesson.subject),
        "grades": row.grades,
        "language": row.language,
        "kind": row.airing.kind.value,
        "sequence": str(row.airing.sequence),
        "sign_language": "1" if row.lesson.sign_language else "0",
    }


def _place(
    moment: datetime, row: ExportRow, layout: Layout, since: date | None = None
) -> tuple[date, int]:
    """Return the day and the minute of a moment as the profile counts them.

    ``since`` keeps the end of an airing on the day of its start where days are the channel's.
    """
    if layout.zone != LOCAL:
        moment = moment.astimezone(ZoneInfo(layout.zone))
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    if layout.day == "calendar":
        return day, minute
    own = since or (day - timedelta(days=1) if minute < row.channel.day_start else day)
    return own, (day - own).days * _DAY + minute
