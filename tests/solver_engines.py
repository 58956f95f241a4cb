"""What can answer for households at given prices: every engine is held to the same tests."""

from collections.abc import Callable

from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates
from scheduler.solver.response import Response, respond

Engine = Callable[[Block, Rates], Response]

ENGINES: dict[str, Engine] = {"numpy": respond}
