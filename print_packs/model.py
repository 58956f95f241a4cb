"""What a pack, a page of it and an answer sheet are, before anything is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final

from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from print_packs.counted_lines import first_lines, lines_of
from print_packs.layout import Layout, sides_of
from print_packs.questions import question_pages


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


class PageKind(StrEnum):
    """What stands on a page."""

    COVER = "cover"  # address, children, what is inside
    GUIDE = "guide"  # what the adult does
    CHILD = "child"  # a child's week
    EARLIER = "earlier"  # what the teacher said to work that came back
    LESSON = "lesson"  # a page of a lesson, shared by all who get it
    PAIR = "pair"  # two small pages of lessons beside each other
    QUESTIONS = "questions"  # of a quiz whose lesson is not printed
    ANSWER = "answer"  # the sheet that comes back
    SLIP = "slip"  # what to send back, until when, to whom
    BLANK = "blank"  # so that the next part begins on a new sheet


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
    """When by the clock of the home, and on which channel, a lesson is shown."""

    at: datetime
    channel: str


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


@dataclass(frozen=True, slots=True)
class SmallPage:
    """A page of a lesson on half a side; ``place`` counts the small pages of a child from 1."""

    lesson: Lesson
    number: int
    place: int


@dataclass(frozen=True, slots=True)
class PackPage:
    """One page of a pack: its kind, and what of the pack stands on it.

    ``pair`` is what stands on the left and on the right, None where nothing does; ``number`` then
    counts the sides of a child with small pages.
    """

    kind: PageKind
    child: ChildPart | None = None
    lesson: Lesson | None = None
    number: int = 1
    sheet: AnswerSheet | None = None
    pair: tuple[SmallPage | None, ...] = ()


def week_parts(child: ChildPart) -> list[tuple[WeekLine, ...]]:
    """Share a child's week out over pages, so that the letters need not shrink too far."""
    most = 8 if child.is_large else 20
    parts = [child.week[start : start + most] for start in range(0, len(child.week), most)]
    return parts or [()]


@dataclass(frozen=True, slots=True)
class EarlierPart:
    """What of a teacher's words stands on one page; long words go on over several."""

    work: EarlierWork
    words: str
    is_continued: bool = False


def earlier_size(child: ChildPart) -> int:
    """Return the size of letters in points for what the teachers said."""
    return 20 if child.is_large else 13


def earlier_parts(child: ChildPart) -> list[tuple[EarlierPart, ...]]:
    """Share what the teachers said out over pages, so that the letters need not shrink too far.

    Letters are counted, not measured: the pages of a pack are planned before anything is drawn.
    """
    wide, most = (44, 19) if child.is_large else (72, 32)
    pages: list[list[EarlierPart]] = []
    left = 0
    for work in child.earlier:
        words, is_continued = work.words.split(), False
        while words or not is_continued:
            room = left - _HEAD_LINES
            if room < min(3, len(words)):
                pages.append([])
                left, room = most, most - _HEAD_LINES
            here, words = first_lines(words, wide, room)
            pages[-1].append(EarlierPart(work, " ".join(here), is_continued))
            left = room - lines_of(sum(len(one) + 1 for one in here), wide)
            is_continued = True
    return [tuple(one) for one in pages]


_HEAD_LINES: Final = 4


LessonKey = tuple[int, bool]


def plan_pages(pack: Pack, counts: Mapping[LessonKey, int]) -> list[PackPage]:
    """Return the pages of a pack in order; ``counts`` gives the pages of each lesson and size.

    Every child's part, every booklet, every task and the slip begin on a new sheet of paper, so
    that the children can share the pack out and nobody sends a lesson back with an answer.
    """
    pages = [PackPage(PageKind.COVER), PackPage(PageKind.GUIDE)]
    for child in pack.children:
        weeks = len(week_parts(child))
        pages += [PackPage(PageKind.CHILD, child, number=n + 1) for n in range(weeks)]
        said = len(earlier_parts(child))
        pages += [PackPage(PageKind.EARLIER, child, number=n + 1) for n in range(said)]
        for lesson in child.lessons:
            if lesson.id not in child.small:
                count = counts[lesson.id, child.is_large]
                pages += [PackPage(PageKind.LESSON, child, lesson, n + 1) for n in range(count)]
        if pack.layout == Layout.BOOKLET and child.small:
            _fill_sheet(pages)
        pages += _pairs(child, counts, pack.layout)
        for sheet in child.sheets:
            if sheet.page == 1 or sheet.asks:
                _fill_sheet(pages)
            if sheet.asks:
                # On sheets of their own: they stay at home when the circles are sent back.
                asked = len(question_pages(sheet.lesson, is_large=child.is_large))
                lesson, kind = sheet.lesson, PageKind.QUESTIONS
                pages += [PackPage(kind, child, lesson, n + 1) for n in range(asked)]
                _fill_sheet(pages)
            pages.append(PackPage(PageKind.ANSWER, child, sheet.lesson, sheet.page, sheet))
        _fill_sheet(pages)
    pages.append(PackPage(PageKind.SLIP))
    _fill_sheet(pages)
    return pages


def _pairs(child: ChildPart, counts: Mapping[LessonKey, int], layout: Layout) -> list[PackPage]:
    numbered = (
        (lesson, number + 1)
        for lesson in child.lessons
        if lesson.id in child.small
        for number in range(counts[lesson.id, child.is_large])
    )
    small = [SmallPage(*one, place) for place, one in enumerate(numbered, start=1)]
    return [
        PackPage(PageKind.PAIR, child, number=number, pair=side)
        for number, side in enumerate(sides_of(small, layout), start=1)
    ]


def _fill_sheet(pages: list[PackPage]) -> None:
    if len(pages) % 2:
        pages.append(PackPage(PageKind.BLANK))
