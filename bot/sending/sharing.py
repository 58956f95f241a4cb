"""Which consignments travel in a message that bears the name of another: several children's day."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from bot.tables import outbox, outbox_shared
from bot.telegram.telegram_errors import OutboxState
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


def share(connection: Connection, message: str, consignments: Sequence[str]) -> None:
    """Let consignments travel in a message, besides the one that it is named after."""
    rows = [{"message": message, "consignment": one} for one in consignments]
    insert_new(connection, outbox_shared, rows, ["message", "consignment"])


def travellers(connection: Connection, messages: Collection[str]) -> dict[str, list[str]]:
    """Return which consignments travel in these messages besides their own."""
    c = outbox_shared.c
    found: dict[str, list[str]] = {}
    query = select(c.message, c.consignment).where(c.message.in_(list(messages)))
    for row in connection.execute(query.order_by(c.consignment)):
        found.setdefault(row.message, []).append(row.consignment)
    return found


def fellows(connection: Connection, consignment: str) -> dict[str, set[int]]:
    """Return which others share a message with a consignment, each with the chats of those.

    A message that was dropped is shared no more.
    """
    o, c = outbox.c, outbox_shared.c
    inside = select(c.message).where(c.consignment == consignment)
    here = o.key.in_(inside) | (o.consignment == consignment)
    shared = (
        select(o.chat_id, o.consignment, c.consignment.label("fellow"))
        .join_from(outbox, outbox_shared, c.message == o.key)
        .where(here, o.state != OutboxState.DROPPED.value)
    )
    found: dict[str, set[int]] = {}
    for row in connection.execute(shared):
        for name in {row.consignment, row.fellow} - {consignment}:
            found.setdefault(name, set()).add(row.chat_id)
    return found


def on_their_way(connection: Connection, consignments: Collection[str]) -> set[tuple[str, int]]:
    """Return which of these consignments were written for which chat, by the chat's number."""
    o, c = outbox.c, outbox_shared.c
    own = select(o.consignment, o.chat_id).where(among(o.consignment, consignments))
    shared = (
        select(c.consignment, o.chat_id)
        .join_from(outbox_shared, outbox, o.key == c.message)
        .where(among(c.consignment, consignments))
    )
    return {(row.consignment, row.chat_id) for row in connection.execute(own.union_all(shared))}
