"""What can answer for households at given prices: every engine is held to the same tests.

The compiled rules run here as the plain Python that they are, so that every line of theirs is seen;
``tests/process/test_compiled_engine.py`` compiles them.
"""

from collections.abc import Callable

from scheduler.solver.kernel.engine import respond as respond_by_rules
from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates
from scheduler.solver.response import Response, respond

Engine = Callable[[Block, Rates], Response]

ENGINES: dict[str, Engine] = {"numpy": respond, "rules": respond_by_rules}
