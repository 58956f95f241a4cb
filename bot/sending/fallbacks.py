"""What goes out in the place of a message that Telegram refused: the same in plainer form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot.sending import outbox
from bot.sending.outbox import Done, Outgoing
from bot.telegram.telegram_errors import Kind, OutboxState

FALLBACK: Final = "fallback"


def with_fallback(
    payload: Mapping[str, Any], plain: Sequence[tuple[str, Mapping[str, Any]]], subject: str = ""
) -> dict[str, Any]:
    """Return a message that carries, unseen, what is sent where it is refused."""
    return {
        **payload,
        FALLBACK: [{"method": n, "payload": dict(p), "subject": subject} for n, p in plain],
    }


def without_fallback(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as Telegram gets it."""
    return {name: value for name, value in payload.items() if name != FALLBACK}


def send_plainly(connection: Connection, bot: int, done: Iterable[Done], now: datetime) -> None:
    """Write the plain form of what was just refused.

    A chat that is gone needs none, and a phone that was cut meanwhile is to have none.
    """
    refused = {
        one.job.id: one.job
        for one in done
        if one.step.state == OutboxState.REFUSED
        and one.outcome.kind == Kind.REFUSED
        and FALLBACK in one.job.payload
    }
    for number in outbox.dropped(connection, refused):
        del refused[number]
    for job in refused.values():
        messages = [
            Outgoing(
                key=f"{job.key}:plain{place}",
                chat_id=job.chat_id,
                method=said["method"],
                payload=said["payload"],
                subject=said["subject"],
            )
            for place, said in enumerate(job.payload[FALLBACK], 1)
        ]
        outbox.put(connection, bot, messages, now)
