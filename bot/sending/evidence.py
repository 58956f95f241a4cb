"""What the ledger and the access profile learn from Telegram: went out, blocked, received.

A consignment goes to every linked phone of a student; it failed only when none of them took it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.chats import links
from bot.sending import outbox, sharing
from bot.sending.fallbacks import FALLBACK
from bot.sending.outbox import Done
from bot.telegram.telegram_errors import Kind, OutboxState, Step
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Consignment, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students

NAME = "telegram"
SOURCE = "telegram"
LINKED = "linked"
BLOCKED = "blocked"
NEVER = "never"


def report(connection: Connection, bot: int, done: Sequence[Done], at: datetime) -> None:
    """Tell the ledger what left and what was refused for good."""
    ended = [
        one
        for one in done
        if one.job.consignment and one.step.state in {OutboxState.SENT, OutboxState.REFUSED}
    ]
    ended += _wholes_of_lost_parts(connection, done) + _dropped_meanwhile(connection, done)
    carried = sharing.travellers(connection, {one.job.key for one in ended}) if ended else {}
    wanted = {one.job.consignment for one in ended} | {n for some in carried.values() for n in some}
    known = {one.key: one for one in read_consignments(connection, keys=wanted)} if wanted else {}
    receipts: list[Receipt] = []
    for one in ended:
        for name in (one.job.consignment, *carried.get(one.job.key, ())):
            if name in known:
                receipts += _outcome(connection, one, known[name], at)
    record_receipts(connection, receipts, at)
    lost = {one.job.chat_id: one.outcome for one in done if one.outcome.kind == Kind.UNREACHABLE}
    for chat_id, outcome in lost.items():
        was_blocked = outcome.reason != FailureReason.CHAT_GONE
        lose_chat(connection, bot, chat_id, at, BLOCKED if was_blocked else NEVER)


def _dropped_meanwhile(connection: Connection, done: Sequence[Done]) -> list[Done]:
    """Return as failed what surely did not leave and goes no more: its phone was cut meanwhile."""
    unsent = {
        one.job.id: one
        for one in done
        if one.job.consignment and one.step.state == OutboxState.RETRY and not one.job.is_repeat
    }
    step = Step(OutboxState.REFUSED, reason=FailureReason.CHAT_GONE)
    return [replace(unsent[one], step=step) for one in outbox.dropped(connection, unsent)]


def _wholes_of_lost_parts(connection: Connection, done: Sequence[Done]) -> list[Done]:
    """Return what failed because a part of it did, such as a recording before a teacher's words."""
    found = []
    for one in done:
        # A chat that is gone loses the whole message as well, and what has a plain form comes so.
        if one.outcome.kind == Kind.UNREACHABLE or FALLBACK in one.job.payload:
            continue
        is_lost = one.step.state == OutboxState.REFUSED and not one.job.consignment
        whole = outbox.whole_of(connection, one.job.key) if is_lost else None
        if whole:
            key, consignment = whole
            found.append(replace(one, job=replace(one.job, key=key, consignment=consignment)))
    return found


def _outcome(
    connection: Connection, one: Done, consignment: Consignment, at: datetime
) -> list[Receipt]:
    """Return what a message's end means for one of the consignments in it."""
    is_own = consignment.key == one.job.consignment
    key = one.job.key if is_own else f"{one.job.key}:{consignment.key}"
    if one.step.state == OutboxState.SENT:
        return _receipts(consignment, key, State.DISPATCHED, at)
    if outbox.reaches_elsewhere(connection, consignment.key, one.job.key):
        return []
    reason = one.step.reason or FailureReason.REFUSED
    return _receipts(consignment, f"{key}:failed", State.FAILED, at, reason)


def _receipts(
    consignment: Consignment,
    key: str,
    state: State,
    at: datetime,
    reason: FailureReason | None = None,
) -> list[Receipt]:
    several = len(consignment.contents) > 1
    return [
        Receipt(
            key=f"{key}:{content.student}" if several else key,
            week=consignment.week,
            student=content.student,
            lessons=content.lessons,
            state=state,
            channel=NAME,
            at=at,
            attempt=content.attempt,
            source=SOURCE,
            reason=reason,
            consignment=consignment.key,
        )
        for content in consignment.contents
    ]


def handed_receipts(
    consignment: Consignment, state: State, at: datetime, reason: FailureReason | None = None
) -> list[Receipt]:
    """Return one receipt for each content; the same keys whenever it is handed over again."""
    return _receipts(consignment, f"{consignment.key}:handed", state, at, reason)


def lost_receipts(
    connection: Connection, consignments: Iterable[Consignment], at: datetime
) -> list[Receipt]:
    """Return that lessons failed whose messages were dropped, where no other phone takes them."""
    return [
        receipt
        for one in consignments
        if not outbox.reaches_elsewhere(connection, one.key, "")
        for receipt in _receipts(one, f"{one.key}:lost", State.FAILED, at, FailureReason.CHAT_GONE)
    ]


def lose_chat(
    connection: Connection, bot: int, chat_id: int, at: datetime, learnt: str = BLOCKED
) -> None:
    """Remember that a chat takes nothing more; students without another phone are unreachable.

    Whose account is gone blocked nobody: it is as if they had never linked, and they can again.
    """
    chat = links.find_chat(connection, bot, chat_id)
    if chat is None or chat.is_blocked:
        return
    links.set_blocked(connection, chat, at)
    for child in links.children(connection, chat):
        if not links.all_phones(connection, child.student):
            learn_telegram(connection, child.student, learnt, at)


def learn_telegram(connection: Connection, student: int, value: str, at: datetime) -> None:
    """Add to a student's access profile whether Telegram reaches them."""
    for person in read_students(connection, only=[student]):
        fact = Fact(FactKind.TELEGRAM, value, Source.BOT, links.local_day(connection, person, at))
        learn(connection, person.household, fact, student_id=student, at=at)


def acknowledge(
    connection: Connection, student: int, week: str, lessons: Iterable[int], who: str, at: datetime
) -> bool:
    """Record that somebody of the home said "received"; False when it was known already."""
    wanted = set(lessons)
    stands = [one for one in lesson_states(connection, week, [student]) if one.lesson in wanted]
    receipts = [
        Receipt(
            key=f"{NAME}:received:{who}:{student}:{one.lesson}",
            week=week,
            student=student,
            lessons=(one.lesson,),
            state=State.ACKNOWLEDGED,
            channel=one.channel or NAME,
            at=at,
            attempt=one.attempt,
            source=SOURCE,
        )
        for one in stands
    ]
    return record_receipts(connection, receipts, at) > 0
