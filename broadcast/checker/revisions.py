"""Whether a new revision keeps what families were told: numbers stay, what is near stays."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.seen import ground, said
from broadcast.plan.model import AiringStatus, Plan, PlannedAiring
from broadcast.problem.model import Problem

_AWAY: Final = frozenset({AiringStatus.MOVED, AiringStatus.CANCELLED})
_DONE: Final = frozenset({AiringStatus.AIRED, AiringStatus.SHORT, AiringStatus.MISSED})


def revision_faults(problem: Problem, before: Plan, after: Plan, now: datetime) -> list[Fault]:
    """Return what ``after`` does not keep of ``before``, as seen at ``now``.

    Minutes of the freeze are those of the policy. Until then a person may move what is published;
    after it an airing can only fall out, or be told as it was aired.
    """
    later = {one.id: one for one in after.airings}
    known = {one.id for one in before.airings}
    frozen = now + timedelta(minutes=problem.policy.freeze_min)
    found: list[Fault] = []
    if after.parent != before.revision or after.revision <= before.revision:
        facts = {"minutes": after.revision, "limit": before.revision}
        found.append(Fault(FaultKind.PARENT, (), facts))
    zones = {one.id: one.zone for one in ground(problem).channels.values()}
    kinds = [
        *((kind, one) for one in before.airings for kind in _lost(one, later.get(one.id), frozen)),
        *(
            (FaultKind.NEW_IN_FREEZE, one)
            for one in after.airings
            if one.id not in known and one.start < frozen and one.status not in _DONE
        ),
    ]
    return found + [_fault(kind, one, zones.get(one.channel, "UTC")) for kind, one in kinds]


def _lost(
    before: PlannedAiring, after: PlannedAiring | None, frozen: datetime
) -> Iterator[FaultKind]:
    was_told = before.status != AiringStatus.PLANNED
    if after is None:
        if was_told:
            yield FaultKind.LOST_ID
        return
    if after.lesson != before.lesson:
        yield FaultKind.OTHER_AIRING
    if not was_told:
        return
    if before.status in _DONE and after.status not in _DONE | {AiringStatus.MOVED}:
        yield FaultKind.BACK_TO_PLAN
    is_moved = _place(before) != _place(after)
    if is_moved and after.stands and min(before.start, after.start) < frozen:
        yield FaultKind.FROZEN
    fell_out = before.stands and after.status in _AWAY
    if after.sequence < before.sequence + (is_moved or fell_out):
        yield FaultKind.SEQUENCE


def _place(one: PlannedAiring) -> tuple[str, datetime, int]:
    return one.channel, one.start, one.minutes


def _fault(kind: FaultKind, one: PlannedAiring, zone: str) -> Fault:
    facts = {"airing": one.id, "lesson": one.lesson, "channel": one.channel}
    return Fault(kind, (one.id,), {**facts, "time": said(one.start, zone)})
