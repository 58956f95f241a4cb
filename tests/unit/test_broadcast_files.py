"""What leaves the house for a broadcaster: valid whatever the titles, equal in every format."""

import csv
import io
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from openpyxl import load_workbook

from broadcast.checking import faults
from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_workbook import as_workbook
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import ExportRow, export_rows
from broadcast.model import Airing, Programme, Timetable, TvChannel, Window
from broadcast.plan_of_week import plan_of_week
from broadcast.timetable import make_timetable
from broadcast.tv_channels import parse_channels, read_tv_channels
from jetkiz.errors import JetkizError

MONDAY = date(2026, 1, 26)
NOW = datetime(2026, 1, 20, tzinfo=UTC)
PLAIN = playlist_layout("jetkiz")
DTD = Path("/usr/share/xmltv/xmltv.dtd")
KAZAKH = TvChannel(
    "balapan",
    "Балапан",
    "tv",
    "balapan.kz",
    ("kk",),
    "Asia/Almaty",
    ("mon", "tue", "wed", "thu", "fri"),
    (Window(time(9), time(11)), Window(time(22), time(23, 59))),
    5,
)
RUSSIAN = replace(
    KAZAKH, key="arna", name="Эл Арна", xmltv_id="arna.kz", languages=("ru",), grid_minutes=15
)
CHANNELS = [KAZAKH, RUSSIAN]


def lesson(number: int, title: str, language: str, day: int, minutes: int) -> Programme:
    return Programme(
        lesson=number,
        code=f"w05-{number:03}",
        title=title,
        subject="reading",
        language=language,
        grades=(1 + number % 9,),
        day=MONDAY + timedelta(days=day),
        order=number,
        minutes=minutes,
    )


titles = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
wishes = st.lists(
    st.tuples(titles, st.sampled_from(["kk", "ru"]), st.integers(0, 4), st.integers(5, 45)),
    min_size=1,
    max_size=25,
).map(lambda found: [lesson(n, *one) for n, one in enumerate(found, start=1)])


def rows_of(
    wished: Sequence[Programme], channels: Sequence[TvChannel] = CHANNELS
) -> list[ExportRow]:
    made = make_timetable("2026-W05", wished, channels)
    airings = [replace(one, id=10 + n) for n, one in enumerate(made.airings)]
    return export_rows(
        *plan_of_week(airings, {one.lesson: one for one in wished}, channels, {11: 3})
    )


@settings(max_examples=30)
@given(wishes)
def test_every_format_names_the_same_airings_at_the_same_moments(wished: list[Programme]) -> None:
    rows = rows_of(wished)
    moments = {int(row.airing.id): (row.start, row.end) for row in rows}

    lines = list(
        csv.DictReader(io.StringIO(as_playlist(rows, PLAIN).decode("utf-8-sig")), delimiter=";")
    )
    zone = ZoneInfo("Asia/Almaty")
    from_csv = {
        int(line["airing"]): tuple(
            datetime.fromisoformat(f"{line['date']} {line[name]}").replace(tzinfo=zone)
            for name in ("start", "end")
        )
        for line in lines
    }
    guide = etree.fromstring(as_xmltv(rows), etree.XMLParser(load_dtd=False))
    from_guide = [
        tuple(datetime.strptime(node.get(name), "%Y%m%d%H%M%S %z") for name in ("start", "stop"))
        for node in guide.iter("programme")
    ]
    events = Calendar.from_ical(as_calendar(rows, NOW)).walk("VEVENT")
    from_calendar = {
        int(str(one["uid"]).removeprefix("airing-").removesuffix("@jetkiz")): (
            one.decoded("dtstart"),
            one.decoded("dtend"),
        )
        for one in events
    }

    assert from_csv == moments
    assert from_calendar == moments
    assert sorted(from_guide) == sorted(moments.values())


@settings(max_examples=15)
@given(wishes)
def test_titles_come_through_every_format_whole(wished: list[Programme]) -> None:
    rows = rows_of(wished)
    said = sorted(row.title for row in rows)

    lines = list(
        csv.DictReader(io.StringIO(as_playlist(rows, PLAIN).decode("utf-8-sig")), delimiter=";")
    )
    book = load_workbook(io.BytesIO(as_workbook(rows)))
    cells = [
        str(row[6] or "")
        for sheet in book.worksheets
        for row in sheet.iter_rows(2, values_only=True)
    ]
    guide = etree.fromstring(as_xmltv(rows), etree.XMLParser(load_dtd=False))

    assert sorted(line["title"].removeprefix("'") for line in lines) == sorted(
        title.removeprefix("'") for title in said
    )
    if rows:
        assert sorted(cells) == said
    assert sorted(node.findtext("sub-title") or "" for node in guide.iter("programme")) == said
    assert all(title.isprintable() for title in said)


@settings(max_examples=25)
@given(wishes)
def test_nothing_overlaps_and_nothing_leaves_its_hours(wished: list[Programme]) -> None:
    rows, days = rows_of(wished), {one.code: one.day for one in wished}
    for channel in CHANNELS:
        mine = [row for row in rows if row.channel.id == channel.key]
        assert all(a.end <= b.start for a, b in pairwise(mine))
        for row in mine:
            assert row.start.date() == row.end.date() == days[row.lesson.id]
            assert any(
                window.start <= row.start.time() and row.end.time() <= window.end
                for window in channel.windows
            )
            assert row.start.minute % channel.grid_minutes == 0
            assert row.language in channel.languages


@settings(max_examples=20)
@given(wishes)
def test_the_same_week_is_the_same_files(wished: list[Programme]) -> None:
    first, again = rows_of(wished), rows_of(wished[::-1])

    assert as_playlist(first, PLAIN) == as_playlist(again, PLAIN)
    assert as_xmltv(first) == as_xmltv(again)
    assert as_calendar(first, NOW) == as_calendar(again, NOW)


STRANGE = [
    "Аяз \x0b және\x00 күн",
    "<tv>&amp;]]>",
    '=cmd|"/c"!A1',
    "+7 701",
    "@СУММ(1)",
    "a\r\nEND:VEVENT",
    "Ұ" * 200,
    "запятая, точка; с запятой\\n",
    "\u2028\u202e",
    " ",
]


@pytest.mark.parametrize("title", STRANGE)
def test_a_strange_title_spoils_no_file(title: str) -> None:
    rows = rows_of([lesson(1, title, "kk", 0, 15), lesson(2, "Күн", "kk", 0, 15)])

    events = Calendar.from_ical(as_calendar(rows, NOW)).walk("VEVENT")
    book = load_workbook(io.BytesIO(as_workbook(rows)))
    guide = etree.fromstring(as_xmltv(rows))

    assert len(events) == len(list(guide.iter("programme"))) == 2
    assert book.worksheets[0].max_row == 3
    assert all(cell.data_type != "f" for line in book.worksheets[0] for cell in line)
    for line in csv.reader(
        io.StringIO(as_playlist(rows, PLAIN).decode("utf-8-sig")), delimiter=";"
    ):
        assert len(line) == 13
        assert not line[8].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("name", ["A/B: [TV]*?", "Ұ" * 60, "'x'", "/", "History"])
def test_a_channel_of_any_name_has_a_sheet(name: str) -> None:
    twins = [replace(KAZAKH, name=name), replace(RUSSIAN, name=name)]

    rows = rows_of([lesson(1, "Аяз", "kk", 0, 15), lesson(2, "Мороз", "ru", 0, 15)], twins)
    book = load_workbook(io.BytesIO(as_workbook(rows)))

    assert len(book.worksheets) == 2
    assert all(sheet.max_row == 2 for sheet in book.worksheets)
    assert all(len(sheet.title) <= 31 for sheet in book.worksheets)


@pytest.mark.needs("tv_validate_file", "tv_sort")
def test_the_reference_tools_accept_strange_titles_and_late_hours(tmp_path: Path) -> None:
    wished = [lesson(n, title, "kk", n % 5, 15) for n, title in enumerate(STRANGE, start=1)]
    wished += [lesson(50 + n, "Кеш", "ru", n, 45) for n in range(5)]
    file = tmp_path / "guide.xml"
    file.write_bytes(as_xmltv(rows_of(wished)))

    checked = subprocess.run(
        ["tv_validate_file", "--dtd-file", str(DTD), str(file)], capture_output=True, check=False
    )
    ordered = subprocess.run(["tv_sort", str(file)], capture_output=True, check=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert ordered.stderr == b""
    programmes = list(etree.fromstring(ordered.stdout).iter("programme"))
    assert len(programmes) == 15
    assert {node.find("title").get("lang") for node in programmes} == {"kk", "ru"}


def test_a_lesson_at_the_end_of_the_day_stops_before_midnight() -> None:
    late = replace(KAZAKH, windows=(Window(time(23), time(23, 59)),))
    wished = [lesson(n, "Түн", "kk", 0, 20) for n in range(1, 5)]

    rows = rows_of(wished, [late])

    assert [f"{row.start:%H:%M}" for row in rows] == ["23:00", "23:20"]
    assert all(row.end.date() == MONDAY for row in rows)


def test_the_guide_gives_the_offset_of_the_channel() -> None:
    west = replace(KAZAKH, zone="Europe/London")
    summer = replace(lesson(1, "Күн", "kk", 0, 15), day=date(2026, 7, 6))

    (winter_row,) = rows_of([lesson(1, "Аяз", "kk", 0, 15)], [west])
    (summer_row,) = rows_of([summer], [west])

    assert b'start="20260126090000 +0000"' in as_xmltv([winter_row])
    assert b'start="20260706090000 +0100"' in as_xmltv([summer_row])


@given(wishes)
def test_the_checker_stands_alone_and_finds_what_was_moved(wished: list[Programme]) -> None:
    made: Timetable = make_timetable("2026-W05", wished, CHANNELS)
    known = {one.lesson: one for one in wished}
    assert faults(made.airings, known, CHANNELS) == []
    for one in made.airings:
        moved: list[Airing] = [
            replace(one, start=one.start - timedelta(hours=5)) if other is one else other
            for other in made.airings
        ]
        assert faults(moved, known, CHANNELS)


GOOD = """
[[channel]]
key = "x"
name = "X"
kind = "tv"
xmltv_id = "x.kz"
languages = ["kk"]
zone = "Asia/Almaty"
days = ["mon", "tue"]
windows = ["14:00-15:00", "09:00-10:00"]
grid_minutes = 5
"""


def test_hours_are_kept_in_their_order() -> None:
    (channel,) = parse_channels(GOOD, "f")

    assert [window.start.hour for window in channel.windows] == [9, 14]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Asia/Almaty", "Asia/Qaraghandy", "No time zone"),
        ("Asia/Almaty", "../../etc/passwd", "cannot be read"),
        ('"mon", "tue"', '"monday"', "days are mon, tue"),
        ("grid_minutes = 5", "grid_minutes = 0", "less than 1"),
        ("grid_minutes = 5", "grid_minutes = -5", "less than 1"),
        ('"14:00-15:00"', '"09:30-11:00"', "overlap"),
        ('"14:00-15:00"', '"09:00-10:00"', "overlap"),
        ('"14:00-15:00"', '"14:00"', "cannot be read"),
        ('"14:00-15:00"', '"14:00-24:00"', "cannot be read"),
        ("x.kz", "xkz", "balapan.kz"),
    ],
)
def test_a_mistake_in_the_list_of_channels_is_told_in_words(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(JetkizError, match=words):
        parse_channels(GOOD.replace(old, new, 1), "channels.toml")


def test_two_channels_of_one_name_are_refused() -> None:
    with pytest.raises(JetkizError, match="x stands there twice"):
        parse_channels(GOOD + GOOD.replace("x.kz", "y.kz"), "f")
    with pytest.raises(JetkizError, match=r"x\.kz stands there twice"):
        parse_channels(GOOD + GOOD.replace('"x"', '"y"'), "f")
    second = GOOD.replace("x.kz", "y.kz").replace('"x"', '"y"')
    assert len(parse_channels(GOOD + second, "f")) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe[", b"\xd0", "[[channel]]".encode("utf-16")])
def test_a_list_of_channels_in_strange_bytes_is_told_in_words(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "channels.toml").write_bytes(content)

    with pytest.raises(JetkizError, match="cannot be read"):
        read_tv_channels(tmp_path)
