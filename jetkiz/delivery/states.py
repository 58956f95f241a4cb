"""What counts as sent, arrived and answered: the strongest evidence wins, in any order."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class State(IntEnum):
    """How far a lesson is known to have come on its way to a student; strength grows downward."""

    UNPLANNED = 0  # no channel; a reason says why
    PLANNED = 1  # a published plan says so
    PREPARED = 2  # the message, pack or timetable exists
    DISPATCHED = 3  # the carrier took it
    EXPIRED = 4  # time ran out
    FAILED = 5  # for good, with a reason
    CANCELLED = 6  # the plan changed or the student left
    DELIVERED = 7  # it got there
    ACKNOWLEDGED = 8  # the home says so
    RETURNED = 9  # the student's work came back
    MARKED = 10  # the teacher marked the work

    @property
    def is_setback(self) -> bool:
        """True when the lesson will not arrive on this attempt."""
        return self in {State.EXPIRED, State.FAILED, State.CANCELLED}

    @property
    def has_arrived(self) -> bool:
        """True when something proves that the lesson got there."""
        return self >= State.DELIVERED


class Proof(StrEnum):
    """Who vouches for a state."""

    NOBODY = "nobody"  # only our own plan
    CARRIER = "carrier"  # Telegram, the post office or the broadcaster took it
    RECORD = "record"  # a signature, tracking or the broadcaster's log says it arrived
    PERSON = "person"  # somebody of the home, or the teacher, said or did it


_PROOF = {
    State.DISPATCHED: Proof.CARRIER,
    State.EXPIRED: Proof.CARRIER,
    State.FAILED: Proof.CARRIER,
    State.CANCELLED: Proof.CARRIER,
    State.DELIVERED: Proof.RECORD,
    State.ACKNOWLEDGED: Proof.PERSON,
    State.RETURNED: Proof.PERSON,
    State.MARKED: Proof.PERSON,
}


def proof_of(state: State) -> Proof:
    """Return who vouches for ``state``."""
    return _PROOF.get(state, Proof.NOBODY)


def over_attempts(attempts: Iterable[State]) -> State:
    """Join the attempts at one lesson, oldest first.

    Good news of any attempt stands: a pack reported lost and then answered was received.
    Without it the last attempt tells, for it replaced the ones before.
    """
    heard = list(attempts)
    arrived = [state for state in heard if state.has_arrived]
    if arrived:
        return max(arrived)
    return heard[-1] if heard else State.UNPLANNED
