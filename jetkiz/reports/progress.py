"""What counts as a student with nothing, and how far the lessons of a week have come.

Every number names its proof: a message that Telegram took is not a lesson that somebody read.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy import Connection, select

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.states import Proof, State, proof_of
from jetkiz.delivery.tables import receipt
from jetkiz.i18n import N_
from jetkiz.roster.register import read_students

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rungs:
    """How many lessons stand on each rung or above it; failed ones are counted apart."""

    planned: int = 0
    dispatched: int = 0
    delivered: int = 0
    acknowledged: int = 0
    returned: int = 0
    marked: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One channel's lessons by rung, and by who vouches for them."""

    channel: str
    rungs: Rungs
    proof: Mapping[Proof, int]


class Standing(StrEnum):
    """Why nothing is known to have reached a student."""

    NOT_IN_PLAN = "not_in_plan"  # no lesson of the week is meant for the student
    NO_CHANNEL = "no_channel"  # no lesson has a channel
    FAILED = "failed"  # every lesson that went out came back as failed
    NOT_HANDED_OVER = "not_handed_over"  # planned, but nobody has taken it yet
    NO_SIGN = "no_sign"  # handed over, but nothing says that it arrived


STANDING_WORDS: Final = {
    Standing.NOT_IN_PLAN: N_("no lesson of this week is meant for them"),
    Standing.NO_CHANNEL: N_("no channel was planned"),
    Standing.FAILED: N_("everything that was sent failed"),
    Standing.NOT_HANDED_OVER: N_("planned, but not handed over yet"),
    Standing.NO_SIGN: N_("handed over, but no sign of arrival from anybody"),
}


@dataclass(frozen=True, slots=True)
class EmptyHanded:
    """A student whom nothing is known to have reached, with the reasons, commonest first."""

    student: int
    standing: Standing
    lessons: int
    channels: tuple[str, ...] = ()
    reasons: tuple[ChoiceReason, ...] = ()
    failures: tuple[FailureReason, ...] = ()


@dataclass(frozen=True, slots=True)
class LessonWithoutChannel:
    """A lesson that the plan could not give a student, and why."""

    student: int
    lesson: int
    reason: ChoiceReason


@dataclass(frozen=True, slots=True)
class WeekReport:
    """A week in numbers, the students with nothing first.

    ``nothing`` is certain; ``no_sign`` lists those to whom something was handed over that
    nobody has confirmed: it may have arrived.
    """

    week: str
    students: int
    lessons: int
    total: Rungs
    channels: tuple[ChannelReport, ...]
    nothing: tuple[EmptyHanded, ...]
    no_sign: tuple[EmptyHanded, ...]
    without_channel: tuple[LessonWithoutChannel, ...]

    @property
    def is_published(self) -> bool:
        """False while no plan of this week stands in the ledger."""
        return self.lessons > 0

    @property
    def without_channel_by_reason(self) -> dict[ChoiceReason, int]:
        """The number of lessons without a channel for each reason, commonest first."""
        return dict(Counter(one.reason for one in self.without_channel).most_common())


def read_week_report(connection: Connection, week: str) -> WeekReport:
    """Count a week from the ledger; students who left the register are passed over."""
    enrolled = {student.id for student in read_students(connection)}
    states = [one for one in lesson_states(connection, week) if one.student in enrolled]
    return count_week(week, states, _failures(connection, week), enrolled)


def _failures(connection: Connection, week: str) -> dict[int, list[FailureReason]]:
    found: dict[int, list[FailureReason]] = defaultdict(list)
    c = receipt.c
    query = select(c.student_id, c.reason).where(c.week == week, c.reason.is_not(None))
    for row in connection.execute(query.order_by(c.at, c.id)):
        found[row.student_id].append(FailureReason(row.reason))
    return found


def count_week(
    week: str,
    states: Sequence[LessonState],
    failures: Mapping[int, Sequence[FailureReason]],
    enrolled: Collection[int],
) -> WeekReport:
    """Count the states of a week's lessons; before a plan is published nobody is listed."""
    by_student: dict[int, list[LessonState]] = {number: [] for number in sorted(enrolled)}
    by_channel: dict[str, list[State]] = defaultdict(list)
    for one in states:
        by_student.setdefault(one.student, []).append(one)
        if one.channel:
            by_channel[one.channel].append(one.state)
    listed = _empty_handed(by_student, failures) if states else []
    return WeekReport(
        week=week,
        students=len(by_student),
        lessons=len(states),
        total=_rungs([state for some in by_channel.values() for state in some]),
        channels=tuple(_channel(name, by_channel[name]) for name in sorted(by_channel)),
        nothing=tuple(one for one in listed if one.standing != Standing.NO_SIGN),
        no_sign=tuple(one for one in listed if one.standing == Standing.NO_SIGN),
        without_channel=tuple(
            LessonWithoutChannel(one.student, one.lesson, one.reason)
            for one in states
            if one.channel is None
        ),
    )


def _channel(name: str, states: Sequence[State]) -> ChannelReport:
    # A setback's "carrier" vouches for the failure, not for the lesson: counted as nobody's.
    vouched = Counter(Proof.NOBODY if s.is_setback else proof_of(s) for s in states)
    return ChannelReport(name, _rungs(states), {proof: vouched[proof] for proof in Proof})


def _rungs(states: Sequence[State]) -> Rungs:
    return Rungs(
        planned=len(states),
        dispatched=sum(s == State.DISPATCHED or s.has_arrived for s in states),
        delivered=sum(s >= State.DELIVERED for s in states),
        acknowledged=sum(s >= State.ACKNOWLEDGED for s in states),
        returned=sum(s >= State.RETURNED for s in states),
        marked=sum(s >= State.MARKED for s in states),
        failed=sum(s.is_setback for s in states),
    )


def _empty_handed(
    by_student: Mapping[int, Sequence[LessonState]],
    failures: Mapping[int, Sequence[FailureReason]],
) -> list[EmptyHanded]:
    order = list(Standing)
    found = [
        _about(student, states, failures.get(student, ()))
        for student, states in by_student.items()
        if not any(one.state.has_arrived for one in states)
    ]
    return sorted(found, key=lambda one: (order.index(one.standing), one.student))


def _about(
    student: int, states: Sequence[LessonState], failed: Sequence[FailureReason]
) -> EmptyHanded:
    standing = _standing([one.state for one in states])
    return EmptyHanded(
        student=student,
        standing=standing,
        lessons=len(states),
        channels=tuple(sorted({one.channel for one in states if one.channel})),
        reasons=_commonest(one.reason for one in states if one.channel is None),
        failures=_commonest(failed) if standing == Standing.FAILED else (),
    )


def _standing(states: Sequence[State]) -> Standing:
    """The lesson that came nearest to the student names the standing."""
    if not states:
        return Standing.NOT_IN_PLAN
    if State.DISPATCHED in states:
        return Standing.NO_SIGN
    if State.PLANNED in states or State.PREPARED in states:
        return Standing.NOT_HANDED_OVER
    if any(state.is_setback for state in states):
        return Standing.FAILED
    return Standing.NO_CHANNEL


def _commonest(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(value for value, _ in Counter(values).most_common())
