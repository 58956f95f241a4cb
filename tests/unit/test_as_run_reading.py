"""Logs as files: saved by any program, written in any way, or no log at all."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run.file_text import decoded
from broadcast.as_run.matching import match
from broadcast.as_run.model import LogLine, LogProfile, Said
from broadcast.as_run.profiles import SHIPPED_TITLES, log_profile, log_profiles, profile_of
from broadcast.as_run.rows import FIELDS
from broadcast.as_run.written_times import read_clock, read_day, read_length
from broadcast.columns.layout import layout_of
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from tests.as_run_days import (
    MORNING,
    OWN,
    TAB,
    aired,
    lines_of,
    log,
    missed,
    plan_of,
    problem_of,
    ran,
)
from tests.examples import drawing

PROFILES = log_profiles()
FIXED = log_profile("fixed_codes")
CART = log_profile("cart_positions")
HEAD = "channel;date;start;status"
ANY = {"other": "aired", "column": [{"name": "start", "value": "start"}]}


def read(name: str, found: Mapping[str, Any]) -> LogProfile:
    """Read the section of a profile as it stands in a file."""
    return profile_of(layout_of(name, found, FIELDS))


def refusal(text: str | bytes, profile: LogProfile = OWN, name: str = "") -> str:
    """Return the refusal of a file in English and see that it has Kazakh words."""
    with pytest.raises(JetkizError) as caught:
        lines_of(text, profile, name)
    assert translator("kk").error(caught.value) != str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-01-26", "09:00"),
        ("2026-01-26", "9:00"),
        ("2026-01-26", "09:00:14"),
        ("2026-01-26", "09:00:14:20"),
        ("2026-01-26", '"09:00:14;20"'),
        ("2026-01-26", "09:00:14.500"),
        ("2026-01-26", "0900:14"),
        ("2026-01-25", "33:00:00:00"),
        ("20260126", "09:00"),
        ("26.01.2026", "9.00"),
        ("26/01/26", "09.00"),
        ("", "2026-01-26 09:00"),
        ("", "2026-01-26T09:00:00"),
        ("", "2026-01-26T04:00:00+00:00"),
        ("", "2026-01-26T10:00:00+06:00"),
    ],
)
def test_days_and_times_are_read_as_people_write_them(day: str, clock: str) -> None:
    assert aired(log(f"balapan;{day};{clock};Aired")) == ("1",)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("26.13.2026", "09:00"),
        ("2026-01-26", "48:00"),
        ("2026-01-26", "09:60"),
        ("2026-01-26", "9"),
        ("2026-01-26", ""),
        ("", ""),
        ("", "09:00"),
        ("0001-01-01", "00:00"),
        ("", "0001-01-01T00:00:00"),
        ("yesterday", "09:00"),
        ("2026-01-26", "noon"),
        ("٢٦.٠١.٢٠٢٦", "09:00"),
    ],
)
def test_a_moment_that_is_none_is_told_with_its_line(day: str, clock: str) -> None:
    text = "\n".join([HEAD, *ran("09:00"), f"balapan;{day};{clock};aired", *ran("09:15")])

    assert "Line 3" in refusal(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_office_program_saves_a_log_that_can_be_read(
    encoding: str, end: str, delimiter: str
) -> None:
    rows = [["Channel", "Date", "Start", "Status"], ["Балапан ТВ", "2026-01-26", "09:00", "aired"]]
    content = end.join(delimiter.join(row) for row in rows).encode(encoding)

    assert aired(match(problem_of(MORNING), plan_of(MORNING), lines_of(content), OWN)) == ("1",)


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    found = log("", "1;aired", ";;", "  ;  ", "77;aired", "", "2;missed", "", head="airing;status")

    assert (aired(found), missed(found), found.unknown) == (("1",), ("2",), (6,))


def test_columns_in_any_order_and_more_than_needed_are_no_trouble() -> None:
    head = "Note; STATUS ;Start;Date;Channel"

    assert aired(log("Аяз; AIRED ;09:00;2026-01-26; balapan ;rest", head=head)) == ("1",)


@pytest.mark.parametrize("status", ["", "yes", "aired?", "AIRED MISSED"])
def test_a_status_that_is_none_is_told_with_its_line(status: str) -> None:
    assert "Line 2" in refusal(f"airing;status\n1;{status}\n2;aired\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (bytes(range(256)) * 20, "not a text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text"),
        (b"a;b\n1;2\n", "column names are missing"),
        (b"airing;note\n1;aired\n", "name the column status"),
        (b"channel;date;status\nbalapan;2026-01-26;aired\n", "column names are missing"),
        (b"airing;status\n", "no line"),
        (b"airing;status\n1;aired\n2;", "breaks off in line 3"),
        ("airing;status\n1;aired\n2;ai".encode("utf-16")[:-1], "Line 3"),
    ],
)
def test_what_is_no_log_is_a_sentence(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_file_that_ends_before_its_last_line_is_not_half_imported() -> None:
    with_end = read("x", {**ANY, "trailer": "END"})
    text = "date;start\n2026-01-26;09:00\nEND OF LOG\n"

    assert "breaks off" in refusal(text.replace("END OF LOG\n", ""), with_end)
    assert "breaks off" in refusal(HEAD + "\nbalapan;2026-01-26;09:00;aired\nbalapan;2026-01")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('Note of the day\nairing;title;status\n1;"Er Tostik;aired\n2;Soz;missed\n', 3),
        ('airing;title;status\n1;Abai;aired\n2;"Er Tostik;aired\n3;Soz;missed\n4;"Kun";aired\n', 3),
        ('airing;title;status\n1;Abai;aired\n2;"Er Tostik;aired\n', 3),
        ('airing;title;status\n1;"' + "Er Tostik\n" * 20_000, 2),
    ],
    ids=["to the end", "to the next quote", "in the last line", "very long"],
)
def test_a_quote_that_swallows_other_lines_is_named_by_the_line_it_opens_in(
    text: str, line: int
) -> None:
    assert f"opens in line {line} of the log is never closed" in refusal(text)


def test_quotes_that_are_closed_or_stand_in_a_title_refuse_nothing() -> None:
    lines = ['1;"Er\nTostik";aired', '2;"Abai" Kunanbaiuly;aired', '3;Soz "oner;missed']
    found = log(*lines, "77;;aired", head="airing;title;status")

    assert (aired(found), missed(found), found.unknown) == (("1", "2"), ("3",), (6,))


def test_a_line_with_fewer_cells_than_the_others_is_named_with_what_is_not_in_it() -> None:
    assert "Line 2 of the log has fewer cells" in refusal("airing;status\n1\n2;aired\n")


@drawing(40)
@given(st.text(alphabet="airngstued;\n,\t0129:.-\"'", max_size=80))
def test_whatever_a_file_holds_it_is_a_log_or_a_sentence(text: str) -> None:
    try:
        found = log(text, head="airing;status")
    except JetkizError as error:
        said = translator("kk").error(error)
        assert said
    else:
        assert {one.airing for one in found.outcomes} <= {"1", "2", "3", "4"}


@drawing(40)
@given(st.binary(max_size=60), st.sampled_from(sorted(PROFILES)))
def test_any_bytes_are_a_log_or_a_sentence(content: bytes, name: str) -> None:
    assert isinstance(decoded(content), str)
    try:
        found = lines_of(content, PROFILES[name], "LG260126.001")
    except JetkizError as error:
        said = translator("ru").error(error)
        assert said
    else:
        assert all(isinstance(one, LogLine) for one in found)


@pytest.mark.parametrize(
    ("text", "seconds"), [("15:00", 900), ("0:14:30", 870), ("00:14:30:24", 870), ("90:00", 5400)]
)
def test_lengths_are_read_with_and_without_hours_and_frames(text: str, seconds: int) -> None:
    assert read_length(text) == seconds
    for wrong in ("15", "15:60", "a:bc"):
        with pytest.raises(ValueError, match=wrong):
            read_length(wrong)


@pytest.mark.parametrize(
    ("column", "cell", "seconds"),
    [
        ("end", "09:14:30", 870),
        ("end", "00:10", 54_600),
        ("minutes", "12,5", 750),
        ("length", "", None),
    ],
)
def test_how_long_something_ran_is_told_by_its_length_its_minutes_or_its_end(
    column: str, cell: str, seconds: int | None
) -> None:
    (line,) = lines_of(f"{HEAD};{column}\nbalapan;2026-01-26;09:00;aired;{cell}\n")

    assert line.seconds == seconds


@pytest.mark.parametrize(
    ("column", "cell"), [("end", "noon"), ("minutes", "-1"), ("minutes", "ten"), ("length", "9")]
)
def test_a_length_that_is_none_is_told_with_its_line(column: str, cell: str) -> None:
    row = f"balapan;2026-01-26;09:00;aired;{cell}"

    assert f"{column} is" in refusal(f"{HEAD};{column}\n{row}\n{row}\n")


def test_a_day_with_strokes_is_read_in_the_order_of_the_profile() -> None:
    assert read_day("02/03/2026") == date(2026, 3, 2)
    assert read_day("02/03/2026", "mdy") == date(2026, 2, 3)
    assert read_clock("26:10") == timedelta(days=1, hours=2, minutes=10)


# Profiles


def test_a_tab_log_names_day_and_channel_once_for_all_lines() -> None:
    text = (
        "PLAYOUT REPORT\nДата: 26.01.2026\tКанал: Балапан ТВ\n\n"
        "№\tВремя\tХронометраж\tФайл\tСтатус\n"
        "1\t09:00:02:11\t00:14:58:02\tHN-L1\tвышло\n2\t09:15:00:00\t00:05:00:00\tHN-L2\tпрервано\n"
    )

    first, second = lines_of(text.encode("cp1251"), TAB)

    assert first == LogLine(
        5,
        Said.AIRED,
        asset="HN-L1",
        channel="Балапан ТВ",
        start=datetime(2026, 1, 26, 9, 0, 2),  # noqa: DTZ001 - the studio's wall clock
        is_of_day=True,
        seconds=898,
    )
    assert (second.said, second.seconds) == (Said.SHORT, 300)


def fixed(start: str, length: str, code: str, booked: str, asset: str, title: str) -> str:
    return f"{start:8} {length:5}  {code:>3} {'':3} C{booked:7}{asset:15}{title:24}"


def test_fixed_columns_with_codes_have_their_day_in_the_name_of_the_file() -> None:
    text = "\r\n".join(
        [
            fixed("09:00:05", "14:55", "", "0900:00", "HN-L1", "Lesson 1"),
            fixed("", "", "1", "0915:00", "HN-L2", "Lesson 2"),
            fixed("09:30:00", "03:00", "7", "0930:00", "HN-L3", "Lesson 3"),
            fixed("11:00:00", "15:00", "56", "1100:00", "HN-L4", "Lesson 4"),
        ]
    )

    lines = lines_of(text, FIXED, "LG260126.001", "balapan")
    found = match(problem_of(MORNING), plan_of(MORNING), lines, FIXED)

    assert [(one.airing, one.outcome.value, one.minutes) for one in found.outcomes] == [
        ("1", "aired", 14),
        ("2", "missed", None),
        ("3", "short", 3),
    ]
    assert "Line 1" in refusal(text, FIXED, "unnamed.rec")


def test_a_log_of_positions_needs_no_header() -> None:
    text = (
        "x\t09:00:03\tx\tLesson 1\tx\tx\tx\tHN-L1\nx\t09:15:01\tx\tNews\tx\tx\tx\tN1\n"
        "x\t09:30:00\tx\tLesson 3\tx\tx\tx\tHN-L3\n"
    )

    lines = lines_of(text, CART, "2026_01_26_00_00_00_AsRun1.LOG", "balapan")
    found = match(problem_of(MORNING), plan_of(MORNING), lines, CART)

    assert (aired(found), missed(found)) == (("1", "3"), ("2",))
    cut = text.removesuffix("\tHN-L3\n")
    assert "breaks off" in refusal(cut, CART, "2026_01_26_00_00_00_AsRun1.LOG")


def test_a_profile_may_write_the_time_of_the_world() -> None:
    utc = read("u", {**ANY, "zone": "UTC"})

    (line,) = lines_of("date;start\n2026-01-26;04:00\n", utc)

    assert line.start == datetime(2026, 1, 26, 4, tzinfo=UTC)
    assert aired(match(problem_of(MORNING), plan_of(MORNING), (line,), utc)) == ()


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"colour": "red"},
        {"header": False, "column": [{"value": "title"}]},
        {"header": False, "column": [{"value": "start", "width": 8}]},
        {"in_name": "("},
        {"in_name": 5},
        {"zone": "Mars/Base"},
        {"encoding": "klingon"},
        {"column": [{"name": "x", "value": "colour"}]},
        {"words": {"ok": "perhaps"}},
        {"words": "ok"},
        {"other": "perhaps"},
    ],
)
def test_a_profile_with_a_mistake_is_named(found: dict[str, Any]) -> None:
    with pytest.raises(JetkizError, match="profile studio"):
        read("studio", {**ANY, **found} if found else {})


def test_an_own_profile_lies_with_those_of_playlists_and_names_channels(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    text = """[log]
other = "aired"
date = "MM/DD/YYYY"
[[log.column]]
name = "Day"
value = "date"
[[log.column]]
name = "On"
value = "start"
[[log.column]]
name = "Output"
value = "channel"
[log.names]
balapan = "SDI 1"
"""
    (folder / "studio.toml").write_text(text, "utf-8")

    profile = log_profiles(tmp_path)["studio"]
    (line,) = lines_of("Day;On;Output\n01/26/2026;09:02;sdi 1\n", profile)

    assert (line.channel, profile.day_order) == ("balapan", "mdy")
    assert "studio" not in log_profiles()


def test_our_own_playlist_with_a_status_behind_it_is_a_log() -> None:
    head = "airing;channel;date;start;end;minutes;lesson;house_number;title;status"
    row = ";balapan;2026-01-26;09:15;09:30;15;L2;HN-L2;Ангіме L2;aired"

    (named,) = log(f"2{row}", head=head).outcomes
    (unnamed,) = log(row, head=head).outcomes

    assert (named.airing, unnamed.airing, named.minutes) == ("2", "2", 15)


def test_a_profile_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(JetkizError, match="fixed_codes") as caught:
        log_profile("none")
    assert "tab_header" in translator("ru").error(caught.value)


def test_shipped_profiles_are_called_in_the_language_of_the_reader() -> None:
    shipped = [one.name for one in log_profiles().values()]
    assert sorted(shipped) == sorted(SHIPPED_TITLES)
    for language in ("kk", "ru"):
        assert all(translator(language)(one) != one for one in shipped)
