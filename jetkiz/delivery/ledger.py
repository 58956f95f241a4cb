"""The one ledger: who should get which lesson how, and how far it is known to have come.

Each student-week is a row with bitmaps, one bit a lesson; this package alone knows about bits.
Receipts are the truth: bits are only ever set, and can be rebuilt from the receipts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Select, bindparam, select

from jetkiz.delivery.known import STRONGEST_FIRST
from jetkiz.delivery.known_bits import Bits, Place, held, set_bits, write_known
from jetkiz.delivery.model import Choice, Delivery, LessonState, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.slots import (
    MOST_SLOTS,
    decode,
    decode_fallbacks,
    encode,
    encode_fallbacks,
    lessons_hash,
    mask_of,
)
from jetkiz.delivery.states import State, over_attempts
from jetkiz.delivery.tables import (
    curriculum,
    curriculum_slot,
    plan_template,
    receipt,
    student_week,
)
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import bulk_load, insert_new
from jetkiz.storage.many_values import among

# Curriculum, channels, reasons and second ways: what all student-weeks of one template share.
_TemplateKey = tuple[int, bytes, bytes, bytes]


def publish(
    connection: Connection,
    week: str,
    run: int,
    plans: Sequence[StudentPlan],
    schools: dict[int, int],
) -> int:
    """Write the first attempt of every student-week; one that stands already is left alone.

    ``schools`` gives each student's school. Returns the number of new student-weeks.
    """
    return _write(connection, week, run, plans, schools, attempt=1)


def replace_attempt(
    connection: Connection, week: str, run: int, plan: StudentPlan, school: int
) -> int:
    """Write a further attempt for the lessons of ``plan`` that have a channel; return its number.

    The attempt before stays as it is: nothing is reopened. Number 1 is kept for the plan of the
    week, which may be published later than a person decided about one lesson.
    """
    table = student_week.c
    last = (
        select(table.attempt)
        .where(table.week == week, table.student_id == plan.student)
        .order_by(table.attempt.desc())
    )
    while True:
        number = (connection.scalar(last) or 1) + 1
        # Somebody else may take the same number at the same moment; then ours is the next one.
        if _write(connection, week, run, [plan], {plan.student: school}, attempt=number):
            return number


def _write(
    connection: Connection,
    week: str,
    run: int,
    plans: Sequence[StudentPlan],
    schools: dict[int, int],
    attempt: int,
) -> int:
    curricula = _curricula(connection, week, {plan.lessons for plan in plans})
    keyed = [(plan, _template_key(curricula[plan.lessons], plan)) for plan in plans]
    templates = _templates(connection, run, {key for _, key in keyed})
    rows = [
        {
            "week": week,
            "student_id": plan.student,
            "attempt": attempt,
            "school_id": schools[plan.student],
            "template_id": templates[key],
        }
        for plan, key in keyed
    ]
    return insert_new(connection, student_week, rows, ["week", "student_id", "attempt"])


def _template_key(number: int, plan: StudentPlan) -> _TemplateKey:
    return number, *encode(plan.choices), encode_fallbacks(plan.fallbacks)


def _curricula(
    connection: Connection, week: str, wanted: Iterable[tuple[int, ...]]
) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    for lessons in sorted(wanted):
        if len(lessons) > MOST_SLOTS:
            raise JetkizError(
                N_("A student has {n} lessons in week {week}; one week holds {most}."),
                N_("Move lessons to another week, or join short ones."),
                n=len(lessons),
                week=week,
                most=MOST_SLOTS,
            )
        found[lessons] = _curriculum(connection, week, lessons)
    return found


def _curriculum(connection: Connection, week: str, lessons: tuple[int, ...]) -> int:
    name = lessons_hash(lessons)
    key = ["week", "lessons_hash"]
    is_new = insert_new(connection, curriculum, [{"week": week, "lessons_hash": name}], key)
    number: int = connection.execute(
        select(curriculum.c.id).where(curriculum.c.week == week, curriculum.c.lessons_hash == name)
    ).scalar_one()
    if is_new:
        rows = [
            {"curriculum_id": number, "slot": slot, "lesson_id": lesson}
            for slot, lesson in enumerate(lessons)
        ]
        bulk_load(connection, curriculum_slot, rows)
    return number


def _templates(
    connection: Connection, run: int, wanted: set[_TemplateKey]
) -> dict[_TemplateKey, int]:
    names = ("curriculum_id", "channels", "reasons", "fallbacks")
    rows = [{"run_id": run} | dict(zip(names, key, strict=True)) for key in sorted(wanted)]
    insert_new(connection, plan_template, rows, ["run_id", *names])
    c = plan_template.c
    found = connection.execute(
        select(c.id, *(c[name] for name in names)).where(
            c.run_id == run, among(c.curriculum_id, {key[0] for key in wanted})
        )
    )
    return {(row.curriculum_id, row.channels, row.reasons, row.fallbacks): row.id for row in found}


def apply(connection: Connection, receipts: Sequence[Receipt]) -> None:
    """Set the bits that the receipts prove; repeating it changes nothing."""
    apply_masks(connection, receipts, masks(connection, receipts))


def apply_masks(connection: Connection, receipts: Sequence[Receipt], found: Sequence[int]) -> None:
    """Set the bits that the receipts prove, each of the lessons of its bitmap."""
    bits = Bits()
    for one, mask in zip(receipts, found, strict=True):
        bits.add((one.week, one.student, one.attempt), one.state, mask)
    set_bits(connection, bits)


def masks(connection: Connection, receipts: Sequence[Receipt]) -> list[int]:
    """Return the bitmap of each receipt's lessons in the student's own week."""
    slots = slots_in(connection, {(r.week, r.student, r.attempt) for r in receipts})
    return [
        mask_of(
            place[lesson]
            for place in [slots.get((r.week, r.student, r.attempt), {})]
            for lesson in r.lessons
            if lesson in place
        )
        for r in receipts
    ]


def slots_in(connection: Connection, places: set[Place]) -> dict[Place, dict[int, int]]:
    """Return the slot of each lesson in each of these student-weeks."""
    found: dict[Place, dict[int, int]] = {}
    by_curriculum: dict[int, dict[int, int]] = {}
    for week in sorted({place[0] for place in places}):
        for row in week_rows(connection, week, {place[1] for place in places}):
            if row.curriculum_id not in by_curriculum:
                by_curriculum[row.curriculum_id] = _lesson_slots(connection, row.curriculum_id)
            found[week, row.student_id, row.attempt] = by_curriculum[row.curriculum_id]
    return found


def _lesson_slots(connection: Connection, number: int) -> dict[int, int]:
    rows = connection.execute(_SLOTS, {"curriculum": number})
    return {row.lesson_id: row.slot for row in rows}


_SLOTS: Final = select(curriculum_slot.c.lesson_id, curriculum_slot.c.slot).where(
    curriculum_slot.c.curriculum_id == bindparam("curriculum")
)


def week_rows(
    connection: Connection, week: str, students: Iterable[int] | None = None
) -> Sequence[Any]:
    """Return the rows of a week with their templates, by student and attempt."""
    if students is None:
        return connection.execute(_WEEK, {"week": week}).all()
    wanted = list(students)
    if len(wanted) == 1:
        # What every chat asks for with every update.
        return connection.execute(_WEEK_OF_ONE, {"week": week, "student": wanted[0]}).all()
    some = _WEEK.where(among(student_week.c.student_id, wanted))
    return connection.execute(some, {"week": week}).all()


_WEEK: Final[Select[Any]] = (
    select(
        student_week,
        plan_template.c.curriculum_id,
        plan_template.c.run_id,
        plan_template.c.channels,
        plan_template.c.reasons,
        plan_template.c.fallbacks,
    )
    .join_from(student_week, plan_template)
    .where(student_week.c.week == bindparam("week"))
    .order_by(student_week.c.student_id, student_week.c.attempt)
)
# A number too big for the column is a student that is not there.
_WEEK_OF_ONE: Final = _WEEK.where(
    student_week.c.student_id == bindparam("student", type_=BigInteger)
)


def lesson_states(
    connection: Connection, week: str, students: Iterable[int] | None = None
) -> list[LessonState]:
    """Return where every lesson of every student stands, by student and slot."""
    lessons: dict[int, dict[int, int]] = {}
    states: list[LessonState] = []
    rows = week_rows(connection, week, students)
    for _, group in groupby(rows, key=lambda row: row.student_id):
        attempts = []
        for row in group:
            number = row.curriculum_id
            if number not in lessons:
                lessons[number] = lessons_by_slot(connection, number)
            attempts.append(_attempt_states(row, lessons[number]))
        states.extend(_joined(attempts))
    return states


def lessons_by_slot(connection: Connection, number: int) -> dict[int, int]:
    """Return the lesson of each slot of a curriculum."""
    return {slot: lesson for lesson, slot in _lesson_slots(connection, number).items()}


def _attempt_states(row: Any, lessons: dict[int, int]) -> list[LessonState]:
    choices = decode(row.channels, row.reasons)
    fallbacks = decode_fallbacks(row.fallbacks) or (None,) * len(choices)
    return [
        LessonState(
            student=row.student_id,
            lesson=lessons[slot],
            slot=slot,
            channel=choice.channel,
            reason=choice.reason,
            attempt=row.attempt,
            state=_state(row, slot, choice),
            fallback=fallbacks[slot],
        )
        for slot, choice in enumerate(choices)
    ]


def _state(row: Any, slot: int, choice: Choice) -> State:
    for bits, state in zip(reversed(row.known), STRONGEST_FIRST, strict=True):
        if bits >> slot & 1:
            return state
    return State.PLANNED if choice.channel else State.UNPLANNED


def _joined(attempts: list[list[LessonState]]) -> list[LessonState]:
    """Join the attempts of one student: good news of any stands, else the last one tells."""
    by_lesson: dict[int, list[LessonState]] = defaultdict(list)
    for number, attempt in enumerate(attempts):
        for one in attempt:
            if number == 0 or one.reason != ChoiceReason.NOT_THIS_ATTEMPT:
                by_lesson[one.lesson].append(one)
    joined = []
    for tries in by_lesson.values():
        state = over_attempts(one.state for one in tries)
        teller = next((one for one in reversed(tries) if one.state == state), tries[-1])
        joined.append(replace(teller, state=state))
    return joined


def deliveries(
    connection: Connection,
    week: str,
    homes: dict[int, int],
    days: dict[int, Any],
    students: Iterable[int] | None = None,
) -> list[Delivery]:
    """Return the published lessons that have a channel, of every attempt, of all or some students.

    ``homes`` gives each student's household, ``days`` each lesson's day; students that
    left the register have no household and are passed over, as are lessons that no shelf has.
    """
    found = []
    lessons: dict[int, dict[int, int]] = {}
    for row in week_rows(connection, week, students):
        number = row.curriculum_id
        if number not in lessons:
            lessons[number] = lessons_by_slot(connection, number)
        for slot, choice in enumerate(decode(row.channels, row.reasons)):
            lesson = lessons[number][slot]
            if choice.channel and row.student_id in homes and lesson in days:
                found.append(
                    Delivery(
                        week=week,
                        student=row.student_id,
                        household=homes[row.student_id],
                        lesson=lesson,
                        day=days[lesson],
                        channel=choice.channel,
                        attempt=row.attempt,
                    )
                )
    return found


def weeks(connection: Connection) -> list[str]:
    """Return the weeks that the ledger knows, oldest first."""
    table = student_week.c
    return list(connection.scalars(select(table.week).distinct().order_by(table.week)))


def differences(connection: Connection, week: str) -> list[tuple[int, int]]:
    """Return the student and attempt of every row whose bitmaps are not what receipts prove."""
    proved = _proved(connection, week)
    return [
        (row.student_id, row.attempt)
        for row in week_rows(connection, week)
        if row.known != proved.of((week, row.student_id, row.attempt))
    ]


def rebuild(connection: Connection, week: str) -> int:
    """Compute the bitmaps of a week anew from its receipts; return the student-weeks changed."""
    standing = held(connection, week)
    proved = _proved(connection, week)
    wrong = {
        place: proved.of(place) for place, known in standing.items() if known != proved.of(place)
    }
    write_known(connection, wrong)
    return len(wrong)


def _proved(connection: Connection, week: str) -> Bits:
    bits = Bits()
    c = receipt.c
    for row in connection.execute(
        select(c.student_id, c.attempt, c.state, c.slots).where(c.week == week)
    ):
        bits.add((week, row.student_id, row.attempt), State(row.state), row.slots)
    return bits
