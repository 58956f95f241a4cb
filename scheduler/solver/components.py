"""Which schools and pools have to do with each other: what touches nowhere is planned apart."""

import numpy as np

from scheduler.solver.week_arrays import NOTHING, Ints


def components_of(of_school: Ints, pools: int) -> tuple[Ints, Ints]:
    """Return the component of each school [S] and of each pool [P], given its pools [S, R]."""
    school = np.arange(len(of_school), dtype=np.int32)
    has_pool = of_school != NOTHING
    # A pool that nobody draws on is a component of its own.
    pool = np.arange(len(school), len(school) + pools, dtype=np.int32)
    rows = np.repeat(np.arange(len(school)), has_pool.sum(axis=1))
    drawn = of_school[has_pool]
    while True:
        before = pool.copy()
        np.minimum.at(pool, drawn, school[rows])
        np.minimum.at(school, rows, pool[drawn])
        if (before == pool).all():
            break
    joined, number = np.unique(np.concatenate([school, pool]), return_inverse=True)
    del joined
    both = number.astype(np.int32)
    return both[: len(school)], both[len(school) :]
