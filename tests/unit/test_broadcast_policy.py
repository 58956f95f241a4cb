"""Every wish of a policy does what it says: another weight, another plan."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from broadcast.plan.model import AiringKind
from broadcast.problem.model import (
    Channel,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.problem.reading import read_problem
from broadcast.problem.writing import problem_bytes
from broadcast.solver.board import Board, Placed
from broadcast.solver.crossings import crossings
from broadcast.solver.crowding import Crowding
from broadcast.solver.mending import best_places
from broadcast.solver.openings import Openings
from broadcast.solver.solving import solve
from jetkiz.errors import JetkizError

ZONE = "Asia/Almaty"
STREAMS = tuple(Stream(f"kk{n:02}", "kk", (n,), ("kz",)) for n in (1, 2, 3, 4))


def week(streams: tuple[Stream, ...], channels: int, hours: Hours, evening: Hours) -> Problem:
    """One day and one lesson for each stream, at hours that they have to share."""
    return Problem(
        meta=Meta("wishes", ZONE, date(2026, 1, 26), 1, grid_min=15, iterations=300),
        regions={"kz": ZONE},
        channels=tuple(
            Channel(f"tv{n}", "TV", Medium.TV, ("kk",), ("kz",), ZONE, (hours,), (evening,))
            for n in range(channels)
        ),
        streams=streams,
        lessons=tuple(Lesson(f"{one.id}-1", one.id, "math", 1, 15) for one in streams),
    )


def aired_again(many_children_weight: float) -> set[str]:
    """One repeat, and two sorts of homes that lose a lesson; the larger families are fewer."""
    one_slot = Hours((0,), 9 * 60, 9 * 60 + 15)
    asked = week(STREAMS, 4, one_slot, Hours((0,), 18 * 60, 18 * 60 + 15))
    homes = (
        HomeKind((STREAMS[0].id, STREAMS[1].id), 100, children=2),
        HomeKind((STREAMS[2].id, STREAMS[3].id), 60, children=4),
    )
    policy = Policy(repeat_quota=1, many_children_weight=many_children_weight)
    plan = solve(replace(asked, homes=homes, policy=policy))
    return {one.lesson[:4] for one in plan.airings if one.kind is AiringKind.REPEAT}


def test_homes_with_many_children_count_as_much_as_the_policy_says() -> None:
    assert aired_again(1.0) < {"kk01", "kk02"}
    assert aired_again(2.0) < {"kk03", "kk04"}


def begins(split_weight: float) -> int:
    """A lesson beside one of its stream, when others of its homes are on, or alone an hour later.

    Returns the slots between the two lessons of the stream.
    """
    first, other, third, _ = STREAMS
    morning = Hours((0,), 9 * 60, 11 * 60)
    asked = week((first, other, third), 2, morning, Hours((0,), 18 * 60, 18 * 60 + 15))
    homes = (HomeKind((first.id, other.id), 40, 2), HomeKind((first.id, third.id), 40, 2))
    second = Lesson("kk01-2", first.id, "reading", 1, 15)
    asked = replace(
        asked,
        lessons=(*asked.lessons, second),
        homes=homes,
        policy=Policy(split_weight=split_weight),
    )
    board = Board(asked, Openings(asked))
    start = board.first_starts(0, 0)
    nine = (start & -start).bit_length() - 1
    for lesson, channel, unit in ((0, 0, nine), (1, 1, nine + 3)):
        board.place(Placed(lesson, channel, unit))
    (found,) = best_places(board, Crowding(board, crossings(asked)), 3)
    return (found.unit - nine) // 3


def test_a_second_block_weighs_as_much_as_the_policy_says() -> None:
    assert begins(0.0) == 2
    assert begins(100.0) == 1


@pytest.mark.parametrize("name", ["clash_weight", "late_weight", "shift_weight", "publish_at"])
def test_a_wish_that_nothing_reads_is_refused(name: str) -> None:
    asked = json.loads(
        problem_bytes(week(STREAMS, 1, Hours((0,), 540, 600), Hours((0,), 1080, 1095)))
    )
    assert name not in {one.name for one in fields(Policy)}
    asked["policy"] = {name: 1.0}
    with pytest.raises(JetkizError):
        read_problem(json.dumps(asked))
