"""Of which task a child is reminded today: at most one a day, two for a task, never nagging.

The first comes before the task is due, the second soon after; none comes on a Sunday, and no
wording comes twice within seven days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

BEFORE: Final = 1
AFTER: Final = 2
WORDINGS: Final = {
    BEFORE: ("before-1", "before-2", "before-3", "before-4"),
    AFTER: ("after-1", "after-2", "after-3", "after-4"),
}
AHEAD: Final = timedelta(days=1)
"""How long before the day on which a task is due the first reminder may come."""
BEHIND: Final = timedelta(days=3)
"""How long after that day the second one may come: later it would only be a reproach."""
FRESH_AFTER: Final = timedelta(days=7)
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that a child has and has not handed in by any channel."""

    lesson: int
    given: date
    due: date


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder that a child got."""

    lesson: int
    number: int
    day: date
    wording: str


def next_reminder(tasks: Iterable[OpenTask], told: Sequence[Told], today: date) -> Told | None:
    """Return the reminder of today, or None; the task that is due first comes first."""
    if today.weekday() == SUNDAY or any(one.day >= today for one in told):
        return None
    known = {(one.lesson, one.number) for one in told}
    for task in sorted(tasks, key=lambda one: (one.due, one.lesson)):
        number = _number(task, today)
        if number and (task.lesson, number) not in known:
            wording = _wording(number, told, today)
            if wording:
                return Told(task.lesson, number, today, wording)
    return None


def _number(task: OpenTask, today: date) -> int:
    """Return which reminder of a task its day allows: none on the day on which it was given."""
    if task.due < today <= task.due + BEHIND:
        return AFTER
    is_near = task.due - AHEAD <= today <= task.due
    return BEFORE if is_near and today > task.given else 0


def _wording(number: int, told: Sequence[Told], today: date) -> str:
    """Return the wording that was not used for the longest time; empty while all are fresh."""
    last = {one.wording: one.day for one in sorted(told, key=lambda one: one.day)}
    free = [one for one in WORDINGS[number] if _is_free(last.get(one), today)]
    return min(free, key=lambda one: last.get(one, date.min), default="")


def _is_free(used: date | None, today: date) -> bool:
    return used is None or today - used >= FRESH_AFTER
