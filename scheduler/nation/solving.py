"""How the solver plans a nation: the same as for a school, and every reason with it."""

import numpy as np

from scheduler.nation.plan_arrays import PlanArrays
from scheduler.solver.reasons import Strangers, reasons_of
from scheduler.solver.week_arrays import WeekArrays
