"""How the solver plans a nation: the same as for a school, and every reason with it."""

import numpy as np

from scheduler.nation.plan_arrays import PlanArrays
from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.price_search import find_prices
from scheduler.solver.reasons import Strangers
from scheduler.solver.repair import repair
from scheduler.solver.solving import answer, finished
from scheduler.solver.week_arrays import WeekArrays

ENGINE = "prices-1"


def solve_nation(week: WeekArrays, engine: Engine = NUMPY, threads: int = 1) -> PlanArrays:
    """Plan a week and say why, for every lesson; all homes of a nation have been asked."""
    prices = find_prices(week, engine, threads)
    wanted = answer(week, prices.price, engine, threads)
    standing = repair(engine.stand(week, wanted, threads), prices.price, engine.relieve)
    engine.fill(standing, prices.price)
    found = finished(standing, prices, engine, threads)
    count = week.students.count
    asked = Strangers(
        np.zeros(count, dtype=np.bool_), np.zeros((count, week.slots), dtype=np.bool_)
    )
    return PlanArrays(
        engine=ENGINE,
        channel=found.channel,
        reason=engine.reasons(standing, asked),
        price=found.price,
        use=found.use,
        objective=found.objective,
        bound=int(found.bound),
        cost=found.cost,
        fallback=np.zeros((0, 0), dtype=np.int8),
    )
