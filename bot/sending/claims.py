"""Whose message goes next, and how an attempt begins and ends: written down before and after.

A message is marked as being sent before its request leaves, so nobody ever sends it unnoticed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, or_, select, update

from bot.sending.outbox import UNKNOWNS, Done, Job, read_job
from bot.tables import outbox, outbox_attempt, telegram_chat, telegram_file
from bot.telegram.stored_files import files_in
from bot.telegram.telegram_errors import DUE, OPEN, Kind, OutboxState
from jetkiz.storage.bulk_load import upsert

# A claim older than this belongs to a sender that is gone.
STALE_CLAIM: Final = timedelta(minutes=2)
# Chats that must rest before an album stand at the front; so many are looked past.
LOOK_PAST: Final = 32


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes how many, which chats must wait, and whether a chat has room for a message.

    ``has_room`` is asked with the chat, the method and the payload.
    """

    bot: int
    worker: str
    most: int
    resting: Collection[int] = ()
    has_room: Callable[[int, str, Mapping[str, Any]], bool] = lambda *_: True


def claim(connection: Connection, wanted: Claim, now: datetime) -> list[Job]:
    """Take the next messages and mark them as being sent; at most one for each chat."""
    rows = [
        row
        for row in _first_of_each_chat(_due_rows(connection, wanted, now))
        if wanted.has_room(row.chat_id, row.method, row.payload)
    ][: wanted.most]
    ready = _with_targets(connection, rows)
    taken = _mark_sending(connection, wanted, [row.id for row, _ in ready], now)
    jobs = [read_job(row, payload) for row, payload in ready if row.id in taken]
    return _with_file_numbers(connection, wanted.bot, jobs)


def _due_rows(connection: Connection, wanted: Claim, now: datetime) -> Sequence[Row[Any]]:
    c = outbox.c
    earlier = outbox.alias("earlier")
    waits_for_earlier = exists().where(
        earlier.c.bot_id == c.bot_id,
        earlier.c.chat_id == c.chat_id,
        earlier.c.lane == c.lane,
        earlier.c.id < c.id,
        earlier.c.state.in_([state.value for state in OPEN]),
        # What is held for the end of quiet hours has not begun and keeps nobody waiting.
        or_(earlier.c.state != OutboxState.QUEUED.value, earlier.c.not_before <= now),
    )
    query = (
        select(outbox, telegram_chat.c.language, UNKNOWNS)
        .outerjoin_from(
            outbox,
            telegram_chat,
            (telegram_chat.c.bot_id == c.bot_id) & (telegram_chat.c.chat_id == c.chat_id),
        )
        .where(
            c.bot_id == wanted.bot,
            c.state.in_([state.value for state in DUE]),
            c.not_before <= now,
            ~waits_for_earlier,
        )
        .order_by(c.lane, c.id)
        .limit(wanted.most + LOOK_PAST)
    )
    if wanted.resting:
        query = query.where(c.chat_id.not_in(list(wanted.resting)))
    return connection.execute(query).all()


def _first_of_each_chat(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    first: dict[int, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.chat_id, row)
    return list(first.values())


def _with_targets(
    connection: Connection, rows: Sequence[Row[Any]]
) -> list[tuple[Row[Any], dict[str, Any]]]:
    """Give each edit the number of its message; an edit of what never went out is dropped."""
    wanted = [row.edits for row in rows if row.edits]
    c = outbox.c
    numbers = dict(
        connection.execute(select(c.key, c.message_id).where(c.key.in_(wanted))).all()
        if wanted
        else ()
    )
    ready = []
    for row in rows:
        number = numbers.get(row.edits)
        if row.edits and number is None:
            dropped = update(outbox).where(c.id == row.id)
            connection.execute(dropped.values(state=OutboxState.DROPPED.value))
        else:
            place = {"message_id": number} if row.edits else {}
            ready.append((row, dict(row.payload) | place))
    return ready


def _mark_sending(
    connection: Connection, wanted: Claim, numbers: Sequence[int], now: datetime
) -> set[int]:
    """Write the intention down before the act; a row that another sender took is left to it."""
    if not numbers:
        return set()
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
        .returning(c.id, c.tries)
    ).all()
    _note(connection, [(row.id, row.tries, OutboxState.SENDING.value, "") for row in taken], now)
    return {row.id for row in taken}


def _note(
    connection: Connection, events: Sequence[tuple[int, int, str, str]], now: datetime
) -> None:
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


def settle(connection: Connection, bot: int, done: Sequence[Done], now: datetime) -> None:
    """Write down what became of the jobs; remember the numbers of files."""
    c = outbox.c
    for one in done:
        changes: dict[str, Any] = {
            "state": one.step.state.value,
            "not_before": now + timedelta(seconds=one.step.wait),
            "last_error": one.outcome.detail,
        }
        if one.outcome.message_id is not None:
            changes["message_id"] = one.outcome.message_id
        connection.execute(update(outbox).where(c.id == one.job.id).values(changes))
    _note(
        connection,
        [(one.job.id, one.job.tries, one.step.state.value, one.outcome.detail) for one in done],
        now,
    )
    _remember(connection, bot, done)
    for one in done:
        if one.outcome.kind == Kind.MESSAGE_GONE:
            _send_anew(connection, one.job, now)


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
    upsert(connection, telegram_file, rows, ["bot_id", "sha256", "kind"])
    for one in done:
        if one.outcome.kind == Kind.STALE_FILE:
            _forget_numbers(connection, bot, one.job)


def _forget_numbers(connection: Connection, bot: int, job: Job) -> None:
    c = telegram_file.c
    hashes = [file.sha256 for file in files_in(job.payload)]
    connection.execute(telegram_file.delete().where(c.bot_id == bot, c.sha256.in_(hashes)))


def recover(
    connection: Connection, bot: int, worker: str, now: datetime, settle: float = 0.0
) -> int:
    """Turn what a dead sender had begun into unknown; nobody can tell whether it went out.

    A worker's own claims are lost when it starts again; another's when they grow old. Telegram
    may take a request after its sender is dead: it rests ``settle`` seconds like any unknown one.
    """
    c = outbox.c
    lost = connection.execute(
        update(outbox)
        .where(
            c.bot_id == bot,
            c.state == OutboxState.SENDING.value,
            or_(c.claimed_by == worker, c.claimed_at < now - STALE_CLAIM),
        )
        .values(
            state=OutboxState.UNKNOWN.value,
            last_error="the sender stopped in the middle",
            not_before=now + timedelta(seconds=settle),
        )
        .returning(c.id, c.tries)
    ).all()
    unknown = OutboxState.UNKNOWN.value
    _note(connection, [(row.id, row.tries, unknown, "sender stopped") for row in lost], now)
    return len(lost)
