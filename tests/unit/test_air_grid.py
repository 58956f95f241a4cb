"""The grid of a timetable: every airing stands in it once, as high as it is long."""

from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from broadcast.export.rows import export_rows
from broadcast.problem.model import Hours
from broadcast.problem.moments import moment
from jetkiz.web.pages.broadcast.grid import Block, Column, Grid, by_channel, by_day, clock, grid
from tests.examples import drawing
from tests.two_clocks_week import air_plan, air_problem

PROBLEM = air_problem()
ROWS = export_rows(PROBLEM, air_plan(PROBLEM))
BALAPAN = PROBLEM.channels[0]


def blocks(found: Grid, column: int = 0) -> list[Block]:
    return [cell for row in found.rows if (cell := row.cells[column])]


def test_channels_stand_side_by_side_on_the_days_on_which_they_lend_hours() -> None:
    assert [one.channel.id for one in by_day(PROBLEM.channels, 0)] == [
        *("balapan", "el-arna", "shalqar")
    ]
    assert [one.channel.id for one in by_day(PROBLEM.channels, 5)] == ["balapan", "el-arna"]
    assert [one.day for one in by_channel(PROBLEM, BALAPAN)] == [0, 1, 2, 3, 4, 5]


def test_every_airing_of_a_channel_stands_in_its_week_once() -> None:
    found = grid(PROBLEM, ROWS, by_channel(PROBLEM, BALAPAN))
    drawn = [b.row.airing.id for n in range(6) for b in blocks(found, n) if b.row]
    assert sorted(drawn) == sorted(o.airing.id for o in ROWS if o.channel.id == "balapan")


def test_the_cells_of_a_column_fill_it_without_a_hole() -> None:
    found = grid(PROBLEM, ROWS, by_channel(PROBLEM, BALAPAN))
    for number in range(6):
        assert sum(one.rows for one in blocks(found, number)) == len(found.rows)


def test_what_is_free_and_what_is_shut_is_told_apart() -> None:
    blocked = replace(BALAPAN, blocked=(Hours((0,), 11 * 60, 12 * 60),))
    found = grid(PROBLEM, ROWS, [Column(blocked, 0)])
    at = {row.minute: row.cells[0] for row in found.rows}
    free, shut, night = at[10 * 60 + 45], at[11 * 60], at[13 * 60]
    assert free
    assert (free.is_window, free.is_blocked) == (True, False)
    assert shut
    assert shut.is_blocked
    assert night
    assert not night.is_window


def test_a_day_without_hours_has_no_rows() -> None:
    radio = PROBLEM.channels[2]
    assert grid(PROBLEM, ROWS, [Column(radio, 5)]).rows == ()


def test_the_clock_goes_on_after_midnight() -> None:
    assert [clock(one) for one in (540, 1439, 1440, 1505)] == ["09:00", "23:59", "00:00", "01:05"]


@drawing(100)
@given(
    start=st.integers(0, 150).map(lambda n: n * 5),
    steps=st.lists(st.integers(1, 9).map(lambda n: n * 5), min_size=2, max_size=8),
)
def test_a_grid_of_any_hours_and_lengths_has_no_hole(start: int, steps: list[int]) -> None:
    lent = replace(BALAPAN, day_start=0, windows=(Hours((0,), start, start + sum(steps) + 15),))
    begins = list(accumulate(steps, initial=start))
    rows = [
        replace(
            ROWS[0],
            airing=replace(
                ROWS[0].airing, id=str(at), start=moment(PROBLEM, lent, 0, at), minutes=length
            ),
        )
        for at, length in zip(begins[1::2], steps[1::2], strict=False)
    ]
    found = grid(PROBLEM, rows, [Column(lent, 0)])
    assert sum(one.rows for one in blocks(found)) == len(found.rows)
    assert sum(1 for one in blocks(found) if one.row) == len(rows)
