"""What a grade sees on the air in a week: by the clock at home, and where each lesson comes again.

Homes in one place see the same airings at the same hours. Where regions differ, a reader chooses.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from broadcast.export.feeds import feed_rows
from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_of


@dataclass(frozen=True, slots=True)
class Place:
    """Regions in which a grade sees the same at the same hours; ``zone`` is that of their clock."""

    key: str
    regions: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Again:
    """Another airing that these homes can see: local start, and the channel."""

    start: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class Slot:
    """An airing by the clock at home; ``again`` is where the lesson is seen after it."""

    row: ExportRow
    start: datetime
    end: datetime
    again: tuple[Again, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeDay:
    """A day at home and what is on the air in it."""

    day: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class GradeWeek:
    """The week of a grade that is taught in a language, as one place sees it."""

    language: str
    grade: int
    place: Place
    places: tuple[Place, ...]
    days: tuple[GradeDay, ...]
    rows: tuple[ExportRow, ...] = field(default=(), repr=False)


def grades_on_air(problem: Problem) -> dict[str, list[int]]:
    """Return the grades that have lessons on the air, by language; languages as in the problem."""
    with_lessons = {one.stream for one in problem.lessons}
    found: dict[str, set[int]] = defaultdict(set)
    for one in problem.streams:
        if one.id in with_lessons:
            found[one.language].update(one.grades)
    return {language: sorted(grades) for language, grades in found.items()}


def seen_in(row: ExportRow, region: str) -> bool:
    """Return whether homes of a region learn in the stream and receive the channel."""
    return all(not some or region in some for some in (row.stream.regions, row.channel.regions))


def places_of(problem: Problem, rows: Sequence[ExportRow]) -> tuple[Place, ...]:
    """Return the places between which a reader has to choose: one where all regions see the same.

    Zones of other names with the same clock are one place.
    """
    taught = {region for row in rows for region in row.stream.regions}
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for region, zone in problem.regions.items():
        if taught and region not in taught:
            continue
        clock = ZoneInfo(zone)
        own = [one for one in rows if seen_in(one, region)]
        seen = tuple((one.airing.id, one.start.astimezone(clock).isoformat()) for one in own)
        groups[seen].append(region)
    found = [
        Place(regions[0], tuple(regions), problem.regions[regions[0]])
        for regions in groups.values()
    ]
    usual = sorted(found, key=lambda one: _is_unusual(problem, one))
    return tuple(usual) or (Place("", (), problem.meta.zone),)


def _is_unusual(problem: Problem, place: Place) -> tuple[bool, int, str]:
    """Most readers choose nothing: they read by the clock of most of the country."""
    noon = datetime.combine(problem.meta.first_day, time(12), UTC)
    clocks = {noon.astimezone(ZoneInfo(zone)).hour for zone in (place.zone, problem.meta.zone)}
    return len(clocks) > 1, -len(place.regions), place.key


def grade_week(
    problem: Problem, rows: Sequence[ExportRow], language: str, grade: int, region: str = ""
) -> GradeWeek:
    """Return the week of a grade in the place a region belongs to; without one, in the first.

    The first place is the largest of those with the clock of the timetable.
    """
    own = feed_rows(rows, language, grade)
    places = places_of(problem, own)
    place = next((one for one in places if region in one.regions), places[0])
    seen = [one for one in own if not place.key or seen_in(one, place.key)]
    by_day: dict[date, list[Slot]] = defaultdict(list)
    for slot in _slots(seen, ZoneInfo(place.zone)):
        by_day[slot.start.date()].append(slot)
    days = {day_of(problem, number) for number in range(problem.meta.days)} | set(by_day)
    return GradeWeek(
        language=language,
        grade=grade,
        place=place,
        places=places,
        days=tuple(GradeDay(day, tuple(by_day[day])) for day in sorted(days)),
        rows=tuple(seen),
    )


def _slots(rows: Sequence[ExportRow], clock: ZoneInfo) -> list[Slot]:
    shown: dict[str, list[Again]] = defaultdict(list)
    for row in rows:
        shown[row.lesson.id].append(Again(row.start.astimezone(clock), row.channel))
    found = []
    for row in sorted(rows, key=lambda one: (one.airing.start, one.airing.id)):
        start = row.start.astimezone(clock)
        again = tuple(one for one in shown[row.lesson.id] if one.start > start)
        found.append(Slot(row, start, row.end.astimezone(clock), again))
    return found
