"""Whether the second ways of a plan hold: apart from the first, open, in time, and with room.

A part of the independent checker: it knows the plan and its inputs, not how they were chosen.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from jetkiz.calendar.school_weeks import add_school_days
from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.delivery.model import StudentPlan
from jetkiz.i18n import N_
from scheduler.checking_books import TOLERANCE, Line
from scheduler.checking_second_room import SecondBooks
from scheduler.model import Option, Plan, PlannedLesson, PlanProblem, Violation

# Ways that are worth the same go by their rank.
NEARLY: Final = 1e-8

_Answers = dict[tuple[int, int, str | None, str], bool]


def check_fallbacks(problem: PlanProblem, plan: Plan) -> list[Violation]:
    """Return every second way that could not take over; nothing is asked where there is none."""
    answers: _Answers = {}
    return [one for line in plan.students for one in _check_student(problem, line, answers)]


def check_second_room(books: SecondBooks) -> Iterator[Violation]:
    """Return every pool that second ways overdraw, and every lesson that goes without for nothing.

    What stands in a re-plan was judged when it was chosen: only who is new may not overdraw.
    """
    stands = books.standing.counted
    for pool, amount in sorted(books.counted.items()):
        if amount > max(books.room(pool), stands[pool]) + TOLERANCE:
            yield Violation(
                "fallback_room",
                N_("{resource} ({key}): second ways need {counted:.0f} of {room:.0f}."),
                {
                    "resource": pool[0].value,
                    "key": pool[1],
                    "counted": amount,
                    "room": books.room(pool),
                },
            )
    answers: _Answers = {}
    for line in books.lines:
        place = (line.student.id, line.lesson.id)
        if line.choice.channel is None or place in books.problem.standing:
            continue
        own = books.fallbacks.get(place)
        if any(books.has_room(line, own, name) for name in _better(books, line, own, answers)):
            facts = line.facts
            words = N_("Lesson {lesson} of student {student} could have a better second way.")
            yield Violation("fallback_room", words, facts)


def _better(books: SecondBooks, line: Line, own: str | None, answers: _Answers) -> Iterator[str]:
    """Return the ways that are worth more to a lesson than the one it has, if any."""
    problem, lesson = books.problem, line.lesson.id
    options = problem.options[line.student.id, lesson]
    least = books.net(line, own) + NEARLY if own else None
    for one in options:
        key = (id(options), lesson, line.choice.channel, one.channel)
        if key not in answers:
            answers[key] = _can_take_over(
                problem, options, lesson, line.choice.channel, one.channel
            )
        if answers[key] and (least is None or books.net(line, one.channel) > least):
            yield one.channel


def _check_student(
    problem: PlanProblem, line: StudentPlan, answers: _Answers
) -> Iterator[Violation]:
    if not line.fallbacks:
        return
    if len(line.fallbacks) != len(line.lessons):
        yield Violation(
            "fallback",
            N_("Student {student} does not have a second way or none for each lesson."),
            {"student": line.student},
        )
        return
    rows = zip(line.lessons, line.choices, line.fallbacks, strict=True)
    for lesson, choice, fallback in rows:
        if fallback is None:
            continue
        # Homes that are alike share their options: a million lessons have a few hundred answers.
        options = problem.options[line.student, lesson]
        key = (id(options), lesson, choice.channel, fallback)
        if key not in answers:
            answers[key] = _can_take_over(problem, options, lesson, choice.channel, fallback)
        if not answers[key]:
            facts = {
                "student": line.student,
                "lesson": problem.lessons[lesson].code,
                "channel": fallback,
            }
            words = N_("{channel} cannot take over lesson {lesson} of student {student}.")
            yield Violation("fallback", words, facts)


def _can_take_over(
    problem: PlanProblem,
    options: Sequence[Option],
    lesson: int,
    channel: str | None,
    fallback: str,
) -> bool:
    terms = problem.channels.get(fallback)
    if channel is None or terms is None or not terms.can_take_over:
        return False
    about = problem.lessons[lesson]
    return (
        terms.failure_domain != problem.channels[channel].failure_domain
        and any(one.possible for one in options if one.channel == fallback)
        and _arrival(about, is_paper=terms.is_paper, lead_days=terms.lead_days)
        <= last_useful_day(problem.week, about.day, about.due)
    )


def _arrival(about: PlannedLesson, *, is_paper: bool, lead_days: int) -> date:
    """On the evening of its day the failure is known; paper then waits for the school to open."""
    if is_paper:
        return add_school_days(add_school_days(about.day, 1), lead_days)
    return add_school_days(about.day, lead_days)
