"""What an outcome of a lesson says about the home: what counts as received, and what silence means.

Nobody has measured these numbers for these schools: "assumed" says so. The plan learns from them
only where the setting ``learning`` is on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jetkiz.delivery.states import State


@dataclass(frozen=True, slots=True)
class Observation:
    """What is heard of a channel's lessons, and how much it says.

    ``received`` are the states that prove it; what was refused, lost or missed counts as not
    received. ``silence`` is the part of a failure, 0 to 1, that a lesson counts for which was
    handed over and never heard of again; 0: unknown. ``weight`` is how much one lesson says of
    which something was heard. ``is_pooled`` lets homes of one region speak for each other.
    """

    received: frozenset[State]
    silence: float
    weight: float
    is_pooled: bool


_BY_A_PERSON: Final = frozenset({State.ACKNOWLEDGED, State.RETURNED, State.MARKED})
_BY_A_RECORD: Final = _BY_A_PERSON | {State.DELIVERED}

OBSERVATIONS: Final[Mapping[str, Observation]] = {
    # The home presses "seen" or answers in the same chat: almost all that is received is heard of,
    # so silence speaks against it. Half a failure, because a button is easily forgotten. Assumed.
    "telegram": Observation(_BY_A_RECORD, silence=0.5, weight=1.0, is_pooled=True),
    # The attendance list names who came and who did not. A list that nobody typed in says nothing
    # of the students on it.
    "duty_class": Observation(_BY_A_RECORD, silence=0.0, weight=1.0, is_pooled=True),
    # Signed for, or reported as not fetched: both are written down, as with attendance.
    "in_person": Observation(_BY_A_RECORD, silence=0.0, weight=1.0, is_pooled=True),
    # Heard of where work comes back (about 0.6 of what arrives, assumed) or the letter does. Who
    # answers is not like who does not: an answer counts for 0.6, and says nothing of neighbours.
    "post": Observation(_BY_A_RECORD, silence=0.0, weight=0.6, is_pooled=False),
    # The broadcaster's log says that a lesson was aired, never that anybody watched: only an answer
    # of the home counts. About 0.35 of those who watch are heard of (assumed), so a home that
    # keeps silent is unknown for ever; taking it for a failure would drop television wrongly.
    "broadcast": Observation(_BY_A_PERSON, silence=0.0, weight=0.35, is_pooled=False),
}

OTHER: Final = Observation(_BY_A_RECORD, silence=0.0, weight=0.5, is_pooled=False)
"""For a channel that the table does not name: careful on purpose. Assumed."""


def observation_of(channel: str) -> Observation:
    """Return what is heard of a channel's lessons."""
    return OBSERVATIONS.get(channel, OTHER)
