"""What counts as a student with nothing, and how far the lessons of a week have come.

Every number names its proof: a message that Telegram took is not a lesson that somebody read.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy import Connection, select

from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.states import Proof, State, proof_of
from jetkiz.delivery.tables import receipt
from jetkiz.delivery.tallies import Tally, tally_week
from jetkiz.i18n import N_, Translator
from jetkiz.roster.register import read_students
from jetkiz.storage.many_values import among

T = TypeVar("T")
ON_AIR: Final = "broadcast"


@dataclass(frozen=True, slots=True)
class Rungs:
    """How many lessons stand on each rung or above it; failed ones are counted apart.

    Aired is not watched: a lesson that TV has shown is ``aired``, and ``delivered`` only where
    somebody of the home gave a sign.
    """

    planned: int = 0
    dispatched: int = 0
    aired: int = 0
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
    """Why nothing, or not everything, is known to have reached a student."""

    NOT_IN_PLAN = "not_in_plan"  # no lesson of the week is meant for the student
    NO_CHANNEL = "no_channel"  # no lesson has a channel
    FAILED = "failed"  # every lesson that went out came back as failed
    NOT_HANDED_OVER = "not_handed_over"  # planned, but nobody has taken it yet
    NO_SIGN = "no_sign"  # handed over, but nothing says that it arrived
    PARTLY = "partly"  # something has arrived, and something else is lost


STANDING_WORDS: Final = {
    Standing.NOT_IN_PLAN: N_("no lesson of this week is meant for them"),
    Standing.NO_CHANNEL: N_("no channel was planned"),
    Standing.FAILED: N_("everything that was sent failed"),
    Standing.NOT_HANDED_OVER: N_("planned, but not handed over yet"),
    Standing.NO_SIGN: N_("handed over, but no sign of arrival from anybody"),
}


@dataclass(frozen=True, slots=True)
class EmptyHanded:
    """A student whom nothing is known to have reached, with the reasons, commonest first.

    Where something has arrived, ``lost`` counts the lessons that failed or had no channel.
    """

    student: int
    standing: Standing
    lessons: int
    channels: tuple[str, ...] = ()
    reasons: tuple[ChoiceReason, ...] = ()
    failures: tuple[FailureReason, ...] = ()
    lost: int = 0


def standing_words(one: EmptyHanded, t: Translator) -> str:
    """Say in words how a student stands."""
    if one.standing != Standing.PARTLY:
        return t(STANDING_WORDS[one.standing])
    counts = {"lost": one.lost, "lessons": one.lessons}
    return t("{lost} of {lessons} lessons did not arrive", **counts)


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
    nobody has confirmed: it may have arrived. ``partly`` lists those who got something and lost
    something, who lost most first. Reasons stand with the commonest first.
    """

    week: str
    students: int
    lessons: int
    total: Rungs
    channels: tuple[ChannelReport, ...]
    nothing: tuple[EmptyHanded, ...]
    no_sign: tuple[EmptyHanded, ...]
    without_channel_by_reason: Mapping[ChoiceReason, int]
    without_channel: tuple[LessonWithoutChannel, ...] = ()
    partly: tuple[EmptyHanded, ...] = ()

    @property
    def is_published(self) -> bool:
        """False while no plan of this week stands in the ledger."""
        return self.lessons > 0


def read_week_report(
    connection: Connection,
    week: str,
    students: Collection[int] | None = None,
    *,
    each_lesson: bool = True,
) -> WeekReport:
    """Count a week from the ledger, of all students in the register or of those given.

    Without ``each_lesson`` the lessons without a channel are counted and not listed.
    """
    enrolled = students
    if enrolled is None:
        enrolled = {student.id for student in read_students(connection)}
    tallies = tally_week(connection, week, set(enrolled))
    failures = _failures(connection, week, students)
    return count_week(week, tallies, failures, enrolled, each_lesson=each_lesson)


def _failures(
    connection: Connection, week: str, students: Iterable[int] | None
) -> dict[int, list[FailureReason]]:
    found: dict[int, list[FailureReason]] = defaultdict(list)
    c = receipt.c
    query = select(c.student_id, c.reason).where(c.week == week, c.reason.is_not(None))
    if students is not None:
        query = query.where(among(c.student_id, students))
    for row in connection.execute(query.order_by(c.at, c.id)):
        found[row.student_id].append(FailureReason(row.reason))
    return found


def _listed(tallies: Iterable[Tally]) -> tuple[LessonWithoutChannel, ...]:
    return tuple(
        LessonWithoutChannel(one.student, lesson, reason)
        for one in tallies
        for lesson, reason in one.without
    )


def count_week(
    week: str,
    tallies: Sequence[Tally],
    failures: Mapping[int, Sequence[FailureReason]],
    enrolled: Collection[int],
    *,
    each_lesson: bool = True,
) -> WeekReport:
    """Join the tallies of a week's students; before a plan is published nobody is listed."""
    planned = {one.student for one in tallies}
    missing = [Tally(number, {}) for number in sorted(set(enrolled) - planned)]
    by_channel: dict[str, Counter[State]] = defaultdict(Counter)
    for one in tallies:
        for name, states in one.states.items():
            for state, count in states.items():
                by_channel[name][state] += count
    reasons = Counter(reason for one in tallies for _, reason in one.without)
    channels = tuple(_channel(name, by_channel[name]) for name in sorted(by_channel))
    tallies = [_proved(one) for one in tallies]
    listed = _empty_handed([*missing, *tallies], failures) if tallies else []
    return WeekReport(
        week=week,
        students=len(planned) + len(missing),
        lessons=sum(one.lessons for one in tallies),
        total=_sum(one.rungs for one in channels),
        channels=channels,
        nothing=tuple(one for one in listed if one.standing != Standing.NO_SIGN),
        no_sign=tuple(one for one in listed if one.standing == Standing.NO_SIGN),
        without_channel_by_reason=dict(reasons.most_common()),
        # Thousands of values in a large school: made only for who lists them.
        without_channel=_listed(tallies) if each_lesson else (),
        partly=_partly(tallies, failures),
    )


def _channel(name: str, states: Counter[State]) -> ChannelReport:
    # A setback's "carrier" vouches for the failure, not for the lesson: counted as nobody's.
    vouched: Counter[Proof] = Counter()
    for state, count in states.items():
        vouched[Proof.NOBODY if state.is_setback else proof_of(state)] += count
    rungs = _rungs(states)
    if name == ON_AIR:
        shown = states[State.DELIVERED]
        rungs = replace(rungs, delivered=rungs.delivered - shown, aired=rungs.delivered)
    return ChannelReport(name, rungs, {proof: vouched[proof] for proof in Proof})


def _sum(rungs: Iterable[Rungs]) -> Rungs:
    total: Counter[str] = Counter()
    for one in rungs:
        total.update(asdict(one))
    return Rungs(**total)


def _proved(one: Tally) -> Tally:
    """Count what was aired as handed over: nobody knows whether this student watched it."""
    shown = Counter(one.states.get(ON_AIR, {}))
    if not shown[State.DELIVERED]:
        return one
    shown[State.DISPATCHED] += shown.pop(State.DELIVERED)
    return replace(one, states={**one.states, ON_AIR: shown})


def _rungs(states: Counter[State]) -> Rungs:
    def count(passes: Callable[[State], bool]) -> int:
        return sum(n for state, n in states.items() if passes(state))

    return Rungs(
        planned=states.total(),
        dispatched=count(lambda s: s == State.DISPATCHED or s.has_arrived),
        delivered=count(lambda s: s >= State.DELIVERED),
        acknowledged=count(lambda s: s >= State.ACKNOWLEDGED),
        returned=count(lambda s: s >= State.RETURNED),
        marked=count(lambda s: s >= State.MARKED),
        failed=count(lambda s: s.is_setback),
    )


_ARRIVED: Final = frozenset(state for state in State if state.has_arrived)


def _empty_handed(
    tallies: Iterable[Tally], failures: Mapping[int, Sequence[FailureReason]]
) -> list[EmptyHanded]:
    order = list(Standing)
    found = []
    for one in tallies:
        known = (*one.states.values(), one.unplanned)
        if all(map(_ARRIVED.isdisjoint, known)):
            states = {state for some in known for state in some}
            found.append(_about(one, states, failures.get(one.student, ())))
    return sorted(found, key=lambda one: (order.index(one.standing), one.student))


def _partly(
    tallies: Iterable[Tally], failures: Mapping[int, Sequence[FailureReason]]
) -> tuple[EmptyHanded, ...]:
    found = []
    for one in tallies:
        known = (*one.states.values(), one.unplanned)
        lost = _lost(one)
        if lost and not all(map(_ARRIVED.isdisjoint, known)):
            found.append(
                EmptyHanded(
                    student=one.student,
                    standing=Standing.PARTLY,
                    lessons=one.lessons,
                    lost=lost,
                    channels=tuple(sorted(one.states)),
                    reasons=_commonest(reason for _, reason in one.without),
                    failures=_commonest(failures.get(one.student, ())) if _failed(one) else (),
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.lost, one.student)))


def _lost(one: Tally) -> int:
    """Count what did not reach a student; work that came back has, channel or not."""
    arrived = sum(count for state, count in one.unplanned.items() if state.has_arrived)
    return _failed(one) + max(0, len(one.without) - arrived)


def _failed(one: Tally) -> int:
    lost = (State.FAILED, State.EXPIRED)
    return sum(states.get(state, 0) for states in one.states.values() for state in lost)


def _about(one: Tally, states: AbstractSet[State], failed: Sequence[FailureReason]) -> EmptyHanded:
    standing = _standing(states, one.lessons)
    return EmptyHanded(
        student=one.student,
        standing=standing,
        lessons=one.lessons,
        channels=tuple(sorted(one.states)),
        reasons=_commonest(reason for _, reason in one.without),
        failures=_commonest(failed) if standing == Standing.FAILED else (),
    )


def _standing(states: AbstractSet[State], lessons: int) -> Standing:
    """The lesson that came nearest to the student names the standing."""
    if not lessons:
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
