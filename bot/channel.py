"""Whether Telegram reaches a home, and how lessons are handed to it: written into the outbox.

Handing over proves nothing yet. That Telegram took a message, or refused it, the sender reports.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.links import Chat
from bot.sending import evidence, outbox
from bot.sending.outbox import Lane, Outgoing
from bot.telegram.stored_files import as_message, reference
from bot.telegram.telegram_errors import OPEN, OutboxState
from bot.words.cards import Answer, Card, Day, digest, feedback
from jetkiz.channel import Capabilities, ChannelError, Reach, Screen
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import AGAIN
from jetkiz.homework.returns import read_returns
from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import UNKNOWN, AccessProfile, FactKind
from jetkiz.roster.model import Home, Need
from jetkiz.roster.register import read_names, read_students
from jetkiz.storage.workplace import Workplace, wall_clock

# The chance of a received lesson by the home's network, before any experience.
BY_NETWORK: Final = {"4g": 0.9, "3g": 0.8, "2g": 0.55, UNKNOWN: 0.6}
NEEDS_FAST_NETWORK: Final = frozenset({LessonKind.VIDEO})
MOST_WORTH_SHARING: Final = 4
TRY_AGAIN: Final = 60.0

CAPABILITIES: Final = Capabilities(
    lead_days=0,
    proves=frozenset(
        {
            State.PREPARED,
            State.DISPATCHED,
            State.FAILED,
            State.ACKNOWLEDGED,
            State.RETURNED,
            State.MARKED,
        }
    ),
    failure_domain="internet",
    is_paper=False,
    batch_size=100,
    screen=Screen.PHONE,
)


def can_reach(home: Home, lesson: Lesson) -> Reach:
    """Decide from facts alone whether Telegram can bring this lesson to this home."""
    profile = home.profile
    obstacle = _obstacle(home, lesson)
    if obstacle:
        return Reach(possible=False, test=obstacle)
    network = profile.value(FactKind.INTERNET)
    likelihood = BY_NETWORK.get(network, BY_NETWORK[UNKNOWN]) / _sharing(profile)
    return Reach(
        possible=True,
        test=N_("the family has linked Telegram"),
        facts={"network": network},
        likelihood=round(likelihood, 3),
    )


def _obstacle(home: Home, lesson: Lesson) -> str:
    """Return the first test that the home fails; empty when it passes all."""
    value = home.profile.value
    telegram, network = value(FactKind.TELEGRAM), value(FactKind.INTERNET)
    tests = (
        (Need.BRAILLE in home.student.needs, N_("the student reads raised dots")),
        (telegram == evidence.BLOCKED, N_("the family has blocked the bot")),
        (telegram != evidence.LINKED, N_("the family has not linked Telegram")),
        (network == "none", N_("no internet at home")),
        (not _has_device(home.profile), N_("no smartphone or computer at home")),
        (
            lesson.kind in NEEDS_FAST_NETWORK and network == "2g",
            N_("the internet at home is too slow for video"),
        ),
    )
    return next((words for fails, words in tests if fails), "")


def _has_device(profile: AccessProfile) -> bool:
    """Whether there is a smartphone or a computer; unknown counts as yes, for a chat is linked."""
    return profile.value(FactKind.PHONE) != "none" or (
        profile.value(FactKind.COMPUTER) in {"own", "lent"}
    )


def _sharing(profile: AccessProfile) -> float:
    """How much less likely a lesson is seen when several students wait for one phone."""
    if profile.value(FactKind.PHONE) != "shared":
        return 1.0
    said = profile.value(FactKind.PHONE_SHARERS)
    sharers = int(said) if said.isdecimal() else 2
    return 1.0 + 0.15 * (min(max(sharers, 1), MOST_WORTH_SHARING) - 1)


def prepare(deliveries: Sequence[Delivery]) -> list[Consignment]:
    """Join each student's lessons of a day into one message; each answer of a teacher stays alone.

    A consignment holds numbers only: names and words are read when the message is written.
    """
    days: dict[tuple[str, int, int, object], list[Delivery]] = defaultdict(list)
    answers = []
    for one in deliveries:
        if one.feedback is not None:
            answers.append(Consignment.of_feedback(one))
        else:
            days[one.week, one.student, one.attempt, one.day].append(one)
    digests = [_digest(group) for group in days.values()]
    return sorted([*digests, *{a.key: a for a in answers}.values()], key=lambda c: c.key)


def _digest(group: Sequence[Delivery]) -> Consignment:
    first = group[0]
    again = f":{first.attempt}" if first.attempt > 1 else ""
    return Consignment(
        key=f"telegram:{first.week}:{first.student}:{first.day.isoformat()}{again}",
        channel=evidence.NAME,
        kind=Kind.DIGEST,
        week=first.week,
        due=first.day,
        household=first.household,
        student=first.student,
        contents=(
            Content(first.student, tuple(sorted({one.lesson for one in group})), first.attempt),
        ),
    )


class TelegramChannel:
    """Lessons as messages to the linked phones of a student."""

    name = evidence.NAME
    capabilities = CAPABILITIES

    def __init__(self, workplace: Workplace) -> None:
        self._database = workplace.database

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether this lesson can reach this home."""
        return can_reach(home, lesson)

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Group deliveries into messages."""
        return prepare(deliveries)

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Write the messages of a batch into the outbox, in one transaction."""
        try:
            with self._database.write() as connection:
                return [
                    receipt
                    for consignment in batch.consignments
                    for receipt in self._hand_over(connection, consignment, now)
                ]
        except JetkizError as error:
            raise ChannelError(
                error.sentence, permanent=False, retry_after=TRY_AGAIN, **error.facts
            ) from error

    def _hand_over(
        self, connection: Connection, consignment: Consignment, now: datetime
    ) -> list[Receipt]:
        student = consignment.student or 0
        if not read_students(connection, only=[student]):
            left = FailureReason.STUDENT_LEFT
            return evidence.handed_receipts(consignment, State.FAILED, now, left)
        phones = links.all_phones(connection, student)
        for phone in phones:
            cards = _cards(connection, consignment, translator(phone.language))
            messages = [
                *_recordings(connection, consignment, phone),
                *_messages(consignment, phone, cards),
            ]
            outbox.put(connection, phone.bot, messages, wall_clock())
        if phones or outbox.states_of(connection, consignment.key) & {OutboxState.SENT, *OPEN}:
            return evidence.handed_receipts(consignment, State.PREPARED, now)
        reason = (
            FailureReason.BLOCKED
            if links.was_linked(connection, student)
            else FailureReason.CHAT_GONE
        )
        return evidence.handed_receipts(consignment, State.FAILED, now, reason)

    def take_back(
        self, connection: Connection, consignment: Consignment, lessons: Collection[int]
    ) -> bool:
        """Drop the messages of a consignment that nobody has begun to send.

        What stays of the day is written anew, without the lessons that were taken back.
        """
        written = outbox.written_for(connection, consignment.key)
        dropped = outbox.drop_unsent(connection, written)
        if dropped is None:
            return False
        rest = _without(consignment, lessons)
        left = sum(len(content.lessons) for content in rest.contents)
        for phone in links.all_phones(connection, consignment.student or 0):
            if dropped and left:
                cards = _cards(connection, rest, translator(phone.language))
                messages = _messages(rest, phone, cards, f":{left}-left")
                outbox.put(connection, phone.bot, messages, wall_clock())
        return True


def _without(consignment: Consignment, lessons: Collection[int]) -> Consignment:
    kept = (
        replace(one, lessons=tuple(n for n in one.lessons if n not in lessons))
        for one in consignment.contents
    )
    return replace(consignment, contents=tuple(one for one in kept if one.lessons))


def _messages(
    consignment: Consignment, phone: Chat, cards: Sequence[Card], mark: str = ""
) -> list[Outgoing]:
    """Return the parts for one phone; the last part stands for the consignment.

    ``mark`` tells the keys from those of a message that was taken back.
    """
    lane = Lane.ANSWER if consignment.kind == Kind.FEEDBACK else Lane.LESSON
    messages = []
    for place, card in enumerate(cards, 1):
        is_last = place == len(cards)
        messages.append(
            Outgoing(
                key=f"{consignment.key}:{phone.id}{mark}" + ("" if is_last else f":part{place}"),
                chat_id=phone.chat_id,
                method="sendMessage",
                payload={"chat_id": phone.chat_id, **card.payload()},
                lane=lane,
                consignment=consignment.key if is_last else "",
                subject=_subject(consignment),
                silent=phone.quiet,
            )
        )
    return messages


def _recordings(connection: Connection, consignment: Consignment, phone: Chat) -> list[Outgoing]:
    """Return what a teacher said aloud or drew, as messages before the words."""
    if consignment.kind != Kind.FEEDBACK:
        return []
    numbers = [consignment.payload["feedback"]]
    files = [file for one in read_feedback(connection, numbers=numbers) for file in one.files]
    messages = []
    for place, (sha256, media_type) in enumerate(files, 1):
        method, kind, name = as_message(media_type, place)
        messages.append(
            Outgoing(
                key=f"{consignment.key}:{phone.id}:file{place}",
                chat_id=phone.chat_id,
                method=method,
                payload={"chat_id": phone.chat_id, kind: reference(sha256, name)},
                lane=Lane.ANSWER,
            )
        )
    return messages


def _subject(consignment: Consignment) -> str:
    return f"{consignment.student}:{consignment.lesson}" if consignment.lesson else ""


def _cards(connection: Connection, consignment: Consignment, t: Translator) -> list[Card]:
    student = consignment.student or 0
    name = read_names(connection, only=[student])[student].given
    wanted = [lesson for content in consignment.contents for lesson in content.lessons]
    lessons = tuple(read_lessons(connection, only=wanted))
    if consignment.kind == Kind.FEEDBACK:
        return feedback(_teachers_answer(connection, consignment, name, lessons[0]), t)
    return digest(Day(student, name, consignment.due, lessons), t)


def _teachers_answer(
    connection: Connection, consignment: Consignment, name: str, lesson: Lesson
) -> Answer:
    number = consignment.payload["feedback"]
    returns = read_returns(connection, students=[consignment.student or 0])
    said = next(
        one for one in read_feedback(connection, [r.id for r in returns]) if one.id == number
    )
    return Answer(
        student=consignment.student or 0,
        given_name=name,
        lesson=lesson,
        words=said.words,
        once_more=said.mark == AGAIN,
        has_mark=bool(said.mark),
        recordings=len(said.files),
    )
