"""How long the post takes: the table of 2020, what a school wrote down, and what is unknown."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from print_packs.transit import transit_days
from print_packs.transit.transit_days import (
    DEFAULT,
    Basis,
    Transit,
    percentile_80,
    read_own,
    transit,
)

AKTAU, OSKEMEN, PAVLODAR, PETROPAVL = "130000", "070000", "140000", "150000"
indexes = st.from_regex(r"[0-9]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("start", "end", "least", "most", "basis"),
    [
        (AKTAU, OSKEMEN, 7, 8, Basis.REGION),
        (OSKEMEN, AKTAU, 8, 8, Basis.REGION),
        (PAVLODAR, "010000", 4, 5, Basis.MIRRORED),
        (PAVLODAR, PETROPAVL, 2, 8, Basis.DEFAULT),
        (PAVLODAR, PAVLODAR, 2, 8, Basis.DEFAULT),
        ("111908", "111911", 2, 3, Basis.REGION),
        ("050000", "010000", 4, 5, Basis.REGION),
        ("160000", "161200", 2, 3, Basis.REGION),
        ("161200", "160000", 2, 3, Basis.REGION),
        ("020000", "160000", 5, 8, Basis.REGION),
        ("020000", "160800", 5, 8, Basis.REGION),
        ("468320", "010000", 2, 8, Basis.DEFAULT),
        ("", "010000", 2, 8, Basis.DEFAULT),
        ("", "", 2, 8, Basis.DEFAULT),
        ("13", "07", 7, 8, Basis.REGION),
    ],
)
def test_the_days_between_two_offices(
    start: str, end: str, least: int, most: int, basis: Basis
) -> None:
    assert transit(start, end) == Transit(least, most, basis)


def test_every_cell_of_the_table_can_be_asked_for() -> None:
    centres = {centre: start for start, centre in transit_days._centres().items()}
    with (transit_days._DATA / "transit_days_2020.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 17 * 17
    for row in rows:
        found = transit(centres[row["from_centre"]] + "", centres[row["to_centre"]] + "")
        if row["basis"] == "unknown":
            assert found == DEFAULT
        else:
            assert (found.least, found.most) == (int(row["min_days"]), int(row["max_days"]))
            assert (found.basis == Basis.MIRRORED) == (row["basis"] == "mirrored")


@given(indexes, indexes)
def test_there_is_always_an_answer_and_the_way_back_differs_little(start: str, end: str) -> None:
    there, back = transit(start, end), transit(end, start)
    assert 0 < there.least <= there.most <= 8
    if DEFAULT not in {there, back}:
        assert abs(there.most - back.most) <= 1


def write_own(folder: Path, *lines: str) -> Path:
    (folder / "post").mkdir(exist_ok=True)
    text = "\n".join(("from,to,least,most", *lines))
    (folder / "post" / "transit_days.csv").write_text(text, "utf-8")
    return folder


def test_what_a_school_wrote_down_wins_the_nearest_first(tmp_path: Path) -> None:
    lines = ("111908,111911,1,1", "1119,1119,1,2", "11,11,3,9", "0500,0100,5,7")
    own = read_own(write_own(tmp_path, *lines))
    assert transit("111908", "111911", own) == Transit(1, 1, Basis.PAIR)
    assert transit("111911", "111908", own) == Transit(1, 2, Basis.DISTRICT)
    assert transit("110000", "111911", own) == Transit(3, 9, Basis.REGION)
    assert transit("050012", "010000", own) == Transit(5, 7, Basis.DISTRICT)
    assert transit("05", "01", own) == Transit(4, 5, Basis.REGION)
    assert transit(AKTAU, OSKEMEN, own) == Transit(7, 8, Basis.REGION)


def test_a_correction_counts_at_once_and_no_file_is_nothing(tmp_path: Path) -> None:
    assert read_own(tmp_path) == {}
    write_own(tmp_path, "11,11,3,9")
    assert transit("110000", "110000", read_own(tmp_path)).most == 9
    write_own(tmp_path, "11,11,3,12")
    assert transit("110000", "110000", read_own(tmp_path)).most == 12


@pytest.mark.parametrize(
    "line",
    ["111908,11,1,2", "1119,1119,3,2", "1119,1119,-1,2", "1119,1119,a,2", "111,111,1,2", "1119"],
)
def test_a_line_that_means_nothing_is_refused_by_name(tmp_path: Path, line: str) -> None:
    with pytest.raises(JetkizError, match=r"transit_days\.csv"):
        read_own(write_own(tmp_path, line))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (write_own(tmp_path) / "post" / "transit_days.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(JetkizError, match="cannot be read"):
        read_own(tmp_path)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_four_of_five_packs_had_come_by_the_percentile(days: list[int]) -> None:
    within = percentile_80(days)
    assert within in days
    assert sum(day <= within for day in days) * 5 >= len(days) * 4
    earlier = [day for day in days if day < within]
    assert len(earlier) * 5 < len(days) * 4


def test_the_percentile_of_ten() -> None:
    assert percentile_80([3, 3, 4, 4, 4, 5, 5, 6, 9, 20]) == 6
