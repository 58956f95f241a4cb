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
    received. ``of_received`` and ``of_failed`` are the parts, 0 to 1, of what came and of what
    failed that are heard of: each lesson heard of speaks for 1 / part of them. ``silence`` is the
    part of a failure that a lesson counts for which was handed over and never heard of again; 0:
    unknown. ``most`` are the lessons of a week that count: a pack comes or not as one.
    ``only_answers`` marks what nothing is heard of but answers. ``is_pooled`` lets homes of one
    region speak for each other.
    """

    received: frozenset[State]
    silence: float
    of_received: float
    of_failed: float
    most: float
    is_pooled: bool
    only_answers: bool = False


MOST_TRIALS: Final = 3.0
"""No week and channel says more than so many lessons: a power cut or a blocked bot takes all of a
week together, so twenty lessons say little more than three. Own simulation."""

_BY_A_PERSON: Final = frozenset({State.ACKNOWLEDGED, State.RETURNED, State.MARKED})
_BY_A_RECORD: Final = _BY_A_PERSON | {State.DELIVERED}

OBSERVATIONS: Final[Mapping[str, Observation]] = {
    # The home presses "seen" or answers in the same chat: almost all that is received is heard of,
    # so silence speaks against it. Half a failure, because a button is easily forgotten. Assumed.
    # A day's message comes or not as one: five a week, and a power cut takes several.
    "telegram": Observation(_BY_A_RECORD, 0.5, 1.0, 1.0, most=MOST_TRIALS, is_pooled=True),
    # The attendance list names who came and who did not. A list that nobody typed in says nothing
    # of the students on it.
    "duty_class": Observation(_BY_A_RECORD, 0.0, 1.0, 1.0, most=MOST_TRIALS, is_pooled=True),
    # Signed for, or reported as not fetched: nearly all signatures are typed in, six of ten packs
    # that lie there (assumed). Without that every home would seem better than it is.
    "in_person": Observation(_BY_A_RECORD, 0.0, 0.98, 0.6, most=1.0, is_pooled=True),
    # Heard of where work comes back or somebody says so (0.75 of what arrives, assumed), or the
    # letter does (0.6, assumed). Who answers is not like who does not: it says nothing of
    # neighbours.
    "post": Observation(_BY_A_RECORD, 0.0, 0.75, 0.6, most=1.0, is_pooled=False),
    # The broadcaster's log says that a lesson was aired, never that anybody watched: only an answer
    # of the home counts. Of what is watched 0.4 is heard of (assumed: 0.35 by calls, and work that
    # comes back), so a home that keeps silent is unknown for ever; taking it for a failure would
    # drop television wrongly.
    "broadcast": Observation(
        _BY_A_PERSON, 0.0, 0.4, 1.0, most=MOST_TRIALS, is_pooled=False, only_answers=True
    ),
}

OTHER: Final = Observation(_BY_A_RECORD, 0.0, 1.0, 1.0, most=1.0, is_pooled=False)
"""For a channel that the table does not name: careful on purpose. Assumed."""


def observation_of(channel: str) -> Observation:
    """Return what is heard of a channel's lessons."""
    return OBSERVATIONS.get(channel, OTHER)
