"""An honest small channel for tests: it keeps the contract and counts every handing over."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jetkiz.channel import Capabilities, ChannelError, Reach
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import Home


@dataclass
class CountingChannel:
    """Hands consignments to a counter; ``refusals`` are raised first, one at each dispatch."""

    name: str = "telegram"
    batch_size: int = 100
    is_airing: bool = False
    refusals: list[ChannelError] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    handed: Counter[str] = field(default_factory=Counter)
    closed: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            lead_days=0,
            proves=frozenset({State.DISPATCHED}),
            failure_domain=self.name,
            is_paper=False,
            batch_size=self.batch_size,
        )

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        return Reach(possible=not self.closed, likelihood=1.0)

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        groups: dict[str, list[Delivery]] = defaultdict(list)
        for one in sorted(deliveries, key=lambda each: (each.student, each.day, each.lesson)):
            groups[self._key(one)].append(one)
        return [self._consignment(key, group) for key, group in groups.items()]

    def _key(self, one: Delivery) -> str:
        if self.is_airing:
            return f"airing:{one.lesson}"
        return f"{self.name}:{one.student}:{one.day.isoformat()}:{one.feedback or ''}"

    def _consignment(self, key: str, group: Sequence[Delivery]) -> Consignment:
        first = group[0]
        kind = Kind.FEEDBACK if first.feedback else Kind.DIGEST
        contents = (Content(first.student, tuple(one.lesson for one in group), first.attempt),)
        return Consignment(
            key=key,
            channel=self.name,
            kind=Kind.AIRING if self.is_airing else kind,
            week=first.week,
            due=first.day,
            household=None if self.is_airing else first.household,
            student=None if self.is_airing else first.student,
            lesson=first.lesson if self.is_airing else None,
            contents=() if self.is_airing else contents,
        )

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        if self.refusals:
            raise self.refusals.pop(0)
        if self.faults:
            raise self.faults.pop(0)
        self.handed.update(one.key for one in batch.consignments)
        return [
            Receipt(
                key=f"{one.key}:{content.student}:dispatched",
                week=one.week,
                student=content.student,
                lessons=content.lessons,
                state=State.DISPATCHED,
                channel=self.name,
                at=now,
                attempt=content.attempt,
                consignment=one.key,
            )
            for one in batch.consignments
            for content in one.contents
        ]
