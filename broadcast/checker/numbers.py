"""Whether airings are what they say: numbers, lessons and channels that exist, times that can be.

Also how they stand for one another: what was moved has one that stands for it, and one only.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.seen import Ground, said
from broadcast.plan.model import AiringStatus, Plan, PlannedAiring


def number_faults(plan: Plan) -> Iterator[Fault]:
    """Yield numbers that two airings have."""
    for number, count in Counter(one.id for one in plan.airings).items():
        if count > 1:
            yield Fault(FaultKind.DOUBLE_ID, (number,), {"airing": number})


def own_fault(ground: Ground, one: PlannedAiring) -> Fault | None:
    """Return why an airing cannot even be looked at, or None."""
    channel, lesson = ground.channels.get(one.channel), ground.lessons.get(one.lesson)
    kind = None
    if lesson is None:
        kind = FaultKind.UNKNOWN_LESSON
    elif channel is None:
        kind = FaultKind.UNKNOWN_CHANNEL
    elif one.start.utcoffset() is None:
        kind = FaultKind.NO_ZONE
    elif one.minutes <= 0:
        kind = FaultKind.BACKWARDS
    if kind is None:
        return None
    facts = {"airing": one.id, "lesson": one.lesson, "channel": one.channel}
    return Fault(
        kind, (one.id,), {**facts, "time": said(one.start, channel.zone if channel else "UTC")}
    )


def chain_faults(plan: Plan) -> Iterator[Fault]:
    """Yield airings that stand for nothing, for another lesson, or beside what they stand for."""
    by_id = {one.id: one for one in plan.airings}
    replaced = Counter(
        (one.supersedes, one.lesson) for one in plan.airings if one.supersedes and one.stands
    )
    known = {one.supersedes for one in plan.airings}
    for one in plan.airings:
        kind = _chain(one, by_id)
        if kind is None and one.stands and replaced[one.supersedes, one.lesson] > 1:
            kind = FaultKind.TWO_SUCCESSORS
        if one.status == AiringStatus.MOVED and one.id not in known:
            kind = FaultKind.NO_SUCCESSOR
        if kind is not None:
            yield Fault(kind, (one.id,), {"airing": one.id, "other": one.supersedes})


def _chain(one: PlannedAiring, by_id: Mapping[str, PlannedAiring]) -> FaultKind | None:
    if not one.supersedes:
        return None
    before = by_id.get(one.supersedes)
    if before is None:
        return FaultKind.NO_PREDECESSOR
    if one.id in _ancestors(one, by_id):
        return FaultKind.CIRCLE
    if before.lesson != one.lesson:
        return FaultKind.OTHER_LESSON
    if one.stands and before.stands and before.status != AiringStatus.SHORT:
        return FaultKind.STILL_STANDS
    return None


def _ancestors(one: PlannedAiring, by_id: Mapping[str, PlannedAiring]) -> dict[str, None]:
    """Return what an airing stands for, and what that stood for, back to the first."""
    found: dict[str, None] = {}
    before = one.supersedes
    while before in by_id and before not in found:
        found[before] = None
        before = by_id[before].supersedes
    return found


def lost_channels(one: PlannedAiring, by_id: Mapping[str, PlannedAiring]) -> set[str]:
    """Return the channels that fell out for what this airing stands for."""
    return {by_id[number].channel for number in _ancestors(one, by_id)}
