"""How many examples of a dear property are drawn: few for a merge, more on request."""

import os

from hypothesis import settings

TIMES = float(os.environ.get("JETKIZ_EXAMPLES", "0.5"))


def drawing(examples: int) -> settings:
    """Draw so many examples of a property that makes whole plans; a merge draws half of them.

    ``make examples`` draws ten times as many, which is to be done whenever the planner changes.
    """
    return settings(max_examples=round(examples * TIMES))
