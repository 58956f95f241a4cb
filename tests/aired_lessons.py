"""Lessons one after another on the channels of their languages: what formats are written from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.export.rows import ExportRow, export_rows
from broadcast.plan.model import Plan, PlannedAiring, Solver
from broadcast.problem.model import Channel, Lesson, Medium, Meta, Problem, Stream

MONDAY: Final = date(2026, 1, 26)


def tv_channel(key: str, language: str, name: str = "", zone: str = "Asia/Almaty") -> Channel:
    """Return a television channel without hours: nothing is placed by them here."""
    guide_id = f"{key.replace('_', '')}.kz"
    languages = (language,)
    name = name or key.title()
    return Channel(key, name, Medium.TV, languages, (), zone, (), guide_id=guide_id)


@dataclass(frozen=True)
class Aired:
    """A lesson to be aired; ``number`` is the id of its airing."""

    number: int
    title: str
    language: str
    day: date = MONDAY
    minutes: int = 15
    grades: tuple[int, ...] = (1, 2)

    @property
    def code(self) -> str:
        return f"w05-{self.number:03}"


def aired_rows(
    lessons: Iterable[Aired],
    channels: Sequence[Channel],
    sequences: Mapping[int, int] | None = None,
    begins: time = time(9),
) -> list[ExportRow]:
    """Return the lines of lessons that are aired in their order from ``begins`` on."""
    by_language = {one.languages[0]: one for one in channels}
    free: dict[tuple[str, date], datetime] = {}
    streams: dict[str, Stream] = {}
    made: list[Lesson] = []
    airings: list[PlannedAiring] = []
    for one in sorted(lessons, key=lambda found: (found.day, found.code)):
        channel = by_language[one.language]
        morning = datetime.combine(one.day, begins, ZoneInfo(channel.zone)).astimezone(UTC)
        start = free.get((channel.id, one.day), morning)
        free[channel.id, one.day] = start + timedelta(minutes=one.minutes)
        name = f"{one.language}-{'+'.join(map(str, one.grades))}"
        streams[name] = Stream(name, one.language, one.grades, ())
        titles = {one.language: one.title}
        seq = 1 + sum(found.stream == name for found in made)
        made.append(Lesson(one.code, name, "reading", seq, one.minutes, titles=titles))
        sequence = (sequences or {}).get(one.number, 0)
        place = (str(one.number), one.code, channel.id, start, one.minutes)
        airings.append(PlannedAiring(*place, sequence=sequence))
    problem = Problem(
        Meta("week", "UTC", MONDAY, 7), {}, tuple(channels), tuple(streams.values()), tuple(made)
    )
    return export_rows(problem, Plan("week", 1, 0, "", Solver(), tuple(airings)))
