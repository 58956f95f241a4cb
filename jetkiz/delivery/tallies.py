"""How many lessons of each student stand where, counted from the bitmaps without opening each.

A school of 2,000 has 50,000 lessons in a week: as values they take a second to make, as bits 50 ms.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from jetkiz.delivery.known import STRONGEST_FIRST
from jetkiz.delivery.ledger import lesson_states, lessons_by_slot, week_rows
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
    states: Mapping[str, Mapping[State, int]]
    without: tuple[tuple[int, ChoiceReason], ...] = ()
    unplanned: Mapping[State, int] = field(default_factory=dict)

    @property
    def lessons(self) -> int:
        """The number of lessons of the week."""
        return sum(sum(counts.values()) for counts in self.states.values()) + len(self.without)


@dataclass(frozen=True, slots=True)
class _Template:
    """What all student-weeks of one template share: slots of each channel, lessons without."""

    channels: tuple[tuple[str, int], ...]
    without: tuple[tuple[int, ChoiceReason], ...]
    unplanned: int


def tally_week(
    connection: Connection, week: str, students: Collection[int] | None = None
) -> list[Tally]:
    """Count the week of every student, or of those with the given numbers."""
    curricula: dict[int, tuple[int, ...]] = {}
    found: list[Tally] = []
    single, several = _rows_apart(connection, week, students)
    for row in single:
        number = row.curriculum_id
        if number not in curricula:
            by_slot = lessons_by_slot(connection, number)
            curricula[number] = tuple(by_slot[slot] for slot in sorted(by_slot))
        found.append(_tally(row, _template(row.channels, row.reasons, curricula[number])))
    if several:
        found += tally_states(lesson_states(connection, week, several))
    return found


def _rows_apart(
    connection: Connection, week: str, students: Collection[int] | None
) -> tuple[list[Any], list[int]]:
    """Return the rows of students with one attempt, and the numbers of those with several.

    Attempts may differ in their lessons; they are few, and joined lesson by lesson.
    """
    single: list[Any] = []
    several: list[int] = []
    rows = week_rows(connection, week, students)
    for student, group in groupby(rows, key=lambda row: row.student_id):
        attempts = list(group)
        if len(attempts) == 1:
            single.append(attempts[0])
        else:
            several.append(student)
    return single, several


# A template is never changed, so what is read from it holds for ever.
@lru_cache(maxsize=8192)
def _template(channels: bytes, reasons: bytes, lessons: tuple[int, ...]) -> _Template:
    slots: dict[str, list[int]] = defaultdict(list)
    without = []
    for slot, choice in enumerate(decode(channels, reasons)):
        slots[choice.channel or ""].append(slot)
        if choice.channel is None:
            without.append((lessons[slot], choice.reason))
    return _Template(
        channels=tuple((name, mask_of(some)) for name, some in slots.items() if name),
        without=tuple(without),
        unplanned=mask_of(slots[""]),
    )


def _tally(row: Any, template: _Template) -> Tally:
    layers = _layers(row)
    return Tally(
        student=row.student_id,
        states={name: _count(layers, mask, State.PLANNED) for name, mask in template.channels},
        without=template.without,
        unplanned=_count(layers, template.unplanned, State.UNPLANNED),
    )


def _layers(row: Any) -> list[tuple[State, int]]:
    """Return the slots of each state that some lesson has; no slot stands in two."""
    layers, counted = [], 0
    for bits, state in zip(reversed(row.known), STRONGEST_FIRST, strict=True):
        own = bits & ~counted
        if own:
            layers.append((state, own))
            counted |= bits
    return layers


def _count(layers: Sequence[tuple[State, int]], mask: int, otherwise: State) -> dict[State, int]:
    left = mask.bit_count()
    counts: dict[State, int] = {}
    for state, slots in layers:
        count = (slots & mask).bit_count()
        if count:
            counts[state] = count
            left -= count
    if left:
        counts[otherwise] = left
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
    by_channel = {name: dict(states) for name, states in counts.items()}
    return Tally(student, by_channel, tuple(without), dict(unplanned))


def count_choices(
    connection: Connection, week: str, students: Collection[int] | None = None
) -> Counter[tuple[str | None, ChoiceReason]]:
    """Count the lines of the plan in force by channel and reason; replaced lessons count as new."""
    counts: Counter[tuple[str | None, ChoiceReason]] = Counter()
    single, several = _rows_apart(connection, week, students)
    templates = Counter((row.channels, row.reasons) for row in single)
    for (channels, reasons), number in templates.items():
        for one in decode(channels, reasons):
            counts[one.channel, one.reason] += number
    if several:
        joined = lesson_states(connection, week, several)
        counts.update((one.channel, one.reason) for one in joined)
    return counts


def channels_by_slot(connection: Connection, week: str) -> dict[int, tuple[str | None, ...]]:
    """Return the channels of each student's week, lesson by lesson, as the last attempts say."""
    single, several = _rows_apart(connection, week, None)
    found = {row.student_id: _channels(row.channels, row.reasons) for row in single}
    if several:
        states = lesson_states(connection, week, several)
        for student, group in groupby(states, key=lambda one: one.student):
            ordered = sorted(group, key=lambda one: one.slot)
            found[student] = tuple(one.channel for one in ordered)
    return dict(sorted(found.items()))


@lru_cache(maxsize=8192)
def _channels(channels: bytes, reasons: bytes) -> tuple[str | None, ...]:
    return tuple(one.channel for one in decode(channels, reasons))
