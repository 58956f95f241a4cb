"""What every channel must promise, and which channels exist.

What comes back never goes through a channel: receipts enter by
``jetkiz.delivery.receipts.record_receipts`` and work by ``jetkiz.homework.returns``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, Final, Protocol, runtime_checkable

from jetkiz.config import Settings
from jetkiz.delivery.model import Batch, Consignment, Delivery, Receipt
from jetkiz.delivery.states import State
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import Home

# Names, not imports: the heart knows no channel but by this table.
CHANNELS: Final[Mapping[str, str]] = {
    "telegram": "bot.channel:TelegramChannel",
    "broadcast": "broadcast.channel:BroadcastChannel",
    "post": "print_packs.channel:PostChannel",
    "in_person": "print_packs.channel:InPersonChannel",
    "duty_class": "print_packs.duty.channel:DutyClassChannel",
}

CHANNEL_WORDS: Final[Mapping[str, str]] = {
    "telegram": N_("Telegram"),
    "broadcast": N_("TV and radio"),
    "post": N_("post"),
    "in_person": N_("paper by hand"),
    "duty_class": N_("duty class"),
}


def channel_words(name: str) -> str:
    """Return the message id of what people call a channel."""
    return CHANNEL_WORDS.get(name, name)


class Screen(StrEnum):
    """What the children of a home must share to see a lesson."""

    NONE = ""  # nothing: paper, or a place at school
    PHONE = "phone"  # the smartphone, its data plan and its hours
    TV = "tv"  # the television and its hours


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How a channel works, and what it can prove.

    ``lead_days`` is the number of school days between handing over and arrival;
    ``failure_domain`` names what it fails together with; ``batch_size`` is the number of
    consignments one job hands over (0: all of a week). What it can carry is asked lesson by lesson.
    ``can_take_over`` is False for what cannot begin when another channel has failed: an airing
    has its own hour, the seats of a class are given when the week is planned.
    ``has_seats`` says that a student needs a seat for the week, not each lesson something.
    """

    lead_days: int
    proves: frozenset[State]
    failure_domain: str
    is_paper: bool
    batch_size: int = 100
    can_take_over: bool = True
    screen: Screen = Screen.NONE
    has_seats: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a channel can bring a lesson to a home, with the fact that decides.

    ``test`` is a message id with named places filled from ``facts``: "no internet at home".
    ``likelihood`` is the chance, 0 to 1, that the lesson is received, before any experience.
    """

    possible: bool
    test: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    likelihood: float = 0.0


class ChannelError(Exception):
    """A channel could not hand a batch over.

    ``permanent`` means that repeating it is useless; ``retry_after`` gives seconds otherwise.
    ``reason`` is a message id that says what happened and what to do.
    """

    def __init__(
        self, reason: str, /, *, permanent: bool, retry_after: float | None = None, **facts: Any
    ) -> None:
        """Name the reason and whether another try can help."""
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.facts = facts


class Channel(Protocol):
    """A way of reaching homes."""

    @property
    def name(self) -> str:
        """The stable key in tables, rules and reports."""

    @property
    def capabilities(self) -> Capabilities:
        """How it works, and what it can prove."""

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        """Say whether this lesson can reach this home; pure, with the test that decides.

        Asked of a home are the values of its facts, its way for paper, the post offices on it, its
        region and the student's needs, not who lives there nor who said it: homes alike in these
        get one answer.
        """

    def prepare(self, deliveries: Sequence[Delivery]) -> list[Consignment]:
        """Group deliveries into what is handed over in one act.

        No outside effect; the same deliveries in any order give equal consignments.
        """

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        """Hand a batch over; safe to repeat.

        Every delivery of the batch is covered by exactly one receipt, and a repetition
        gives the same receipt keys. A channel whose carrier answers later returns
        ``State.PREPARED`` and reports the answer by ``record_receipts``. Raises nothing
        but ``ChannelError``.
        """


@runtime_checkable
class TakesBack(Protocol):
    """A channel that keeps what it was handed in a queue of its own until its carrier takes it."""

    def take_back(
        self, connection: Any, consignment: Consignment, lessons: Collection[int]
    ) -> bool:
        """Keep lessons of a consignment at home, in the caller's transaction.

        False when any of it may have left: then nothing is changed, and what still waits goes.
        """


@dataclass(frozen=True, slots=True)
class Showing:
    """When and under which name a lesson is to be seen or heard; ``at`` is UTC.

    ``again`` holds the later ones for a family that cannot at that hour, in order.
    """

    at: datetime
    place: str
    is_radio: bool = False
    again: tuple["Showing", ...] = ()


@runtime_checkable
class Shows(Protocol):
    """A channel that shows a lesson to all at once, at an hour of its own."""

    def showings(
        self, connection: Any, week: str, students: Collection[int]
    ) -> Mapping[int, Mapping[int, Showing]]:
        """Return when each lesson of a week is first shown to each student, by their numbers."""


@runtime_checkable
class NumbersPacks(Protocol):
    """A channel whose packs carry a number that the home reads on them."""

    def pack_numbers(
        self, connection: Any, week: str, student: int
    ) -> Mapping[tuple[int, int], int]:
        """Return in which packs a student's lessons lie, by lesson and attempt.

        What has not been made yet has no number.
        """


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a child is called to a task; ``number`` 1 comes before it is due, 2 after."""

    student: int
    lesson: int
    number: int
    wording: str


@runtime_checkable
class Reminds(Protocol):
    """A channel that can call a task to a child's mind, by message ids of its own wordings."""

    def reminder_hours(self, connection: Any) -> Mapping[int, int]:
        """Return at which local hour the first phone of each student wants to be reminded."""

    def remind(self, connection: Any, reminders: Sequence[Reminder], now: datetime) -> int:
        """Write reminders to the phones whose hour has come, in the caller's transaction.

        The same reminder again is written once; return how many were new.
        """

    def waiting_reminders(self, connection: Any) -> Collection[tuple[int, int]]:
        """Return of which tasks something waits to be sent, by student and lesson.

        A family may put off what nobody has reminded it of yet.
        """

    def forget_reminders(self, connection: Any, done: Collection[tuple[int, int]]) -> None:
        """Keep at home what waits to be sent about these tasks, by student and lesson."""


@dataclass(frozen=True, slots=True)
class AiringNews:
    """That a lesson on the air is not to be seen when a family was told it would be.

    ``airing`` is the one that was announced first, and ``change`` tells its changes apart: the same
    again is the same news. ``after`` is where it is to be seen instead; None where it is nowhere.
    ``is_over`` says that its hour has passed: it was not aired, or not whole.
    """

    student: int
    lesson: int
    airing: str
    change: str
    before: Showing
    after: Showing | None = None
    is_over: bool = False


@runtime_checkable
class TellsOfAirings(Protocol):
    """A channel that can tell a family in time that an airing has changed."""

    def tell_of_airings(
        self, connection: Any, news: Sequence[AiringNews], now: datetime
    ) -> Collection[int]:
        """Write what has changed to the phones of the homes, in the caller's transaction.

        The same news again is written once, and news of an airing that changed again takes the
        place of what still waits. Return the students whose home takes messages.
        """


@dataclass(frozen=True, slots=True)
class MissingLog:
    """That nobody has said what a station showed on a day.

    It was to be known ``since``, UTC; of ``silent`` showings out of ``planned`` it is not.
    """

    station: str
    day: date
    silent: int
    planned: int
    since: datetime


@runtime_checkable
class AwaitsLogs(Protocol):
    """A channel that hears afterwards from others what it really showed."""

    def missing_logs(self, connection: Any, now: datetime) -> Sequence[MissingLog]:
        """Return what should be known of the last days and is not."""


def load_channel(name: str, workplace: Any) -> Channel:
    """Import one channel of the table and give it the workplace."""
    module, _, kind = CHANNELS[name].partition(":")
    channel: Channel = getattr(import_module(module), kind)(workplace)
    return channel


def load_channels(workplace: Any, without: Iterable[str] = ()) -> dict[str, Channel]:
    """Import the channels of the table, in its order, but for those that are switched off."""
    left_out = set(without)
    return {name: load_channel(name, workplace) for name in CHANNELS if name not in left_out}


def switched_off(settings: Settings) -> frozenset[str]:
    """Return the channels that a school without their means cannot use."""
    means = {
        "telegram": settings.telegram_token or settings.telegram_bots,
        "duty_class": settings.duty_seats,
    }
    return frozenset(name for name, given in means.items() if not given)
