"""Which airings are for one grade in one language, and by whose clocks their hours are told."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from broadcast.export.rows import ExportRow
from broadcast.export.words import speaker
from broadcast.problem.model import Problem
from jetkiz.i18n import N_


def feed_rows(week: Sequence[ExportRow], language: str, grade: int) -> list[ExportRow]:
    """Return the airings for one grade in one language."""
    return [row for row in week if row.language == language and grade in row.stream.grades]


def feeds_of(problem: Problem) -> list[tuple[str, int]]:
    """Return each language and grade that is taught, in order."""
    return sorted({(one.language, grade) for one in problem.streams for grade in one.grades})


def zones_of(problem: Problem, language: str, grade: int, rows: Sequence[ExportRow]) -> list[str]:
    """Return the zones of the homes of a grade, one of those whose clocks show the same.

    Regions of two zones get a page each: 9:00 on the air may be 8:00 at home.
    """
    mine = [one for one in problem.streams if one.language == language and grade in one.grades]
    zones = {problem.regions[name] for one in mine for name in one.regions}
    zones = zones or {row.channel.zone for row in rows} or {problem.meta.zone}
    clocks: dict[tuple[timedelta | None, ...], str] = {}
    for zone in sorted(zones):
        offsets = (row.start.astimezone(ZoneInfo(zone)).utcoffset() for row in rows)
        clocks.setdefault(tuple(offsets), zone)
    return list(clocks.values())


def feed_name(language: str, grade: int) -> str:
    """Return what a feed of one grade is called, in its language."""
    return speaker(language)(N_("Grade {grade}: lessons on the air"), grade=grade)
