"""What was written for a phone about a student and has not left never leaves once it is cut.

Nobody can call back what is on its way, but if it does not arrive it does not go again. Brothers
and sisters who shared a message get their part anew. So does a phone that wants no marks any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from bot.airing_news import students_in
from bot.chats.links import Chat
from bot.handing_over import Bundle, hand_over, receivers, write_words
from bot.sending import evidence, sharing
from bot.sending.outbox import UNKNOWNS, drop_unsent, parts_of
from bot.tables import outbox
from bot.telegram.telegram_errors import MAY_HAVE_LEFT, OPEN, OutboxState
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Consignment, Kind
from jetkiz.delivery.receipts import record_receipts

_WITHOUT_MARK: Final = ":without-mark"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that has not come to its end, with the consignments in it."""

    id: int
    key: str
    subject: str
    consignments: frozenset[str]
    may_have_left: bool


def hold_back(connection: Connection, chat: Chat, student: int, now: datetime) -> int:
    """Drop what waits for a chat about a student; return how many messages.

    Lessons that no other phone of the student takes have failed, unless they may have arrived:
    another way is found for them.
    """
    waiting = _waiting(connection, chat)
    named = {name for one in waiting for name in one.consignments}
    known = {one.key: one for one in read_consignments(connection, keys=named)} if named else {}
    mine = {name for name, one in known.items() if one.student == student}
    whole = [one for one in waiting if one.consignments & mine]
    parts = tuple(f"{one.key}:" for one in whole)
    dropped = [
        one.id
        for one in waiting
        if one in whole
        or one.key.startswith(parts)
        or one.subject.startswith(f"{student}:")
        or student in students_in(one.subject)
    ]
    gone = update(outbox).where(outbox.c.id.in_(dropped))
    connection.execute(gone.values(state=OutboxState.DROPPED.value))
    theirs = {name for one in whole for name in one.consignments - mine}
    _write_anew(connection, chat, [known[name] for name in sorted(theirs)], student, now)
    unsure = {name for one in whole if one.may_have_left for name in one.consignments}
    lost = [known[name] for name in sorted(mine - unsure)]
    record_receipts(connection, evidence.lost_receipts(connection, lost, now), now)
    return len(dropped)


def take_marks_out(connection: Connection, chat: Chat, now: datetime) -> None:
    """Write anew the answers of which nothing has left for a chat that wants no marks any more."""
    named = {name for one in _waiting(connection, chat) for name in one.consignments}
    found = read_consignments(connection, keys=named) if named else ()
    bundles = [
        Bundle(phone, (one,), _WITHOUT_MARK)
        for one in found
        if one.kind == Kind.FEEDBACK
        for phone in receivers(connection, one.student or 0)
        if phone.chat.id == chat.id
    ]
    place = (chat.bot, chat.chat_id)
    for one in bundles:
        parts = parts_of(connection, place, one.key.removesuffix(_WITHOUT_MARK))
        if drop_unsent(connection, parts):
            write_words(connection, one, now)


def _waiting(connection: Connection, chat: Chat) -> list[Waiting]:
    """Return what waits for a chat, and keep the sender from it."""
    c = outbox.c
    query = select(c.id, c.key, c.consignment, c.subject, c.state, UNKNOWNS).where(
        c.bot_id == chat.bot, c.chat_id == chat.chat_id, c.state.in_(OPEN)
    )
    rows = connection.execute(query.order_by(c.id).with_for_update()).all()
    shared = sharing.travellers(connection, [row.key for row in rows])
    return [
        Waiting(
            row.id,
            row.key,
            row.subject,
            frozenset({row.consignment, *shared.get(row.key, ())} - {""}),
            row.unknowns > 0 or row.state in MAY_HAVE_LEFT,
        )
        for row in rows
    ]


def _write_anew(
    connection: Connection, chat: Chat, others: Iterable[Consignment], student: int, now: datetime
) -> None:
    for one in others:
        for phone in receivers(connection, one.student or 0):
            if phone.chat.id == chat.id:
                hand_over(connection, Bundle(phone, (one,), f":without-{student}"), now)
