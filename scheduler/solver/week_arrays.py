"""What the solver looks at: a week of one school or of a nation, as columns of whole numbers.

Worth is counted in units, ``channel_choice.LESSON`` to a lesson, and never rounded again, so that
every engine, in any order and on any number of threads, finds the same plan to the last bit.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.channel_choice import LESSON, SOMETHING, Resource

SOMETHING_UNITS: Final = round(SOMETHING * LESSON)

NOTHING: Final = -1
"""The channel of a lesson that nothing brings; also "not decided", "no lesson" and "no pool"."""

NO_CAP: Final = 255

Bools = NDArray[np.bool_]
Bytes = NDArray[np.int8]
Counts = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Reals = NDArray[np.float64]


class Role(IntEnum):
    """What a channel asks for beside the lesson itself."""

    FREE = 0  # nothing: messenger, TV, radio
    PACK = 1  # one pack a household and week, shared by all its lessons on this channel
    SEAT = 2  # one seat a student and week, shared by all the student's lessons


class Cap(IntEnum):
    """What one home has too little of: columns of ``Students.caps``, ``NO_CAP`` where enough."""

    HEAVY = 0  # heavy lessons (video) a week that the data plan of the home pays for
    PHONE = 1  # lessons a day on the phone that the children share, in equal parts
    TV = 2  # lessons a day on the one television


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """The lessons [L] of the week; a channel's columns [C] stand in the order of its rank.

    ``step`` [L, C] is worth at certainty (``channel_choice.step``), ``sides`` [L, 2] are printed
    plain and large, ``day`` is 0 to 4, ``is_open`` [L, C] tells which channels can carry it in
    time, ``marking`` [L, C] hundredths of a teacher's minute for what comes back.
    """

    step: Ints
    sides: Ints
    day: Bytes
    is_heavy: Bools
    is_open: Bools
    marking: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Students:
    """The students [N], in the order of school, household and number.

    ``program`` is the row of ``WeekArrays.programs``; ``chance`` is in thousandths, 0 where a
    channel does not reach the home: [N, 1, C], or [N, W, C] where it differs by slot; ``taste``
    [N, C] is worth added for wishes and paper ways, in units, ``wish`` [N] the channel asked for;
    ``caps`` [N, 3] see ``Cap``; ``previous`` and ``decided`` [N, W] hold channels by slot. No rows
    say that nobody has such a thing.
    """

    number: Longs
    tie: NDArray[np.uint64]
    school: Ints
    household: Longs
    program: Ints
    chance: NDArray[np.uint16]
    is_large: Bools
    caps: Counts
    taste: Ints
    wish: Bytes
    previous: Bytes
    decided: Bytes

    @property
    def count(self) -> int:
        """How many students there are."""
        return len(self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """What is shared: ``amount`` [P], and which pool [S, R] each school draws on.

    The columns [R] are uses: ``by_pack``, ``by_side``, ``by_seat`` [R, C] say what each takes;
    ``by_marking`` [R] what a hundredth of a minute takes; ``message_day`` [R] is the day whose
    messages are counted, each (student, day) one message, or -1.
    """

    resource: tuple[Resource, ...]
    key: tuple[str, ...]
    unit: tuple[str, ...]
    amount: Reals
    of_school: Ints
    by_pack: Reals
    by_side: Reals
    by_seat: Reals
    by_marking: Reals
    message_day: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """What the money costs in worth: units for a pack, a side and a seat, by [C]."""

    pack: Longs
    side: Longs
    seat: Longs


@dataclass(frozen=True, slots=True, eq=False)
class WeekArrays:
    """All that decides about one week, as arrays; ``programs`` [K, W] holds lessons by slot, or -1.

    Channels stand in the order of their rank; those with a screen come first, the phone before TV.

    ``screen`` [C] says which cap of a home a lesson on the channel counts for (``Cap.PHONE``,
    ``Cap.TV`` or -1). ``kept`` is the worth, in units, of staying with last week's channel,
    ``wished`` that of the one asked for.
    ``school`` [S] holds stable keys, ``region`` [S] row numbers of ``regions``.
    """

    channels: tuple[str, ...]
    role: Bytes
    screen: Bytes
    lessons: Lessons
    programs: Ints
    students: Students
    school: Longs
    region: Ints
    is_rural: Bools
    pools: Pools
    tariff: Tariff
    kept: int
    wished: int
    regions: tuple[str, ...] = ("",)
    notes: tuple[str, ...] = field(default=())

    @property
    def slots(self) -> int:
        """The most lessons that a student of this week has."""
        return int(self.programs.shape[1])
