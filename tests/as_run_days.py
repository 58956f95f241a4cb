"""A channel or two with a few airings, and the logs that studios write of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broadcast.as_run.matching import match
from broadcast.as_run.model import AsRun, LogLine, LogProfile, Outcome
from broadcast.as_run.profiles import log_profile
from broadcast.as_run.reading import read_log
from broadcast.plan.model import Plan, PlannedAiring, Solver
from broadcast.problem.model import Channel, Hours, Lesson, Medium, Meta, Problem, Stream

ALMATY = ZoneInfo("Asia/Almaty")
DAY = date(2026, 1, 26)
BALAPAN = Channel(
    "balapan",
    "Балапан ТВ",
    Medium.TV,
    ("kk",),
    ("kz",),
    "Asia/Almaty",
    (Hours(tuple(range(7)), 540, 1080),),
    guide_id="balapan.kz",
)
ARNA = replace(BALAPAN, id="el_arna", name="El Arna", guide_id="elarna.kz", languages=("ru",))
OWN = log_profile("jetkiz")
TAB = log_profile("tab_header")


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ALMATY).astimezone(UTC)


def airing(
    number: int | str, clock: str, channel: str = "balapan", day: date = DAY, lesson: str = ""
) -> PlannedAiring:
    return PlannedAiring(str(number), lesson or f"L{number}", channel, at(clock, day), 15)


def problem_of(airings: Iterable[PlannedAiring], *channels: Channel) -> Problem:
    """Return the week in which these are aired: each lesson with a house number and a title."""
    lessons = {
        one.lesson: Lesson(
            one.lesson,
            "s",
            "math",
            n,
            one.minutes,
            asset=f"HN-{one.lesson}",
            titles={"kk": f"Әңгіме {one.lesson}"},
        )
        for n, one in enumerate(airings)
    }
    return Problem(
        Meta("2026-W05", "Asia/Almaty", DAY, 7),
        {"kz": "Asia/Almaty"},
        channels or (BALAPAN, ARNA),
        (Stream("s", "kk", (1,), ("kz",)),),
        tuple(lessons.values()),
    )


def plan_of(airings: Iterable[PlannedAiring]) -> Plan:
    return Plan("2026-W05", 1, 0, "", Solver(), tuple(airings))


MORNING = [airing(1, "09:00"), airing(2, "09:15"), airing(3, "09:30"), airing(4, "11:00")]


def lines_of(
    text: str | bytes, profile: LogProfile = OWN, name: str = "", channel: str = ""
) -> tuple[LogLine, ...]:
    content = text.encode() if isinstance(text, str) else text
    return read_log(content, profile, name, channel)


def log(
    *lines: str,
    head: str = "channel;date;start;status",
    known: Sequence[PlannedAiring] = MORNING,
    profile: LogProfile = OWN,
    trust_clock: bool = False,
) -> AsRun:
    """Read and match a log of these lines."""
    found = lines_of("\n".join([head, *lines]), profile)
    return match(problem_of(known), plan_of(known), found, profile, trust_clock=trust_clock)


def aired(found: AsRun) -> tuple[str, ...]:
    return found.of(Outcome.AIRED)


def missed(found: AsRun) -> tuple[str, ...]:
    return found.of(Outcome.MISSED)


def ran(*clocks: str, day: date = DAY) -> list[str]:
    return [f"balapan;{day};{clock};aired" for clock in clocks]


def full_day(day: date = DAY, first: int = 0, slots: int = 36) -> list[PlannedAiring]:
    """Return a day without a minute to spare: 15-minute airings from nine o'clock on."""
    return [
        replace(
            airing(f"{day:%d}-{n}", "09:00", day=day),
            start=at("09:00", day) + timedelta(minutes=15 * n),
        )
        for n in range(first, first + slots)
    ]


def written(one: PlannedAiring, off: timedelta = timedelta(), columns: str = "") -> str:
    """Return the line of an airing by a clock that is off, with cells of ``columns`` before it."""
    local = (one.start + off).astimezone(ALMATY)
    cells = {"house_number": f"HN-{one.lesson}", "title": f"Әңгіме {one.lesson}", "airing": one.id}
    more = "".join(f";{cells[name]}" for name in columns.split())
    return f"{one.channel};{local:%Y-%m-%d};{local:%H:%M:%S};aired{more}"
