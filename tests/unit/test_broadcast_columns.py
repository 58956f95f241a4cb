"""Profiles of broadcasters: what they can say, and which sentence meets one that says nonsense."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.columns.layout import layout_of, profile_names, read_layout
from broadcast.columns.letters import encoded, lost_letters
from broadcast.columns.patterns import (
    read_clock,
    read_length,
    written_clock,
    written_date,
    written_length,
)
from jetkiz.errors import JetkizError
from tests.examples import drawing

VALUES = ("date", "start", "title")
COLUMN = {"name": "Date", "value": "date"}
HOUR = 3_600_000


@pytest.mark.parametrize(
    "pattern", ["YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD", "DD/MM/YY"]
)
@drawing(60)
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_written_so_that_its_pattern_gives_it_back(pattern: str, day: date) -> None:
    known = pattern.replace("YYYY", "%Y").replace("YY", "%y").replace("MM", "%m")
    read = datetime.strptime(written_date(pattern, day), known.replace("DD", "%d"))  # noqa: DTZ007
    assert read.date().strftime("%y%m%d") == day.strftime("%y%m%d")


@pytest.mark.parametrize("frames", [24, 25, 30, 50])
@drawing(60)
@given(seconds=st.integers(0, 47 * 3600), frame=st.integers(0, 23))
def test_a_clock_is_read_as_it_was_written(frames: int, seconds: int, frame: int) -> None:
    at = seconds * 1000 + -(-frame * 1000 // frames)
    assert read_clock("HH:MM:SS:FF", written_clock("HH:MM:SS:FF", at, frames), frames) == at
    assert read_clock("HH:MM:SS.mmm", written_clock("HH:MM:SS.mmm", at)) == at
    assert read_length("seconds", written_length("seconds", seconds * 1000)) == seconds * 1000


def test_clocks_go_past_midnight_and_lengths_have_units() -> None:
    assert written_clock("HH:MM:SS", 25 * HOUR + 90_000) == "25:01:30"
    assert read_clock("HH:MM", "9:05") == 9 * HOUR + 300_000
    assert written_length("minutes", 900_000) == "15"
    assert written_length("HH:MM:SS:FF", 900_000) == "00:15:00:00"
    assert (read_length("minutes", "12,5"), read_length("minutes", "x")) == (750_000, None)
    assert written_clock("HH:MM:SS:FF", 520, 25) == "00:00:00:13"


@pytest.mark.parametrize("text", ["9:60", "09:00:61", "", "nine", "100:00", "09:00:00:25"])
def test_a_clock_that_is_none_is_not_read(text: str) -> None:
    assert read_clock("HH:MM:SS:FF" if text.count(":") > 1 else "HH:MM", text) is None


def test_two_profiles_are_shipped_and_own_ones_win(tmp_path: Path) -> None:
    assert {"jetkiz", "telvue"} <= set(profile_names(None, "playlist"))
    (tmp_path / "profiles").mkdir()
    own = '[playlist]\ndelimiter = "|"\n[[playlist.column]]\nname = "T"\nvalue = "title"\n'
    (tmp_path / "profiles" / "telvue.toml").write_text("\ufeff" + own, "utf-8")
    (tmp_path / "profiles" / "Not this one.toml").write_text("", "utf-8")
    layout = read_layout("telvue", "playlist", VALUES, tmp_path)
    assert (layout.delimiter, [one.head for one in layout.columns]) == ("|", ["T"])
    assert profile_names(tmp_path, "playlist") == profile_names(None, "playlist")


def test_what_only_one_kind_of_table_has_is_handed_on() -> None:
    found = {"column": [COLUMN | {"also": ["Дата"], "at": 3, "width": 10}], "aired": ["OK"]}
    layout = layout_of("x", found, VALUES)
    assert layout.others == {"aired": ["OK"]}
    assert (layout.columns[0].also, layout.columns[0].at) == (("Дата",), 3)


WRONG = [
    ({"column": []}, "names no columns"),
    ({}, "names no columns"),
    ({"column": ["Date"]}, "names no columns"),
    ({"column": [{"value": "dote"}]}, "value = dote"),
    ({"column": [{"value": 5}]}, "value = 5"),
    ({"column": [{"name": "Date", "vaule": "date"}]}, "vaule = date"),
    ({"column": [COLUMN | {"width": -1}]}, "width = -1"),
    ({"column": [COLUMN | {"needed": "yes"}]}, "needed = yes"),
    ({"file": "dbf"}, "file = dbf"),
    ({"delimiter": ";;"}, "delimiter = ;;"),
    ({"delimiter": '"'}, "delimiter ="),
    ({"encoding": "cp99999"}, "encoding = cp99999"),
    ({"encoding": "hex"}, "encoding = hex"),
    ({"letters": "?"}, r"letters = \?"),
    ({"header": 1}, "header = 1"),
    ({"frames": 0}, "frames = 0"),
    ({"zone": "Asia/Nowhere"}, "zone = Asia/Nowhere"),
    ({"zone": "../../etc"}, "zone ="),
    ({"date": "YYYY-DD"}, "date = YYYY-DD"),
    ({"date": "%Y-%m-%d"}, "date ="),
    ({"time": "HHMMXX"}, "time = HHMMXX"),
    ({"time": "MM:HH"}, "time = MM:HH"),
    ({"length": "hours"}, "length = hours"),
    ({"day": "week"}, "day = week"),
    ({"day": "channel", "zone": "UTC"}, "own day in another zone"),
    ({"names": {"a": 1}}, "names = 1"),
    ({"names": []}, "names ="),
]


@pytest.mark.parametrize(("changed", "words"), WRONG)
def test_a_profile_that_cannot_be_is_told_in_words(changed: dict, words: str) -> None:
    good = {"column": [COLUMN]}
    assert layout_of("x", good, VALUES).profile == "x"
    with pytest.raises(JetkizError, match=words):
        layout_of("x", (good | changed) if changed else {}, VALUES)


def test_a_profile_that_is_not_there_or_no_toml_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match=r"no profile qazaqstan.*jetkiz"):
        read_layout("qazaqstan", "playlist", VALUES, None)
    with pytest.raises(JetkizError) as refused:
        read_layout("qazaqstan", "playlist", VALUES, None)
    assert "cart_positions" not in str(refused.value), "that one is of logs alone"
    with pytest.raises(JetkizError, match="no section nothing"):
        read_layout("jetkiz", "nothing", VALUES, None)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "x.toml").write_bytes("[playlist] # Эфир".encode("cp1251"))
    with pytest.raises(JetkizError, match="profile x holds letters that are no UTF-8"):
        read_layout("x", "playlist", VALUES, tmp_path)
    (tmp_path / "profiles" / "x.toml").write_text("[playlist", "utf-8")
    with pytest.raises(JetkizError, match="profile x cannot be read"):
        read_layout("x", "playlist", VALUES, tmp_path)
    (tmp_path / "profiles" / "x.toml").write_text("playlist = 5\n", "utf-8")
    with pytest.raises(JetkizError, match="column = 5"):
        read_layout("x", "playlist", VALUES, tmp_path)


def test_letters_without_a_place_are_refused_or_the_nearest() -> None:
    text = "Ер Төстік\nӘлем №5 «ә…»"
    assert lost_letters(text, "cp1251") == ["ө", "Ә", "ә"]
    with pytest.raises(JetkizError, match="has no ө Ә ә, as in: Ер Төстік"):
        encoded(text, "cp1251", "x", nearest=False)
    told = encoded(text, "cp1251", "x", nearest=True).decode("cp1251")
    assert told == "Ер Тостік\nАлем №5 «а…»"
    assert encoded("\u201cx\u2026\u201d", "ascii", "x", nearest=True) == b'"x..."'
    with pytest.raises(JetkizError, match="has no 学"):
        encoded("ә学", "cp1251", "x", nearest=True)
    assert encoded(text, "utf-16", "x", nearest=False).decode("utf-16") == text
