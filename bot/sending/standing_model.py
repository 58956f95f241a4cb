"""What is told of one bot: what waits, what went out, what is stuck."""

from dataclasses import dataclass
from datetime import datetime

from bot.sending.outbox import Lane


@dataclass(frozen=True, slots=True)
class Standing:
    """How one bot stands; ``frozen_until`` only while it is not over.

    ``turned_away`` counts presses, codes and updates that led to nothing.
    """

    bot: int
    problem: str
    frozen_until: datetime | None
    waiting: dict[Lane, int]
    sent: int
    unknown: int
    refused: list[tuple[str, int]]
    phones: int
    blocked: int
    unread: int
    dead: int
    turned_away: int
    gap: tuple[datetime, datetime] | None = None
