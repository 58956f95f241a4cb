"""How many examples of a property are drawn: few for a merge, more on request.

A property that names no number is drawn 60 times for a merge, not 100 times as Hypothesis would.
``make examples`` draws those of ``tests/unit`` twenty times as often, but for those that name
their number without ``drawing``.
"""

import os

from hypothesis import settings

TIMES = float(os.environ.get("JETKIZ_EXAMPLES", "0.5"))
DRAWN = round(120 * TIMES)


def drawing(examples: int) -> settings:
    """Draw so many examples of a property that makes whole plans; a merge draws half of them.

    ``make examples`` draws ten times as many, which is to be done whenever the planner changes.
    """
    return settings(max_examples=round(examples * TIMES))
