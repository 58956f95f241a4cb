"""How many examples of a dear property are drawn: few for a merge, more on request."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("JETKIZ_EXAMPLES", "1"))


def drawing(examples: int) -> settings:
    """Draw so many examples of a property that makes whole plans; ``make examples`` draws more."""
    return settings(max_examples=examples * TIMES)
