"""Weeks of airings, written down and not solved: what every format of export has to carry.

One has 1,000 airings on six channels with repeats after midnight and a radio; it is laid over any
week, so also over the change of a zone.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Solver
from broadcast.problem.model import (
    Channel,
    Filler,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Stream,
)

ALMATY = "Asia/Almaty"
PUBLISHED = datetime(2026, 1, 23, 10, 0, tzinfo=UTC)
MONDAY = date(2026, 1, 26)
ZONE_CHANGE = date(2024, 2, 26)  # the Monday before 29 February 2024: +06 became +05 on Friday
TWO_ZONES = date(2020, 4, 6)  # Almaty +06, Oral +05
EVERY_DAY = tuple(range(7))
FILLERS = (Filler("Сурет", "card-60", 60), Filler("Музыка", "loop"))

CHANNELS = (
    Channel("balapan", "Балапан", Medium.TV, ("kk",), (), ALMATY, (), fillers=FILLERS),
    Channel("el_arna", "Ел Арна", Medium.TV, ("ru",), (), ALMATY, (), fillers=FILLERS),
    Channel("qazaqstan", "Qazaqstan", Medium.TV, ("kk", "ru"), (), ALMATY, (), day_start=360),
    Channel("aqzhaiyq", "Ақжайық", Medium.TV, ("kk",), ("west",), "Asia/Oral", ()),
    Channel("khabar", "Хабар 24", Medium.TV, ("kk", "ru"), (), ALMATY, (), guide_id="24.kz"),
    Channel("shalqar", "Шалқар", Medium.RADIO, ("kk",), (), ALMATY, (), fillers=FILLERS),
)
SUBJECTS = ("mathematics", "reading", "history", "nature", "физика")


def _streams() -> tuple[Stream, ...]:
    return tuple(
        Stream(f"{language}-{grade}", language, (grade,), ("east", "west"))
        for language in ("kk", "ru")
        for grade in range(1, 12)
    )


def _lessons(streams: tuple[Stream, ...], each: int) -> tuple[Lesson, ...]:
    titles = {"kk": "Бөлшектер & «қосу» <{n}>", "ru": "Дроби & «сложение» <{n}>"}
    return tuple(
        Lesson(
            id=f"{stream.id}-{n:02}",
            stream=stream.id,
            subject=SUBJECTS[n % len(SUBJECTS)],
            seq=1 + n // len(SUBJECTS),
            minutes=15,
            asset=f"TV-{stream.id}-{n:02}.mxf",
            needs_picture=n % 2 == 0,
            sign_language=n % 7 == 0,
            titles={key: text.format(n=n) for key, text in titles.items()},
        )
        for stream in streams
        for n in range(each)
    )


def full_week(first_day: date = MONDAY, airings: int = 1000) -> tuple[Problem, Plan]:
    """Return a week whose hours reach from 18:00 over midnight, every second slot a repeat."""
    streams = _streams()
    lessons = _lessons(streams, 25)
    meta = Meta("week", ALMATY, first_day, 7)
    problem = Problem(meta, {"east": ALMATY, "west": "Asia/Oral"}, CHANNELS, streams, lessons)
    made = tuple(_airings(problem, airings))
    return problem, Plan("week", 3, 2, "0" * 64, Solver(), made)


def _airings(problem: Problem, wanted: int) -> Iterator[PlannedAiring]:
    """First runs fill the hours of all channels day by day, each again two days later by night."""
    slots = _slots(problem.meta.first_day)
    for number, lesson in zip(range(wanted // 2), problem.lessons, strict=False):
        channel, first = next(slots)
        for kind, start in ((AiringKind.FIRST, first), (AiringKind.REPEAT, first + AGAIN)):
            yield PlannedAiring(
                id=f"a{number:04}{kind.value[0]}",
                lesson=lesson.id,
                channel=channel,
                start=start,
                minutes=15,
                kind=kind,
                status=AiringStatus.PUBLISHED,
                sequence=number % 3,
            )


AGAIN = timedelta(days=2, hours=5)


def _slots(first_day: date) -> Iterator[tuple[str, datetime]]:
    for day in range(5):
        for number in range(20):
            for one in CHANNELS:
                midnight = datetime.combine(first_day, datetime.min.time(), ZoneInfo(one.zone))
                hour = timedelta(days=day, hours=18, minutes=15 * number)
                yield one.id, midnight.astimezone(UTC) + hour


def small_week(*airings: PlannedAiring, **changed: object) -> tuple[Problem, Plan]:
    """Return a week of three lessons of grades 1 and 2 with the airings that are given."""
    stream = Stream("kk-1", "kk", (1, 2), ())
    titles = ("Ер Төстік <ертегі> & қазан", '=HYPERLINK("x")', "Үлкен әңгіме")
    lessons = tuple(
        Lesson(f"l{n}", "kk-1", "reading", n, 15, f"TV{n}", titles={"kk": title})
        for n, title in enumerate(titles, start=1)
    )
    parts = {"channels": CHANNELS, "streams": (stream,), "lessons": lessons} | changed
    problem = Problem(Meta("w", ALMATY, MONDAY, 7), {}, **parts)
    return problem, Plan("w", 1, 0, "", Solver(), airings)


def airing(
    number: str, lesson: str, day: int, clock: str, channel: str = "balapan", **more: object
) -> PlannedAiring:
    """Return an airing at an hour of Almaty on a day of the week of 26 January 2026."""
    hour, minute = map(int, clock.split(":"))
    local = datetime.combine(MONDAY, datetime.min.time(), ZoneInfo(ALMATY))
    start = local.astimezone(UTC) + timedelta(days=day, hours=hour, minutes=minute)
    values = {"status": AiringStatus.PUBLISHED} | more
    return PlannedAiring(number, lesson, channel, start, 15, **values)


def promised_week() -> tuple[Problem, Plan]:
    """Return a week that keeps every promise: three lessons, one of them again in the evening."""
    hours = Hours(EVERY_DAY, 9 * 60, 21 * 60)
    channel = replace(CHANNELS[0], windows=(hours,), regions=("kz",), grid_min=15)
    made = (
        airing("a1", "l1", 0, "09:00"),
        airing("a2", "l2", 1, "20:00"),
        airing("a3", "l1", 1, "19:00", kind=AiringKind.REPEAT),
        airing("a4", "l3", 3, "09:15"),
    )
    problem, plan = small_week(*made, channels=(channel,))
    streams = (replace(problem.streams[0], regions=("kz",)),)
    return replace(problem, regions={"kz": ALMATY}, streams=streams), plan
