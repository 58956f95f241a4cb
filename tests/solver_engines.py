"""What can answer for households at given prices: every engine is held to the same tests."""

from collections.abc import Callable

from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates
from scheduler.solver.response import Barred, Response, respond

Engine = Callable[[Block, Rates], Response]


def by_numpy(block: Block, rates: Rates) -> Response:
    return respond(block, rates, Barred.nothing(block.count))


ENGINES: dict[str, Engine] = {"numpy": by_numpy}
