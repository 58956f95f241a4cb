"""Which program works a plan out: numpy, block by block, or the same rules compiled.

Both find the same plan to the last bit; the compiled one is worth its start only for a nation.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.solver.fill import fill
from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates
from scheduler.solver.reasons import Strangers, reasons_of
from scheduler.solver.repair import Relieve, relieve
from scheduler.solver.response import Response, respond
from scheduler.solver.standing import Standing, add_up
from scheduler.solver.uses import BLOCK
from scheduler.solver.week_arrays import Bytes, Counts, Reals, WeekArrays


@dataclass(frozen=True, slots=True)
class Engine:
    """The steps that look at every lesson.

    ``respond`` answers for a block of homes at given rates, ``stand`` counts how a plan stands, on
    so many threads, ``relieve`` takes back until some pools are not overdrawn, ``fill`` gives out
    what is left and returns how many lessons moved, ``add_up`` says, on so many threads, what a
    plan is worth before any cost and what it costs, ``reasons`` why for every choice [N, W].
    ``block`` is how many students it is quickest with at once.
    """

    name: str
    respond: Callable[[Block, Rates], Response]
    stand: Callable[[WeekArrays, Bytes, int], Standing]
    relieve: Relieve
    fill: Callable[[Standing, Reals], int]
    add_up: Callable[[Standing, int], tuple[int, int]]
    reasons: Callable[[Standing, Strangers], Counts]
    block: int = BLOCK


NUMPY = Engine("numpy", respond, Standing.of, relieve, fill, add_up, reasons_of)
