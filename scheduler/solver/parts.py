"""A part of the students, in whole homes, as a week of their own."""

from dataclasses import replace
from typing import Final

import numpy as np

from scheduler.solver.week_arrays import NOTHING, Longs, Reals, Students, WeekArrays

_BY_STUDENT: Final = (
    "number",
    "tie",
    "school",
    "household",
    "program",
    "chance",
    "is_large",
    "caps",
)
_IF_KNOWN: Final = ("taste", "wish", "previous", "decided")


def students_of(people: Students, rows: Longs) -> Students:
    """Return some students as they are, under the numbers of their homes."""
    own = {name: getattr(people, name)[rows] for name in _BY_STUDENT}
    for name in _IF_KNOWN:
        column = getattr(people, name)
        own[name] = column[rows] if len(column) else column
    return Students(**own)


def dense_homes(people: Students, rows: Longs) -> Longs:
    """Number the homes of some students anew, without gaps."""
    return np.unique(people.household[rows], return_inverse=True)[1].astype(np.int64)


def part_of_homes(week: WeekArrays, rows: Longs) -> WeekArrays:
    """Return the week of some students, who are all of their homes."""
    people = replace(students_of(week.students, rows), household=dense_homes(week.students, rows))
    return replace(week, students=people)


def sample(week: WeekArrays, one_in: int) -> WeekArrays:
    """Return every so-manieth home, drawn by its key, with as large a part of what is shared."""
    people = week.students
    starts = np.flatnonzero(np.append(True, people.household[1:] != people.household[:-1]))
    is_drawn = (people.tie[starts] >> np.uint64(32)) % np.uint64(one_in) == 0
    sizes = np.diff(np.append(starts, people.count))
    part = part_of_homes(week, np.flatnonzero(np.repeat(is_drawn, sizes)))
    share = _drawing_on(part) / np.maximum(_drawing_on(week), 1)
    return replace(part, pools=replace(part.pools, amount=week.pools.amount * share))


def _drawing_on(week: WeekArrays) -> Reals:
    """Return how many students draw on each pool [P]."""
    students = np.bincount(week.students.school, minlength=len(week.school))
    total = np.zeros(len(week.pools.amount))
    for at in week.pools.of_school.T:
        own = at != NOTHING
        total += np.bincount(at[own], weights=students[own], minlength=len(total))
    return total
