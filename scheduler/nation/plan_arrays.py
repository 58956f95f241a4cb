"""A plan of a nation as arrays: what the solver hands over and everything after it reads."""

from dataclasses import dataclass

from scheduler.solver.week_arrays import Bytes, Counts, Reals


@dataclass(frozen=True, slots=True, eq=False)
class PlanArrays:
    """The ``channel`` [N, W] of each slot, -1 for none; ``reason`` [N, W] is 0 without a lesson.

    ``price`` and ``use`` [P] belong to the pools; ``objective``, ``bound`` and ``cost`` are worth
    in units; ``fallback`` [N, W] holds second ways, and has no rows without any.
    """

    engine: str
    channel: Bytes
    reason: Counts
    price: Reals
    use: Reals
    objective: int
    bound: int
    cost: int
    fallback: Bytes

    @property
    def gap(self) -> float:
        """How far the plan may be below the best possible, as a share of the bound."""
        return max(0.0, self.bound - self.objective) / self.bound if self.bound > 0 else 0.0
