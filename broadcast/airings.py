"""How airings are read: those of a week that stand, with what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.tables import airing
from jetkiz.lessons.tables import lesson

_AWAY: Final = (AiringStatus.CANCELLED, AiringStatus.MOVED)


@dataclass(frozen=True, slots=True)
class Airing:
    """A lesson in a slot of a channel; ``start`` is UTC.

    ``code`` is the id that plans, guides and logs have for it; ``id`` is the number of its row.
    """

    lesson: int
    channel: str
    start: datetime
    minutes: int
    status: AiringStatus
    id: int
    code: str
    kind: AiringKind


def read_airings(connection: Connection, week: str) -> list[Airing]:
    """Return the airings of a week that were not taken away, in the order of channel and time."""
    query = select(airing).where(airing.c.week == week, airing.c.status.not_in(_AWAY))
    return [
        _airing(row) for row in connection.execute(query.order_by(airing.c.channel, airing.c.start))
    ]


def signed_lessons(connection: Connection, week: str) -> frozenset[int]:
    """Return the lessons of a week that have an interpreter of sign language in the picture."""
    c = lesson.c
    return frozenset(connection.scalars(select(c.id).where(c.week == week, c.sign_language)))


def _airing(row: Any) -> Airing:
    return Airing(
        lesson=row.lesson_id,
        channel=row.channel,
        start=row.start,
        minutes=row.minutes,
        status=AiringStatus(row.status),
        id=row.id,
        code=row.code,
        kind=AiringKind(row.kind),
    )
