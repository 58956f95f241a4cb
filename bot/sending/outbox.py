"""Which messages wait for a family, whose turn it is, and what became of each.

A message is written down here in the transaction that causes it; the sender marks it as being
sent before the request leaves. So a killed process loses nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, update

from bot.tables import outbox, outbox_attempt, outbox_shared, telegram_chat
from bot.telegram.kept_buttons import carried_by
from bot.telegram.stored_files import StoredFile
from bot.telegram.telegram_errors import (
    DUE,
    MAY_HAVE_LEFT,
    OPEN,
    WAITING,
    OutboxState,
    Outcome,
    Step,
)
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

# How the parts of a message are called behind its key; what edits it later has other names.
PARTS: Final = ("part", "file")
# How often nobody could tell whether the message went out; each time may have made a copy.
UNKNOWNS: Final = (
    select(func.count())
    .where(
        outbox_attempt.c.outbox_id == outbox.c.id,
        outbox_attempt.c.event == OutboxState.UNKNOWN.value,
    )
    .scalar_subquery()
    .label("unknowns")
)


class Lane(IntEnum):
    """Who goes first when not everything can go at once."""

    EMERGENCY = 0  # what two coordinators ask to be said at once
    PRESS = 1  # the sign that a press was heard
    ANSWER = 2  # somebody is waiting with the phone in the hand
    LESSON = 3  # today's lessons
    REMINDER = 4  # what a family knows already and may have forgotten
    BULK = 5  # what may as well come in an hour


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one chat; the same key twice is one message.

    ``edits`` is the key of an earlier message that this one changes; ``subject`` says what an
    answer to it is about; ``consignment`` names what is handed over by it. ``not_before`` holds a
    message for the end of quiet hours and holds nothing else up; ``silent`` lets it come without
    a sound.
    """

    key: str
    chat_id: int
    method: str
    payload: Mapping[str, Any]
    lane: Lane = Lane.ANSWER
    consignment: str = ""
    edits: str = ""
    subject: str = ""
    not_before: datetime | None = None
    silent: bool = False

    def words(self) -> dict[str, Any]:
        """Return the payload as Telegram gets it."""
        return dict(self.payload) | ({"disable_notification": True} if self.silent else {})


@dataclass(frozen=True, slots=True)
class Job:
    """A message whose turn it is, with all that the sender needs to send it.

    ``tries`` counts this attempt; it leaves ``wait`` seconds after it was claimed.
    """

    id: int
    key: str
    chat_id: int
    method: str
    payload: Mapping[str, Any]
    tries: int
    consignment: str
    language: str
    created_at: datetime
    unknowns: int = 0
    wait: float = 0.0
    lane: int = Lane.LESSON
    file_numbers: Mapping[StoredFile, str] = field(default_factory=dict)

    @property
    def is_repeat(self) -> bool:
        """True when the person may have this message already."""
        return self.unknowns > 0

    @property
    def can_wait(self) -> bool:
        """True when nobody waits for it with the phone in the hand."""
        return self.lane >= Lane.LESSON

    @property
    def is_urgent(self) -> bool:
        """True when a second copy is better than a minute's silence."""
        return self.lane == Lane.EMERGENCY


@dataclass(frozen=True, slots=True)
class Done:
    """A job and what became of it; ``began`` is when its request left, 0 if it never did."""

    job: Job
    outcome: Outcome
    step: Step
    file_numbers: Mapping[StoredFile, str] = field(default_factory=dict)
    began: float = 0.0


def put(connection: Connection, bot: int, messages: Sequence[Outgoing], now: datetime) -> int:
    """Write messages into the outbox; a key that stands already is left alone."""
    for one in messages:
        if one.edits:
            _drop_older_edits(connection, bot, one)
    rows = [
        {
            "key": one.key,
            "bot_id": bot,
            "chat_id": one.chat_id,
            "lane": int(one.lane),
            "method": one.method,
            "payload": one.words(),
            "consignment": one.consignment,
            "edits": one.edits,
            "subject": one.subject,
            "state": OutboxState.QUEUED.value,
            "tries": 0,
            "claimed_by": "",
            "not_before": max(one.not_before or now, now),
            "is_held": one.not_before is not None and one.not_before > now,
            # A night of waiting on purpose makes no message too old to be worth sending.
            "created_at": max(one.not_before or now, now),
            "last_error": "",
        }
        for one in messages
    ]
    return insert_new(connection, outbox, rows, ["key"])


def _drop_older_edits(connection: Connection, bot: int, newer: Outgoing) -> None:
    """Of several edits of one message only the last is worth sending."""
    c = outbox.c
    connection.execute(
        update(outbox)
        .where(
            c.bot_id == bot,
            c.chat_id == newer.chat_id,
            c.edits == newer.edits,
            c.key != newer.key,
            c.state == OutboxState.QUEUED.value,
        )
        .values(state=OutboxState.DROPPED.value)
    )


def waiting_for(connection: Connection, bot: int, chat_id: int) -> list[Job]:
    """Return the messages to one chat that nobody has begun to send."""
    c = outbox.c
    rows = connection.execute(
        select(outbox)
        .add_columns(telegram_chat.c.language, UNKNOWNS)
        .outerjoin_from(
            outbox,
            telegram_chat,
            (telegram_chat.c.bot_id == c.bot_id) & (telegram_chat.c.chat_id == c.chat_id),
        )
        .where(c.bot_id == bot, c.chat_id == chat_id, c.state.in_([state.value for state in DUE]))
        .order_by(c.id)
    )
    return [
        Job(
            id=row.id,
            key=row.key,
            chat_id=row.chat_id,
            method=row.method,
            payload=dict(row.payload),
            tries=row.tries,
            consignment=row.consignment,
            language=row.language or "",
            created_at=row.created_at,
            unknowns=row.unknowns,
            lane=row.lane,
        )
        for row in rows
    ]


def written(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return which of these keys were written, whatever became of the messages."""
    return set(connection.scalars(select(outbox.c.key).where(among(outbox.c.key, keys))))


def is_due(connection: Connection, bot: int, now: datetime) -> bool:
    """Say whether anything could be sent now."""
    c = outbox.c
    due = select(c.id).where(
        c.bot_id == bot, c.state.in_([state.value for state in DUE]), c.not_before <= now
    )
    # Apart, for each has an index of its own: a night's messages are held, and they are many.
    return any(
        connection.scalar(due.where(one).limit(1)) is not None for one in (~c.is_held, c.is_held)
    )


def count_open(connection: Connection, bot: int) -> int:
    """Return how many messages have not come to an end."""
    c = outbox.c
    query = select(func.count()).where(
        c.bot_id == bot, c.state.in_([state.value for state in OPEN])
    )
    return connection.scalar(query) or 0


def dropped(connection: Connection, numbers: Collection[int]) -> list[int]:
    """Return which of these messages were dropped."""
    if not numbers:
        return []
    c = outbox.c
    query = select(c.id).where(c.id.in_(numbers), c.state == OutboxState.DROPPED.value)
    return list(connection.scalars(query.order_by(c.id)))


def refused(connection: Connection, bot: int) -> list[tuple[str, str]]:
    """Return what Telegram will never take: key and reason, newest first."""
    c = outbox.c
    rows = connection.execute(
        select(c.key, c.last_error)
        .where(c.bot_id == bot, c.state == OutboxState.REFUSED.value)
        .order_by(c.id.desc())
    )
    return [(row.key, row.last_error) for row in rows]


def states_of(connection: Connection, consignment: str) -> set[OutboxState]:
    """Return where the messages of a consignment stand, one for each chat."""
    rows = connection.execute(_messages_of(consignment))
    return {OutboxState(row.state) for row in rows}


def _messages_of(consignment: str) -> Select[Any]:
    c = outbox.c
    shared = select(outbox_shared.c.message).where(outbox_shared.c.consignment == consignment)
    mine = or_(c.consignment == consignment, c.key.in_(shared))
    return select(c.key, c.state, c.bot_id, c.chat_id).where(mine)


def reaches_elsewhere(connection: Connection, consignment: str, message: str) -> bool:
    """Whether another message brings a consignment whole, or may yet: none of its parts is lost."""
    hopeful = {OutboxState.SENT, *OPEN}
    return any(
        row.key != message and row.state in hopeful and not _has_lost_a_part(connection, row)
        for row in connection.execute(_messages_of(consignment)).all()
    )


def _has_lost_a_part(connection: Connection, whole: Row[Any]) -> bool:
    c = outbox.c
    query = select(c.id).where(
        c.bot_id == whole.bot_id,
        c.chat_id == whole.chat_id,
        c.state == OutboxState.REFUSED.value,
        or_(*(c.key.startswith(f"{whole.key}:{one}", autoescape=True) for one in PARTS)),
    )
    return connection.scalar(query.limit(1)) is not None


def whole_of(connection: Connection, part: str) -> tuple[str, str] | None:
    """Return the message that a part belongs to, and its consignment; None for what is no part."""
    c = outbox.c
    whole, _, name = part.rpartition(":")
    if not name.startswith(PARTS):
        return None
    query = select(c.key, c.consignment).where(c.key == whole, c.consignment != "")
    found = connection.execute(query).one_or_none()
    return (found.key, found.consignment) if found else None


def written_for(connection: Connection, consignment: str) -> list[int]:
    """Return the messages of a consignment, all parts of them, and keep the sender from them."""
    c = outbox.c
    shared = select(outbox_shared.c.message).where(outbox_shared.c.consignment == consignment)
    mine = or_(c.consignment == consignment, c.key.in_(shared))
    whole = connection.execute(select(c.key, c.bot_id, c.chat_id).where(mine)).all()
    # Parts go to the same chat: among its messages they are found, not among all.
    parts = (
        and_(
            c.bot_id == one.bot_id,
            c.chat_id == one.chat_id,
            c.key.startswith(f"{one.key}:part", autoescape=True),
        )
        for one in whole
    )
    query = select(c.id).where(or_(c.key.in_([one.key for one in whole]), *parts)).order_by(c.id)
    return list(connection.scalars(query.with_for_update()))


def parts_of(connection: Connection, chat: tuple[int, int], key: str) -> list[int]:
    """Return the parts of one message to a chat, its last among them, and keep the sender away."""
    c = outbox.c
    part = or_(c.key == key, c.key.startswith(f"{key}:part", autoescape=True))
    query = select(c.id).where(c.bot_id == chat[0], c.chat_id == chat[1], part).order_by(c.id)
    return list(connection.scalars(query.with_for_update()))


def drop_unsent(connection: Connection, numbers: Sequence[int]) -> int | None:
    """Drop messages of which surely none has left, and return how many waited; else None."""
    c = outbox.c
    rows = connection.execute(select(c.state, UNKNOWNS).where(c.id.in_(numbers))).all()
    if any(row.unknowns or OutboxState(row.state) in MAY_HAVE_LEFT for row in rows):
        return None
    waits = update(outbox).where(c.id.in_(numbers), c.state.in_(WAITING))
    return connection.execute(waits.values(state=OutboxState.DROPPED.value)).rowcount


def key_of(connection: Connection, bot: int, chat_id: int, message_id: int) -> str:
    """Return the key of a message of ours; empty when it is none of ours."""
    c = outbox.c
    query = select(c.key).where(
        c.bot_id == bot, c.chat_id == chat_id, c.message_id == message_id, c.edits == ""
    )
    return connection.scalar(query.order_by(c.id).limit(1)) or ""


def buttons_of(connection: Connection, bot: int, chat_id: int, message_id: int) -> list[str]:
    """Return what the buttons of a message of ours carried when it was first sent."""
    c = outbox.c
    query = select(c.payload).where(
        c.bot_id == bot, c.chat_id == chat_id, c.message_id == message_id, c.edits == ""
    )
    # A later change of the message stands under the same number, further down.
    return carried_by(connection.scalar(query.order_by(c.id).limit(1)) or {})


def subject_of(connection: Connection, bot: int, chat_id: int, message_id: int) -> str:
    """Return what a message of ours was about; empty when it is none of ours."""
    c = outbox.c
    query = select(c.subject).where(
        c.bot_id == bot, c.chat_id == chat_id, c.message_id == message_id
    )
    return connection.scalar(query.order_by(c.id).limit(1)) or ""


def messages_about(
    connection: Connection, bot: int, chat_id: int, subject: str, most: int
) -> dict[int, list[str]]:
    """Return the newest messages of ours about a subject, each with what its buttons carried."""
    c = outbox.c
    ours = (c.bot_id == bot, c.chat_id == chat_id, c.subject == subject, c.edits == "")
    query = select(c.message_id, c.payload).where(*ours, c.message_id.is_not(None))
    rows = connection.execute(query.order_by(c.id.desc()).limit(most))
    return {row.message_id: carried_by(row.payload) for row in rows}
