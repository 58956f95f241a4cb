"""What a choice, a delivery, a consignment and a receipt are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.states import State


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a plan: a lesson's channel, or None, and the reason."""

    channel: str | None
    reason: ChoiceReason


@dataclass(frozen=True, slots=True)
class StudentPlan:
    """A student's week: the lessons in the order of their slots, each with a choice.

    ``fallbacks`` names, by slot, the channel that takes over when the chosen one fails; empty
    when no lesson has one.
    """

    student: int
    lessons: tuple[int, ...]
    choices: tuple[Choice, ...]
    fallbacks: tuple[str | None, ...] = ()


class Kind(StrEnum):
    """What is handed over in one act."""

    DIGEST = "digest"  # one student's lessons of one day in the messenger
    PACK = "pack"  # one household's paper of one week
    AIRING = "airing"  # one lesson for all who watch
    FEEDBACK = "feedback"  # a teacher's mark and words
    SESSION = "session"  # one student's lessons of one day in the duty class


WITH_LESSONS: Final = frozenset(Kind) - {Kind.FEEDBACK}
"""The kinds whose loss means that lessons did not arrive."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One lesson to one student by one channel, as the published plan says."""

    week: str
    student: int
    household: int
    lesson: int
    day: date
    channel: str
    attempt: int = 1
    feedback: int | None = None
    """Number of the feedback that goes home, when this is not the lesson itself."""


@dataclass(frozen=True, slots=True)
class Content:
    """The lessons of one student inside a consignment."""

    student: int
    lessons: tuple[int, ...]
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is handed over in one act; the same deliveries always give the same consignment.

    ``due`` is the local date and ``at`` the local "HH:MM" from which it may leave. An airing
    names its lesson and leaves ``contents`` empty: who watches is read from the plan.
    """

    key: str
    channel: str
    kind: Kind
    week: str
    due: date
    at: str = "07:30"
    household: int | None = None
    student: int | None = None
    lesson: int | None = None
    contents: tuple[Content, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0

    @classmethod
    def of_feedback(cls, one: Delivery) -> "Consignment":
        """A teacher's words on one lesson travel alone, by whatever channel they are planned."""
        return cls(
            key=f"{one.channel}:feedback:{one.feedback}",
            channel=one.channel,
            kind=Kind.FEEDBACK,
            week=one.week,
            due=one.day,
            household=one.household,
            student=one.student,
            lesson=one.lesson,
            contents=(Content(one.student, (one.lesson,), one.attempt),),
            payload={"feedback": one.feedback},
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The unit of work: consignments of one channel that one job hands over."""

    key: str
    channel: str
    week: str
    consignments: tuple[Consignment, ...]
    id: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One piece of evidence on lessons of one student; the same key twice counts once."""

    key: str
    week: str
    student: int
    lessons: tuple[int, ...]
    state: State
    channel: str
    at: datetime
    attempt: int = 1
    source: str = ""
    reason: FailureReason | None = None
    consignment: str = ""


@dataclass(frozen=True, slots=True)
class LessonState:
    """Where one lesson of one student stands; ``channel`` is None when nothing was planned.

    ``fallback`` is the channel that was planned to take over from this attempt.
    """

    student: int
    lesson: int
    slot: int
    channel: str | None
    reason: ChoiceReason
    attempt: int
    state: State
    fallback: str | None = None
