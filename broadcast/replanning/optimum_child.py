"""Asks OR-Tools for the repair with the fewest changes; runs in a process of its own.

It knows numbers only: lessons with places, what can be taken once, which repeats a place costs.
"""

import json
from typing import Any

SCALE = 10
STEPS = 0.4
"""What the search counts as a second takes two or three."""


def answered(question: bytes) -> bytes:
    """Return the place chosen for each lesson, -1 for none; nothing when the search found none."""
    return json.dumps(_chosen(json.loads(question))).encode()


def _chosen(told: dict[str, Any]) -> list[int]:
    from ortools.sat.python import cp_model  # noqa: PLC0415 - the parent never loads it

    model = cp_model.CpModel()
    taken = [[model.new_bool_var("") for _ in one["costs"]] for one in told["lessons"]]
    none = [model.new_bool_var("") for _ in told["lessons"]]
    for places, without in zip(taken, none, strict=True):
        model.add_exactly_one([*places, without])
    for members in told["once"]:
        model.add_at_most_one(taken[lesson][place] for lesson, place in members)
    for most, members in told["most"]:
        model.add(sum(taken[lesson][place] for lesson, place in members) <= most)
    costs = [
        round(SCALE * cost) * variable
        for one, places in zip(told["lessons"], taken, strict=True)
        for cost, variable in zip(one["costs"], places, strict=True)
    ]
    costs += [round(SCALE * told["no_hour"]) * one for one in none]
    for members in told["repeats"]:
        dropped = model.new_bool_var("")
        for lesson, place in members:
            model.add_implication(taken[lesson][place], dropped)
        costs.append(round(SCALE * told["repeat"]) * dropped)
    _keep_order(model, told, taken, none)
    model.minimize(sum(costs))
    for one, places, without in zip(told["lessons"], taken, none, strict=True):
        model.add_hint(without, one["begins"] < 0)
        for index, place in enumerate(places):
            model.add_hint(place, index == one["begins"])
    solver = cp_model.CpSolver()
    # Steps, not seconds: the same question has the same answer on every machine.
    solver.parameters.max_deterministic_time = told["seconds"] * STEPS
    solver.parameters.num_workers = 1
    # Taking turns with ever other neighbourhoods betters a first answer ten times as fast.
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = 1
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return []
    return [
        next((index for index, one in enumerate(places) if solver.boolean_value(one)), -1)
        for places in taken
    ]


def _keep_order(model: Any, told: dict[str, Any], taken: list[list[Any]], none: list[Any]) -> None:
    """Let each lesson be over before a later one of its subject begins, when both are aired."""
    last = max((end for one in told["lessons"] for _, end in one["spans"]), default=0)
    for before, after in told["order"]:
        spans = (told["lessons"][before]["spans"], told["lessons"][after]["spans"])
        over = sum(end * taken[before][place] for place, (_, end) in enumerate(spans[0]))
        begins = sum(start * taken[after][place] for place, (start, _) in enumerate(spans[1]))
        model.add(over <= begins + last * none[after])
