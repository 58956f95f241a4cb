"""What phones hear of work unasked: that it was handed in by itself, accepted, or has ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.links import Chat
from bot.chats.reading import find_lesson
from bot.receiving import inbox
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.talking import dialogue_states
from bot.talking.drafts import CHANNEL, is_at_work, updates_in
from bot.talking.unanswered import ended_cards
from bot.telling import News, tell
from bot.words import homework
from jetkiz.homework.model import SILENCE, HomeworkReturn
from jetkiz.homework.silence import read_sealed_by_silence, seal_silent_drafts
from jetkiz.i18n import translator
from jetkiz.storage.workplace import wall_clock

# What was sealed longer ago is no news any more.
NEWS: Final = timedelta(days=1)
ACCEPTED: Final = "👍"


def seal_silent(connection: Connection, bot: int, zone: ZoneInfo, now: datetime) -> int:
    """Hand in the drafts to which nothing was added for half an hour, and tell the phones.

    The worker seals as well: whoever comes first, the phones hear it once. Return to how many
    works.
    """
    seal_silent_drafts(connection, now - SILENCE, zone, now)
    news = _untold(connection, read_sealed_by_silence(connection, now - NEWS))
    return sum(_tell_phones(connection, bot, work, zone, now) for work in news)


def _untold(connection: Connection, works: Sequence[HomeworkReturn]) -> list[HomeworkReturn]:
    """Return the works of which no phone was told yet."""
    phones = links.phones_of(connection, {one.student for one in works})
    keys = {one.id: {_sealed_key(one, p) for p in phones[one.student]} for one in works}
    told = outbox.written(connection, set().union(*keys.values()))
    return [one for one in works if not keys[one.id] & told]


def _sealed_key(work: HomeworkReturn, phone: Chat) -> str:
    return f"sealed:{work.id}:{phone.id}"


def _tell_phones(
    connection: Connection, bot: int, work: HomeworkReturn, zone: ZoneInfo, now: datetime
) -> bool:
    """Tell the phones from which the pages came, whatever they are in the middle of now."""
    one = find_lesson(connection, work.student, work.lesson)
    senders = inbox.chats_of(connection, bot, _updates_of(work))
    told = [p for p in links.phones(connection, bot, work.student) if p.chat_id in senders]
    if one is None:
        return False
    for phone in told:
        child = next(c for c in links.children(connection, phone) if c.student == work.student)
        card = homework.handed_in_by_itself(child, one, work, translator(phone.language))
        subject = f"{work.student}:{work.lesson}"
        news = News(_sealed_key(work, phone), card, subject)
        tell(connection, phone, news, now, zone)
        state = dialogue_states.read_state(connection, phone, now)
        if is_at_work(state, work.student, work.lesson) and not state.facts.get("pages"):
            links.forget_dialogue(connection, phone)
    return bool(told)


def _updates_of(work: HomeworkReturn) -> list[int]:
    """Return the updates that brought the pages of a work, as their keys name them."""
    return updates_in(one.key for one in work.pages if one.channel == CHANNEL)


def thumb_up(connection: Connection, bot: int, work: HomeworkReturn) -> None:
    """Hang a thumb to the first photo of accepted work, beside the words that go home anyway."""
    first = next((page for page in work.pages if page.channel == CHANNEL and page.place), None)
    chats = inbox.chats_of(connection, bot, _updates_of(work)) if first else set()
    if first is None or len(chats) != 1:
        return
    [chat] = chats
    sign = [{"type": "emoji", "emoji": ACCEPTED}]
    message = Outgoing(
        key=f"thumb:{work.id}",
        chat_id=chat,
        method="setMessageReaction",
        payload={"chat_id": chat, "message_id": first.place, "reaction": sign},
        lane=Lane.BULK,
    )
    outbox.put(connection, bot, [message], wall_clock())


def tell_ended(connection: Connection, bot: int, zone: ZoneInfo, now: datetime) -> int:
    """Say what a day without a word has ended; return to how many chats.

    Nothing vanishes without a word.
    """
    told = 0
    for chat, state in dialogue_states.take_expired(connection, bot, now):
        has_children = bool(links.children(connection, chat))
        cards = ended_cards(state, translator(chat.language), has_children=has_children)
        for place, card in enumerate([] if chat.is_blocked else cards):
            key = f"ended:{chat.id}:{state.doing}:{now.isoformat()}:{place}"
            tell(connection, chat, News(key, card), now, zone)
        told += bool(cards) and not chat.is_blocked
    return told
