"""Which student and which lesson a person means, and what a plan looks like in words."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from jetkiz.channel import channel_words
from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.reasons import CHOICE_WORDS, ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.tables import lesson
from jetkiz.roster.model import Student
from scheduler.model import EVERY_LESSON, SetAside
from scheduler.plan_report import ways
from scheduler.plan_store import PlanRun, RunState
from scheduler.second_way_words import ready_line

ALL_LESSONS = "all"

STATE_WORDS = {
    RunState.DRAFT: N_("a draft"),
    RunState.PUBLISHED: N_("published"),
    RunState.SUPERSEDED: N_("replaced by a newer plan"),
}


def find_lesson(connection: Connection, student: Student, code: str) -> tuple[int, str]:
    """Return number and week of the lesson with this code in the student's language."""
    c = lesson.c
    row = connection.execute(
        select(c.id, c.week).where(c.code == code, c.language == student.language)
    ).first()
    if row is None:
        raise JetkizError(
            N_("There is no lesson {code!r} in the language of this student ({language})."),
            N_("The codes stand in the folders of the lessons."),
            code=code,
            language=student.language,
        )
    return row.id, row.week


def find_lessons(connection: Connection, student: Student, code: str) -> int:
    """Return a lesson's number; "all" is 0 and stands for every lesson."""
    return EVERY_LESSON if code == ALL_LESSONS else find_lesson(connection, student, code)[0]


def plan_lines(run: PlanRun, plans: Sequence[StudentPlan], t: Translator) -> list[str]:
    """Say a plan in words: how many students are reached how, and what has no channel."""
    lines = [head_line(run, t)]
    for names, count in ways(plans).items():
        students = t.n("{n} student", "{n} students", count)
        lines.append(t("{students}: {ways}.", students=students, ways=_together(names, t)))
    choices = [one for line in plans for one in line.choices]
    for reason in ChoiceReason:
        count = sum(one.reason == reason for one in choices)
        if count and not reason.has_channel:
            lessons = t.n("{n} lesson without a channel", "{n} lessons without a channel", count)
            lines.append(t("{lessons}: {reason}.", lessons=lessons, reason=t(CHOICE_WORDS[reason])))
    if not any(one.channel is None for one in choices):
        lines.append(t("Every lesson has a channel."))
    lines.append(ready_line(plans, t))
    return [*lines, *_paper_lines(run, t), _proof_line(run, t), *_learning_lines(run, t)]


def head_line(run: PlanRun, t: Translator) -> str:
    """Name a plan and say where it stands."""
    state = t(STATE_WORDS[run.state])
    facts = {"version": run.version, "week": run.week, "state": state}
    return t("Plan {version} of week {week}: {state}.", **facts)


def _together(names: Sequence[str], t: Translator) -> str:
    return " + ".join(t(channel_words(name)) for name in names) or t("no channel")


def _paper_lines(run: PlanRun, t: Translator) -> list[str]:
    # The printer's count comes later: every part of a pack begins on a sheet of its own.
    units = {
        "pages": N_("sides to print, estimated, without empty backs"),
        "tenge": N_("tenge for postage"),
        "seats": N_("seats of the duty class"),
        "messages": N_("messages of the day"),
        "minutes": N_("minutes for marking"),
    }
    return [
        t(
            "{unit}: {used:.0f} of {amount:.0f}.",
            unit=t(units[one["unit"]]),
            used=one["used"],
            amount=one["amount"],
        )
        for one in run.report["capacity"]
    ]


def _proof_line(run: PlanRun, t: Translator) -> str:
    return t(
        "Expected to be received: {received:.0%} of the lessons; cost {cost:.0f} tenge; "
        "at most {gap:.1%} below the best possible plan.",
        received=run.report["expected_received"],
        cost=run.report["cost_tenge"],
        gap=run.gap,
    )


def _learning_lines(run: PlanRun, t: Translator) -> list[str]:
    if not run.report.get("learning"):
        return []
    weeks = t.n("{n} week", "{n} weeks", run.report["learned_weeks"])
    students = t.n("{n} student", "{n} students", run.report["learned_students"])
    words = N_("Likelihoods are learned from {weeks}, about {students}.")
    return [t(words, weeks=weeks, students=students)]


def unasked_line(plans: Sequence[StudentPlan], names: dict[int, str], t: Translator) -> str:
    """Name the students whose homes nobody has asked; empty when there are none."""
    reasons = {ChoiceReason.NOT_ASKED_YET, ChoiceReason.UNKNOWN_PROFILE}
    students = [line.student for line in plans if reasons & {one.reason for one in line.choices}]
    if not students:
        return ""
    listed = ", ".join(names.get(one) or str(one) for one in students)
    return t("Ask these families first, nothing is known of them: {students}.", students=listed)


def set_aside_lines(set_aside: Sequence[SetAside], t: Translator) -> list[str]:
    """Say which decisions by hand cannot be kept this week, and why."""
    by_decision: dict[tuple[int, str, str], int] = {}
    for one in set_aside:
        key = (one.override.student, one.override.channel, t(one.test, **one.facts))
        by_decision[key] = by_decision.get(key, 0) + 1
    return [
        t(
            "The decision {channel} for student {student} cannot be kept for {lessons}: {test}.",
            channel=t(channel_words(channel)),
            student=student,
            lessons=t.n("{n} lesson", "{n} lessons", count),
            test=test,
        )
        for (student, channel, test), count in by_decision.items()
    ]
