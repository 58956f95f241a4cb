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
    for most, groups in told["limits"]:
        model.add(sum(_any_of(model, taken, members) for members in groups) <= most)
    _keep_conditions(model, told, taken, none)
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


def _any_of(model: Any, taken: list[list[Any]], members: list[list[int]]) -> Any:
    """Return what is one when a lesson takes one of these places; it may be there more than once.

    A lesson that is aired region by region has a row of places for each of its runs.
    """
    if len({lesson for lesson, _ in members}) == 1:
        return sum(taken[lesson][place] for lesson, place in members)
    found = model.new_bool_var("")
    for lesson, place in members:
        model.add_implication(taken[lesson][place], found)
    return found


def _keep_conditions(
    model: Any, told: dict[str, Any], taken: list[list[Any]], none: list[Any]
) -> None:
    for border in told["borders"]:
        last = max(end for _, _, end in border["ends"])
        moment = model.new_int_var(0, last, "")
        for lesson, place, end in border["ends"]:
            model.add(moment >= end).only_enforce_if(taken[lesson][place])
        for lesson, place, start in border["begins"]:
            model.add(moment <= start).only_enforce_if(taken[lesson][place])
    for hours in told["hours"]:
        chosen = [model.new_bool_var("") for _ in hours]
        model.add_at_most_one(chosen)
        for hour, members in zip(chosen, hours, strict=True):
            for lesson, place in members:
                model.add_implication(taken[lesson][place], hour)
    for least, members, lessons in told["least"]:
        # A day may be short of a lesson that has no hour at all.
        there = sum(taken[lesson][place] for lesson, place in members)
        model.add(there + least * sum(none[lesson] for lesson in lessons) >= least)
    for members in told["never"]:
        model.add_bool_or(~taken[lesson][place] for lesson, place in members)


def _keep_order(model: Any, told: dict[str, Any], taken: list[list[Any]], none: list[Any]) -> None:
    """Let each lesson be over before a later one of its subject begins, when both are aired."""
    last = max((end for one in told["lessons"] for _, end in one["spans"]), default=0)
    for before, after in told["order"]:
        spans = (told["lessons"][before]["spans"], told["lessons"][after]["spans"])
        over = sum(end * taken[before][place] for place, (_, end) in enumerate(spans[0]))
        begins = sum(start * taken[after][place] for place, (start, _) in enumerate(spans[1]))
        model.add(over <= begins + last * none[after])
