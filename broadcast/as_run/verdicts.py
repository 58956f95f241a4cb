"""What became of an airing, from all that a log says of it: what ran has run.

Nine tenths of a lesson are the lesson. One that ran beyond the drift was moved: who looked at the
planned hour did not see it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.as_run.model import DRIFT, WHOLE, AiredAs, Clue, Outcome, Said
from broadcast.plan.model import PlannedAiring

RAN = frozenset({Said.AIRED, Said.SHORT})
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Proof:
    """What one line proves of an airing; ``at`` is UTC with the clock set right, if it is known."""

    line: int
    said: Said
    clue: Clue
    at: datetime | None = None
    seconds: int | None = None


Proofs = Mapping[str, Sequence[Proof]]


def verdicts(
    airings: Sequence[PlannedAiring], minutes: Mapping[str, int], proofs: Proofs
) -> list[AiredAs]:
    """Return what became of each airing of which something is proved; in their order.

    ``minutes`` is how long each lesson is, by its id.
    """
    found = (
        _verdict(one, minutes.get(one.lesson, one.minutes), proofs[one.id])
        for one in airings
        if one.id in proofs
    )
    return [one for one in found if one]


def _verdict(one: PlannedAiring, minutes: int, proofs: Sequence[Proof]) -> AiredAs | None:
    ran = [proof for proof in proofs if proof.said in RAN]
    if ran:
        return _ran(one, minutes, ran)
    missed = [proof for proof in proofs if proof.said is Said.MISSED]
    if not missed:
        return None
    lines = tuple(sorted({proof.line for proof in missed} - {0}))
    return AiredAs(one.id, Outcome.MISSED, missed[0].clue, lines=lines)


def _ran(one: PlannedAiring, minutes: int, ran: Sequence[Proof]) -> AiredAs:
    in_time = [proof for proof in ran if _is_of_slot(proof, one)]
    if not any(proof.at is None or abs(proof.at - one.start) <= DRIFT for proof in in_time):
        in_time = []
    # What ran at its hour counts before what ran at another.
    counted = in_time or ran
    starts = [proof.at for proof in counted if proof.at]
    seconds = _seconds(counted)
    if seconds is None:
        is_whole = any(proof.said is Said.AIRED for proof in counted)
    else:
        is_whole = seconds >= WHOLE * minutes * _MINUTE
    outcome = Outcome.AIRED if in_time else Outcome.MOVED
    return AiredAs(
        one.id,
        outcome if is_whole else Outcome.SHORT,
        counted[0].clue,
        min(starts) if starts else None,
        None if seconds is None else seconds // _MINUTE,
        tuple(sorted({proof.line for proof in ran})),
    )


def _is_of_slot(proof: Proof, one: PlannedAiring) -> bool:
    """A lesson may come in parts: the later ones begin within its slot."""
    last = max(one.end, one.start + DRIFT)
    return proof.at is None or one.start - DRIFT <= proof.at <= last


def _seconds(ran: Sequence[Proof]) -> int | None:
    """How long it ran in all its parts; the same part in two lines counts once."""
    parts: dict[datetime | None, int] = defaultdict(int)
    for proof in ran:
        if proof.seconds is None:
            return None
        parts[proof.at] = max(parts[proof.at], proof.seconds)
    return sum(parts.values())


def gaps(airings: Sequence[PlannedAiring], proofs: Proofs, ran: Sequence[datetime]) -> list[str]:
    """Return airings of a channel's day that a log of everything leaves out.

    ``ran`` is when its lines of that day began, in their order. Before the first and after the
    last the log may only have been cut.
    """
    if len(ran) < len(("one before", "one after")):
        return []
    return [
        one.id
        for one in airings
        if one.id not in proofs and ran[0] <= one.start + DRIFT and _goes_on(ran[-1], one)
    ]


def _goes_on(last: datetime, one: PlannedAiring) -> bool:
    return last >= one.start + max(DRIFT, timedelta(minutes=one.minutes))
