"""Conditions of every kind for a drawn week, such as a broadcaster might ask."""

import random
from dataclasses import replace

from broadcast.problem.model import Condition, ConditionKind, Lesson, Problem

K = ConditionKind


def some_conditions(problem: Problem, chance: random.Random, most: int = 3) -> Problem:
    """Return the week with one to ``most`` conditions; none when it has too few lessons."""
    lessons = sorted(problem.lessons, key=lambda one: one.id)
    if len(lessons) < 2:
        return problem
    kinds = chance.sample(sorted(K), chance.randint(1, most))
    found = [_condition(K(kind), lessons, chance) for kind in kinds]
    return replace(problem, conditions=tuple(found))


def _condition(kind: ConditionKind, lessons: list[Lesson], chance: random.Random) -> Condition:
    some = chance.sample(lessons, chance.randint(2, min(5, len(lessons))))
    names = tuple(sorted(one.id for one in some))
    if kind in {K.BEFORE, K.BEFORE_EACH_DAY}:
        # In the order of their numbers, no subject is turned round.
        ranked = sorted(some, key=lambda one: (one.seq, one.id))
        return Condition(kind, kind, lessons=(ranked[0].id,), then_lessons=(ranked[-1].id,))
    if kind is K.APART:
        return Condition(kind, kind, lessons=names[:3], days=chance.choice((1, 1, 2)))
    if kind is K.SAME_HOUR:
        return Condition(kind, kind, lessons=names[:3])
    return Condition(kind, kind, lessons=names, count=chance.choice((1, 2)))
