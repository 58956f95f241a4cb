"""What a grade sees on the air in a week: by the clock at home, and where each lesson comes again.

Homes in one place see the same airings at the same hours. Where regions differ, a reader chooses.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from broadcast.export.feeds import feed_rows
from broadcast.export.places import Place, places_of, seen_in
from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_of


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
