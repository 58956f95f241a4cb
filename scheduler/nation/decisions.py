"""Which decisions by hand are kept in a nation's week, and which are set aside: never half of one.

A decision beats the planner, not the facts: a channel that does not reach the home, comes too late
or needs more of the home's phone, data or TV than it has cannot bring the lesson.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from jetkiz.lessons.model import LessonKind
from scheduler.nation.problem import Decision, LessonRow, Problem, carries
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bytes, Cap

# A student's row, a cap of the home, and the day for which it counts (0: the whole week).
_Share = tuple[int, Cap, int]


def decided(problem: Problem) -> tuple[Bytes, tuple[Decision, ...]]:
    """Return the decided channel of each slot [N, W], and what is set aside.

    There are no rows when nobody decided anything.
    """
    if not problem.decisions:
        return np.zeros((0, problem.slots), dtype=np.int8), ()
    found = np.full((len(problem.students.number), problem.slots), NOTHING, dtype=np.int8)
    used: Counter[_Share] = Counter()
    aside = []
    for one, row, lesson, channel in _places(problem):
        shares = list(_shares(problem, row, lesson, channel))
        if _reaches(problem, row, lesson, channel) and _has_room(problem, shares, used):
            used.update(shares)
            found[row, lesson.slot] = channel
        else:
            aside.append(one)
    return found, tuple(aside)


def _places(problem: Problem) -> Iterator[tuple[Decision, int, LessonRow, int]]:
    """Yield each decision with the student's row, the lesson and the channel's place."""
    lessons = {one.code: one for one in problem.lessons}
    channels = {one.name: number for number, one in enumerate(problem.channels)}
    order = np.argsort(problem.students.number, kind="stable")
    ordered = problem.students.number[order]
    for one in problem.decisions:
        row = int(order[np.searchsorted(ordered, one.student)])
        yield one, row, lessons[one.lesson], channels[one.channel]


def _reaches(problem: Problem, row: int, lesson: LessonRow, channel: int) -> bool:
    terms = problem.channels[channel]
    is_open = carries(terms, lesson) and lesson.code not in terms.too_late
    return is_open and bool(problem.students.chance[row, channel])


def _shares(problem: Problem, row: int, lesson: LessonRow, channel: int) -> Iterator[_Share]:
    """Yield what a lesson on a channel takes of the home's phone, data or TV."""
    screen = problem.channels[channel].screen
    if not screen:
        return
    yield row, Cap[screen.upper()], lesson.day
    if screen == "phone" and lesson.kind == LessonKind.VIDEO:
        yield row, Cap.HEAVY, 0


def _has_room(problem: Problem, shares: list[_Share], used: Counter[_Share]) -> bool:
    caps = problem.students.caps
    return all(
        caps[share[0], share[1]] == NO_CAP or used[share] < caps[share[0], share[1]]
        for share in shares
    )
