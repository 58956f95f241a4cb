"""What a pack, a side, a seat, a message and a minute cost each school at given prices.

Costs are whole numbers, rounded down: a plan that pays them can only look better than it is, so
the bound that is built on them stays a bound.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.rules.channel_choice import LESSON
from scheduler.solver.week_arrays import NOTHING, Longs, Reals, WeekArrays

# No lesson is worth more than a few; what costs more than this is simply out of reach.
_DEAREST: Final = 50 * LESSON
# A message is dearer than a day of lessons at most: decisions by hand stand deeper than that.
_DEAREST_MESSAGE: Final = 5 * LESSON
DAYS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Costs in units of worth, by school [S].

    Of a ``pack``, a ``side`` and a ``seat`` [S, C], of a hundredth of a minute's ``marking`` [S],
    of a day's ``message`` [S, days].
    """

    pack: Longs
    side: Longs
    seat: Longs
    marking: Longs
    message: Longs


def rates_of(week: WeekArrays, price: Reals) -> Rates:
    """Return the costs at prices [P] (worth for a unit); 0 leaves the true cost."""
    pools, tariff = week.pools, week.tariff
    at = np.where(pools.of_school == NOTHING, 0.0, np.append(price, 0.0)[pools.of_school])
    message = np.zeros((len(week.school), DAYS), dtype=np.int64)
    for column, day in enumerate(pools.message_day):
        if day >= 0:
            message[:, day] += np.minimum(_whole(at[:, column]), _DEAREST_MESSAGE)
    return Rates(
        pack=_whole(tariff.pack + at @ pools.by_pack),
        side=_whole(tariff.side + at @ pools.by_side),
        seat=_whole(tariff.seat + at @ pools.by_seat),
        marking=_whole(at @ pools.by_marking),
        message=message,
    )


def _whole(cost: Reals) -> Longs:
    return np.minimum(np.floor(cost), _DEAREST).astype(np.int64)
