"""What a broadcaster and a family read: the same airings in four formats, checked from outside."""

import csv
import io
import zipfile
from datetime import UTC, datetime, time

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_workbook import as_workbook
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import ExportRow
from jetkiz.i18n import translator
from jetkiz.lessons.subjects import SUBJECTS
from tests.aired_lessons import Aired, aired_rows, tv_channel

START = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)
NOW = datetime(2026, 1, 20, tzinfo=UTC)
PLAIN = playlist_layout("jetkiz")


CHANNELS = [tv_channel("balapan", "kk"), tv_channel("el_arna", "ru")]
LESSONS = [
    Aired(1, "Ер Төстік <ертегі> & қазан", "kk"),
    Aired(2, '=HYPERLINK("x")', "ru"),
    Aired(3, "Үлкен әңгіме", "kk"),
]


@pytest.fixture
def rows() -> list[ExportRow]:
    return aired_rows(LESSONS, CHANNELS, {1: 2})


def test_lines_are_in_the_order_of_time_in_local_time(rows: list[ExportRow]) -> None:
    assert [row.airing.id for row in rows] == ["1", "2", "3"]
    assert f"{rows[0].start:%H:%M %z}" == "09:00 +0500"
    assert [row.lesson.seq for row in rows] == [1, 1, 2]
    assert rows[0].grades == "1-2"


def test_csv_and_workbook_say_the_same(rows: list[ExportRow]) -> None:
    """The workbook says the subject in words; all else is the same in another order."""
    text = as_playlist(rows, PLAIN).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    book = load_workbook(io.BytesIO(as_workbook(rows)))
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    cells = [[as_in_csv(cell) for cell in line] for sheet in sheets for line in sheet[1:]]
    for line in lines:
        subject = line.pop("subject")
        assert (line.pop("kind"), line.pop("house_number")) == ("first", line["lesson"])
        (told,) = (one for one in cells if one[8] == line["airing"])
        assert told[4] != subject
        plain = [cell.removeprefix("'") for cell in line.values()]
        assert sorted([*told[:4], *told[5:]]) == sorted(plain)
    assert len(cells) == len(lines)


def as_in_csv(cell: object) -> str:
    match cell:
        case datetime():
            return f"{cell:%Y-%m-%d}"
        case time():
            return f"{cell:%H:%M}"
    return str(cell)


def test_a_workbook_can_be_sorted_filtered_and_printed(rows: list[ExportRow]) -> None:
    """Days, hours and lengths are no words in it; its head stays in sight and on every sheet."""
    sheet = load_workbook(io.BytesIO(as_workbook(rows)))["Balapan"]
    day, begins, ends, minutes = sheet[2][:4]
    assert (day.value, day.number_format) == (datetime(2026, 1, 26), "dd.mm.yyyy")  # noqa: DTZ001
    assert (begins.value, begins.number_format) == (time(9), "hh:mm")
    assert (ends.data_type, minutes.value) == ("d", rows[0].airing.minutes)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert sheet.auto_filter.ref == f"A1:K{sheet.max_row}"
    assert sheet.page_setup.orientation == "landscape"
    assert {one.width > 8 for one in sheet.column_dimensions.values()} == {True}


def test_a_workbook_speaks_the_language_of_its_channel(rows: list[ExportRow]) -> None:
    book = load_workbook(io.BytesIO(as_workbook(rows)))
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets}
    assert heads["Balapan"][:2] == ["Күні", "Басталуы"]
    assert heads["El_Arna"][:2] == ["Дата", "Начало"]
    for sheet in book.worksheets:
        for line in sheet.iter_rows(min_row=2, values_only=True):
            assert line[4] in {translator(line[7])(word) for word in SUBJECTS.values()}


def test_a_title_like_a_formula_stays_text(rows: list[ExportRow]) -> None:
    assert "'=HYPERLINK" in as_playlist(rows, PLAIN).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(as_workbook(rows)))["El_Arna"]
    assert [cell.data_type for cell in sheet[2] if str(cell.value).startswith("=")] == ["s"]


def test_an_empty_timetable_is_still_a_workbook() -> None:
    book = load_workbook(io.BytesIO(as_workbook([])))
    assert book.worksheets[0].max_row == 1


def test_events_keep_their_number_and_count_their_changes(rows: list[ExportRow]) -> None:
    calendar = Calendar.from_ical(as_calendar(rows, NOW))
    events = calendar.walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [f"airing-{n}@jetkiz" for n in (1, 2, 3)]
    assert [event["sequence"] for event in events] == [2, 0, 0]
    assert events[0].decoded("dtstart") == START
    assert str(events[0]["summary"]) == "Оқу, 1-2-сынып: Ер Төстік <ертегі> & қазан"
    assert all(len(line) <= 75 for line in as_calendar(rows, NOW).split(b"\r\n"))


def test_a_workbook_says_nothing_of_the_day_it_was_written(rows: list[ExportRow]) -> None:
    content = as_workbook(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time[:3] for part in parts.infolist()} == {(1980, 1, 1)}
    properties = load_workbook(io.BytesIO(content)).properties
    assert (properties.created.year, properties.modified.year) == (1980, 1980)
