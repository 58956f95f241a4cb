"""How much of what is scarce a second way is counted for while nobody knows if it is needed.

By expected use: a second way fires only when the first is known to have failed. The chance of that
is taken as the whole chance that the first does not arrive, though much of this is never known, and
a part more is added. At the real moment the real room is looked at again.

Only what is counted is shared out: where a school's copier is not counted apart, nothing of it is
kept, first ways take every page there is, and second packs are not held against them.
"""

from typing import Final

from scheduler.rules.channel_choice import CERTAIN, thousandths

MARGIN: Final = 1.25
"""Room counted for each unit that is expected to be used: failures come together. Policy."""


def need_of(likelihood: float) -> int:
    """Return the chance that a second way is needed, in thousandths: the first does not arrive."""
    return CERTAIN - thousandths(likelihood)


def counted(amount: float, need: int) -> float:
    """Return how much room an amount takes that is used with this chance, in thousandths."""
    return amount * need / CERTAIN * MARGIN
