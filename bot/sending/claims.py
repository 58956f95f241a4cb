"""Whose message goes next, and how an attempt begins and ends: written down before and after.

A message is marked as being sent before its request leaves, so nobody ever sends it unnoticed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Select,
    String,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)

from bot.chats import moving
from bot.sending import booking
from bot.sending.booking import BotRow
from bot.sending.outbox import UNKNOWNS, Done, Job, Lane
from bot.sending.pacing import FREE, Places, Rates, weight
from bot.tables import outbox, outbox_attempt, telegram_chat, telegram_file, telegram_pace
from bot.telegram.stored_files import files_in
from bot.telegram.telegram_errors import DUE, OPEN, Kind, OutboxState
from jetkiz.storage.bulk_load import upsert
from jetkiz.storage.column_types import Document
from jetkiz.storage.many_values import among

# At the end of the night so many at a time join those whose turn it is.
MOST_LET_GO: Final = 5_000
# Chats that must rest before an album stand at the front; so many are looked past.
LOOK_PAST: Final = 32


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes how many, how far ahead, which chats are left alone, and at which rates.

    Without rates nothing is booked: for those who send nothing over the network.
    """

    bot: int
    worker: str
    most: int
    resting: Collection[int] = ()
    rates: Rates | None = None
    horizon: float = 0.0


def claim(connection: Connection, wanted: Claim, now: datetime) -> list[Job]:
    """Take the next messages and mark them as being sent; at most one for each chat.

    The places at which they leave are booked in the same transaction.
    """
    return claim_with(connection, wanted, booking.lock_row(connection, wanted.bot, now), now)


def claim_with(connection: Connection, wanted: Claim, row: BotRow, now: datetime) -> list[Job]:
    """Claim for a transaction that holds the row of the bot already."""
    if not wanted.most or row.silence(now):
        return []
    _let_go(connection, wanted.bot, now)
    found = _first_of_each_chat(_due_rows(connection, wanted, now), wanted.resting)
    numbers = _numbers_to_edit(connection, found)
    ready = [one for one in found if not one.edits or numbers.get(one.edits)]
    _drop(connection, [one.id for one in found if one.edits and not numbers.get(one.edits)])
    waits = _book(connection, wanted, row, ready, now)
    taken = _mark_sending(connection, wanted, list(waits), now)
    doubts = _doubts(connection, [one.id for one in taken.values() if one.tries > 1])
    jobs = [
        _job(taken[one.id], one, waits[one.id], numbers.get(one.edits), doubts.get(one.id, 0))
        for one in ready
        if one.id in taken
    ]
    return _with_file_numbers(connection, wanted.bot, jobs)


def _let_go(connection: Connection, bot: int, now: datetime) -> None:
    """What was held on purpose and is due now waits like anything else.

    While it is held nobody looks at it: a night's messages are many, and each claim would.
    """
    c = outbox.c
    due = (
        select(c.id)
        .where(c.bot_id == bot, c.state == OutboxState.QUEUED.value)
        .where(c.is_held, c.not_before <= now)
        .order_by(c.not_before)
        .limit(MOST_LET_GO)
    )
    numbers = connection.scalars(due).all()
    if numbers:
        held = update(outbox).where(among(c.id, numbers))
        connection.execute(held.values(is_held=False))


def _of_state(state: OutboxState) -> Select[Any]:
    """Return the query for the first due messages in one state: an index gives them in order."""
    c, chat, pace, other = outbox.c, telegram_chat.c, telegram_pace.c, outbox.alias("other")
    # What is held for the end of quiet hours has not begun and keeps nobody waiting.
    has_begun = or_(
        other.c.state != OutboxState.QUEUED.value, other.c.not_before <= bindparam("now")
    )
    must_wait = exists().where(
        other.c.bot_id == c.bot_id,
        other.c.chat_id == c.chat_id,
        other.c.state.in_([one.value for one in OPEN]),
        or_(
            other.c.state == OutboxState.SENDING.value,
            and_(other.c.lane == c.lane, other.c.id < c.id, has_begun),
        ),
    )
    album = case((c.method == "sendMediaGroup", c.payload), else_=null())
    first = (
        select(
            c.id, c.chat_id, c.lane, c.method, c.edits, type_coerce(album, Document).label("album")
        )
        .add_columns(chat.language, pace.booked_until)
        .outerjoin_from(
            outbox,
            telegram_chat,
            and_(chat.bot_id == c.bot_id, chat.chat_id == c.chat_id),
        )
        .outerjoin(telegram_pace, and_(pace.bot_id == c.bot_id, pace.chat_id == c.chat_id))
        .where(
            c.bot_id == bindparam("bot"),
            c.state == state.value,
            ~c.is_held,
            c.not_before <= bindparam("now"),
            or_(c.method.in_(FREE), booking.HAS_ROOM),
            ~must_wait,
        )
        .order_by(c.lane, c.id)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(first)


def _due_query() -> CompoundSelect[Any]:
    query = union_all(*map(_of_state, DUE))
    return query.order_by(query.selected_columns.lane, query.selected_columns.id)


_DUE_ROWS: Final = _due_query()


def _due_rows(connection: Connection, wanted: Claim, now: datetime) -> Sequence[Row[Any]]:
    facts = {"bot": wanted.bot, "now": now, "most": wanted.most + LOOK_PAST}
    return connection.execute(
        _DUE_ROWS, facts | booking.room_facts(wanted.rates, now.timestamp())
    ).all()


def _first_of_each_chat(rows: Sequence[Row[Any]], resting: Collection[int]) -> list[Row[Any]]:
    first: dict[int, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.chat_id, row)
    return [row for chat, row in first.items() if chat not in resting]


def _numbers_to_edit(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, int | None]:
    """Return the number of each message that is to be edited."""
    wanted = [row.edits for row in rows if row.edits]
    if not wanted:
        return {}
    c = outbox.c
    found = connection.execute(select(c.key, c.message_id).where(c.key.in_(wanted)))
    return {row.key: row.message_id for row in found}


def _drop(connection: Connection, numbers: Sequence[int]) -> None:
    """An edit of what never went out is dropped."""
    if numbers:
        dropped = update(outbox).where(outbox.c.id.in_(numbers))
        connection.execute(dropped.values(state=OutboxState.DROPPED.value))


def _book(
    connection: Connection, wanted: Claim, row: BotRow, ready: Sequence[Row[Any]], now: datetime
) -> dict[int, float]:
    """Return who leaves in how many seconds, and write down the places given away."""
    if wanted.rates is None:
        return {one.id: 0.0 for one in ready[: wanted.most]}
    moment = now.timestamp()
    chats = {one.chat_id: one.booked_until for one in ready}
    rates = wanted.rates.slowed(row.slowed, moment)
    places = Places(rates, moment, wanted.horizon, row.booked_until, chats)
    waits: dict[int, float] = {}
    given = set()
    for one in ready:
        if len(waits) == wanted.most:
            break
        cost = weight(one.method, one.album)
        wait = places.give(one.chat_id, cost, can_wait=one.lane >= Lane.LESSON)
        if wait is not None:
            waits[one.id] = wait
            given |= {one.chat_id} if cost else set()
    booking.write_places(connection, wanted.bot, places, given)
    return waits


def _mark_sending(
    connection: Connection, wanted: Claim, numbers: Sequence[int], now: datetime
) -> dict[int, Row[Any]]:
    """Write the intention down before the act; a row that another sender took is left to it."""
    if not numbers:
        return {}
    c = outbox.c
    taken = connection.execute(
        update(outbox)
        .where(c.id.in_(numbers), c.state.in_([state.value for state in DUE]))
        .values(
            state=OutboxState.SENDING.value,
            tries=c.tries + 1,
            claimed_by=wanted.worker,
            claimed_at=now,
        )
        .returning(
            c.id, c.key, c.chat_id, c.method, c.payload, c.tries, c.consignment, c.created_at
        )
    ).all()
    note(connection, [(row.id, row.tries, OutboxState.SENDING.value, "") for row in taken], now)
    return {row.id: row for row in taken}


def _doubts(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """Return how often nobody could tell what became of a message; most were never tried."""
    if not numbers:
        return {}
    rows = connection.execute(select(outbox.c.id, UNKNOWNS).where(outbox.c.id.in_(numbers)))
    return {row.id: row.unknowns for row in rows}


def _job(row: Row[Any], found: Row[Any], wait: float, edited: int | None, doubts: int) -> Job:
    place = {"message_id": edited} if edited else {}
    return Job(
        id=row.id,
        key=row.key,
        chat_id=row.chat_id,
        method=row.method,
        payload=dict(row.payload) | place,
        tries=row.tries,
        consignment=row.consignment,
        language=found.language or "",
        created_at=row.created_at,
        unknowns=doubts,
        lane=found.lane,
        wait=wait,
    )


def note(
    connection: Connection, events: Sequence[tuple[int, int, str, str]], now: datetime
) -> None:
    """Add to the story of some attempts: message, number of the attempt, event and detail."""
    if not events:
        return
    names = ("outbox_id", "number", "event", "detail")
    rows = [dict(zip(names, event, strict=True)) | {"at": now} for event in events]
    connection.execute(outbox_attempt.insert(), rows)


def _with_file_numbers(connection: Connection, bot: int, jobs: Sequence[Job]) -> list[Job]:
    wanted = {file.sha256 for job in jobs for file in files_in(job.payload)}
    if not wanted:
        return list(jobs)
    c = telegram_file.c
    rows = connection.execute(
        select(c.sha256, c.kind, c.file_id).where(c.bot_id == bot, c.sha256.in_(wanted))
    )
    known = {(row.sha256, row.kind): row.file_id for row in rows}
    return [_numbered(job, known) for job in jobs]


def _numbered(job: Job, known: Mapping[tuple[str, str], str]) -> Job:
    numbers = {
        file: known[file.sha256, file.kind]
        for file in files_in(job.payload)
        if (file.sha256, file.kind) in known
    }
    values = {name: getattr(job, name) for name in Job.__slots__}
    return Job(**(values | {"file_numbers": numbers}))


def _settle_query() -> Update:
    c, became = outbox.c, bindparam("became", type_=String)
    # What was dropped on its way, as its phone was cut, does not go again; it may have arrived.
    has_arrived = and_(c.state == OutboxState.DROPPED.value, became == OutboxState.SENT.value)
    is_open = or_(*(c.state == state.value for state in OPEN), has_arrived)
    # Who was thought dead and taken over no longer speaks for the message.
    this = (c.id == bindparam("job"), c.tries == bindparam("attempt"), is_open)
    return (
        update(outbox)
        .where(*this)
        .values(
            state=became,
            not_before=bindparam("next"),
            last_error=bindparam("error"),
            message_id=func.coalesce(bindparam("message"), c.message_id),
        )
    )


_SETTLE: Final = _settle_query()


def settle(connection: Connection, bot: int, done: Sequence[Done], now: datetime) -> None:
    """Write down what became of the jobs; remember the numbers of files."""
    if not done:
        return
    rows = [
        {
            "job": one.job.id,
            "attempt": one.job.tries,
            "became": one.step.state.value,
            "next": now + timedelta(seconds=one.step.wait),
            "error": one.outcome.detail,
            "message": one.outcome.message_id,
        }
        for one in done
    ]
    connection.execute(_SETTLE, rows)
    note(
        connection,
        [(one.job.id, one.job.tries, one.step.state.value, one.outcome.detail) for one in done],
        now,
    )
    _remember(connection, bot, done)
    for one in done:
        if one.outcome.kind == Kind.MESSAGE_GONE:
            _send_anew(connection, one.job, now)
        if one.outcome.kind == Kind.MIGRATED and one.outcome.new_chat:
            moving.move_chat(connection, bot, one.job.chat_id, one.outcome.new_chat)


def _send_anew(connection: Connection, edit: Job, now: datetime) -> None:
    """Send a message that its reader deleted once more, as it was to look; later edits find it."""
    c = outbox.c
    key = connection.scalar(select(c.edits).where(c.id == edit.id))
    if not key:
        return
    values = {
        "payload": {name: said for name, said in edit.payload.items() if name != "message_id"},
        "message_id": None,
        "state": OutboxState.QUEUED.value,
        "not_before": now,
        "is_held": False,
        "created_at": now,
    }
    connection.execute(
        update(outbox)
        .where(c.key == key, c.message_id == edit.payload["message_id"])
        .values(values)
    )


def _remember(connection: Connection, bot: int, done: Sequence[Done]) -> None:
    rows = [
        {"bot_id": bot, "sha256": file.sha256, "kind": file.kind, "file_id": number}
        for one in done
        for file, number in one.file_numbers.items()
    ]
    if rows:
        upsert(connection, telegram_file, rows, ["bot_id", "sha256", "kind"])
    for one in done:
        if one.outcome.kind == Kind.STALE_FILE:
            _forget_numbers(connection, bot, one.job)


def _forget_numbers(connection: Connection, bot: int, job: Job) -> None:
    c = telegram_file.c
    hashes = [file.sha256 for file in files_in(job.payload)]
    connection.execute(telegram_file.delete().where(c.bot_id == bot, c.sha256.in_(hashes)))
