"""A week on the air for ``add_people``: two channels, a plan with first runs and a repeat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from broadcast.plan.model import AiringKind, Plan, PlannedAiring, Solver
from broadcast.problem.lesson_ids import lesson_id
from broadcast.problem.model import (
    Channel,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.revisions import keep_draft, publish
from jetkiz.lessons.shelf import read_lessons
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
        guide_id=f"{name.replace('_', '')}.kz",
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


def put_on_air(connection: Connection, now: datetime = NOW, week: str = WEEK) -> int:
    """Publish a timetable of all lessons of a week, from 9:00 on their days; return how many."""
    problem, plan = week_on_air(connection, week)
    publish(connection, week, keep_draft(connection, week, problem, plan, now), "test", now)
    return len(plan.airings)


def week_on_air(connection: Connection, week: str = WEEK) -> tuple[Problem, Plan]:
    """Return a timetable of the Kazakh and Russian lessons of a week, one after another."""
    stations = {"kk": "balapan", "ru": "el_arna"}
    shelf = [one for one in read_lessons(connection, week) if one.language in stations]
    streams, lessons, airings = {}, [], []
    free: dict[tuple[str, object], datetime] = {}
    for seq, one in enumerate(shelf, start=1):
        name = f"{one.language}-{'-'.join(map(str, one.grades))}"
        streams[name] = Stream(name, one.language, one.grades, ("39",))
        number, station = lesson_id(one.code, one.language), stations[one.language]
        titles = {one.language: one.title}
        lessons.append(Lesson(number, name, one.subject, seq, one.minutes, titles=titles))
        morning = datetime.combine(one.day, time(9), ZoneInfo("Asia/Almaty"))
        start = free.get((station, one.day), morning)
        minutes = -(-one.minutes // 15) * 15
        airings.append(PlannedAiring(f"{number}.1", number, station, start, minutes))
        free[station, one.day] = start + timedelta(minutes=minutes)
    first = min((one.day for one in shelf), default=MONDAY)
    channels = tuple(replace(air_channel(key), languages=(kk,)) for kk, key in stations.items())
    problem = Problem(
        meta=Meta(week, "Asia/Almaty", first - timedelta(days=first.weekday()), 7),
        regions={"39": "Asia/Almaty"},
        channels=channels,
        streams=tuple(streams.values()),
        lessons=tuple(lessons),
        policy=Policy(one_a_day=False),
    )
    return problem, Plan(week, 1, 0, "", Solver(), tuple(airings))
