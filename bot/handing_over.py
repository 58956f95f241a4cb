"""Which phones get a lesson or an answer, when, and what they share: written into the outbox.

A phone with several children gets one message a day with a part for each. Nothing leaves within a
family's quiet hours; before eight in the morning lessons come without a sound.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.links import Chat, Child
from bot.chats.preferences import Preferences, read_all_preferences
from bot.chats.rights import Right, may
from bot.sending import outbox, sharing
from bot.sending.outbox import Lane, Outgoing
from bot.telegram.stored_files import as_message, reference
from bot.telling import timed
from bot.words.cards import Answer, Card, Day, digest, feedback, shared_digest
from jetkiz.delivery.model import Consignment, Kind
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import ACCEPTED, AGAIN
from jetkiz.homework.returns import read_returns
from jetkiz.i18n import translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.link_codes import LinkRole
from jetkiz.roster.register import read_students
from jetkiz.storage.workplace import wall_clock


@dataclass(frozen=True, slots=True)
class Receiver:
    """A phone that takes a student's lessons, and how it wants them."""

    chat: Chat
    wishes: Preferences
    children: tuple[Child, ...]
    zone: ZoneInfo

    def name_of(self, student: int) -> str:
        """Return how this phone calls a child."""
        return next(one.given_name for one in self.children if one.student == student)

    def role_for(self, student: int) -> str:
        """Return as whom this phone is linked to a child; empty when it is not."""
        return next((one.role for one in self.children if one.student == student), "")

    def sees_marks(self, student: int) -> bool:
        """Whether this phone asked for the marks of a child, and may."""
        return self.wishes.marks and may(self.role_for(student), Right.SEE_MARKS)


def receivers(connection: Connection, student: int) -> list[Receiver]:
    """Return the phones that take a student's lessons, but for guardians who want no copies.

    Copies are only what the student's own phone gets too.
    """
    phones = links.all_phones(connection, student)
    wishes = read_all_preferences(connection, [one.id for one in phones])
    children = {one.id: links.children(connection, one) for one in phones}
    person = next(iter(read_students(connection, only=[student])), None)
    zone = links.zone_of(connection, person)
    found = [Receiver(one, wishes[one.id], tuple(children[one.id]), zone) for one in phones]
    own = [one for one in found if one.role_for(student) == LinkRole.STUDENT]
    return [one for one in found if one.wishes.copies or one in own] if own else found


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes to one phone as one message: one consignment, or those of several children."""

    receiver: Receiver
    consignments: tuple[Consignment, ...]
    mark: str = ""

    @property
    def key(self) -> str:
        """The name of the message; ``mark`` tells it from one that was taken back."""
        return f"{self.consignments[0].key}:{self.receiver.chat.id}{self.mark}"


def bundles(wanted: Mapping[str, Sequence[Receiver]], given: Sequence[Consignment]) -> list[Bundle]:
    """Join, phone by phone, the day's messages of its children where the family wants that."""
    days: dict[tuple[int, date], list[tuple[Receiver, Consignment]]] = defaultdict(list)
    alone: list[Bundle] = []
    for one in given:
        for receiver in wanted[one.key]:
            if one.kind == Kind.DIGEST and receiver.wishes.together:
                days[receiver.chat.id, one.due].append((receiver, one))
            else:
                alone.append(Bundle(receiver, (one,)))
    joined = [Bundle(group[0][0], tuple(one for _, one in group)) for group in days.values()]
    return [*joined, *alone]


def hand_over(connection: Connection, bundle: Bundle, now: datetime) -> None:
    """Write the messages of a bundle into the outbox; the same bundle twice is written once."""
    _put(
        connection, bundle, [*_recordings(connection, bundle), *_messages(connection, bundle)], now
    )
    sharing.share(connection, bundle.key, [one.key for one in bundle.consignments[1:]])


def write_words(connection: Connection, bundle: Bundle, now: datetime) -> None:
    """Write a teacher's words anew; what was said aloud waits already."""
    _put(connection, bundle, _messages(connection, bundle), now)


def _put(
    connection: Connection, bundle: Bundle, messages: Sequence[Outgoing], now: datetime
) -> None:
    to = bundle.receiver
    ready = [timed(one, to.chat, to.wishes, now, to.zone) for one in messages]
    outbox.put(connection, to.chat.bot, ready, wall_clock())


def _messages(connection: Connection, bundle: Bundle) -> list[Outgoing]:
    """Return the parts for one phone; the last part stands for the consignments."""
    first, chat = bundle.consignments[0], bundle.receiver.chat
    lane = Lane.ANSWER if first.kind == Kind.FEEDBACK else Lane.LESSON
    cards = _cards(connection, bundle)
    return [
        Outgoing(
            key=bundle.key + ("" if card is cards[-1] else f":part{place}"),
            chat_id=chat.chat_id,
            method="sendMessage",
            payload={"chat_id": chat.chat_id, **card.payload()},
            lane=lane,
            consignment=first.key if card is cards[-1] else "",
            subject=f"{first.student}:{first.lesson}" if first.lesson else "",
        )
        for place, card in enumerate(cards, 1)
    ]


def _recordings(connection: Connection, bundle: Bundle) -> list[Outgoing]:
    """Return what a teacher said aloud or drew, as messages before the words."""
    first, chat = bundle.consignments[0], bundle.receiver.chat
    if first.kind != Kind.FEEDBACK:
        return []
    numbers = [first.payload["feedback"]]
    files = [file for one in read_feedback(connection, numbers=numbers) for file in one.files]
    messages = []
    for place, (sha256, media_type) in enumerate(files, 1):
        method, kind, name = as_message(media_type, place)
        payload: dict[str, Any] = {"chat_id": chat.chat_id, kind: reference(sha256, name)}
        messages.append(
            Outgoing(f"{bundle.key}:file{place}", chat.chat_id, method, payload, Lane.ANSWER)
        )
    return messages


def _cards(connection: Connection, bundle: Bundle) -> list[Card]:
    t = translator(bundle.receiver.chat.language)
    first = bundle.consignments[0]
    if first.kind == Kind.FEEDBACK:
        return feedback(_teachers_answer(connection, bundle.receiver, first), t)
    days = [_day(connection, bundle.receiver, one) for one in bundle.consignments]
    return shared_digest(days, t) if len(days) > 1 else digest(days[0], t)


def _day(connection: Connection, receiver: Receiver, one: Consignment) -> Day:
    student = one.student or 0
    wanted = [lesson for content in one.contents for lesson in content.lessons]
    lessons = tuple(read_lessons(connection, only=wanted))
    return Day(student, receiver.name_of(student), one.due, lessons)


def _teachers_answer(connection: Connection, receiver: Receiver, one: Consignment) -> Answer:
    number, student = one.payload["feedback"], one.student or 0
    returns = read_returns(connection, students=[student])
    feedbacks = read_feedback(connection, [work.id for work in returns])
    said = next(found for found in feedbacks if found.id == number)
    [lesson] = read_lessons(connection, only=[one.lesson or 0])
    return Answer(
        student=student,
        given_name=receiver.name_of(student),
        lesson=lesson,
        words=said.words,
        once_more=said.mark == AGAIN,
        has_mark=bool(said.mark),
        is_accepted=said.mark == ACCEPTED,
        recordings=len(said.files),
        mark=said.mark if receiver.sees_marks(student) else "",
    )
