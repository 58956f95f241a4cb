"""Which homes paper reaches, and what a pack is made of: by post, or by hand and signed for."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar, Final

from sqlalchemy import Connection

from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.channel import Capabilities, ChannelError, Reach
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.model import DeliveryMode, Home, Need
from jetkiz.roster.register import read_students
from jetkiz.storage.workplace import Workplace
from print_packs.records import read_packs
from print_packs.runs.earlier_work import slip_day
from print_packs.runs.feedback_slips import print_slips
from print_packs.runs.pack_receipts import pack_receipts, receipts_of
from print_packs.runs.printing import print_batch
from print_packs.transit.transit_days import Basis
from print_packs.transit.ways import Posting

_PRINTABLE: Final = frozenset({LessonKind.TEXT, LessonKind.PICTURES, LessonKind.PRACTICE})
_RETRY_SECONDS: Final = 600.0
_ON_PAPER: Final = Capabilities(
    lead_days=0,
    proves=frozenset(
        {State.PREPARED, State.DISPATCHED, State.DELIVERED, State.FAILED, State.EXPIRED}
    ),
    failure_domain="paper",
    is_paper=True,
    batch_size=0,
)


class _Paper(ABC):
    """What both ways of bringing paper have in common."""

    name: str
    capabilities: Capabilities
    _fact: FactKind
    _likelihood: float
    _words: ClassVar[dict[str, str]]

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether printed paper brings this lesson to this home."""
        if Need.BRAILLE in home.student.needs:
            return Reach(False, N_("the student reads Braille, and this is ink"))
        if lesson.kind not in _PRINTABLE:
            return Reach(False, N_("a film cannot be printed"))
        told = self._by_the_roster(home.delivery_mode)
        if told:
            return told
        value = home.profile.value(self._fact)
        if value == "yes":
            return self._too_late(home, lesson) or Reach(
                True, self._words["yes"], likelihood=self._likelihood
            )
        return Reach(False, self._words[UNKNOWN if value == UNKNOWN else "no"])

    def _too_late(self, home: Home, lesson: Lesson) -> Reach | None:
        """Refuse a lesson that would come when it no longer helps; None lets it go."""
        return None

    @abstractmethod
    def _by_the_roster(self, mode: DeliveryMode) -> Reach | None:
        """Answer from the way that the roster gives the home's paper; None leaves it open."""

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Put all lessons of a home and week into one pack; each feedback waits for a pack.

        What lies in no pack when those of the next week are made is printed as a slip.
        """
        packs: dict[tuple[str, int, int], list[Delivery]] = defaultdict(list)
        for one in deliveries:
            if one.feedback is None:
                packs[one.week, one.household, one.attempt].append(one)
        slips = sorted(
            (one for one in deliveries if one.feedback is not None),
            key=lambda one: one.feedback or 0,
        )
        return [
            *(self._pack(key, group) for key, group in sorted(packs.items())),
            *(self._feedback(one) for one in slips),
        ]

    def _feedback(self, one: Delivery) -> Consignment:
        day = slip_day(one.day, self._workplace.settings.print_cutoff)
        return replace(Consignment.of_feedback(one), due=day)

    def _pack(self, key: tuple[str, int, int], group: Sequence[Delivery]) -> Consignment:
        week, household, attempt = key
        lessons: dict[int, set[int]] = defaultdict(set)
        for one in group:
            lessons[one.student].add(one.lesson)
        due, at = print_cutoff(week, self._workplace.settings.print_cutoff)
        return Consignment(
            key=f"{self.name}:{week}:h{household}:a{attempt}",
            channel=self.name,
            kind=Kind.PACK,
            week=week,
            due=due,
            at=at.strftime("%H:%M"),
            household=household,
            contents=tuple(
                Content(student, tuple(sorted(numbers)), attempt)
                for student, numbers in sorted(lessons.items())
            ),
        )

    def pack_numbers(
        self, connection: Connection, week: str, student: int
    ) -> dict[tuple[int, int], int]:
        """Return the place in its run that stands on every page of a student's pack."""
        home = {one.household for one in read_students(connection, only=[student])}
        packs = read_packs(connection, week, households=home) if home else []
        return {
            (lesson, content["attempt"]): one.place
            for one in packs
            if one.channel == self.name
            for content in one.contents
            if content["student"] == student
            for lesson in content["lessons"]
        }

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Make the files of a batch; the carrier's answer comes later, from the counter."""
        packs = [one for one in batch.consignments if one.kind == Kind.PACK]
        slips = [one for one in batch.consignments if one.kind == Kind.FEEDBACK]
        try:
            printed = print_batch(self._workplace, batch, packs, now) if packs else None
            slip_keys = print_slips(self._workplace, batch, slips, now) if slips else frozenset()
        except JetkizError as error:
            # Whatever it is, a person can put it right while the week is still young.
            raise ChannelError(
                error.sentence, permanent=False, retry_after=_RETRY_SECONDS, **error.facts
            ) from error
        receipts = [
            receipt
            for one in packs
            if printed
            for receipt in pack_receipts(one, printed, self.name, now)
        ]
        for one in slips:
            state = State.PREPARED if one.key in slip_keys else State.FAILED
            receipts += receipts_of(one, one.contents, state, self.name, now)
        return receipts


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")


class PostChannel(_Paper):
    """Packs that Kazpost carries."""

    name = "post"
    capabilities = replace(_ON_PAPER, lead_days=2)
    _fact = FactKind.POST
    _likelihood = 0.80
    _words: ClassVar[dict[str, str]] = {
        "yes": N_("letters reach this home"),
        "no": N_("letters do not reach this home"),
        UNKNOWN: N_("nobody knows whether letters reach this home"),
    }

    def _by_the_roster(self, mode: DeliveryMode) -> Reach | None:
        if mode == DeliveryMode.HAND:
            return Reach(False, N_("the school brings paper to this home, not the post"))
        if mode == DeliveryMode.PICK_UP:
            return Reach(False, N_("this home fetches its paper at school, not from the post"))
        return None

    def _too_late(self, home: Home, lesson: Lesson) -> Reach | None:
        """Refuse what the post would bring too late: it is posted on the day after the cut-off.

        Where nothing is known of the way nothing is refused: a guess closes no home's letter box.
        """
        settings = self._workplace.settings
        posting = Posting.of(settings)
        way = posting.way(home.postal)
        if way.out.basis == Basis.DEFAULT:
            return None
        closed, _ = print_cutoff(lesson.week, settings.print_cutoff)
        posted = posting.posted_after(closed)
        arrives = posting.clock.later(posted, way.out.most)
        last = last_useful_day(lesson.week, lesson.day, lesson.task.due if lesson.task else None)
        if arrives <= last:
            return None
        return Reach(
            False,
            N_("the post may need {days} days: posted on {posted} it comes after {last}"),
            {"days": way.out.most, "posted": _day(posted), "last": _day(last)},
        )


class InPersonChannel(_Paper):
    """Packs that the school brings, or somebody fetches there, against a signature."""

    name = "in_person"
    # A closed school hands nothing over; a printer that fails is seen before anything leaves.
    capabilities = replace(_ON_PAPER, failure_domain="school")
    _fact = FactKind.PICK_UP
    _likelihood = 0.88
    _words: ClassVar[dict[str, str]] = {
        "yes": N_("somebody of this home can fetch paper at school"),
        "no": N_("nobody of this home can fetch paper at school"),
        UNKNOWN: N_("nobody knows whether this home can fetch paper at school"),
    }

    def _by_the_roster(self, mode: DeliveryMode) -> Reach | None:
        if mode == DeliveryMode.HAND:
            words = N_("the school brings paper to this home")
            return Reach(True, words, likelihood=self._likelihood)
        return None
