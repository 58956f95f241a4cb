"""What is known of a week comes out of its bytes as it went in, and takes no more than it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.delivery.known import NOTHING_KNOWN, RUNGS, Known, pack, unpack
from jetkiz.delivery.slots import MOST_SLOTS
from jetkiz.errors import JetkizError
from jetkiz.storage.column_types import WeekNumber, week_number

BITMAPS = st.tuples(*(st.integers(0, 2**MOST_SLOTS - 1) for _ in RUNGS))
# Most rungs of most weeks are empty, and most bits lie low.
USUAL = st.tuples(*(st.one_of(st.just(0), st.integers(0, 2**30 - 1)) for _ in RUNGS))
WEEKS = st.dates(parse_week("2000-W01"), parse_week("2299-W52")).map(week_of)


@given(st.one_of(BITMAPS, USUAL))
def test_what_goes_in_comes_out(bitmaps: tuple[int, ...]) -> None:
    assert unpack(pack(bitmaps)) == bitmaps


@given(st.one_of(BITMAPS, USUAL))
def test_it_takes_a_byte_and_those_of_the_rungs_that_there_are(bitmaps: tuple[int, ...]) -> None:
    width = (max(bitmaps).bit_length() + 7) // 8
    rungs = sum(bits > 0 for bits in bitmaps)
    assert len(pack(bitmaps) or b"") == (1 + rungs * width if rungs else 0)


@given(st.one_of(BITMAPS, USUAL), st.one_of(BITMAPS, USUAL))
def test_different_weeks_have_different_bytes(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (pack(one) == pack(other)) == (one == other)


def test_nothing_known_takes_nothing_at_all() -> None:
    assert pack(NOTHING_KNOWN) is None
    assert unpack(None) == unpack(b"") == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("bitmaps", "packed"),
    [
        ((1, 0, 0, 0, 0, 0), "0101"),
        ((0, 0, 0, 0, 0, 0x1FF), "20ff01"),
        ((0x3FFFFFFF, 0, 1, 0, 0, 0), "05ffffff3f01000000"),
    ],
)
def test_the_bytes_are_those_of_the_schools_that_have_them(
    bitmaps: tuple[int, ...], packed: str
) -> None:
    """Stored in every ledger: whoever changes the form must carry them all over."""
    assert (pack(bitmaps) or b"").hex() == packed


def test_a_column_of_it_speaks_bitmaps() -> None:
    column = Known()
    stored = column.process_bind_param((0, 0, 6, 0, 0, 0), None)  # type: ignore[arg-type]
    assert column.process_result_value(stored, None) == (0, 0, 6, 0, 0, 0)  # type: ignore[arg-type]
    assert column.process_result_value(None, None) == NOTHING_KNOWN  # type: ignore[arg-type]


@given(WEEKS, WEEKS)
def test_weeks_sort_as_their_names_and_fit_two_bytes(one: str, other: str) -> None:
    assert (week_number(one) < week_number(other)) == (one < other)
    assert 0 < week_number(one) < 2**15


@given(WEEKS)
def test_a_week_comes_back_by_its_name(week: str) -> None:
    column = WeekNumber()
    stored = column.process_bind_param(week, None)  # type: ignore[arg-type]
    assert column.process_result_value(stored, None) == week  # type: ignore[arg-type]


def test_the_number_of_a_week_can_be_read() -> None:
    assert week_number("2026-W05") == 2605


@pytest.mark.parametrize("week", ["1999-W52", "2300-W01", "2999-W01"])
def test_weeks_that_have_no_number_are_no_weeks_at_all(week: str) -> None:
    with pytest.raises(JetkizError, match="no week"):
        parse_week(week)
