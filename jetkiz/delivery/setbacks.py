"""Where a second way may be needed: lessons that failed, and lessons that no carrier ever took."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from sqlalchemy import Connection, select

from jetkiz.delivery.known import RUNGS, Bitmaps
from jetkiz.delivery.ledger import slots_in
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.slots import mask_of, slots_of
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import (
    curriculum,
    curriculum_slot,
    plan_template,
    receipt,
    student_week,
)
from jetkiz.storage.many_values import among

# Student, attempt and lesson.
Try = tuple[int, int, int]

_FAILED = [state for _, state in RUNGS].index(State.FAILED)
_SETBACKS = (State.EXPIRED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Setback:
    """One piece of evidence that a lesson will not arrive on an attempt."""

    state: State
    reason: FailureReason | None
    channel: str


def published_lessons(connection: Connection, week: str) -> list[int]:
    """Return the lessons of a week that stand in the ledger, whatever the shelf says now."""
    query = (
        select(curriculum_slot.c.lesson_id)
        .distinct()
        .join_from(curriculum_slot, curriculum)
        .where(curriculum.c.week == week)
        .order_by(curriculum_slot.c.lesson_id)
    )
    return list(connection.scalars(query))


def students_in_trouble(connection: Connection, week: str, due: Collection[int]) -> list[int]:
    """Return students with a second way of whom a lesson failed, or one of ``due`` never left."""
    c = student_week.c
    found: set[int] = set()
    for number, mask in _due_slots(connection, week, due).items():
        query = (
            select(c.student_id, c.known)
            .join_from(student_week, plan_template)
            .where(
                c.week == week,
                plan_template.c.curriculum_id == number,
                plan_template.c.fallbacks != b"",
            )
        )
        if not mask:
            # Nothing is due, and of most nothing has been heard: they need not be read.
            query = query.where(c.known.is_not(None))
        rows = connection.execute(query)
        found.update(row.student_id for row in rows if _is_in_trouble(row.known, mask))
    return sorted(found)


def _is_in_trouble(known: Bitmaps, due: int) -> bool:
    """Return whether a lesson failed, or nothing is known of a due one, good or bad."""
    return bool(known[_FAILED] or due & ~reduce(or_, known))


def _due_slots(connection: Connection, week: str, due: Collection[int]) -> dict[int, int]:
    slot = curriculum_slot.c
    slots: dict[int, list[int]] = defaultdict(list)
    rows = connection.execute(
        select(slot.curriculum_id, slot.slot, slot.lesson_id)
        .join_from(curriculum_slot, curriculum)
        .where(curriculum.c.week == week)
    )
    for row in rows:
        slots[row.curriculum_id] += [row.slot] if row.lesson_id in due else []
    return {number: mask_of(some) for number, some in slots.items()}


def read_setbacks(
    connection: Connection, week: str, students: Iterable[int]
) -> Mapping[Try, list[Setback]]:
    """Return what speaks against each try of each lesson of some students, oldest first."""
    c = receipt.c
    rows = connection.execute(
        select(c.student_id, c.attempt, c.slots, c.state, c.reason, c.channel)
        .where(c.week == week, among(c.student_id, students), c.state.in_(_SETBACKS))
        .order_by(c.at, c.id)
    ).all()
    places = slots_in(connection, {(week, row.student_id, row.attempt) for row in rows})
    found: dict[Try, list[Setback]] = defaultdict(list)
    for row in rows:
        by_slot = {
            slot: lesson
            for lesson, slot in places.get((week, row.student_id, row.attempt), {}).items()
        }
        reason = FailureReason(row.reason) if row.reason else None
        told = Setback(State(row.state), reason, row.channel)
        for slot in slots_of(row.slots):
            if slot in by_slot:
                found[row.student_id, row.attempt, by_slot[slot]].append(told)
    return found
