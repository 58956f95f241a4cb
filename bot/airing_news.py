"""How the phones of a home hear that an airing has changed: once, together, before its hour.

What still waits for the end of the night is written anew when the airing changes again, so that a
family reads the last word only.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select

from bot.chats import links
from bot.chats.links import CHILD_COLUMNS, Chat, Child, child_in
from bot.chats.preferences import Preferences, read_all_preferences
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.tables import outbox as outbox_table
from bot.tables import telegram_link
from bot.telegram.telegram_errors import WAITING, OutboxState
from bot.telling import timed
from bot.words.airings import PARAGRAPH, airing_card, paragraph
from jetkiz.channel import AiringNews, Showing
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.link_codes import LinkRole
from jetkiz.roster.register import read_students, read_zones
from jetkiz.roster.tables import school_class, student, student_identity
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import wall_clock

SUBJECT: Final = "airings:"
_BETWEEN: Final = "\n"
_WITHIN: Final = "\t"


@dataclass(frozen=True, slots=True)
class _Phone:
    """A phone, how it wants messages, and the students of the news whose lessons it takes."""

    chat: Chat
    wishes: Preferences
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Told:
    """One paragraph of a message: of which airing, what the family knew before, and its words."""

    student: int
    airing: str
    change: str
    before: Showing
    words: str

    @property
    def about(self) -> tuple[int, str]:
        """The airing, whatever its change, for a student."""
        return self.student, self.airing

    @property
    def key(self) -> str:
        """The same news again has the same key."""
        return _WITHIN.join((str(self.student), self.airing, self.change))

    def kept(self) -> str:
        """Return it as it is kept beside the message."""
        at = str(int(self.before.at.timestamp()))
        place = " ".join(self.before.place.split())
        return _WITHIN.join((self.key, at, "r" if self.before.is_radio else "", place))


@dataclass(frozen=True, slots=True)
class _Written:
    """A message of ours about airings; ``waits`` while nobody has begun to send it."""

    id: int
    told: tuple[_Told, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class _News:
    """What one phone is told now."""

    items: Sequence[AiringNews]
    lessons: Mapping[int, Lesson]
    zone: ZoneInfo
    now: datetime


def tell_of_airings(connection: Connection, news: Sequence[AiringNews], now: datetime) -> set[int]:
    """Write one message a phone; return the students of whom some phone takes messages."""
    students = sorted({one.student for one in news})
    phones = _phones(connection, students)
    lessons = {one.id: one for one in read_lessons(connection, only={n.lesson for n in news})}
    zones = _zones(connection, students)
    written = _written(connection, phones)
    by_student: dict[int, list[AiringNews]] = defaultdict(list)
    for one in news:
        if one.lesson in lessons:
            by_student[one.student].append(one)
    messages: dict[int, list[Outgoing]] = defaultdict(list)
    for phone in phones:
        mine = [one for number in phone.names for one in by_student[number]]
        there = written.get((phone.chat.bot, phone.chat.chat_id), [])
        if mine:
            told = _News(mine, lessons, zones[mine[0].student], now)
            messages[phone.chat.bot] += _message(connection, phone, told, there)
    for bot, some in messages.items():
        outbox.put(connection, bot, some, wall_clock())
    return {one for phone in phones for one in phone.names}


def _message(
    connection: Connection, phone: _Phone, news: _News, written: Sequence[_Written]
) -> list[Outgoing]:
    """Return the message for a phone, with what is taken back for it; none when all is known."""
    known = {item.key for one in written for item in one.told}
    words = (_words(item, phone, news) for item in news.items)
    told = [one for one in words if one.key not in known]
    if not told:
        return []
    fresh = {one.about for one in told}
    older = _taken_back(connection, fresh, written)
    first = {one.about: one.before for one in older}
    anew = [
        _words(replace(item, before=first[place]) if place in first else item, phone, news)
        for item in news.items
        if (place := (item.student, item.airing)) in fresh
    ]
    told = [*(one for one in older if one.about not in fresh), *anew]
    card = airing_card([one.words for one in told], translator(phone.chat.language))
    message = Outgoing(
        key=_message_key(phone, told),
        chat_id=phone.chat.chat_id,
        method="sendMessage",
        payload={"chat_id": phone.chat.chat_id, **card.payload()},
        lane=Lane.LESSON,
        subject=SUBJECT + _BETWEEN.join(one.kept() for one in told),
    )
    return [_in_time(message, phone, news)]


def _words(one: AiringNews, phone: _Phone, news: _News) -> _Told:
    t = translator(phone.chat.language)
    name = phone.names[one.student]
    said = paragraph(name, one, news.lessons[one.lesson], news.zone, t)
    return _Told(one.student, one.airing, one.change, one.before, said)


def _taken_back(
    connection: Connection, about: Collection[tuple[int, str]], written: Sequence[_Written]
) -> list[_Told]:
    """Drop what waits about airings that changed again; return all that it told."""
    found: list[_Told] = []
    for one in written:
        is_older = one.waits and not {item.about for item in one.told}.isdisjoint(about)
        if is_older and outbox.drop_unsent(connection, [one.id]):
            found += one.told
    return found


def _message_key(phone: _Phone, told: Iterable[_Told]) -> str:
    names = _BETWEEN.join(sorted(one.key for one in told))
    return f"airings:{phone.chat.id}:{hashlib.sha256(names.encode()).hexdigest()[:32]}"


def _in_time(message: Outgoing, phone: _Phone, news: _News) -> Outgoing:
    """Let it wait for the end of the quiet hours, but not beyond the hour of an airing."""
    ready = timed(message, phone.chat, phone.wishes, news.now, news.zone)
    hours = [
        showing.at
        for one in news.items
        for showing in (one.before, one.after)
        if showing and showing.at > news.now
    ]
    if hours and min(hours) <= phone.wishes.not_before(news.now, news.zone):
        return replace(ready, not_before=None, silent=True)
    return ready


def _written(
    connection: Connection, phones: Sequence[_Phone]
) -> dict[tuple[int, int], list[_Written]]:
    """Return what was written of airings and not taken back, by bot and chat."""
    c = outbox_table.c
    query = select(c.id, c.state, c.bot_id, c.chat_id, c.subject, c.payload).where(
        among(c.chat_id, {one.chat.chat_id for one in phones}),
        c.state != OutboxState.DROPPED.value,
        c.subject.startswith(SUBJECT, autoescape=True),
    )
    found: dict[tuple[int, int], list[_Written]] = defaultdict(list)
    for row in connection.execute(query.order_by(c.id)):
        items = _items(row.subject)
        # Words are forgotten after a while: what is as old as that has long been sent.
        words = row.payload.get("text", "").split(PARAGRAPH)[1:]
        words += [""] * (len(items) - len(words))
        told = tuple(map(_read_told, items, words))
        waits = OutboxState(row.state) in WAITING
        found[row.bot_id, row.chat_id].append(_Written(row.id, told, waits))
    return found


def _read_told(text: str, words: str) -> _Told:
    number, airing, change, at, radio, place = text.split(_WITHIN)
    before = Showing(datetime.fromtimestamp(int(at), UTC), place, bool(radio))
    return _Told(int(number), airing, change, before, words)


def _items(subject: str) -> list[str]:
    return subject.removeprefix(SUBJECT).split(_BETWEEN)


def students_in(subject: str) -> set[int]:
    """Return of which students a message tells; of none when it is not of airings."""
    if not subject.startswith(SUBJECT):
        return set()
    return {int(one.partition(_WITHIN)[0]) for one in _items(subject)}


def _phones(connection: Connection, students: Sequence[int]) -> list[_Phone]:
    """Return the phones that take the lessons of these students, as for the lessons themselves.

    Where the student has a phone, guardians who want no copies are left out.
    """
    by_student = links.phones_of(connection, students)
    chats = {one.id: one for some in by_student.values() for one in some}
    wishes = read_all_preferences(connection, chats)
    children = _children(connection, chats)
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for number, phones in by_student.items():
        roles = {one.id: children[one.id][number].role for one in phones}
        is_own = LinkRole.STUDENT in roles.values()
        for one in phones:
            if not is_own or wishes[one.id].copies or roles[one.id] == LinkRole.STUDENT:
                names[one.id][number] = children[one.id][number].given_name
    return [_Phone(chats[key], wishes[key], mine) for key, mine in sorted(names.items())]


def _children(connection: Connection, chats: Collection[int]) -> dict[int, dict[int, Child]]:
    link = telegram_link.c
    query: Select[Any] = (
        select(link.chat, *CHILD_COLUMNS)
        .join_from(telegram_link, student, student.c.id == link.student_id)
        .join(student_identity, student_identity.c.student_id == student.c.id)
        .outerjoin(school_class, school_class.c.id == student.c.class_id)
        .where(among(link.chat, chats), ~link.waits, student.c.active)
    )
    found: dict[int, dict[int, Child]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.chat][row.student_id] = child_in(row)
    return found


def _zones(connection: Connection, students: Sequence[int]) -> dict[int, ZoneInfo]:
    people = read_students(connection, only=students)
    zones = read_zones(connection, {one.school for one in people})
    return {one.id: ZoneInfo(zones.get(one.school, "UTC")) for one in people}
