"""Which consignments leave together, and from which moment, in the time of their school."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery.model import Batch, Consignment
from jetkiz.roster.register import read_school_numbers, read_schools


@dataclass(frozen=True, slots=True)
class Site:
    """The school of a household, and its time; no school for what belongs to no household."""

    school: int | None
    zone: ZoneInfo


Sites = Mapping[int | None, Site]
_Timed = tuple[datetime, Consignment]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What preparing added; ``left_out`` counts lessons or feedback whose channel is off."""

    batches: tuple[int, ...] = ()
    consignments: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_sites(connection: Connection, households: Iterable[int]) -> Sites:
    """Return the site of each household; None stands for what belongs to no household."""
    zones = {one.id: ZoneInfo(one.zone) for one in read_schools(connection)}
    sites: dict[int | None, Site] = {
        number: Site(school, zones[school])
        for number, school in read_school_numbers(connection, households).items()
    }
    return sites | {None: Site(None, next(iter(zones.values()), ZoneInfo("UTC")))}


def batches_of(
    channel: Channel, week: str, consignments: Sequence[Consignment], sites: Sites
) -> list[tuple[Batch, datetime]]:
    """Cut consignments into batches, each with the moment from which it may leave.

    A channel that wants everything in one batch gets one for each school. No cut goes through a
    household: siblings share a message only where they are handed over together.
    """
    size = channel.capabilities.batch_size
    groups: dict[datetime | int | None, list[_Timed]] = defaultdict(list)
    timed = ((_moment(one, sites), one) for one in consignments)
    for moment, one in sorted(
        timed, key=lambda each: (each[0], each[1].household or 0, each[1].key)
    ):
        together = moment if size else sites[one.household].school
        groups[together].append((moment, one))
    return [
        (_batch(channel.name, week, [one for _, one in part]), part[0][0])
        for group in groups.values()
        for part in _cut(group, size or len(group))
    ]


def _cut(group: Sequence[_Timed], size: int) -> Iterator[list[_Timed]]:
    """Cut into parts of at most ``size``, but for a household that is larger by itself."""
    part: list[_Timed] = []
    for household, members in groupby(group, key=lambda each: each[1].household):
        home = list(members)
        for together in [home] if household is not None else [[one] for one in home]:
            if part and len(part) + len(together) > size:
                yield part
                part = []
            part += together
    yield part


def _batch(channel: str, week: str, consignments: Sequence[Consignment]) -> Batch:
    content = hashlib.sha256("\n".join(one.key for one in consignments).encode()).hexdigest()
    return Batch(f"{channel}:{week}:{content[:20]}", channel, week, tuple(consignments))


def _moment(one: Consignment, sites: Sites) -> datetime:
    zone = sites[one.household].zone
    return datetime.combine(one.due, time.fromisoformat(one.at), zone).astimezone(UTC)
