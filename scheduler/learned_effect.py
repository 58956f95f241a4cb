"""What learning changes in a plan: the same week with and without it, from the same inputs.

Both plans are measured with the learned likelihoods: they are the better guess of what will come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from jetkiz.channel import Channel, channel_words
from jetkiz.config import Settings
from jetkiz.delivery.model import StudentPlan
from jetkiz.i18n import Translator
from jetkiz.storage.database import Database
from scheduler.evidence_words import evidence_words
from scheduler.model import Learned, Option, Plan, PlanProblem
from scheduler.plan_report import channels_of
from scheduler.planner import make_plan
from scheduler.problem import problem_of, read_inputs, with_experience
from scheduler.two_plans import moves, received, ways_in_words

MOST_TELLING: Final = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two plans: lessons expected to be received, and tenge."""

    received: float
    cost: float


@dataclass(frozen=True, slots=True)
class StudentChange:
    """A student whose channels learning changes; ``evidence`` is what was learned of them."""

    student: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    received_before: float
    received_after: float
    evidence: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference; ``changes`` holds every student with another channel, most telling first."""

    week: str
    learned: Learned
    lessons: int
    without: Side
    with_learning: Side
    changes: tuple[StudentChange, ...]


def read_effect(
    database: Database,
    channels: Mapping[str, Channel],
    week: str,
    settings: Settings,
    now: datetime,
) -> Effect:
    """Plan a week twice and keep neither."""
    with database.read() as connection:
        plain = read_inputs(connection, week)
        learning = replace(settings, learning=True)
        taught = with_experience(connection, plain, channels, learning, now)
    return effect_of(*(problem_of(one, channels, settings, now, 1) for one in (plain, taught)))


def effect_of(plain: PlanProblem, taught: PlanProblem) -> Effect:
    """Compare the plans of one week with the channels' own likelihoods and with learned ones."""
    before, after = make_plan(plain), make_plan(taught)
    changes = [
        change
        for one, other in zip(before.students, after.students, strict=True)
        if (change := _change(taught, one, other))
    ]
    changes.sort(key=lambda one: (round(one.received_before - one.received_after, 6), one.student))
    return Effect(
        week=taught.week,
        learned=taught.learned or Learned(0, 0),
        lessons=sum(len(line.lessons) for line in after.students),
        without=_side(taught, before),
        with_learning=_side(taught, after),
        changes=tuple(changes),
    )


def _side(taught: PlanProblem, plan: Plan) -> Side:
    return Side(sum(received(taught, line) for line in plan.students), plan.cost)


def _change(taught: PlanProblem, before: StudentPlan, after: StudentPlan) -> StudentChange | None:
    moved = moves([before], [after])
    if not moved:
        return None
    touched = {way for move in moved for way in (move.before, move.after)}
    return StudentChange(
        student=before.student,
        before=channels_of(before.choices),
        after=channels_of(after.choices),
        received_before=received(taught, before),
        received_after=received(taught, after),
        evidence=tuple(_evidence(taught, before.student, moved[0].lesson, touched)),
    )


def _evidence(
    taught: PlanProblem, student: int, lesson: int, touched: set[str]
) -> Iterator[Option]:
    return (
        one
        for one in taught.options[student, lesson]
        if one.possible and one.evidence and one.channel in touched
    )


def effect_lines(effect: Effect, t: Translator) -> list[str]:
    """Say the difference in words, the five most telling students by their number."""
    if not effect.learned.students:
        return [t("No week that is over tells of these homes yet: learning changes nothing.")]
    lines = [
        t(
            "Learned from {weeks}, about {students}. Neither plan is kept.",
            weeks=t.n("{n} week", "{n} weeks", effect.learned.weeks),
            students=t.n("{n} student", "{n} students", effect.learned.students),
        ),
        _side_line(t("Without learning"), effect.without, effect.lessons, t),
        _side_line(t("With learning"), effect.with_learning, effect.lessons, t),
    ]
    count = t.n("{n} student", "{n} students", len(effect.changes))
    lines.append(t("Learning changes the channels of {students}.", students=count))
    for one in effect.changes[:MOST_TELLING]:
        lines += _change_lines(one, t)
    return lines


def _side_line(name: str, side: Side, lessons: int, t: Translator) -> str:
    return t(
        "{name}: lessons expected to be received {received:.1f} of {lessons}; "
        "cost {cost:.0f} tenge.",
        name=name,
        received=side.received,
        lessons=lessons,
        cost=side.cost,
    )


def _change_lines(one: StudentChange, t: Translator) -> list[str]:
    lines = [
        t(
            "Student {student}: {before} → {after}; {few:.1f} → {many:.1f} lessons expected.",
            student=one.student,
            before=ways_in_words(one.before, t),
            after=ways_in_words(one.after, t),
            few=one.received_before,
            many=one.received_after,
        )
    ]
    for option in one.evidence:
        name = t(channel_words(option.channel))
        lines.append(
            t("  {channel}: {evidence}.", channel=name, evidence=evidence_words(option, t))
        )
    return lines
