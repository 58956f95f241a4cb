"""Playlists by profile: what a master control room reads of a week."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from broadcast.columns.layout import Layout, layout_of
from broadcast.export.playlist import VALUES, as_playlist, playlist_layout, playlist_profiles
from broadcast.export.rows import ExportRow, export_rows
from jetkiz.errors import JetkizError
from tests.broadcast_export_weeks import (
    CHANNELS,
    MONDAY,
    ZONE_CHANGE,
    airing,
    full_week,
    small_week,
)


def layout(*values: str, **more: object) -> Layout:
    columns = [{"name": value, "value": value} for value in values]
    return layout_of("own", {"column": columns, "encoding": "utf-8"} | more, VALUES)


def read(rows: Sequence[ExportRow], how: Layout) -> list[dict[str, str]]:
    text = as_playlist(rows, how).decode(how.encoding)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=how.delimiter))


def test_the_plain_playlist_names_every_airing_once() -> None:
    problem, plan = full_week()
    lines = read(export_rows(problem, plan), playlist_layout("jetkiz"))
    starts = {one["airing"]: f"{one['channel']} {one['date']} {one['start']}" for one in lines}
    assert len(lines) == len(starts) == len(plan.airings)
    assert starts["a0000f"] == "balapan 2026-01-26 18:00"
    assert {one["kind"] for one in lines} == {"first", "repeat"}
    assert playlist_profiles()[:2] == ["jetkiz", "telvue"]


def test_telvue_gets_its_columns_units_and_outputs() -> None:
    how = replace(playlist_layout("telvue"), names={"balapan": "3"})
    content = as_playlist(export_rows(*small_week(airing("a", "l1", 0, "09:05"))), how)
    assert content.decode().splitlines() == [
        "Output,Date,Time,Type,Source ID,Source Name,Offset,Duration",
        "3,01/26/2026,09:05:00,PLAYOUT,,TV1,0,900",
    ]


def test_a_lesson_without_a_house_number_goes_by_its_id() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "09:05"))
    bare = replace(problem, lessons=tuple(replace(one, asset="") for one in problem.lessons))
    content = as_playlist(export_rows(bare, plan), playlist_layout("telvue"))
    assert content.decode().splitlines()[1].split(",")[5] == "l1"


def test_a_column_that_is_needed_is_never_empty() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "09:05"))
    bare = replace(problem, lessons=tuple(replace(one, subject="") for one in problem.lessons))
    needed = [{"name": "Subject", "value": "subject", "needed": True}]
    how = layout_of("own", {"column": needed}, VALUES)
    assert as_playlist(export_rows(problem, plan), how)
    with pytest.raises(JetkizError, match="lesson l1 has no subject"):
        as_playlist(export_rows(bare, plan), how)


def test_the_night_belongs_to_the_day_of_the_channel() -> None:
    night = airing("a", "l1", 1, "00:50", "qazaqstan")
    evening = airing("b", "l2", 0, "23:50", "qazaqstan")
    last = airing("d", "l3", 1, "05:45", "qazaqstan")
    morning = airing("c", "l3", 1, "06:00", "qazaqstan")
    how = layout("date", "start", "end", "end_date", "position", day="channel", time="HH:MM:SS:FF")
    lines = [
        tuple(one.values())
        for one in read(export_rows(*small_week(night, evening, last, morning)), how)
    ]
    assert lines == [
        ("2026-01-26", "23:50:00:00", "24:05:00:00", "2026-01-26", "1"),
        ("2026-01-26", "24:50:00:00", "25:05:00:00", "2026-01-26", "2"),
        ("2026-01-26", "29:45:00:00", "30:00:00:00", "2026-01-26", "3"),
        ("2026-01-27", "06:00:00:00", "06:15:00:00", "2026-01-27", "1"),
    ]
    by_calendar = read(export_rows(*small_week(evening)), layout("date", "end", "end_date"))
    assert list(by_calendar[0].values()) == ["2026-01-26", "00:05", "2026-01-27"]


def test_a_playlist_may_be_in_another_zone_and_without_a_head() -> None:
    rows = export_rows(*full_week(ZONE_CHANGE))
    how = layout("airing", "date", "start", zone="UTC", header=False, delimiter="\t")
    lines = [line.split("\t") for line in as_playlist(rows, how).decode().splitlines()]
    told = {
        line[0]: datetime.fromisoformat(f"{line[1]}T{line[2]}").replace(tzinfo=UTC)
        for line in lines
    }
    assert told == {row.airing.id: row.airing.start for row in rows}


def test_titles_that_an_office_program_would_calculate_stay_words() -> None:
    rows = export_rows(*small_week(airing("a", "l2", 0, "09:00")))
    assert read(rows, layout("title"))[0]["title"] == '\'=HYPERLINK("x")'
    book = load_workbook(io.BytesIO(as_playlist(rows, layout("title", "start", file="xlsx"))))
    cells = [[(cell.value, cell.data_type) for cell in line] for line in book.worksheets[0]]
    assert cells[1] == [('=HYPERLINK("x")', "s"), ("09:00", "s")]


def test_a_file_named_like_a_formula_is_refused_and_not_renamed() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "09:05"))
    lessons = tuple(replace(one, asset="=1+1") for one in problem.lessons)
    with pytest.raises(JetkizError, match=r"=1\+1 begins like a formula"):
        as_playlist(export_rows(replace(problem, lessons=lessons), plan), layout("house_number"))


def test_a_channel_is_called_as_it_is_called_there() -> None:
    rows = export_rows(
        *small_week(airing("a", "l1", 0, "09:00"), airing("b", "l2", 0, "09:00", "khabar"))
    )
    how = layout("channel", "channel_name", "guide_id", names={"khabar": "SDI 2"})
    assert [tuple(one.values()) for one in read(rows, how)] == [
        ("SDI 2", "Хабар 24", "24.kz"),
        ("balapan", "Балапан", "balapan.jetkiz"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_every_encoding_says_the_same_or_refuses(encoding: str) -> None:
    problem, plan = full_week(MONDAY, 40)
    rows = export_rows(problem, plan)
    how = layout("title", "series", "grades", "channel_name", encoding=encoding)
    if encoding == "cp1251":
        with pytest.raises(JetkizError, match="cp1251 of the profile own has no"):
            as_playlist(rows, how)
        how = replace(how, letters="nearest")
    lines = read(rows, how)
    assert len(lines) == len(rows)
    assert not any("?" in cell for line in lines for cell in line.values())
    assert {line["channel_name"] for line in lines} <= {
        one.name.translate(str.maketrans("Ққ", "Кк")) if encoding == "cp1251" else one.name
        for one in CHANNELS
    }


def test_a_workbook_by_profile_has_a_head_in_sight_counts_and_words() -> None:
    how = layout("position", "date", "start", "length", "title", file="xlsx", time="HH:MM:SS")
    rows = export_rows(*small_week(airing("a", "l2", 0, "09:05"), airing("b", "l1", 0, "09:20")))
    sheet = load_workbook(io.BytesIO(as_playlist(rows, how))).worksheets[0]
    assert [(one.value, one.data_type) for one in sheet[2]] == [
        (1, "n"), ("2026-01-26", "s"), ("09:05:00", "s"), (15, "n"), ('=HYPERLINK("x")', "s"),
    ]  # fmt: skip
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["E"].width > len('=HYPERLINK("x")')
    frames = replace(how, length="HH:MM:SS:FF", header=False)
    bare = load_workbook(io.BytesIO(as_playlist(rows, frames))).worksheets[0]
    assert (bare.freeze_panes, bare["A1"].value, bare["D1"].value) == (None, 1, "00:15:00:00")


def test_a_slip_in_a_key_of_a_profile_is_told(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    text = '[playlist]\ndelimeter = ","\n[[playlist.column]]\nname = "T"\nvalue = "title"\n'
    place = tmp_path / "profiles" / "own.toml"
    place.write_text(text, "utf-8")
    with pytest.raises(JetkizError, match=r"delimeter = ,, which cannot be.*delimiter"):
        playlist_layout("own", tmp_path)
    place.write_text(text.replace("delimeter", "delimiter"), "utf-8")
    assert playlist_layout("own", tmp_path).delimiter == ","
