"""The peer of planner_school.py: a planner as one writes it with an object mapper, row by row.

One pass, first come first served: for each student the lessons of the week, for each lesson the
channel that is worth most after its cost and for which there is room left. It plans the same week
under the same limits and with the same worths as our solver; only the way of looking differs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine, ForeignKey, insert, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    SOMETHING_UNITS,
    Bytes,
    Cap,
    Role,
    WeekArrays,
)


class Base(DeclarativeBase):
    """All tables of the peer."""


class Pool(Base):
    """Something that is shared, and how much of it is left."""

    __tablename__ = "pool"
    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[float]


class Use(Base):
    """What a channel takes of a pool of a school, for a pack, a side, a seat or a message."""

    __tablename__ = "pool_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(index=True)
    channel_id: Mapped[int]
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    by_first: Mapped[float]
    by_side: Mapped[float]
    message_day: Mapped[int]
    pool: Mapped[Pool] = relationship()


class Channel(Base):
    """A channel: its role, its screen, and what it costs."""

    __tablename__ = "channel"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[int]
    screen: Mapped[int]
    first_cost: Mapped[int]
    side_cost: Mapped[int]


class Lesson(Base):
    """A lesson of a programme."""

    __tablename__ = "lesson"
    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(index=True)
    slot: Mapped[int]
    day: Mapped[int]
    is_heavy: Mapped[bool]
    sides: Mapped[int]
    large_sides: Mapped[int]
    forms: Mapped[list["Form"]] = relationship()


class Form(Base):
    """What a lesson is worth on a channel that can carry it in time."""

    __tablename__ = "form"
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    step: Mapped[int]
    channel: Mapped[Channel] = relationship()


class Student(Base):
    """A student with what the home has too little of."""

    __tablename__ = "student"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(index=True)
    household_id: Mapped[int] = mapped_column(index=True)
    program_id: Mapped[int]
    is_large: Mapped[bool]
    videos: Mapped[int]
    phone_lessons: Mapped[int]
    tv_lessons: Mapped[int]
    reaches: Mapped[list["Reach"]] = relationship()


class Reach(Base):
    """How likely a channel reaches a student, in thousandths."""

    __tablename__ = "reach"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    channel_id: Mapped[int]
    chance: Mapped[int]


class Choice(Base):
    """A line of the plan."""

    __tablename__ = "choice"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(index=True)
    household_id: Mapped[int] = mapped_column(index=True)
    slot: Mapped[int]
    day: Mapped[int]
    is_heavy: Mapped[bool]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    channel: Mapped[Channel] = relationship()


def plan_by_rows(engine: Engine) -> None:
    """Plan all students, one after the other; a school is a transaction."""
    with Session(engine, expire_on_commit=False) as session:
        lessons = session.scalars(
            select(Lesson)
            .options(selectinload(Lesson.forms).joinedload(Form.channel))
            .order_by(Lesson.slot)
        ).all()
        for school in session.scalars(select(Student.school_id).distinct()).all():
            students = session.scalars(
                select(Student)
                .where(Student.school_id == school)
                .options(selectinload(Student.reaches))
                .order_by(Student.id)
            ).all()
            uses = session.scalars(
                select(Use).where(Use.school_id == school).options(joinedload(Use.pool))
            ).all()
            for student in students:
                own = [one for one in lessons if one.program_id == student.program_id]
                _plan_student(session, student, own, uses)
            session.commit()


def _plan_student(
    session: Session, student: Student, lessons: Sequence[Lesson], uses: Sequence[Use]
) -> None:
    chances = {reach.channel_id: reach.chance for reach in student.reaches}
    home = session.scalars(select(Choice).where(Choice.household_id == student.household_id)).all()
    own: list[Choice] = []
    for lesson in lessons:
        for channel, is_first in _by_worth(student, lesson, chances, [*home, *own]):
            needs = list(_needs((student, lesson, channel), is_first, uses, own))
            if _has_time(student, lesson, channel, own) and all(
                use.pool.left >= amount for use, amount in needs
            ):
                for use, amount in needs:
                    use.pool.left -= amount
                choice = Choice(
                    student_id=student.id,
                    household_id=student.household_id,
                    slot=lesson.slot,
                    day=lesson.day,
                    is_heavy=lesson.is_heavy,
                    channel=channel,
                )
                session.add(choice)
                own.append(choice)
                break


def _by_worth(
    student: Student, lesson: Lesson, chances: dict[int, int], home: list[Choice]
) -> list[tuple[Channel, bool]]:
    """Return the channels that are worth anything, the best first, and whether a pack is new."""
    options = []
    for form in lesson.forms:
        channel, chance = form.channel, chances.get(form.channel_id, 0)
        if not chance:
            continue
        is_first = not any(
            choice.channel is channel
            and (channel.role == Role.PACK or choice.student_id == student.id)
            for choice in home
        )
        cost = _sides(student, lesson) * channel.side_cost + is_first * channel.first_cost
        worth = form.step * chance + SOMETHING_UNITS - cost
        if worth > 0:
            options.append((worth, channel, is_first))
    options.sort(key=lambda one: -one[0])
    return [(channel, is_first) for _, channel, is_first in options]


def _sides(student: Student, lesson: Lesson) -> int:
    return lesson.large_sides if student.is_large else lesson.sides


def _needs(
    what: tuple[Student, Lesson, Channel], is_first: bool, uses: Sequence[Use], own: list[Choice]
) -> Iterator[tuple[Use, float]]:
    """Yield what a lesson takes of each pool."""
    student, lesson, channel = what
    for use in uses:
        if use.channel_id != channel.id:
            continue
        if use.message_day != NOTHING:
            is_sent = any(one.channel.screen == Cap.PHONE and one.day == lesson.day for one in own)
            if use.message_day == lesson.day and not is_sent:
                yield use, 1.0
        else:
            yield use, is_first * use.by_first + _sides(student, lesson) * use.by_side


def _has_time(student: Student, lesson: Lesson, channel: Channel, own: list[Choice]) -> bool:
    """Say whether the home has a phone, a data plan or a TV left for the lesson."""
    if channel.screen == NOTHING:
        return True
    shown = [one for one in own if one.channel.screen == channel.screen]
    today = sum(one.day == lesson.day for one in shown)
    if channel.screen == Cap.TV:
        return today < student.tv_lessons
    heavy = sum(one.is_heavy for one in shown)
    return today < student.phone_lessons and not (lesson.is_heavy and heavy >= student.videos)


def load(engine: Engine, week: WeekArrays) -> None:
    """Put a week into the peer's tables."""
    if week.pools.by_marking.any() or len(week.students.decided) or len(week.students.previous):
        raise ValueError("the peer knows no marking, no decisions and no week before")
    Base.metadata.create_all(engine)
    tables: dict[type[Base], Iterator[dict[str, Any]]] = {
        Channel: _channels(week),
        Pool: ({"id": row, "left": left} for row, left in enumerate(week.pools.amount.tolist())),
        Use: _uses(week),
        Lesson: _lessons(week),
        Form: _forms(week),
        Student: _students(week),
        Reach: _reaches(week),
    }
    with engine.begin() as connection:
        for table, rows in tables.items():
            connection.execute(insert(table), list(rows))


def _channels(week: WeekArrays) -> Iterator[dict[str, Any]]:
    for row in range(len(week.channels)):
        first = week.tariff.pack[row] + week.tariff.seat[row]
        yield {
            "id": row,
            "role": int(week.role[row]),
            "screen": int(week.screen[row]),
            "first_cost": int(first),
            "side_cost": int(week.tariff.side[row]),
        }


def _uses(week: WeekArrays) -> Iterator[dict[str, Any]]:
    pools = week.pools
    for school, own in enumerate(pools.of_school.tolist()):
        for use, pool in enumerate(own):
            day = int(pools.message_day[use])
            for channel in range(len(week.channels)):
                first = float(pools.by_pack[use, channel] + pools.by_seat[use, channel])
                side = float(pools.by_side[use, channel])
                is_message = day != NOTHING and week.screen[channel] == Cap.PHONE
                if pool != NOTHING and (first or side or is_message):
                    yield {
                        "school_id": school,
                        "channel_id": channel,
                        "pool_id": pool,
                        "by_first": first,
                        "by_side": side,
                        "message_day": day,
                    }


def _lessons(week: WeekArrays) -> Iterator[dict[str, Any]]:
    about = week.lessons
    for program, slot in np.argwhere(week.programs != NOTHING).tolist():
        row = int(week.programs[program, slot])
        yield {
            "id": row,
            "program_id": program,
            "slot": slot,
            "day": int(about.day[row]),
            "is_heavy": bool(about.is_heavy[row]),
            "sides": int(about.sides[row, 0]),
            "large_sides": int(about.sides[row, 1]),
        }


def _forms(week: WeekArrays) -> Iterator[dict[str, Any]]:
    for lesson, channel in np.argwhere(week.lessons.is_open).tolist():
        step = int(week.lessons.step[lesson, channel])
        yield {"lesson_id": lesson, "channel_id": channel, "step": step}


def _students(week: WeekArrays) -> Iterator[dict[str, Any]]:
    people = week.students
    caps = np.where(people.caps == NO_CAP, 10**6, people.caps.astype(np.int64)).tolist()
    for row in range(people.count):
        yield {
            "id": row,
            "school_id": int(people.school[row]),
            "household_id": int(people.household[row]),
            "program_id": int(people.program[row]),
            "is_large": bool(people.is_large[row]),
            "videos": caps[row][Cap.HEAVY],
            "phone_lessons": caps[row][Cap.PHONE],
            "tv_lessons": caps[row][Cap.TV],
        }


def _reaches(week: WeekArrays) -> Iterator[dict[str, Any]]:
    chance = week.students.chance[:, 0]
    for row, channel in np.argwhere(chance > 0).tolist():
        yield {"student_id": row, "channel_id": channel, "chance": int(chance[row, channel])}


def channels_of(engine: Engine, week: WeekArrays) -> Bytes:
    """Read the plan back as the solver writes one: the channel of each slot."""
    found = np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)
    with engine.connect() as connection:
        for row, slot, channel in connection.execute(
            select(Choice.student_id, Choice.slot, Choice.channel_id)
        ):
            found[row, slot] = channel
    return found
