"""How many lessons of each student stand where, counted from the bitmaps without opening each.

A school of 2,000 has 50,000 lessons in a week: as values they take a second to make, as bits 50 ms.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from jetkiz.delivery.ledger import RUNGS, lesson_states, lessons_by_slot, week_rows
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.slots import decode, mask_of
from jetkiz.delivery.states import State


@dataclass(frozen=True, slots=True)
class Tally:
    """One student's week: states by channel, and the lessons without a channel with the reason.

    ``unplanned`` counts what is known of those: work may come back all the same.
    """

    student: int
    states: Mapping[str, Counter[State]]
    without: tuple[tuple[int, ChoiceReason], ...] = ()
    unplanned: Counter[State] = field(default_factory=Counter)

    @property
    def lessons(self) -> int:
        """The number of lessons of the week."""
        return sum(states.total() for states in self.states.values()) + len(self.without)


@dataclass(frozen=True, slots=True)
class _Template:
    """What all student-weeks of one template share."""

    channels: Mapping[str, int]
    without: tuple[tuple[int, ChoiceReason], ...]
    unplanned: int


def tally_week(
    connection: Connection, week: str, students: Collection[int] | None = None
) -> list[Tally]:
    """Count the week of every student, or of those with the given numbers."""
    templates: dict[int, _Template] = {}
    curricula: dict[int, dict[int, int]] = {}
    found: list[Tally] = []
    several: list[int] = []
    rows = week_rows(connection, week, students)
    for student, group in groupby(rows, key=lambda row: row.student_id):
        if students is not None and student not in students:
            continue
        attempts = list(group)
        if len(attempts) > 1:
            # Attempts may differ in their lessons; they are few, and joined lesson by lesson.
            several.append(student)
            continue
        row = attempts[0]
        if row.template_id not in templates:
            number = row.curriculum_id
            if number not in curricula:
                curricula[number] = lessons_by_slot(connection, number)
            templates[row.template_id] = _template(row, curricula[number])
        found.append(_tally(row, templates[row.template_id]))
    if several:
        found += tally_states(lesson_states(connection, week, several))
    return found


def _template(row: Any, lessons: Mapping[int, int]) -> _Template:
    slots: dict[str, list[int]] = defaultdict(list)
    without, empty = [], []
    for slot, choice in enumerate(decode(row.channels, row.reasons)):
        if choice.channel:
            slots[choice.channel].append(slot)
        else:
            without.append((lessons[slot], choice.reason))
            empty.append(slot)
    masks = {name: mask_of(some) for name, some in slots.items()}
    return _Template(masks, tuple(without), mask_of(empty))


def _tally(row: Any, template: _Template) -> Tally:
    bits = [(state, getattr(row, column)) for column, state in reversed(RUNGS)]
    states = {name: _count(bits, mask, State.PLANNED) for name, mask in template.channels.items()}
    unplanned = _count(bits, template.unplanned, State.UNPLANNED)
    return Tally(row.student_id, states, template.without, unplanned)


def _count(bits: Sequence[tuple[State, int]], left: int, otherwise: State) -> Counter[State]:
    counts: Counter[State] = Counter()
    for state, mask in bits:
        hit = left & mask
        if hit:
            counts[state] = hit.bit_count()
            left &= ~hit
    if left:
        counts[otherwise] = left.bit_count()
    return counts


def tally_states(states: Sequence[LessonState]) -> list[Tally]:
    """Count states that are open already; gives what ``tally_week`` gives."""
    ordered = sorted(states, key=lambda one: one.student)
    by_student = groupby(ordered, key=lambda one: one.student)
    return [_tally_one(student, group) for student, group in by_student]


def _tally_one(student: int, states: Iterable[LessonState]) -> Tally:
    counts: dict[str, Counter[State]] = defaultdict(Counter)
    without = []
    unplanned: Counter[State] = Counter()
    for one in states:
        if one.channel:
            counts[one.channel][one.state] += 1
        else:
            without.append((one.lesson, one.reason))
            unplanned[one.state] += 1
    return Tally(student, dict(counts), tuple(without), unplanned)


def count_choices(
    connection: Connection, week: str, students: Collection[int] | None = None
) -> Counter[tuple[str | None, ChoiceReason]]:
    """Count the lines of the plan in force by channel and reason; replaced lessons count as new."""
    counts: Counter[tuple[str | None, ChoiceReason]] = Counter()
    templates: dict[int, Counter[tuple[str | None, ChoiceReason]]] = {}
    several: list[int] = []
    for student, group in groupby(
        week_rows(connection, week, students), key=lambda r: r.student_id
    ):
        rows = list(group)
        if students is not None and student not in students:
            continue
        if len(rows) > 1:
            several.append(student)
            continue
        row = rows[0]
        if row.template_id not in templates:
            chosen = decode(row.channels, row.reasons)
            templates[row.template_id] = Counter((one.channel, one.reason) for one in chosen)
        counts.update(templates[row.template_id])
    if several:
        joined = lesson_states(connection, week, several)
        counts.update((one.channel, one.reason) for one in joined)
    return counts
