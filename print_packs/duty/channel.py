"""Who can be taught in the duty class, and for which day a student is expected there.

The school opens it for a small group whom nothing else reaches. A seat is one student for the
week; all lessons that are planned for it are given there.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from jetkiz.calendar.school_weeks import add_school_days, school_day_before
from jetkiz.channel import Capabilities, ChannelError, Reach
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.model import Home
from jetkiz.storage.workplace import Workplace
from print_packs.duty.register import write_registers
from print_packs.runs.allotting import local_day

NAME: Final = "duty_class"
LIKELIHOOD: Final = 0.9
"""Chance, 0 to 1, that a student who has a seat comes on a day. Assumed."""

_PRINTED_AT: Final = "15:00"
_RETRY_SECONDS: Final = 600.0
_WORDS: Final = {
    "yes": N_("the student can come to school"),
    "no": N_("the school is out of reach of this home"),
    UNKNOWN: N_("nobody knows whether the student can come to school"),
}


class DutyClassChannel:
    """Students who come to school and learn there; an attendance list is the evidence."""

    name = NAME
    capabilities = Capabilities(
        # The home is told on the school day before.
        lead_days=1,
        proves=frozenset({State.DISPATCHED, State.DELIVERED, State.FAILED}),
        failure_domain="school",
        is_paper=False,
        batch_size=500,
        # Its seats are counted when the week is planned: nobody is sent to a full class.
        can_take_over=False,
    )

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether the student can come; a teacher is there, so any lesson and need will do."""
        value = home.profile.value(FactKind.PICK_UP)
        words = _WORDS.get(value, _WORDS["no"])
        return Reach(value == "yes", words, likelihood=LIKELIHOOD if value == "yes" else 0.0)

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Put the lessons of a student's day together; a day that has begun moves to the next."""
        soonest = add_school_days(local_day(self._workplace, self._workplace.clock()), 1)
        days: dict[tuple[str, date, int, int], list[Delivery]] = defaultdict(list)
        for one in deliveries:
            days[one.week, max(one.day, soonest), one.student, one.attempt].append(one)
        return [_session(*key, days[key]) for key in sorted(days)]

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Write the attendance lists; whoever is on one is expected."""
        try:
            listed = write_registers(self._workplace, batch)
        except JetkizError as error:
            raise ChannelError(
                error.sentence, permanent=False, retry_after=_RETRY_SECONDS, **error.facts
            ) from error
        return dispatch_receipts(batch, listed, now)


def _session(
    week: str, day: date, student: int, attempt: int, group: Sequence[Delivery]
) -> Consignment:
    return Consignment(
        key=f"{NAME}:{week}:{day.isoformat()}:s{student}:a{attempt}",
        channel=NAME,
        kind=Kind.SESSION,
        week=week,
        due=school_day_before(day),
        at=_PRINTED_AT,
        household=group[0].household,
        student=student,
        contents=(Content(student, tuple(sorted(one.lesson for one in group)), attempt),),
        payload={"day": day.isoformat()},
    )


def dispatch_receipts(batch: Batch, listed: frozenset[int], now: datetime) -> list[Receipt]:
    """Return what is known once the lists are there: expected, or no longer at the school."""
    left = FailureReason.STUDENT_LEFT
    return [
        session_receipt(one, State.DISPATCHED, "print", now)
        if one.student in listed
        else session_receipt(one, State.FAILED, "print", now, left)
        for one in batch.consignments
    ]


def session_receipt(
    one: Consignment,
    state: State,
    source: str,
    now: datetime,
    reason: FailureReason | None = None,
) -> Receipt:
    """Return one piece of evidence on a student's day; the same news has the same key."""
    (content,) = one.contents
    return Receipt(
        key=f"{one.key}:{reason or state.name.lower()}",
        week=one.week,
        student=content.student,
        lessons=content.lessons,
        state=state,
        channel=one.channel,
        at=now,
        attempt=content.attempt,
        source=source,
        reason=reason,
        consignment=one.key,
    )
