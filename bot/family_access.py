"""How every phone and code of a student is cut, as after a lost paper; the phones are told."""

from datetime import datetime

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.links import Chat
from bot.sending import evidence, outbox
from bot.sending.outbox import Outgoing
from bot.words import talk
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import revoke_codes
from jetkiz.roster.register import read_names
from jetkiz.storage.workplace import wall_clock


def cut_family(connection: Connection, student: int, now: datetime) -> tuple[int, int]:
    """End the student's links and codes; return how many phones and codes."""
    codes = revoke_codes(connection, student, now)
    chats = links.cut_all(connection, student)
    if chats:
        evidence.learn_telegram(connection, student, evidence.NEVER, now)
        _tell(connection, student, chats)
    return len(chats), codes


def _tell(connection: Connection, student: int, chats: list[Chat]) -> None:
    name = read_names(connection, only=[student])[student].given
    now = wall_clock()
    for chat in chats:
        words = talk.no_longer(name, translator(chat.language)).payload()
        message = Outgoing(
            key=f"cut:{student}:{chat.id}:{now.isoformat()}",
            chat_id=chat.chat_id,
            method="sendMessage",
            payload={"chat_id": chat.chat_id, **words},
        )
        if not chat.is_blocked:
            outbox.put(connection, chat.bot, [message], now)
