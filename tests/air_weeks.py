"""A week on the air for ``add_people``: two channels, a plan with first runs and a repeat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from broadcast.plan.model import AiringKind, Plan, PlannedAiring, Solver
from broadcast.problem.lesson_ids import lesson_id
from broadcast.problem.model import Channel, Hours, Lesson, Medium, Meta, Problem, Stream
from tests.factories import MONDAY, NOW, WEEK

DAYS = (0, 1, 2, 3, 4)
FIRST = NOW + timedelta(hours=1)
CODES = tuple(f"w05-{n}" for n in range(3))


def air_channel(name: str) -> Channel:
    """Return a television channel with long hours on five days."""
    return Channel(
        id=name,
        name=name.title(),
        medium=Medium.TV,
        languages=("kk",),
        regions=("39",),
        zone="Asia/Almaty",
        windows=(Hours(DAYS, 8 * 60, 18 * 60),),
        guide_id=f"{name}.kz",
    )


def air_problem(codes: Sequence[str] = CODES) -> Problem:
    """Return a problem with the lessons of ``add_people``."""
    return Problem(
        meta=Meta(WEEK, "Asia/Almaty", MONDAY, 7),
        regions={"39": "Asia/Almaty"},
        channels=(air_channel("balapan"), air_channel("second")),
        streams=(Stream("kk-2", "kk", (2,), ("39",), students=3),),
        lessons=tuple(
            Lesson(lesson_id(code, "kk"), "kk-2", "math", n, 15, titles={"kk": code})
            for n, code in enumerate(codes, start=1)
        ),
    )


def air_plan(codes: Sequence[str] = CODES, start: datetime = FIRST) -> Plan:
    """Return a plan: first runs a day apart, and the first lesson once more in the evening."""
    firsts = [
        PlannedAiring(f"{code}.1", lesson_id(code, "kk"), "balapan", start + timedelta(days=n), 15)
        for n, code in enumerate(codes)
    ]
    again = replace(
        firsts[0],
        id=f"{codes[0]}.2",
        start=start + timedelta(hours=7),
        kind=AiringKind.REPEAT,
        channel="second",
    )
    return Plan(WEEK, 1, 0, "", Solver(), (*firsts, again), report={"clash": 0})
