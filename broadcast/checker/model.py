"""What can be wrong with a timetable, and the sentence that says so to people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from jetkiz.i18n import N_


class FaultKind(StrEnum):
    """The promise that is not kept."""

    # What an airing says of itself
    DOUBLE_ID = "double_id"
    UNKNOWN_LESSON = "unknown_lesson"
    UNKNOWN_CHANNEL = "unknown_channel"
    NO_ZONE = "no_zone"
    BACKWARDS = "backwards"
    OUTSIDE_DAYS = "outside_days"
    TOO_SHORT = "too_short"
    # One airing on its channel
    OUTSIDE_HOURS = "outside_hours"
    BLOCKED = "blocked"
    OFF_GRID = "off_grid"
    OVERLAP = "overlap"
    NO_GAP = "no_gap"
    LANGUAGE = "language"
    MEDIUM = "medium"
    PICTURE = "picture"
    REGION = "region"
    # What it asks of students
    PARALLEL = "parallel"
    AGE = "age"
    OTHER_DAY = "other_day"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    ONE_A_DAY = "one_a_day"
    LONG_RUN = "long_run"
    ORDER = "order"
    REPEAT_EARLY = "repeat_early"
    REPEAT_LATE = "repeat_late"
    QUOTA = "quota"
    # What its broadcaster asks beyond that
    NOT_APART = "not_apart"
    NOT_BEFORE = "not_before"
    TOO_MANY_A_DAY = "too_many_a_day"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    OTHER_HOUR = "other_hour"
    # What the problem asked for
    UNCOVERED = "uncovered"
    UNANSWERED = "unanswered"
    BOTH = "both"
    NO_REASON = "no_reason"
    UNKNOWN_UNPLACED = "unknown_unplaced"
    DOUBLE_FIRST = "double_first"
    FIXED = "fixed"
    # How airings stand for one another
    NO_PREDECESSOR = "no_predecessor"
    OTHER_LESSON = "other_lesson"
    STILL_STANDS = "still_stands"
    NO_SUCCESSOR = "no_successor"
    TWO_SUCCESSORS = "two_successors"
    CIRCLE = "circle"
    # Against the revision before
    PARENT = "parent"
    LOST_ID = "lost_id"
    OTHER_AIRING = "other_airing"
    FROZEN = "frozen"
    NEW_IN_FREEZE = "new_in_freeze"
    SEQUENCE = "sequence"
    BACK_TO_PLAN = "back_to_plan"


@dataclass(frozen=True, slots=True)
class Fault:
    """One promise that is not kept, by these airings; ``facts`` fill the places of the sentence."""

    kind: FaultKind
    airings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The message id that says it."""
        return SENTENCES[self.kind]

    def __str__(self) -> str:
        """Return the English words."""
        return self.sentence.format(**self.facts)


OF_CONDITIONS: Final = frozenset(
    {
        FaultKind.NOT_APART,
        FaultKind.NOT_BEFORE,
        FaultKind.TOO_MANY_A_DAY,
        FaultKind.TOO_MANY_AT_ONCE,
        FaultKind.OTHER_HOUR,
    }
)

SENTENCES: Final[Mapping[FaultKind, str]] = {
    FaultKind.DOUBLE_ID: N_("Two airings have the number {airing}."),
    FaultKind.UNKNOWN_LESSON: N_("Airing {airing}: there is no lesson {lesson}."),
    FaultKind.UNKNOWN_CHANNEL: N_("Airing {airing}: there is no channel {channel}."),
    FaultKind.NO_ZONE: N_("Airing {airing}: its start {time} has no time zone."),
    FaultKind.BACKWARDS: N_("Airing {airing} ends before it begins."),
    FaultKind.OUTSIDE_DAYS: N_("{lesson} on {channel}, {time}: this day is not planned."),
    FaultKind.TOO_SHORT: N_(
        "{lesson} on {channel}, {time}: {minutes} minutes of air for a lesson of {limit}."
    ),
    FaultKind.OUTSIDE_HOURS: N_("{lesson} on {channel}, {time}: outside the hours of the channel."),
    FaultKind.BLOCKED: N_("{lesson} on {channel}, {time}: these minutes are blocked."),
    FaultKind.OFF_GRID: N_(
        "{lesson} on {channel}, {time}: airings begin at full steps of {limit} minutes."
    ),
    FaultKind.OVERLAP: N_("{channel}, {time}: {lesson} and {other} overlap."),
    FaultKind.NO_GAP: N_(
        "{channel}, {time}: {minutes} minutes between {lesson} and {other}, {limit} are needed."
    ),
    FaultKind.LANGUAGE: N_("{lesson} on {channel}, {time}: the channel does not air in {limit}."),
    FaultKind.MEDIUM: N_("{lesson} on {channel}, {time}: made for another medium."),
    FaultKind.PICTURE: N_("{lesson} on {channel}, {time}: needs pictures, and this is radio."),
    FaultKind.REGION: N_("{lesson} on {channel}, {time}: none of its students hears the channel."),
    FaultKind.PARALLEL: N_(
        "{time}: {lesson} on {channel} and {other} on {limit} at once, for the same students."
    ),
    FaultKind.AGE: N_(
        "{lesson} on {channel}, {time}: in region {limit} it is too early or too late for them."
    ),
    FaultKind.OTHER_DAY: N_("{lesson} on {channel}, {time}: the lesson is tied to another day."),
    FaultKind.TOO_MANY: N_("{stream}, {day}: {minutes} lessons on one day, at most {limit}."),
    FaultKind.TOO_FEW: N_("{stream}, {day}: {minutes} lessons on one day, at least {limit}."),
    FaultKind.ONE_A_DAY: N_("{stream}, {day}: {minutes} lessons of {limit} on one day."),
    FaultKind.LONG_RUN: N_(
        "{stream}, {time}: {minutes} minutes without a break, at most {limit} in a row."
    ),
    FaultKind.ORDER: N_("{lesson} is not over at {time}, when the next lesson, {other}, begins."),
    FaultKind.REPEAT_EARLY: N_("{lesson} is repeated on {channel}, {time}, before its first run."),
    FaultKind.REPEAT_LATE: N_(
        "{lesson} is repeated on {channel}, {time}, after {other}, the next lesson, begins."
    ),
    FaultKind.QUOTA: N_("{minutes} repeats, at most {limit} are wanted."),
    FaultKind.NOT_APART: N_(
        "Condition {condition}: {lesson}, {time}, stands {minutes} days from {other},"
        " at least {limit} are asked for."
    ),
    FaultKind.NOT_BEFORE: N_(
        "Condition {condition}: {lesson}, {time}, is not over when {other} begins."
    ),
    FaultKind.TOO_MANY_A_DAY: N_(
        "Condition {condition}: {minutes} of its lessons on {day}, at most {limit}."
    ),
    FaultKind.TOO_MANY_AT_ONCE: N_(
        "Condition {condition}: {minutes} of its lessons at once, {time}, at most {limit}."
    ),
    FaultKind.OTHER_HOUR: N_(
        "Condition {condition}: {lesson}, {time}, begins at another hour than {other}, {limit}."
    ),
    FaultKind.UNCOVERED: N_("{lesson} has no first run in region {limit}."),
    FaultKind.UNANSWERED: N_("{lesson} has neither a first run nor a reason why not."),
    FaultKind.BOTH: N_("{lesson} has a first run and is listed as without a place."),
    FaultKind.NO_REASON: N_("{lesson} has no place, and no reason is given."),
    FaultKind.UNKNOWN_UNPLACED: N_("{lesson} has no place, but there is no such lesson."),
    FaultKind.DOUBLE_FIRST: N_("{lesson} has two first runs for the same regions."),
    FaultKind.FIXED: N_("{lesson} on {channel}, {time}: agreed, and not kept."),
    FaultKind.NO_PREDECESSOR: N_("Airing {airing} stands for {other}, which does not exist."),
    FaultKind.OTHER_LESSON: N_("Airing {airing} stands for {other}, which is another lesson."),
    FaultKind.STILL_STANDS: N_("Airing {airing} stands for {other}, which is on the air as well."),
    FaultKind.NO_SUCCESSOR: N_("Airing {airing} was moved, and nothing stands for it."),
    FaultKind.TWO_SUCCESSORS: N_("Airing {airing} stands for {other}, and another one does too."),
    FaultKind.CIRCLE: N_("Airing {airing} stands for itself."),
    FaultKind.PARENT: N_("Revision {minutes} does not follow revision {limit}."),
    FaultKind.LOST_ID: N_("Airing {airing} was published and has disappeared."),
    FaultKind.OTHER_AIRING: N_("Airing {airing} is of another lesson than it was."),
    FaultKind.FROZEN: N_("{lesson} on {channel}, {time}: it is too late to move this airing."),
    FaultKind.NEW_IN_FREEZE: N_("{lesson} on {channel}, {time}: it is too late to add an airing."),
    FaultKind.SEQUENCE: N_("Airing {airing} was changed, and its count of changes did not grow."),
    FaultKind.BACK_TO_PLAN: N_("Airing {airing}: what was aired or missed cannot be undone."),
}
