"""Who sees the same on the air: regions with the same channels and the same clock.

Homes in one place see the same airings at the same hours.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from broadcast.export.rows import ExportRow, by_clock
from broadcast.problem.model import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """Regions in which a grade sees the same at the same hours; ``zone`` is that of their clock."""

    key: str
    regions: tuple[str, ...]
    zone: str


def seen_in(row: ExportRow, region: str) -> bool:
    """Return whether homes of a region learn in the stream and receive the channel."""
    return all(not some or region in some for some in (row.stream.regions, row.channel.regions))


def rows_at(place: Place, rows: Iterable[ExportRow]) -> list[ExportRow]:
    """Return what homes of a place see, with hours as their clocks show them."""
    clock = ZoneInfo(place.zone)
    return [by_clock(row, clock) for row in rows if not place.key or seen_in(row, place.key)]


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
