"""Whether Telegram reaches a home, and how lessons are handed to it: written into the outbox.

Handing over proves nothing yet. That Telegram took a message, or refused it, the sender reports.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot import airing_news, reminding
from bot.chats import links
from bot.handing_over import Bundle, bundles, hand_over, receivers
from bot.sending import evidence, outbox, sharing
from bot.telegram.telegram_errors import OPEN, OutboxState
from jetkiz.channel import AiringNews, Capabilities, ChannelError, Reach, Reminder, Screen
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Batch, Consignment, Content, Delivery, Kind, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.roster.access_profile import UNKNOWN, AccessProfile, FactKind
from jetkiz.roster.model import Home, Need
from jetkiz.roster.register import read_students
from jetkiz.storage.workplace import Workplace

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
        self._clock = workplace.clock

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
                return self._hand_over(connection, batch.consignments, now)
        except JetkizError as error:
            raise ChannelError(
                error.sentence, permanent=False, retry_after=TRY_AGAIN, **error.facts
            ) from error

    def _hand_over(
        self, connection: Connection, given: Sequence[Consignment], now: datetime
    ) -> list[Receipt]:
        here = {one.student or 0 for one in given}
        staying = {one.id for one in read_students(connection, only=here)}
        wanted = {
            one.key: receivers(connection, one.student) if one.student in staying else []
            for one in given
        }
        written = sharing.on_their_way(connection, list(wanted))
        new = {
            key: [one for one in phones if (key, one.chat.chat_id) not in written]
            for key, phones in wanted.items()
        }
        for bundle in bundles(new, given):
            hand_over(connection, bundle, now)
        return [
            receipt
            for one in given
            for receipt in self._receipts(connection, one, bool(wanted[one.key]), staying, now)
        ]

    def _receipts(
        self,
        connection: Connection,
        one: Consignment,
        has_phone: bool,
        staying: Collection[int],
        now: datetime,
    ) -> list[Receipt]:
        student = one.student or 0
        if student not in staying:
            left = FailureReason.STUDENT_LEFT
            return evidence.handed_receipts(one, State.FAILED, now, left)
        if has_phone or outbox.states_of(connection, one.key) & {OutboxState.SENT, *OPEN}:
            return evidence.handed_receipts(one, State.PREPARED, now)
        was = links.was_linked(connection, student)
        reason = FailureReason.BLOCKED if was else FailureReason.CHAT_GONE
        return evidence.handed_receipts(one, State.FAILED, now, reason)

    def take_back(
        self, connection: Connection, consignment: Consignment, lessons: Collection[int]
    ) -> bool:
        """Drop the messages of a consignment that nobody has begun to send.

        What stays of the day is written anew, without the lessons that were taken back.
        """
        fellows = sharing.fellows(connection, consignment.key)
        written = outbox.written_for(connection, consignment.key)
        dropped = outbox.drop_unsent(connection, written)
        if dropped is None:
            return False
        if dropped:
            self._write_rest(connection, _without(consignment, lessons), fellows)
        return True

    def reminder_hours(self, connection: Connection) -> Mapping[int, int]:
        """Return at which local hour the first phone of each student wants to be reminded."""
        return reminding.reminder_hours(connection)

    def remind(self, connection: Connection, reminders: Sequence[Reminder], now: datetime) -> int:
        """Write reminders to the phones whose hour has come."""
        return reminding.remind(connection, reminders, now)

    def waiting_reminders(self, connection: Connection) -> Collection[tuple[int, int]]:
        """Return of which tasks a reminder waits, its family's own among them."""
        return reminding.waiting_reminders(connection)

    def forget_reminders(self, connection: Connection, done: Collection[tuple[int, int]]) -> None:
        """Keep at home what waits to be sent about tasks that were handed in."""
        reminding.forget_reminders(connection, done)

    def tell_of_airings(
        self, connection: Connection, news: Sequence[AiringNews], now: datetime
    ) -> Collection[int]:
        """Write changes of airings to the phones of the homes, outside their quiet hours."""
        return airing_news.tell_of_airings(connection, news, now)

    def _write_rest(
        self, connection: Connection, rest: Consignment, fellows: Mapping[str, Collection[int]]
    ) -> None:
        """Write anew what stays: each child's lessons alone, also those that shared a message."""
        left = sum(len(content.lessons) for content in rest.contents)
        others = read_consignments(connection, keys=fellows) if fellows else []
        now = self._clock()
        for one in (rest, *others):
            phones = receivers(connection, one.student or 0)
            mine = (
                phones
                if one is rest
                else [phone for phone in phones if phone.chat.chat_id in fellows[one.key]]
            )
            for phone in mine if left or one is not rest else ():
                hand_over(connection, Bundle(phone, (one,), f":{left}-left"), now)


def _without(consignment: Consignment, lessons: Collection[int]) -> Consignment:
    kept = (
        replace(one, lessons=tuple(n for n in one.lessons if n not in lessons))
        for one in consignment.contents
    )
    return replace(consignment, contents=tuple(one for one in kept if one.lessons))
