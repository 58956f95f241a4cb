"""What leaves the house for a broadcaster: valid whatever the titles, equal in every format."""

import csv
import io
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from openpyxl import load_workbook

from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_workbook import as_workbook
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel
from broadcast.tv_channels import read_tv_channels
from jetkiz.errors import JetkizError
from tests.aired_lessons import Aired, aired_rows, tv_channel

MONDAY = date(2026, 1, 26)
NOW = datetime(2026, 1, 20, tzinfo=UTC)
PLAIN = playlist_layout("jetkiz")
DTD = Path("/usr/share/xmltv/xmltv.dtd")
KAZAKH = tv_channel("balapan", "kk", "Балапан")
RUSSIAN = tv_channel("arna", "ru", "Эл Арна")
CHANNELS = [KAZAKH, RUSSIAN]


def lesson(number: int, title: str, language: str, day: int, minutes: int) -> Aired:
    return Aired(number, title, language, MONDAY + timedelta(days=day), minutes, (1 + number % 9,))


titles = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
wishes = st.lists(
    st.tuples(titles, st.sampled_from(["kk", "ru"]), st.integers(0, 4), st.integers(5, 45)),
    min_size=1,
    max_size=25,
).map(lambda found: [lesson(n, *one) for n, one in enumerate(found, start=1)])


def rows_of(wished: Sequence[Aired], channels: Sequence[Channel] = CHANNELS) -> list[ExportRow]:
    return aired_rows(wished, channels, {11: 3})


@settings(max_examples=30)
@given(wishes)
def test_every_format_names_the_same_airings_at_the_same_moments(wished: list[Aired]) -> None:
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
def test_titles_come_through_every_format_whole(wished: list[Aired]) -> None:
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


@settings(max_examples=20)
@given(wishes)
def test_the_same_week_is_the_same_files(wished: list[Aired]) -> None:
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


def test_the_guide_gives_the_offset_of_the_channel() -> None:
    west = replace(KAZAKH, zone="Europe/London")
    summer = replace(lesson(1, "Күн", "kk", 0, 15), day=date(2026, 7, 6))

    (winter_row,) = rows_of([lesson(1, "Аяз", "kk", 0, 15)], [west])
    (summer_row,) = rows_of([summer], [west])

    assert b'start="20260126090000 +0000"' in as_xmltv([winter_row])
    assert b'start="20260706090000 +0100"' in as_xmltv([summer_row])


@pytest.mark.parametrize("content", [b"\xff\xfe[", b"\xd0", "[[channel]]".encode("utf-16")])
def test_a_list_of_channels_in_strange_bytes_is_told_in_words(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "channels.toml").write_bytes(content)

    with pytest.raises(JetkizError, match="cannot be read"):
        read_tv_channels(tmp_path)
