"""What waits for a mark, oldest first; one piece of work with its pages; who may mark it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import (
    MARKS,
    Marking,
    add_to_feedback,
    give_feedback,
    newest_feedback,
    read_feedback,
)
from jetkiz.homework.model import Feedback, HomeworkReturn, ReturnState
from jetkiz.homework.quizzes import QuizResult, read_quizzes
from jetkiz.homework.returns import read_returns, read_waiting
from jetkiz.homework.tables import homework_return
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Name
from jetkiz.roster.register import read_names
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.staff.viewers import Seen, places, visible_numbers, visible_students

# Marks are looked through from the newest; a teacher of few classes finds the own among them.
LOOKED_AT: Final = 200
MOST_MARKED: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One return in the queue."""

    handed: HomeworkReturn
    seen: Seen
    name: str


@dataclass(frozen=True, slots=True)
class Marked:
    """One return with its last mark."""

    handed: HomeworkReturn
    seen: Seen
    name: str
    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered quiz."""

    result: QuizResult
    lesson: Lesson
    seen: Seen
    name: str


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """The returns of one task, the oldest first."""

    lesson: Lesson
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One return with all that is needed to mark it; ``told`` is what any version was told."""

    handed: HomeworkReturn
    lesson: Lesson
    seen: Seen
    name: Name
    told: tuple[Feedback, ...]
    others: tuple[HomeworkReturn, ...]
    may_mark: bool

    @property
    def is_marked(self) -> bool:
        """True when nothing asks for a mark any more."""
        return self.handed.state == ReturnState.MARKED

    @property
    def last_mark(self) -> str:
        """The mark that this version was given last; empty while it has none."""
        mine = (one.mark for one in self.told if one.homework_return == self.handed.id)
        return next((mark for mark in mine if mark), "")

    @property
    def marks(self) -> tuple[str, ...]:
        """The scale of the task."""
        return MARKS[self.lesson.task.marks] if self.lesson.task else MARKS["done"]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says to a piece of work; ``key`` names the act, so that it may come twice.

    Without a mark it is an answer, and the work goes on waiting.
    """

    mark: str
    words: str
    key: str
    files: tuple[tuple[str, str], ...] = ()


def read_queue(connection: Connection, who: Viewer) -> list[TaskQueue]:
    """Return what waits for a mark, by task; the task that waits longest comes first."""
    works = read_waiting(connection, visible_numbers(connection, who))
    tasks: dict[int, list[Waiting]] = defaultdict(list)
    lessons: dict[int, Lesson] = {}
    for waiting, lesson in _allowed(connection, who, works):
        tasks[lesson.id].append(waiting)
        lessons[lesson.id] = lesson
    return [TaskQueue(lessons[number], tuple(waiting)) for number, waiting in tasks.items()]


def _allowed(
    connection: Connection, who: Viewer, returns: Sequence[HomeworkReturn]
) -> list[tuple[Waiting, Lesson]]:
    """Return the work that somebody may see, with its student and lesson."""
    students = visible_students(connection, who, {one.student for one in returns})
    lessons = {one.id: one for one in read_lessons(connection, only={r.lesson for r in returns})}
    where = places(connection, students)
    names = read_names(connection, students)
    return [
        (Waiting(one, students[one.student], names[one.student].short), lessons[one.lesson])
        for one in returns
        if one.student in students and one.lesson in lessons
        if may(who, Right.SEE_WORK, where[one.student], lessons[one.lesson].subject)
    ]


def read_answered_quizzes(connection: Connection, who: Viewer) -> list[Answered]:
    """Return the quizzes that were answered last, the newest first."""
    newest = read_quizzes(connection, visible_numbers(connection, who), LOOKED_AT)
    students = visible_students(connection, who, {one.student for one in newest})
    lessons = {one.id: one for one in read_lessons(connection, only={q.lesson for q in newest})}
    where, names = places(connection, students), read_names(connection, students)
    return [
        Answered(one, lessons[one.lesson], students[one.student], names[one.student].short)
        for one in newest
        if one.student in students and one.lesson in lessons
        if may(who, Right.SEE_WORK, where[one.student], lessons[one.lesson].subject)
    ][:MOST_MARKED]


def read_marked(connection: Connection, who: Viewer) -> list[Marked]:
    """Return the work that was marked last, the newest first."""
    newest = newest_feedback(connection, visible_numbers(connection, who), LOOKED_AT)
    numbers = {one.homework_return for one in newest}
    allowed = _allowed(connection, who, read_returns(connection, numbers=numbers))
    works = {work.handed.id: work for work, _ in allowed}
    found: dict[tuple[int, int], Marked] = {}
    for one in newest:
        if one.homework_return in works:
            work = works[one.homework_return]
            row = Marked(work.handed, work.seen, work.name, one.mark, one.at)
            # Of several versions of one task the mark that was given last is the mark.
            found.setdefault((work.handed.student, work.handed.lesson), row)
    return list(found.values())[:MOST_MARKED]


def read_return(connection: Connection, who: Viewer, wanted: int) -> ReturnPage | None:
    """Return one piece of work somebody may see, or None."""
    found = read_returns(connection, numbers=[wanted])
    if not found or found[0].state == ReturnState.DRAFT:
        return None
    handed = found[0]
    lessons = read_lessons(connection, only=[handed.lesson])
    place = places(connection, [handed.student]).get(handed.student)
    if place is None or not lessons:
        return None
    subject = lessons[0].subject
    if not may(who, Right.SEE_WORK, place, subject):
        return None
    others = [
        one
        for one in read_returns(connection, students=[handed.student])
        if one.lesson == handed.lesson and one.id != wanted and one.state != ReturnState.DRAFT
    ]
    return ReturnPage(
        handed=handed,
        lesson=lessons[0],
        seen=visible_students(connection, who, [handed.student])[handed.student],
        name=read_names(connection, [handed.student])[handed.student],
        told=tuple(read_feedback(connection, [wanted, *(one.id for one in others)])),
        others=tuple(others),
        may_mark=may(who, Right.MARK, place, subject),
    )


def open_return(
    connection: Connection, who: Viewer, wanted: int, at: datetime
) -> ReturnPage | None:
    """Read a piece of work and write down that it was read."""
    found = read_return(connection, who, wanted)
    if found:
        detail = found.lesson.code
        entry = Entry(who.login, Act.READ_WORK, who.school, found.handed.student, detail)
        write_down(connection, [entry], at)
    return found


def mark_return(
    connection: Connection, who: Viewer, wanted: int, said: Said, at: datetime
) -> int | None:
    """Keep a mark and words; return the lesson of the work, None for who may not mark it."""
    found = _take_in_hand(connection, who, wanted)
    if found is None:
        return None
    if said.mark not in found.marks:
        raise JetkizError(
            N_("{mark} is not a mark."), N_("Choose one of the marks shown."), mark=said.mark or "—"
        )
    _say(connection, who, found, said, at)
    return found.handed.lesson


def answer_return(
    connection: Connection, who: Viewer, wanted: int, said: Said, at: datetime
) -> ReturnPage | None:
    """Keep "accepted", "once more" or an answer without a mark; None for who may not mark it.

    Who presses the same button again has changed nothing, and nothing more goes home.
    """
    found = _take_in_hand(connection, who, wanted)
    if found is not None and (not said.mark or said.mark != found.last_mark):
        _say(connection, who, found, said, at)
    return found


def add_to_answer(connection: Connection, who: Viewer, wanted: int, said: Said) -> bool:
    """Put a further part to an answer that has not gone home yet; False when it is too late."""
    found = _take_in_hand(connection, who, wanted)
    marking = Marking(wanted, "", said.words, who.login, said.key, said.files)
    return found is not None and add_to_feedback(connection, marking)


def _take_in_hand(connection: Connection, who: Viewer, wanted: int) -> ReturnPage | None:
    """Read a piece of work for a mark; of two clicks the second finds the first."""
    one_work = select(homework_return.c.id).where(homework_return.c.id == wanted)
    connection.execute(one_work.with_for_update())
    found = read_return(connection, who, wanted)
    return found if found and found.may_mark else None


def _say(connection: Connection, who: Viewer, found: ReturnPage, said: Said, at: datetime) -> None:
    marking = Marking(found.handed.id, said.mark, said.words, who.login, said.key, said.files)
    kept = give_feedback(connection, marking, at)
    if kept.id not in {one.id for one in found.told}:
        detail = found.lesson.code
        entry = Entry(who.login, Act.MARK, who.school, found.handed.student, detail)
        write_down(connection, [entry], at)


def next_work(connection: Connection, who: Viewer, lesson: int) -> int:
    """Return the next piece of work, of this lesson first; 0 when nothing waits."""
    queue = read_queue(connection, who)
    same = [task for task in queue if task.lesson.id == lesson]
    return next((task.waiting[0].handed.id for task in (*same, *queue)), 0)
