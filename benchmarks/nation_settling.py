"""How long the ledger of the whole nation takes to hear what was aired on a day.

3.4 million students, of whom three of ten get their lessons of the day by TV: five million
receipts in one transaction. Making the nation takes longer than hearing of its day, and both five
gigabytes of the temporary folder.
"""

from collections.abc import Callable
from typing import Final

STUDENTS: Final = 3_400_000


def run(record: Callable[..., None]) -> None:
    """Hear of the day twice."""
    from benchmarks.broadcast_settling import settle_twice

    settle_twice(record, STUDENTS, "nation")
