"""Asks OR-Tools for the least clash; runs in a process of its own, never imported elsewhere."""

import json

from broadcast.certificate.mixtures import Cluster, Span, mixtures


def answered(question: bytes) -> bytes:
    """Return for each cluster the price of a minute of each stream, or null if it does not fit."""
    return json.dumps([_prices(cluster_of(one)) for one in json.loads(question)]).encode()


def cluster_of(told: dict[str, list[list[int]]]) -> Cluster:
    """Return a cluster from the lists that JSON makes of it."""
    return Cluster(
        minutes=tuple(told["minutes"]),  # type: ignore[arg-type]
        pools=tuple(tuple(pool) for pool in told["pools"]),
        costs=tuple((one, other, cost) for one, other, cost in told["costs"]),
        apart=tuple((one, other) for one, other in told["apart"]),
        spans=tuple(
            Span(minutes, tuple(most), total, tuple(allowed))  # type: ignore[arg-type]
            for minutes, most, total, allowed in told["spans"]
        ),
    )


def _prices(cluster: Cluster) -> list[float] | None:
    """Share out the minutes of each span among mixtures, at the least clash."""
    from ortools.linear_solver import pywraplp  # noqa: PLC0415 - the parent never loads it

    solver = pywraplp.Solver.CreateSolver("GLOP")
    needs = [solver.Constraint(float(one), solver.infinity()) for one in cluster.minutes]
    objective = solver.Objective()
    objective.SetMinimization()
    for span in cluster.spans:
        room = solver.Constraint(0.0, float(span.minutes))
        for mixed, cost in mixtures(cluster, span):
            aired = solver.NumVar(0.0, solver.infinity(), "")
            objective.SetCoefficient(aired, cost)
            room.SetCoefficient(aired, 1.0)
            for stream in mixed:
                needs[stream].SetCoefficient(aired, 1.0)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    return [need.dual_value() for need in needs]
