"""What every program says of its slots, looked up once for all students; bits instead of rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Ints, WeekArrays

DAYS: Final = 5

Bits = NDArray[np.uint64]
"""A bit for each slot: one number [n] instead of a row of booleans [n, W]."""

_MOST_SLOTS: Final = 64


def bits_of(mask: Bools) -> Bits:
    """Pack where [n, W] something is so: counting bits takes a tenth of adding rows up."""
    wide = np.zeros((len(mask), _MOST_SLOTS), dtype=np.bool_)
    wide[:, : mask.shape[1]] = mask
    found: Bits = np.packbits(wide).view(np.uint64)
    return found


def count_bits(bits: Bits) -> Bytes:
    """Return how many bits are set."""
    found: Bytes = np.bitwise_count(bits).astype(np.int8)
    return found


@dataclass
class Tables:
    """What every program says of its slots [K, W], looked up once for all students."""

    week: WeekArrays

    @cached_property
    def is_lesson(self) -> Bools:
        found: Bools = self.week.programs != NOTHING
        return found

    @cached_property
    def step(self) -> list[Ints]:
        return [self._of(self.week.lessons.step[:, c]) for c in self._columns]

    @cached_property
    def has_form(self) -> list[Bools]:
        """Where each channel has a form for the lesson, in time or not."""
        return [(step > 0) & self.is_lesson for step in self.step]

    @cached_property
    def is_open(self) -> list[Bools]:
        return [self._of(self.week.lessons.is_open[:, c]) & self.is_lesson for c in self._columns]

    @cached_property
    def chosen_step(self) -> Ints:
        """Steps by slot and channel [K, W * (C + 1)], 0 for no channel, which comes first."""
        return self._by_choice(self.step, np.int32)

    @cached_property
    def chosen_open(self) -> Bools:
        """The same for what is open."""
        return self._by_choice(self.is_open, np.bool_)

    def _by_choice(self, columns: list[NDArray[Any]], kind: type) -> NDArray[Any]:
        shape = (*self.week.programs.shape, len(columns) + 1)
        found = np.zeros(shape, dtype=kind)
        for place, column in enumerate(columns, 1):
            found[..., place] = column
        return found.reshape(len(found), -1)

    @cached_property
    def marking(self) -> list[Ints]:
        return [self._of(self.week.lessons.marking[:, c]) for c in self._columns]

    @cached_property
    def sides(self) -> list[Ints]:
        return [self._of(self.week.lessons.sides[:, size]) for size in (0, 1)]

    @cached_property
    def day(self) -> Bytes:
        return np.where(self.is_lesson, self._of(self.week.lessons.day), np.int8(NOTHING))

    @cached_property
    def is_heavy(self) -> Bools:
        return self._of(self.week.lessons.is_heavy) & self.is_lesson

    @cached_property
    def heavy_bits(self) -> Bits:
        """The heavy lessons of each program [K]."""
        return bits_of(self.is_heavy)

    @cached_property
    def day_bits(self) -> list[Bits]:
        """The lessons of each program [K] by day."""
        return [bits_of(self.day == day) for day in range(DAYS)]

    @property
    def _columns(self) -> range:
        return range(len(self.week.channels))

    def _of(self, values: NDArray[Any]) -> NDArray[Any]:
        return values[self.week.programs] if len(values) else np.zeros_like(self.week.programs)
