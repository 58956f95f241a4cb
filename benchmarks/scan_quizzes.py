"""Circles that come back on paper: how many are read without a person, and how many wrongly.

Each group is another way in which a sheet comes back; the sheets are those of the product, filled
in and bent by a seeded hand. There is no peer: what reads such sheets elsewhere knows no page.
"""

import time
from collections.abc import Callable

SHEETS = 60


def run(record: Callable[..., None]) -> None:
    """Read the sheets of each group; one number each for read, wrong and time."""
    from tests.filled_quizzes import GROUPS

    for group in GROUPS:
        _measure(record, group)


def _measure(record: Callable[..., None], group: str) -> None:
    from print_packs.quizzes.reading import read_block
    from tests.filled_quizzes import codes_on, filled_sheet

    read, wrong, asked, seconds = 0, 0, 0, 0.0
    for seed in range(SHEETS):
        sheet = filled_sheet(group, seed)
        began = time.process_time()
        codes = codes_on(sheet.picture)
        found = read_block(sheet.picture, codes, sheet.block, sheet.several)
        seconds += time.process_time() - began
        for answer, truth in zip(found.answers, sheet.answers, strict=True):
            asked += 1
            read += answer.doubt is None
            wrong += answer.doubt is None and answer.chosen != truth
    record(name=f"scan.quiz_read_{group}", value=read / asked, unit="share")
    record(name=f"scan.quiz_wrong_{group}", value=wrong / asked, unit="share")
    record(name=f"scan.quiz_ms_{group}", value=1000 * seconds / SHEETS, unit="ms a sheet")
