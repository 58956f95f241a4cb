"""Why a lesson of a plan goes its way: by what was known then, and what today would change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.errors import JetkizError
from jetkiz.i18n import Translator
from jetkiz.storage.workplace import Workplace
from scheduler.explain import Explainer, Explanation, answer_line, explanation_lines
from scheduler.kept_problem import read_kept_problem
from scheduler.plan_store import PlanRun, read_lines
from scheduler.planning import channels_of_plan, look_again
from scheduler.second_way_words import fallback_in, fallback_line, without_room


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the plan, and what would be chosen today where that is something else.

    ``is_kept`` is False when the files of the plan are gone: then it was weighed with today's
    facts, which need not be those that decided. ``fallback`` is the second way of the plan,
    ``crowded`` a better one for which there was no room.
    """

    then: Explanation
    is_kept: bool
    today: Choice | None
    fallback: str | None = None
    crowded: str | None = None


def answer_why(
    connection: Connection, workplace: Workplace, run: PlanRun, student: int, lesson: int
) -> Answer:
    """Weigh a lesson with what the plan was made of, and again with what is known today."""
    plans = read_lines(connection, run.id)
    answer = _weighed(connection, workplace, run, plans, (student, lesson))
    fallback = fallback_in(plans, student, lesson)
    kept, first = read_kept_problem(workplace.settings.data, run), answer.then.stored.channel
    crowded = without_room(kept, student, lesson, first, fallback) if kept and first else None
    return replace(answer, fallback=fallback, crowded=crowded)


def _weighed(
    connection: Connection,
    workplace: Workplace,
    run: PlanRun,
    plans: Sequence[StudentPlan],
    asked: tuple[int, int],
) -> Answer:
    student, lesson = asked
    kept = read_kept_problem(workplace.settings.data, run)
    if kept is None:
        found = _with_today(connection, workplace, run, student, lesson)
        return Answer(found, is_kept=False, today=None if found.agrees else found.choice)
    then = Explainer(kept, plans).explain(student, lesson)
    try:
        today = _with_today(connection, workplace, run, student, lesson).choice
    except JetkizError:
        # The student or the lesson is gone meanwhile: today nothing would be chosen.
        return Answer(then, is_kept=True, today=None)
    return Answer(then, is_kept=True, today=None if today == then.stored else today)


def _with_today(
    connection: Connection, workplace: Workplace, run: PlanRun, student: int, lesson: int
) -> Explanation:
    channels = channels_of_plan(workplace, run)
    looked = look_again(connection, channels, run, workplace.settings)
    return Explainer(looked.problem, looked.plan.students).explain(student, lesson)


def answer_lines(answer: Answer, title: str, t: Translator) -> list[str]:
    """Say the plan's answer with what decided, then today's where it is another."""
    lines = explanation_lines(answer.then, title, t)
    if answer.then.stored.channel:
        lines.insert(1, fallback_line(answer.fallback, answer.crowded, t))
    if not answer.is_kept:
        lines.insert(1, t("What was known when the plan was made is not kept; known today:"))
    if answer.today:
        said = answer_line(answer.today, title, t)
        lines.append(t("With what is known today it would be another way. {answer}", answer=said))
    return lines
