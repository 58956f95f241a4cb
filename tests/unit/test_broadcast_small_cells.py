"""Homes are told in kinds of at least five: nobody can be known by them, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from broadcast.problem.model import SMALL_CELL, HomeKind
from broadcast.problem.small_cells import merged
from tests.broadcast_problems import week_600
from tests.examples import drawing

homes = st.lists(
    st.builds(
        HomeKind,
        st.sets(st.sampled_from(["kk1", "kk2", "kk3", "ru1"]), min_size=1).map(tuple),
        st.integers(0, 9),
        st.integers(1, 5),
        st.integers(0, 2),
        st.integers(0, 1),
        st.sampled_from(["", "almaty", "oral"]),
    ),
    max_size=12,
)


@drawing(60)
@given(homes)
def test_no_small_kind_is_told_and_no_home_is_lost(found: list[HomeKind]) -> None:
    total = sum(one.count for one in found)
    told = merged(found)
    assert all(one.count >= SMALL_CELL for one in told)
    assert sum(one.count for one in told) == (total if total >= SMALL_CELL else 0)
    assert merged(told) == told
    assert merged(found[::-1]) == told


def test_a_small_kind_gives_up_its_region_first() -> None:
    told = merged(
        [
            HomeKind(("kk1",), 3, 1, region="oral"),
            HomeKind(("kk1",), 2, 1, region="aktau"),
            HomeKind(("kk1",), 50, 1, region="almaty"),
        ]
    )
    assert told == (HomeKind(("kk1",), 5, 1), HomeKind(("kk1",), 50, 1, region="almaty"))


def test_then_it_joins_the_kind_that_shares_most_streams_with_as_many_children() -> None:
    told = merged(
        [
            HomeKind(("kk1", "kk2", "kk9"), 1, 3),
            HomeKind(("kk1", "kk2", "kk3"), 5, 3),
            HomeKind(("kk9",), 70, 3),
            HomeKind(("kk1", "kk2", "kk9"), 70, 2),
        ]
    )
    assert HomeKind(("kk1", "kk2", "kk3"), 6, 3) in told


def test_a_rare_number_of_children_joins_the_next_lower() -> None:
    told = merged([HomeKind(("kk1",), 2, 8), HomeKind(("kk1",), 9, 4), HomeKind(("kk1",), 9, 1)])
    assert told == (HomeKind(("kk1",), 9, 1), HomeKind(("kk1",), 11, 4))
    few = merged([HomeKind(("kk1",), 2, 1), HomeKind(("kk2",), 9, 4)])
    assert few == (HomeKind(("kk2",), 11, 4),)


def test_a_drawn_nation_keeps_its_numbers_of_children() -> None:
    drawn = week_600().homes
    told = merged(drawn)
    for children in range(1, 5):
        assert sum(one.count for one in told if one.children == children) == sum(
            one.count for one in drawn if one.children == children
        )
