"""A week on the air small enough to be worked out by hand: Monday and Tuesday, in UTC."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from broadcast.checker.checking import faults
from broadcast.checker.revisions import revision_faults
from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Solver
from broadcast.problem.model import Channel, HomeKind, Hours, Lesson, Medium, Meta, Problem, Stream
from broadcast.replanning.events import Event, Preempted
from broadcast.replanning.repairing import Repaired, repair

MONDAY = date(2026, 1, 26)
SUNDAY_NOON = datetime(2026, 1, 25, 12, tzinfo=UTC)
DAYS = (0, 1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the small week."""
    midnight = datetime.combine(MONDAY, datetime.min.time(), UTC)
    return midnight + timedelta(days=day, hours=hour, minutes=minute)


MONDAY_9 = Preempted(("one",), at(0, 9), at(0, 9, 30))


def channel(key: str, **values: Any) -> Channel:
    """Return a channel with hours for first runs from 9 to 10 and for repeats from 18 to 19."""
    made = Channel(
        id=key,
        name=key,
        medium=Medium.TV,
        languages=("kk",),
        regions=("all",),
        zone="UTC",
        windows=(Hours(DAYS, 9 * 60, 10 * 60),),
        repeat_windows=(Hours(DAYS, 18 * 60, 19 * 60),),
    )
    return replace(made, **values)


def stream(key: str, grade: int = 1, **values: Any) -> Stream:
    """Return the students of a grade."""
    made = Stream(id=key, language="kk", grades=(grade,), regions=("all",), students=100)
    return replace(made, **values)


def lesson(key: str, of: str, seq: int = 1, **values: Any) -> Lesson:
    """Return a lesson of 30 minutes."""
    made = Lesson(id=key, stream=of, subject="math", seq=seq, minutes=30)
    return replace(made, **values)


def problem(channels: list[Channel], streams: list[Stream], lessons: list[Lesson]) -> Problem:
    """Return a problem of two days on which nothing is frozen beforehand."""
    together = HomeKind(tuple(one.id for one in streams), 10, len(streams))
    return Problem(
        meta=Meta("small", "UTC", MONDAY, 2),
        regions={"all": "UTC"},
        channels=tuple(channels),
        streams=tuple(streams),
        lessons=tuple(lessons),
        homes=(together,),
    )


def first(key: str, of: str, start: datetime, on: str = "one", **values: Any) -> PlannedAiring:
    """Return the published first run of a lesson."""
    made = PlannedAiring(key, of, on, start, 30, AiringKind.FIRST, AiringStatus.PUBLISHED)
    return replace(made, **values)


def repeat(key: str, of: str, start: datetime, on: str = "one", **values: Any) -> PlannedAiring:
    """Return the published repeat of a lesson."""
    return first(key, of, start, on, kind=AiringKind.REPEAT, **values)


def plan(*airings: PlannedAiring, **values: Any) -> Plan:
    """Return a published plan."""
    made = Plan("small", 1, 0, "", Solver(), tuple(airings))
    return replace(made, **values)


def mended(
    before: Problem,
    old: Plan,
    event: Event = MONDAY_9,
    now: datetime | None = None,
    *,
    may_move: bool = False,
) -> Repaired:
    """Repair, and hold what comes out against the checker that knows nothing of repairs."""
    moment = now or SUNDAY_NOON
    found = repair(before, old, event, moment, may_move=may_move)
    assert faults(found.problem, found.plan) == []
    if found.plan is not old:
        assert revision_faults(before, old, found.plan, moment) == []
    again = repair(found.problem, found.plan, event, moment, may_move=may_move)
    assert again.plan is found.plan
    return found


def airing_of(found: Repaired, key: str) -> PlannedAiring:
    """Return an airing of the new revision by its number."""
    return next(one for one in found.plan.airings if one.id == key)


def one_channel(*lessons: str, **values: object) -> Problem:
    """One channel and one lesson for each stream."""
    streams = [stream(f"s{number}", number + 1) for number in range(len(lessons))]
    made = [lesson(key, f"s{number}") for number, key in enumerate(lessons)]
    return problem([channel("one", **values)], streams, made)
