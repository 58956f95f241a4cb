"""Small drawn weeks for tests of the simulator: any school, and one week of it as it goes."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from scheduler.nation.compiling import arrays_of
from scheduler.nation.population import read_population
from scheduler.simulator.events import draw_events
from scheduler.simulator.hidden import draw_hidden
from scheduler.simulator.living import World
from scheduler.simulator.parameters import Parameters, read_parameters
from scheduler.simulator.policies import chosen
from scheduler.simulator.term import Term, drawn_week
from scheduler.solver.week_arrays import WeekArrays
from tests.nations import WEEK, problems


@cache
def numbers() -> Parameters:
    return read_parameters()


@cache
def small_week(students: int = 150, seed: int = 1) -> WeekArrays:
    return drawn_week(read_population(), students, seed, WEEK)


def weeks() -> st.SearchStrategy[WeekArrays]:
    """Any small problem that a folder can hold, without decisions by hand."""
    return problems().map(lambda one: arrays_of(replace(one, decisions=())))


def world_of(week: WeekArrays, seed: int = 1, blocked: float = 0.2) -> World:
    chance = np.random.default_rng(seed)
    gone = chance.random(week.students.count) < blocked
    hidden = draw_hidden(week, numbers(), chance)
    return World(week, hidden, draw_events(week, gone, numbers(), chance), numbers())


def term_of(*policies: str, weeks: int = 2, seeds: tuple[int, ...] = (1,)) -> Term:
    return Term(WEEK, weeks, seeds, chosen(policies), numbers())
