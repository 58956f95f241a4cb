"""What a real channel does when only its carrier is simulated: it takes everything, or refuses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jetkiz.channel import Capabilities, Channel, Reach
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import Home


@dataclass(slots=True)
class Carrier:
    """A channel of this school as it is, but nothing leaves the house.

    Chats of the students in ``refusing`` refuse for good; from then on the channel is closed there.
    """

    real: Channel
    refusing: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    handed: int = 0

    @property
    def name(self) -> str:
        """The channel's own name."""
        return self.real.name

    @property
    def capabilities(self) -> Capabilities:
        """The channel's own."""
        return self.real.capabilities

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Ask the channel itself, unless the chat has refused meanwhile."""
        if home.student.id in self.closed:
            return Reach(possible=False, test=N_("the family has blocked the bot"))
        return self.real.can_reach(home, lesson)

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Let the channel itself pack."""
        return self.real.prepare(deliveries)

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Take a batch; a repetition gives the same receipts."""
        inside = [(one, content) for one in batch.consignments for content in one.contents]
        self.handed += len(inside)
        self.closed |= self.refusing & {content.student for _, content in inside}
        return [self._receipt(one, content, now) for one, content in inside]

    def _receipt(self, one: Consignment, content: Content, now: datetime) -> Receipt:
        refused = content.student in self.refusing
        state = State.FAILED if refused else State.DISPATCHED
        return Receipt(
            key=f"simulated:{one.key}:{content.student}:{content.attempt}:{state.name}",
            week=one.week,
            student=content.student,
            lessons=content.lessons,
            state=state,
            channel=self.name,
            at=now,
            attempt=content.attempt,
            source="simulated",
            reason=FailureReason.BLOCKED if refused else None,
            consignment=one.key,
        )
