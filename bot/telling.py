"""When a phone is told what it did not ask for: never in its quiet hours, early without a sound."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chats.links import Chat
from bot.chats.preferences import Preferences, read_preferences
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.words.cards import Card
from jetkiz.storage.workplace import wall_clock

LOUD_FROM: Final = time(8, 0)


@dataclass(frozen=True, slots=True)
class News:
    """What a phone is told, once under each ``key``; it hangs on the message ``about``."""

    key: str
    card: Card
    subject: str = ""
    about: int = 0

    def payload(self, chat: Chat) -> dict[str, Any]:
        """Return the request's content."""
        reply = {"message_id": self.about, "allow_sending_without_reply": True}
        hung = {"reply_parameters": reply} if self.about else {}
        return {"chat_id": chat.chat_id, **self.card.payload(), **hung}


def tell(connection: Connection, chat: Chat, news: News, now: datetime, zone: ZoneInfo) -> bool:
    """Write to a phone that is not talking just now; one that has blocked the bot is left alone."""
    if chat.is_blocked:
        return False
    plain = Outgoing(
        key=news.key,
        chat_id=chat.chat_id,
        method="sendMessage",
        payload=news.payload(chat),
        subject=news.subject,
    )
    message = timed(plain, chat, read_preferences(connection, chat), now, zone)
    return outbox.put(connection, chat.bot, [message], wall_clock()) == 1


def timed(
    one: Outgoing, chat: Chat, wishes: Preferences, now: datetime, zone: ZoneInfo
) -> Outgoing:
    """Let a message come when its phone wants to hear something."""
    moment = wishes.not_before(now, zone)
    is_early = moment.astimezone(zone).time() < LOUD_FROM
    return replace(
        one,
        not_before=wall_clock() + (moment - now) if moment > now else None,
        silent=is_early or chat.quiet,
    )
