"""What homes are really like, which no policy but the oracle is told."""

from dataclasses import dataclass

import numpy as np

from scheduler.rules.channel_choice import CERTAIN
from scheduler.simulator.parameters import Parameters
from scheduler.solver.week_arrays import Reals, WeekArrays

_EDGE = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """The true chances: ``reach`` like ``Students.chance`` [N, 1 or W, C], ``answer`` [N, C].

    ``answer`` is the chance that work comes back from a lesson that was received.
    """

    reach: Reals
    answer: Reals


def draw_hidden(week: WeekArrays, numbers: Parameters, chance: np.random.Generator) -> Hidden:
    """Move the planner's numbers by effects of student, region and channel; 0 stays 0."""
    people, truth = week.students, numbers.truth
    count, wide = people.count, len(week.channels)
    region = week.region[people.school]
    student = chance.normal(0.0, truth.student_spread, (count, 1))
    by_region = chance.normal(0.0, truth.region_channel_spread, (len(week.regions), wide))
    suits = chance.normal(0.0, truth.student_channel_spread, (count, wide))
    moved = student + by_region[region] + suits
    prior = people.chance / CERTAIN
    reach = np.where(prior > 0, _chance(_logit(prior) + moved[:, None, :]), 0.0)
    readiness = chance.normal(0.0, truth.return_student_spread, (count, 1))
    places = chance.normal(0.0, truth.return_region_spread, len(week.regions))
    usual = np.array([numbers.returns.of(name) for name in week.channels])
    answer = _chance(_logit(usual)[None, :] + readiness + places[region][:, None])
    return Hidden(reach, np.where(usual > 0, answer, 0.0))


def _logit(share: Reals) -> Reals:
    inside = np.clip(share, _EDGE, 1 - _EDGE)
    found: Reals = np.log(inside / (1 - inside))
    return found


def _chance(logit: Reals) -> Reals:
    found: Reals = 1 / (1 + np.exp(-logit))
    return found
