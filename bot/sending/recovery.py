"""Which messages nobody would send any more: a dead sender's, and those a wrong clock holds up.

Senders on several machines have several clocks, and any clock may be put back. So nobody compares
a moment that another wrote with a clock: a sign of life is a moment that changes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, case, or_, select, update

from bot.sending import claims
from bot.sending.pacing import GROUP, Rates
from bot.tables import bot_state, outbox, telegram_pace
from bot.telegram.telegram_errors import LONGEST_WAIT, ONCE_ONLY, OutboxState

# A sender shows that it lives twice in this time, however long its requests take.
STALE: Final = 120.0
# Nothing is held on purpose for longer: the staff's weekend is three days, "tomorrow" under two.
LONGEST_HOLD: Final = timedelta(days=4)

_c: Final = outbox.c
_SENDING: Final = OutboxState.SENDING.value


class Claimed(NamedTuple):
    """A message that some sender is about to send, as its row says it."""

    id: int
    tries: int
    sender: str
    sign: datetime | None


@dataclass(slots=True)
class Neighbours:
    """What one sender has seen of the others: since when a claim shows no sign of life.

    ``name`` is its own; moments are seconds of a clock that nobody can put forward or back. Who
    was held up itself for so long that others would pass for dead, as all are when their machine
    stands still, begins to watch anew.
    """

    name: str
    patience: float = STALE
    seen: dict[Claimed, float] = field(default_factory=dict)
    looked: float = float("-inf")

    def left_behind(self, found: Iterable[Claimed], moment: float) -> list[Claimed]:
        """Return the claims of others that have not changed for longer than anybody lives."""
        others = [one for one in found if one.sender != self.name]
        seen = self.seen if moment - self.looked <= self.patience else {}
        self.seen = {one: seen.get(one, moment) for one in others}
        self.looked = moment
        return [one for one in others if moment - self.seen[one] >= self.patience]


def under_way(connection: Connection, bot: int) -> list[Claimed]:
    """Return what is being sent, by whomever."""
    query = select(_c.id, _c.tries, _c.claimed_by, _c.claimed_at)
    rows = connection.execute(query.where(_c.bot_id == bot, _c.state == _SENDING))
    return [Claimed(*row) for row in rows]


def recover(
    connection: Connection,
    bot: int,
    worker: str,
    now: datetime,
    settle: float = 0.0,
    *,
    in_hand: Collection[int] = (),
) -> int:
    """Give up what this worker has begun and nobody holds in hand; return how much that was."""
    mine = [one for one in under_way(connection, bot) if one.sender == worker]
    return give_up(connection, [one for one in mine if one.id not in in_hand], now, settle)


def take_over(
    connection: Connection,
    bot: int,
    neighbours: Neighbours,
    moment: float,
    now: datetime,
    settle: float = 0.0,
) -> int:
    """Give up what another sender has begun and left behind; return how much that was."""
    lost = neighbours.left_behind(under_way(connection, bot), moment)
    return give_up(connection, lost, now, settle)


def give_up(
    connection: Connection, lost: Collection[Claimed], now: datetime, settle: float = 0.0
) -> int:
    """Turn what a dead sender had begun into unknown; nobody can tell whether it went out.

    Telegram may take a request after its sender is dead: it rests ``settle`` seconds like any
    unknown one.
    """
    unknown, refused = OutboxState.UNKNOWN.value, OutboxState.REFUSED.value
    given_up = [
        (row.id, row.tries, unknown, "sender stopped")
        for one in lost
        for row in connection.execute(
            update(outbox)
            .where(_c.id == one.id, _c.tries == one.tries, _c.state == _SENDING)
            .values(
                state=case((_c.method.in_(ONCE_ONLY), refused), else_=unknown),
                last_error="the sender stopped in the middle",
                not_before=now + timedelta(seconds=settle),
            )
            .returning(_c.id, _c.tries)
        )
    ]
    claims.note(connection, given_up, now)
    return len(given_up)


def show_life(connection: Connection, worker: str, mine: Collection[int], now: datetime) -> None:
    """Tell the other senders that what this one has under way is in good hands."""
    if mine:
        own = and_(_c.id.in_(mine), _c.claimed_by == worker, _c.state == _SENDING)
        connection.execute(update(outbox).where(own).values(claimed_at=now))


def is_ours(connection: Connection, worker: str, number: int, tries: int) -> bool:
    """Whether nobody has taken a message over from this sender meanwhile."""
    query = select(_c.id).where(
        _c.id == number, _c.tries == tries, _c.claimed_by == worker, _c.state == _SENDING
    )
    return connection.scalar(query) is not None


def catch_up(
    connection: Connection, bot: int, now: datetime, settle: float = 0.0, rates: Rates | None = None
) -> None:
    """Let nothing wait for a moment that was written before the clock was put back.

    What is not held on purpose was due when it was written, and neither a hold nor a rest is
    longer than the longest. Silences that Telegram asked for stand in the rows of the bot and its
    chats.
    """
    _hurry_messages(connection, bot, now, settle)
    _put_right_places(connection, bot, now.timestamp(), rates)


def _hurry_messages(connection: Connection, bot: int, now: datetime, settle: float) -> None:
    rest = timedelta(seconds=settle)
    mine = update(outbox).where(_c.bot_id == bot)
    # Each of the two looks only at what is open: an index finds that among all that ever left.
    was_due = and_(~_c.is_held, _c.not_before > now)
    was_held = and_(_c.is_held, _c.not_before > now + LONGEST_HOLD)
    is_new = _c.state == OutboxState.QUEUED.value
    connection.execute(mine.where(is_new, or_(was_due, was_held)).values(not_before=now))
    has_rested = _c.state.in_([OutboxState.RETRY.value, OutboxState.UNKNOWN.value])
    too_far = _c.not_before > now + timedelta(seconds=LONGEST_WAIT) + rest
    connection.execute(mine.where(has_rested, too_far).values(not_before=now + rest))


def _put_right_places(connection: Connection, bot: int, moment: float, rates: Rates | None) -> None:
    """Let each chat's silence begin anew, and all places be given away until now and no longer."""
    p = telegram_pace.c
    mine = update(telegram_pace).where(p.bot_id == bot)
    until = moment + p.frozen_until - p.frozen_since
    silent = {"frozen_since": moment, "frozen_until": until}
    connection.execute(mine.where(p.frozen_since > moment).values(silent))
    all_rates = (GROUP, rates.chat, rates.bot) if rates else (GROUP,)
    too_far = moment + max(one.furthest for one in all_rates)
    connection.execute(mine.where(p.booked_until > too_far).values(booked_until=moment))
    b = bot_state.c
    connection.execute(
        update(bot_state)
        .where(b.bot_id == bot, b.booked_until > too_far)
        .values(booked_until=moment)
    )
