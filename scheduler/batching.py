"""Which consignments leave together, and from which moment, in the time of their school."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery.model import Batch, Consignment
from jetkiz.roster.register import read_households, read_schools

Zones = Mapping[int | None, ZoneInfo]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What preparing added; ``left_out`` counts lessons or feedback whose channel is off."""

    batches: tuple[int, ...] = ()
    consignments: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_zones(connection: Connection) -> Zones:
    """Return the zone of each household; None stands for what belongs to no household."""
    schools = {one.id: ZoneInfo(one.zone) for one in read_schools(connection)}
    zones: dict[int | None, ZoneInfo] = {
        number: schools[one.school] for number, one in read_households(connection).items()
    }
    return zones | {None: next(iter(schools.values()), ZoneInfo("UTC"))}


def batches_of(
    channel: Channel, week: str, consignments: Sequence[Consignment], zones: Zones
) -> list[tuple[Batch, datetime]]:
    """Cut consignments into batches, each with the moment from which it may leave."""
    size = channel.capabilities.batch_size
    by_moment: dict[datetime, list[Consignment]] = {}
    for moment, _, one in sorted(
        ((_moment(one, zones), one.key, one) for one in consignments), key=lambda each: each[:2]
    ):
        by_moment.setdefault(moment, []).append(one)
    if size == 0:
        whole = [one for group in by_moment.values() for one in group]
        return [(_batch(channel.name, week, whole), min(by_moment))] if whole else []
    return [
        (_batch(channel.name, week, group[start : start + size]), moment)
        for moment, group in by_moment.items()
        for start in range(0, len(group), size)
    ]


def _batch(channel: str, week: str, consignments: Sequence[Consignment]) -> Batch:
    content = hashlib.sha256("\n".join(one.key for one in consignments).encode()).hexdigest()
    return Batch(f"{channel}:{week}:{content[:20]}", channel, week, tuple(consignments))


def _moment(one: Consignment, zones: Zones) -> datetime:
    zone = zones[one.household]
    return datetime.combine(one.due, time.fromisoformat(one.at), zone).astimezone(UTC)
