"""What tells a family what to send back, and what tells a child what the teacher said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, cut, width_of, wrap
from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.subjects import subject_words
from print_packs.model import ChildPart, Pack
from print_packs.pages.address_block import Place, draw_address
from print_packs.pages.code_marks import MODULES, QUIET, draw_code
from print_packs.pages.dates import day_words
from print_packs.pages.page_layout import CODE_TOP, LEFT, RIGHT, place_of

_LAST_TICK: Final = 212.0
_READABLE: Final = 0.75
_LEAST: Final = 0.6
"""Letters of 11.5 points become 7: smaller ones nobody ticks."""
_GAP: Final = 8.0
_BESIDE_CODE: Final = place_of(Corner.SLIP)[0] - (QUIET + 1) * CODE_TOP / MODULES - LEFT
"""Wide enough for the words at the top, and the code keeps the white around it."""
MARK_WORDS = {"done": N_("done"), "again": N_("please do it again")}


@dataclass(frozen=True, slots=True)
class FeedbackSlip:
    """A teacher's mark and words on earlier work, for one child."""

    consignment: str
    name: str
    class_title: str
    language: str
    subject: str
    title: str
    mark: str
    words: str
    household: str


def draw_return_slip(pen: Pen, pack: Pack, t: Translator, code: str) -> None:
    """Draw the last page: every sheet with a box to tick, the day, and the address.

    By its ``code`` a scan knows it; where nothing comes back there is none.
    """
    pen.text(LEFT, 28, t("What comes back"), Style(22, BOLD))
    if not pack.sheets:
        pen.paragraph(
            LEFT, 42, t("Nothing has to be sent back this week."), Style(13), RIGHT - LEFT
        )
        return
    day = day_words(pack.return_by, t.language)
    words = t("Tick every sheet, put this page on top, and send all by {day}.", day=day)
    draw_code(pen, code, Corner.SLIP)
    y = pen.paragraph(LEFT, 38, words, Style(12.5), _BESIDE_CODE) + 6
    _ticks(pen, pack, t, y)
    draw_address(pen, pack.sender, Place(112, 226, RIGHT - 112, 49), t)
    pen.text(LEFT, 226, t("Sender"), Style(9, ITALIC, 0.35))
    pen.paragraph(LEFT, 232, pack.addressee.name, Style(11.5), 80)
    pen.text(LEFT, 250, cut(f"{pack.print_id}", Style(9), 80), Style(9))


def _ticks(pen: Pen, pack: Pack, t: Translator, y: float) -> None:
    """One column while the letters stay readable, then two, each child in one of them.

    Of more than a page holds that way the subjects are named, with the sheets of each.
    """
    children = [child for child in pack.children if child.sheets]
    lists = [(child, _by_lesson(child, t)) for child in children]
    columns, scale = _columns(lists, _LAST_TICK - y)
    if scale < _LEAST:
        columns, scale = _columns([(one, _by_subject(one, t)) for one in children], _LAST_TICK - y)
    width = (RIGHT - LEFT - _GAP * (len(columns) - 1)) / len(columns)
    for number, column in enumerate(columns):
        at = y
        for one in column:
            place = (LEFT + number * (width + _GAP), at, width)
            at = _ticks_of(pen, one, place, min(1.0, scale))


_Lines = list[tuple[str, str]]
"""What is ticked, and how many pages of it there are."""
_List = tuple[ChildPart, _Lines]


def _by_lesson(child: ChildPart, t: Translator) -> _Lines:
    return [
        (
            f"{t(subject_words(one.lesson.subject))}: {one.lesson.title}",
            t.n("{n} page", "{n} pages", one.pages) if one.pages > 1 else "",
        )
        for one in child.sheets
        if one.page == 1
    ]


def _by_subject(child: ChildPart, t: Translator) -> _Lines:
    counts = Counter(one.lesson.subject for one in child.sheets)
    return [
        (t(subject_words(subject)), t.n("{n} answer sheet", "{n} answer sheets", count))
        for subject, count in counts.items()
    ]


def _columns(lists: Sequence[_List], room: float) -> tuple[list[list[_List]], float]:
    """Return the lists in one column or two, and how much smaller their letters are there."""
    scale = room / sum(map(_room, lists))
    if scale >= _READABLE:
        return [list(lists)], scale
    columns = _halves(lists)
    return columns, room / max(sum(map(_room, column)) for column in columns)


def _room(one: _List) -> float:
    """Millimetres that a child's list takes at full size."""
    return 9.0 + 8 * len(one[1])


def _halves(lists: Sequence[_List]) -> list[list[_List]]:
    """Share children out over two columns, in their order, as evenly as may be."""
    cuts = range(1, max(len(lists), 2))
    best = min(cuts, key=lambda at: max(sum(map(_room, lists[:at])), sum(map(_room, lists[at:]))))
    return [part for part in (list(lists[:best]), list(lists[best:])) if part]


def _ticks_of(pen: Pen, one: _List, place: tuple[float, float, float], scale: float) -> float:
    child, lines = one
    x, y, width = place
    child_style, task_style = Style(13 * scale, BOLD), Style(11.5 * scale)
    pen.text(x, y, cut(f"{child.name}, {child.class_title}", child_style, width), child_style)
    y += 9 * scale
    for words, pages in lines:
        pen.box(x + 2, y - 4 * scale, (4.5 * scale, 4.5 * scale))
        room = width - 12 - width_of(pages, task_style)
        pen.text(x + 10, y, cut(words, task_style, room), task_style)
        pen.right(x + width, y, pages, task_style)
        y += 8 * scale
    return y


def draw_feedback_slips(pen: Pen, slips: Sequence[FeedbackSlip]) -> None:
    """Draw up to two slips on a page, one in each half, to be cut apart."""
    for slip, top in zip(slips, (0.0, 148.5), strict=False):
        _feedback(pen, slip, top, translator(slip.language))
    pen.rule(8, 148.5, 202, grey=0.7)


def _mark_box(pen: Pen, mark: str, top: float) -> None:
    pen.box(150, top + 28, (RIGHT - 150, 22), thick=0.5, radius=2)
    style = Style(34 if len(mark) < 3 else 13, BOLD)
    for number, line in enumerate(wrap(mark, style, 36)[:2]):
        pen.middle(170, top + (43 if len(mark) < 3 else 38 + 6 * number), line, style)


def _feedback(pen: Pen, slip: FeedbackSlip, top: float, t: Translator) -> None:
    name = Style(20, BOLD)
    pen.text(LEFT, top + 26, cut(f"{slip.name}, {slip.class_title}", name, 130), name)
    pen.right(RIGHT, top + 20, slip.household, Style(8, grey=0.3))
    y = pen.paragraph(LEFT, top + 36, t("Your teacher looked at your work:"), Style(12), 120)
    title = f"{t(subject_words(slip.subject))}: {slip.title}"
    y = pen.lines(LEFT, y, wrap(title, Style(12, ITALIC), 120)[:2], Style(12, ITALIC))
    mark = t(MARK_WORDS[slip.mark]) if slip.mark in MARK_WORDS else slip.mark
    if mark:
        _mark_box(pen, mark, top)
    y = max(y + 6, top + 60)
    body = next(
        (
            Style(s)
            for s in range(15, 7, -1)
            if y + len(wrap(slip.words, Style(s), RIGHT - LEFT)) * Style(s).leading < top + 138
        ),
        Style(7),
    )
    pen.lines(LEFT, y, wrap(slip.words, body, RIGHT - LEFT), body)
