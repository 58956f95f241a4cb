"""A small week that keeps every promise, and single changes that break one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from broadcast.plan.model import (
    AiringKind,
    AiringStatus,
    Plan,
    PlannedAiring,
    Solver,
    Unplaced,
)
from broadcast.problem.model import (
    Channel,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Stream,
)

MONDAY = date(2026, 1, 26)
DAYS = (0, 1, 2)
BOTH = ("east", "west")
ALMATY = "Asia/Almaty"  # UTC+5
Week = tuple[Problem, Plan]
Change = Callable[[Week], Week]


def channel(
    key: str, medium: Medium, languages: tuple[str, ...], regions: tuple[str, ...]
) -> Channel:
    windows, repeats = (Hours(DAYS, 540, 660),), (Hours(DAYS, 1080, 1140),)
    return Channel(key, key, medium, languages, regions, ALMATY, windows, repeats, grid_min=15)


def lesson(key: str, seq: int = 1, **changes: object) -> Lesson:
    stream, subject, _ = key.split("-")
    made = Lesson(key, stream, subject, seq, 15)
    return replace(made, **changes)  # type: ignore[arg-type]


def airing(
    number: int, key: str, where: str, day: int, minute: int, **changes: object
) -> PlannedAiring:
    start = datetime(2026, 1, 26, tzinfo=UTC) + timedelta(days=day, minutes=minute - 300)
    made = PlannedAiring(f"a{number}", key, where, start, 15)
    return replace(made, **changes)  # type: ignore[arg-type]


def week() -> Week:
    """Three days: television in two languages, radio, a repeat, one moved, one without a place."""
    problem = Problem(
        meta=Meta("w", ALMATY, MONDAY, 3),
        regions={"east": ALMATY, "west": ALMATY},
        channels=(
            channel("tv", Medium.TV, ("kk",), BOTH),
            channel("tv2", Medium.TV, ("kk", "ru"), ("east",)),
            channel("air", Medium.RADIO, ("kk",), BOTH),
            channel("far", Medium.TV, ("ru",), ("west",)),
        ),
        streams=(
            Stream("a", "kk", (1,), BOTH),
            Stream("b", "kk", (2,), BOTH),
            Stream("c", "ru", (1,), ("east",)),
            Stream("r", "kk", (9,), BOTH, medium=Medium.RADIO),
        ),
        lessons=(
            lesson("a-math-2", 2),
            lesson("a-math-1"),
            lesson("a-read-1"),
            lesson("b-math-1"),
            lesson("b-math-2", 2),
            lesson("b-read-1"),
            lesson("c-math-1"),
            lesson("r-tale-1", needs_picture=False),
        ),
    )
    moved, published = AiringStatus.MOVED, AiringStatus.PUBLISHED
    airings = (
        airing(1, "a-math-1", "tv", 0, 540),
        airing(2, "b-math-1", "tv", 0, 555),
        airing(3, "a-read-1", "tv", 0, 585),
        airing(4, "c-math-1", "tv2", 0, 540),
        airing(5, "r-tale-1", "air", 0, 540),
        airing(6, "a-math-1", "tv", 0, 1080, kind=AiringKind.REPEAT),
        airing(7, "a-math-2", "tv", 1, 540),
        airing(8, "b-math-2", "tv", 1, 570, status=moved),
        airing(
            9, "b-math-2", "tv", 1, 600, kind=AiringKind.MAKEUP, status=published, supersedes="a8"
        ),
    )
    return problem, Plan("w", 1, 0, "", Solver(), airings, (Unplaced("b-read-1", "no room"),))


def changed(number: int, **changes: object) -> Change:
    """Change one airing."""

    def change(given: Week) -> Week:
        problem, plan = given
        return problem, replace(
            plan,
            airings=tuple(
                replace(one, **changes) if one.id == f"a{number}" else one  # type: ignore[arg-type]
                for one in plan.airings
            ),
        )

    return change


def at(number: int, day: int, minute: int, **changes: object) -> Change:
    return changed(number, start=airing(0, "", "", day, minute).start, **changes)


def added(*args: object, **changes: object) -> Change:
    new = airing(*args, **changes)  # type: ignore[arg-type]
    return lambda given: (given[0], replace(given[1], airings=(*given[1].airings, new)))


def without(number: int) -> Change:
    return lambda given: (
        given[0],
        replace(given[1], airings=tuple(one for one in given[1].airings if one.id != f"a{number}")),
    )


def of_channel(place: int, **changes: object) -> Change:
    def change(given: Week) -> Week:
        channels = list(given[0].channels)
        channels[place] = replace(channels[place], **changes)  # type: ignore[arg-type]
        return replace(given[0], channels=tuple(channels)), given[1]

    return change


def of_stream(place: int, **changes: object) -> Change:
    def change(given: Week) -> Week:
        streams = list(given[0].streams)
        streams[place] = replace(streams[place], **changes)  # type: ignore[arg-type]
        return replace(given[0], streams=tuple(streams)), given[1]

    return change


def of_lesson(place: int, **changes: object) -> Change:
    def change(given: Week) -> Week:
        lessons = list(given[0].lessons)
        lessons[place] = replace(lessons[place], **changes)  # type: ignore[arg-type]
        return replace(given[0], lessons=tuple(lessons)), given[1]

    return change


def of_problem(**changes: object) -> Change:
    return lambda given: (replace(given[0], **changes), given[1])  # type: ignore[arg-type]


def of_plan(**changes: object) -> Change:
    return lambda given: (given[0], replace(given[1], **changes))  # type: ignore[arg-type]


def both(first: Change, second: Change) -> Change:
    return lambda given: second(first(given))
