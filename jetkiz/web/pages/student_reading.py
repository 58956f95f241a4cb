"""What the page of a student shows: lessons with evidence and work, and the home."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from jetkiz.delivery.heard import receipt_lessons
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import Feedback, HomeworkReturn, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import AccessProfile
from jetkiz.roster.model import Household, Name, Student
from jetkiz.roster.register import read_homes, read_households, read_names
from jetkiz.roster.tables import guardian
from jetkiz.staff.permissions import Place, Right, Viewer, may
from jetkiz.staff.viewers import Seen, places, visible_students
from scheduler.falling_back import Order, read_orders


@dataclass(frozen=True, slots=True)
class Evidence:
    """One receipt of a lesson."""

    at: datetime
    state: State
    channel: str
    source: str
    reason: FailureReason | None


@dataclass(frozen=True, slots=True)
class Work:
    """A return of a lesson with the teacher's answer."""

    handed: HomeworkReturn
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One lesson of the student's week; ``sees_work`` opens the homework.

    ``taken`` is the order by which it goes its second way.
    """

    lesson: Lesson
    told: LessonState
    evidence: tuple[Evidence, ...]
    work: tuple[Work, ...]
    sees_work: bool
    taken: Order | None = None

    def has_left(self, today: date) -> bool:
        """True when it was taken, or was ready for its day, and nothing more is known."""
        if self.told.state == State.PLANNED:
            is_ready = any(one.state == State.PREPARED for one in self.evidence)
            return is_ready and self.lesson.day <= today
        return self.told.state == State.DISPATCHED


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """An adult who answers for the student."""

    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """What is known of a home: sensitive, and every look is written down."""

    household: Household
    guardians: tuple[GuardianLine, ...]
    siblings: Mapping[int, str]
    profile: AccessProfile
    about: Student


@dataclass(frozen=True, slots=True)
class StudentPage:
    """What the page shows; ``home`` is None for who may not see it."""

    seen: Seen
    name: Name
    place: Place
    days: Mapping[date, list[LessonLine]]
    home: HomeView | None

    @property
    def lines(self) -> list[LessonLine]:
        """Every lesson of the week in order."""
        return [line for lines in self.days.values() for line in lines]

    def open_lines(self, today: date) -> list[LessonLine]:
        """The lessons that have left, or should be there by today, and of which nothing is known.

        A home that says on Monday that the lessons are there says nothing about Friday's.
        """
        return [line for line in self.lines if line.has_left(today)]


def read_student(
    connection: Connection, who: Viewer, student: int, week: str
) -> StudentPage | None:
    """Return what somebody may see of a student, or None."""
    place = places(connection, [student]).get(student)
    if place is None or not may(who, Right.SEE_STUDENT, place):
        return None
    days: dict[date, list[LessonLine]] = defaultdict(list)
    for line in _lines(connection, who, place, student, week):
        days[line.lesson.day].append(line)
    sees_home = may(who, Right.SEE_HOME, place)
    return StudentPage(
        seen=visible_students(connection, who, [student])[student],
        name=read_names(connection, [student])[student],
        place=place,
        days=dict(sorted(days.items())),
        home=_home(connection, who, student) if sees_home else None,
    )


def _lines(
    connection: Connection, who: Viewer, place: Place, student: int, week: str
) -> list[LessonLine]:
    states = lesson_states(connection, week, [student])
    lessons = {one.id: one for one in read_lessons(connection, only=[s.lesson for s in states])}
    evidence = _evidence(connection, week, student)
    work = _work(connection, student)
    orders = {one.lesson: one for one in read_orders(connection, week, [student])}
    lines = [
        LessonLine(
            lesson=lessons[one.lesson],
            told=one,
            evidence=tuple(evidence[one.lesson]),
            work=tuple(work[one.lesson]),
            sees_work=may(who, Right.SEE_WORK, place, lessons[one.lesson].subject),
            taken=_taken(orders.get(one.lesson), one),
        )
        for one in states
    ]
    return sorted(lines, key=lambda line: (line.lesson.day, line.lesson.order))


def _taken(order: Order | None, told: LessonState) -> Order | None:
    """Return the order of the way that tells; one that was overruled or not needed is no news."""
    if order is None or (order.was_refused and told.state.has_arrived):
        return None
    return order if order.was_refused or order.attempt == told.attempt else None


def _evidence(connection: Connection, week: str, student: int) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row, lessons in receipt_lessons(connection, week, student):
        reason = FailureReason(row.reason) if row.reason else None
        told = Evidence(row.at, State(row.state), row.channel, row.source, reason)
        for lesson in lessons:
            found[lesson].append(told)
    return found


def _work(connection: Connection, student: int) -> dict[int, list[Work]]:
    returns = [
        one
        for one in read_returns(connection, students=[student])
        if one.state != ReturnState.DRAFT
    ]
    lessons = {one.id: one.lesson for one in returns}
    newest: dict[int, Feedback] = {}
    for told in read_feedback(connection, lessons):
        if told.mark:
            newest.setdefault(lessons[told.homework_return], told)
    # Of several versions only the one that was marked last shows a mark: a task has one.
    marks = {told.homework_return: told for told in newest.values()}
    found: dict[int, list[Work]] = defaultdict(list)
    for one in returns:
        found[one.lesson].append(Work(one, marks.get(one.id)))
    return found


def _home(connection: Connection, who: Viewer, student: int) -> HomeView:
    (home,) = read_homes(connection, [student])
    number = home.student.household
    return HomeView(
        household=read_households(connection, [number])[number],
        guardians=tuple(_guardians(connection, number)),
        siblings=_siblings(connection, who, home.student),
        profile=home.profile,
        about=home.student,
    )


def _guardians(connection: Connection, household: int) -> Sequence[GuardianLine]:
    c = guardian.c
    rows = connection.execute(
        select(c.family_name, c.given_name, c.patronymic, c.relation, c.phone)
        .where(c.household_id == household)
        .order_by(c.id)
    )
    return [GuardianLine(Name(*row[:3]).full, row.relation, row.phone) for row in rows]


def _siblings(connection: Connection, who: Viewer, of: Student) -> dict[int, str]:
    others = [
        one.id
        for one in visible_students(connection, who).values()
        if one.household == of.household and one.id != of.id
    ]
    return {number: name.given for number, name in read_names(connection, others).items()}
