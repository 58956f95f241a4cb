"""What follows a group that Telegram gave a new number: its messages, its links, its pace."""

from sqlalchemy import Connection, select, update

from bot.tables import outbox, telegram_chat, telegram_link, telegram_pace
from bot.telegram.telegram_errors import OPEN


def move_chat(connection: Connection, bot: int, old: int, new: int) -> None:
    """Send to the new number what waits for the old one, and let its links lead there."""
    if old == new:
        return
    _move_messages(connection, bot, old, new)
    _move_links(connection, bot, old, new)
    pace = telegram_pace.c
    connection.execute(telegram_pace.delete().where(pace.bot_id == bot, pace.chat_id == old))


def _move_messages(connection: Connection, bot: int, old: int, new: int) -> None:
    c = outbox.c
    waiting = connection.execute(
        select(c.id, c.payload).where(
            c.bot_id == bot, c.chat_id == old, c.state.in_([state.value for state in OPEN])
        )
    ).all()
    for row in waiting:
        place = {"chat_id": new} if "chat_id" in row.payload else {}
        changed = update(outbox).where(c.id == row.id)
        connection.execute(changed.values(chat_id=new, payload=dict(row.payload) | place))


def _move_links(connection: Connection, bot: int, old: int, new: int) -> None:
    """Rename the chat; where the new one is known already, it takes the links over."""
    c = telegram_chat.c
    found = connection.execute(
        select(c.chat_id, c.id).where(c.bot_id == bot, c.chat_id.in_([old, new]))
    )
    numbers = {row.chat_id: row.id for row in found}
    if old not in numbers:
        return
    if new not in numbers:
        connection.execute(update(telegram_chat).where(c.id == numbers[old]).values(chat_id=new))
        return
    link = telegram_link.c
    there = select(link.student_id).where(link.chat == numbers[new])
    moved = update(telegram_link).where(link.chat == numbers[old], link.student_id.not_in(there))
    connection.execute(moved.values(chat=numbers[new]))
    connection.execute(telegram_link.delete().where(link.chat == numbers[old]))
