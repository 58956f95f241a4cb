"""How long to wait after a channel failed for a while, and when to give up."""

from datetime import datetime, timedelta
from typing import Final

# Minutes after the first, second ... try. A village loses its line for a quarter of an hour
# often and for an hour sometimes; after that the paper way is the better bet.
WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
MOST_TRIES: Final = len(WAITS) + 1
# A power cut says nothing against a batch; twenty deaths over the same one do.
MOST_DEATHS: Final = 20
# A carrier may ask for more patience than our own table, but not beyond a school day's half.
LONGEST_WAIT: Final = timedelta(hours=6)


def gives_up(refused: int, lost: int) -> bool:
    """Return whether a batch was refused, or its worker died over it, too often to go on."""
    return refused >= MOST_TRIES or lost >= MOST_DEATHS


def next_try(tries: int, now: datetime, asked_for: float | None = None) -> datetime | None:
    """Return when to try again after ``tries`` tries, or None when it is time to give up.

    ``asked_for`` is the number of seconds for which the carrier asked to be left alone; it
    is obeyed when it is longer than our own wait, up to six hours.
    """
    if tries >= MOST_TRIES:
        return None
    wait = WAITS[max(tries, 1) - 1]
    asked = timedelta(seconds=min(asked_for or 0, LONGEST_WAIT.total_seconds()))
    return now + max(wait, asked)


def after_fault(lost: int, now: datetime) -> datetime:
    """Return when to try again after the program itself failed over a batch ``lost`` times."""
    return now + WAITS[min(max(lost, 1), len(WAITS)) - 1]
