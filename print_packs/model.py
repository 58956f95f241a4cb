"""What a pack, a page of it and an answer sheet are, before anything is drawn."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final

from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from print_packs.layout import Layout


class PackState(StrEnum):
    """Where a pack stands."""

    PREPARED = "prepared"  # the file exists and may be printed
    HANDED_OVER = "handed_over"  # the post office or the carrier took it
    SIGNED = "signed"  # somebody of the home signed for it
    RETURNED_TO_SENDER = "returned_to_sender"  # the post brought it back
    LOST = "lost"  # the post lost or destroyed it
    REFUSED = "refused"  # the counter did not take it


STATE_WORDS: Final = {
    PackState.PREPARED: N_("ready to print"),
    PackState.HANDED_OVER: N_("handed over"),
    PackState.SIGNED: N_("signed for"),
    PackState.RETURNED_TO_SENDER: N_("brought back by the post"),
    PackState.LOST: N_("lost on the way"),
    PackState.REFUSED: N_("refused at the counter"),
}


GONE: Final = (PackState.RETURNED_TO_SENDER, PackState.LOST)
"""No answer comes from these: the home never had them."""


class PostalKind(StrEnum):
    """What the post calls an item; the codes are those of Kazpost's own lists of 2019."""

    LETTER = "P101"
    BANDEROLE = "P102"
    PARCEL = "P103"


class MailCategory(IntEnum):
    """How closely the post looks after an item; the numbers are Kazpost's."""

    SIMPLE = 0
    REGISTERED = 1
    ORDINARY_PARCEL = 3


class SendMethod(IntEnum):
    """How an item travels; the numbers are Kazpost's."""

    SURFACE = 1
    AIR = 2


@dataclass(frozen=True, slots=True)
class Postal:
    """What the post needs to know of one envelope.

    ``s10`` is its postal number as 13 characters, or empty where the counter gives it. ``fee``
    is in tenge, and None where no tariff is known: that is never zero. ``est_g`` is our estimate
    in grams. ``part`` of ``parts`` counts the envelopes of one home and week. ``is_verified`` says
    whether somebody checked the rules behind it with the post.
    """

    kind: PostalKind = PostalKind.LETTER
    category: MailCategory = MailCategory.REGISTERED
    method: SendMethod = SendMethod.SURFACE
    s10: str = ""
    fee: int | None = None
    est_g: int = 0
    part: int = 1
    parts: int = 1
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A name and the lines under it: an addressee or a sender."""

    name: str
    lines: tuple[str, ...] = ()
    index: str = ""
    phone: str = ""
    care_of: str = ""
    index7: str = ""
    office: str = ""
    """The index of the post office that brings it, which may serve several villages."""

    @property
    def indexes(self) -> tuple[str, ...]:
        """The index of six digits and below it that of the building, as far as they are known."""
        return tuple(one for one in (self.index, self.index7) if one)


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A page that comes back: its serial, whose work on which task, and which page of it.

    ``quiz`` counts the options of each question on the sheet of a quiz; elsewhere it is empty.
    ``asks`` where the questions lie before it, for no printed lesson holds them.
    """

    serial: int
    lesson: Lesson
    page: int
    pages: int
    quiz: tuple[int, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class OnTv:
    """When by the clock of the home, and on which channel, a lesson is shown; when again."""

    at: datetime
    channel: str
    again: tuple["OnTv", ...] = ()


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A line of a child's week: the lesson and the channel it comes by, or None.

    ``on_tv`` is None also for a lesson on television whose hour nobody knows yet.
    """

    lesson: Lesson
    channel: str | None
    on_tv: OnTv | None = None


@dataclass(frozen=True, slots=True)
class HomeCode:
    """What joins a telephone of the home to a child: a link for a QR, the same to type, the bot."""

    link: str
    typed: str
    bot: str


@dataclass(frozen=True, slots=True)
class EarlierWork:
    """What a teacher said to work that came back; ``consignment`` is that of the feedback."""

    feedback: int
    consignment: str
    subject: str
    title: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class ChildPart:
    """What a pack holds for one child; outside their part children are named by given name."""

    student: int
    name: str
    class_title: str
    grade: int
    language: str
    is_large: bool
    week: tuple[WeekLine, ...]
    lessons: tuple[Lesson, ...]
    sheets: tuple[AnswerSheet, ...]
    attempt: int = 1
    code: HomeCode | None = None
    earlier: tuple[EarlierWork, ...] = ()
    small: frozenset[int] = frozenset()
    """The lessons whose pages are small, so that two share a side."""


def pack_name(consignment: str, part: int) -> str:
    """Return what an envelope is called on lists: a consignment may fill several."""
    return consignment if part == 1 else f"{consignment}:p{part}"


NOT_POSTED: Final = "hand"  # what the days of a pack by hand rest on


@dataclass(frozen=True, slots=True)
class PackDates:
    """When a pack leaves and is there, and when its answers leave and are missed.

    ``out_days`` and ``back_days`` are the most days that the post needs, ``basis`` is what they
    rest on. It is taken to leave on ``posted_on``; ``post_on`` is the last day on which it can be
    posted so that every lesson in it still helps. ``overdue_from`` is None where nothing comes
    back. ``in_time`` says whether answers that leave on ``send_by`` are back when they are due.
    """

    out_days: int
    back_days: int
    basis: str
    posted_on: date
    post_on: date
    arrives_by: date
    send_by: date
    overdue_from: date | None
    in_time: bool

    @property
    def is_posted(self) -> bool:
        """False for a pack that goes by hand, be it only for an address that the post refuses."""
        return self.basis != NOT_POSTED

    @property
    def is_late(self) -> bool:
        """True when some lesson of the pack may no longer help on the day it arrives."""
        return self.post_on < self.posted_on


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is drawn for one household: the same pack always gives the same pages.

    What does not go by post is fetched at the school or brought round; ``why_by_hand`` says what
    the post would refuse it for, as the flaws of its address.
    """

    consignment: str
    print_id: str
    key: str
    household: int
    week: str
    language: str
    place: int
    of: int
    by_post: bool
    addressee: Letter
    sender: Letter
    return_by: date
    children: tuple[ChildPart, ...]
    dates: PackDates | None = None
    part: int = 1
    parts: int = 1
    school: int = 0
    is_fetched: bool = False
    why_by_hand: tuple[str, ...] = ()
    layout: Layout = Layout.SINGLE

    @property
    def name(self) -> str:
        """The name of this envelope: the consignment, and from the second on also its part."""
        return pack_name(self.consignment, self.part)

    @property
    def sheets(self) -> tuple[AnswerSheet, ...]:
        """The answer sheets of all children."""
        return tuple(one for child in self.children for one in child.sheets)
