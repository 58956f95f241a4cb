"""Three honest small channels for tests of planning: what reaches a home is read from its facts."""

from collections.abc import Sequence
from datetime import datetime

from jetkiz.channel import Capabilities, Reach
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.model import Home, Need


class PlainChannel:
    """Reaches a home whose fact has the value that is wanted."""

    name = "telegram"
    fact = FactKind.TELEGRAM
    wanted = "linked"
    is_paper = False
    likelihood = 0.7

    def __init__(self, workplace: object = None) -> None:
        self.workplace = workplace

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            lead_days=1,
            proves=frozenset({State.DISPATCHED}),
            failure_domain=self.name,
            is_paper=self.is_paper,
        )

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        if Need.BRAILLE in home.student.needs:
            return Reach(possible=False, test=N_("the student reads raised dots"))
        value = home.profile.value(self.fact)
        if value == self.wanted:
            return Reach(possible=True, likelihood=self.likelihood, test="it reaches the home")
        if value == UNKNOWN:
            return Reach(possible=False, test="nobody knows")
        return Reach(possible=False, test="it does not reach the home")

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        return [
            Consignment(
                key=f"{self.name}:{one.week}:s{one.student}:l{one.lesson}",
                channel=self.name,
                kind=Kind.PACK if self.is_paper else Kind.DIGEST,
                week=one.week,
                due=one.day,
                household=one.household,
                student=one.student,
                contents=(Content(one.student, (one.lesson,), one.attempt),),
            )
            for one in sorted(deliveries, key=lambda each: (each.student, each.lesson))
        ]

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        return [
            Receipt(
                key=f"{one.key}:dispatched",
                week=one.week,
                student=content.student,
                lessons=content.lessons,
                state=State.DISPATCHED,
                channel=self.name,
                at=now,
            )
            for one in batch.consignments
            for content in one.contents
        ]


class PlainPost(PlainChannel):
    name = "post"
    fact = FactKind.POST
    wanted = "yes"
    is_paper = True
    likelihood = 0.8


class PlainHands(PlainPost):
    name = "in_person"
    fact = FactKind.PICK_UP
    likelihood = 0.9


PLAIN = {
    "telegram": "tests.plain_channels:PlainChannel",
    "post": "tests.plain_channels:PlainPost",
    "in_person": "tests.plain_channels:PlainHands",
}


def plain_channels() -> dict[str, PlainChannel]:
    """Return one of each, as the channel table would load them."""
    return {one.name: one for one in (PlainChannel(), PlainPost(), PlainHands())}
