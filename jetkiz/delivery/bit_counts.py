"""What became of lessons, counted by student and channel from bitmaps without opening each.

The bits of all student-weeks are counted together: those of a nation's week, 3.4 million, take
less than a second.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jetkiz.delivery.states import State

Bits = NDArray[np.int64]
Whole = NDArray[np.intp]
Numbers = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class BitRows:
    """Student-weeks [R] as bitmaps: a bit a lesson.

    ``slots`` [T, C] holds the lessons that go by each channel, for each template; ``template`` [R]
    names a row's; ``bits`` holds what is known, a bitmap [R] for each rung of the ledger, by name.
    """

    slots: Bits
    template: Whole
    bits: Mapping[str, Bits]

    def part(self, rows: slice) -> "BitRows":
        """Return some of the rows."""
        bits = {name: column[rows] for name, column in self.bits.items()}
        return BitRows(self.slots, self.template[rows], bits)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Numbers of lessons [R, C]: each that left was received, failed, or was never heard of."""

    received: Numbers
    failed: Numbers
    silent: Numbers


def count_outcomes(rows: BitRows, received_by: Sequence[Collection[State]]) -> Outcomes:
    """Count each row's lessons by channel; ``received_by`` names for each what proves arrival.

    The strongest evidence wins: a lesson that failed and was answered all the same was received.
    """
    planned = rows.slots[rows.template]
    shape = planned.shape
    found = Outcomes(*(np.zeros(shape, np.uint8) for _ in range(3)))
    left = rows.bits["dispatched"] | rows.bits["delivered"]
    for channel, states in enumerate(received_by):
        own = np.ascontiguousarray(planned[:, channel])
        received = own & _proved(rows, states)
        failed = own & rows.bits["failed"] & ~received
        silent = own & left & ~(received | failed)
        for counts, bits in zip(_each(found), (received, failed, silent), strict=True):
            counts[:, channel] = np.bitwise_count(bits)
    return found


def _each(found: Outcomes) -> tuple[Numbers, Numbers, Numbers]:
    return found.received, found.failed, found.silent


def _proved(rows: BitRows, states: Collection[State]) -> Bits:
    columns = [rows.bits[state.name.lower()] for state in sorted(states)]
    return reduce(np.bitwise_or, columns, np.zeros(len(rows.template), np.int64))
