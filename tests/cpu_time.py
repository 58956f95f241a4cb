"""What an act may cost of a core, however slow the processor is at the moment."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.measuring import unmeasured

SUMS = 100_000
# What the sums cost on the computer for which the limits are written.
SECONDS_OF_THE_SUMS = 0.004


@contextmanager
def costing_less_than(seconds: float) -> Iterator[None]:
    """Refuse what costs more of a core, and measure no lines meanwhile: that costs three times.

    CPU time, not the wall clock: whoever waits for a turn costs nothing. A processor on which
    plain sums cost more as well lets everything else cost more in proportion.
    """
    with unmeasured():
        before = _slowness()
        began = time.thread_time()
        yield
        cost = time.thread_time() - began
        slowness = max(1.0, before, _slowness())
    assert cost < seconds * slowness


def _slowness() -> float:
    began, total = time.thread_time(), 0
    for number in range(SUMS):
        total += number & 7
    return (time.thread_time() - began) / SECONDS_OF_THE_SUMS
