"""What is known of the lessons of a student-week: a bitmap a rung, in as few bytes as it takes.

Most student-weeks of a nation have few rungs, and nothing at all before the week begins: six
whole numbers for each of 3.4 million would be more than everything else that is kept of them.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from jetkiz.delivery.states import State

# From the weakest to the strongest; what is stored names them by their place here.
RUNGS: Final = (
    ("dispatched", State.DISPATCHED),
    ("failed", State.FAILED),
    ("delivered", State.DELIVERED),
    ("acknowledged", State.ACKNOWLEDGED),
    ("returned", State.RETURNED),
    ("marked", State.MARKED),
)
STRONGEST_FIRST: Final = tuple(state for _, state in reversed(RUNGS))
NOTHING_KNOWN: Final = (0,) * len(RUNGS)

# The rungs of each first byte: a screen opens thousands of rows.
_THERE: Final = tuple(
    tuple(rung for rung in range(len(RUNGS)) if head >> rung & 1) for head in range(1 << len(RUNGS))
)

Bitmaps = tuple[int, ...]


def pack(bitmaps: Sequence[int]) -> bytes | None:
    """Put bitmaps, one a rung, into bytes: which there are, then each of those; None for none."""
    width = (max(bitmaps).bit_length() + 7) // 8
    if not width:
        return None
    there = [rung for rung, bits in enumerate(bitmaps) if bits]
    head = sum(1 << rung for rung in there)
    return bytes([head]) + b"".join(bitmaps[rung].to_bytes(width, "little") for rung in there)


def unpack(packed: bytes | None) -> Bitmaps:
    """Take the bitmaps, one a rung, out of the bytes again."""
    if not packed:
        return NOTHING_KNOWN
    there = _THERE[packed[0]]
    width = (len(packed) - 1) // len(there)
    found, at = [*NOTHING_KNOWN], 1
    for rung in there:
        found[rung] = int.from_bytes(packed[at : at + width], "little")
        at += width
    return tuple(found)


class Known(TypeDecorator[Bitmaps]):
    """Bitmaps, one a rung, as they stand in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Bitmaps | None, _dialect: Dialect, /) -> bytes | None:
        """Pack what is written."""
        return pack(value) if value else None

    def process_result_value(self, value: Any, _dialect: Dialect, /) -> Bitmaps:
        """Unpack what is read."""
        return unpack(value)
