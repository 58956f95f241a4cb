"""Plans of small nations for tests: solved, as arrays, with everything that is said about them."""

import numpy as np

from scheduler.nation.plan_arrays import PlanArrays
from scheduler.solver.fill import fill
from scheduler.solver.price_search import find_prices
from scheduler.solver.reasons import Strangers, reasons_of
from scheduler.solver.repair import repair
from scheduler.solver.solving import answer, finished
from scheduler.solver.week_arrays import WeekArrays


def solved(week: WeekArrays) -> PlanArrays:
    prices = find_prices(week)
    standing = repair(week, answer(week, prices.price), prices.price)
    fill(standing, prices.price)
    found = finished(week, standing, prices)
    count = week.students.count
    nobody = Strangers(
        np.zeros(count, dtype=np.bool_), np.zeros((count, week.slots), dtype=np.bool_)
    )
    return PlanArrays(
        engine="solver-1",
        channel=found.channel,
        reason=reasons_of(standing, nobody),
        price=found.price,
        use=found.use,
        objective=found.objective,
        bound=int(found.bound),
        cost=found.cost,
        fallback=np.zeros((0, 0), dtype=np.int8),
    )
