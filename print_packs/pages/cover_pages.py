"""What a family sees first: the address, whose lessons these are, and what the adult does."""

from dataclasses import replace
from datetime import date
from typing import Final

from jetkiz.fonts.drawing import BOLD, Pen, Style, cut, width_of, wrap
from jetkiz.i18n import Translator
from print_packs.model import ChildPart, Letter, Pack
from print_packs.pages.address_block import Place, draw_address
from print_packs.pages.dates import day_words, span_words, week_days
from print_packs.pages.page_layout import BOTTOM, LEFT, RIGHT

# The window of an envelope: right half of the upper third, so that one fold brings it there.
WINDOW_LEFT: Final = 112.0
WINDOW_TOP: Final = 46.0
_WINDOW_WIDTH: Final = RIGHT - WINDOW_LEFT
_FOLDS: Final = (99.0, 198.0)
# An address ends above the fold, in smaller letters if it is long.
_WINDOW_HEIGHT: Final = _FOLDS[0] - WINDOW_TOP - 4
_MOST_NAME_LINES: Final = 3
_FACTS: Final = Style(11.5)
_LAST_CHILD: Final = 243.0
"""Below the children the box with the day still has to find its place."""
_MOST_COLUMNS: Final = 3
_BESIDE: Final = 6.0
_READABLE: Final = 0.7


def draw_cover(pen: Pen, pack: Pack, t: Translator) -> None:
    """Draw the first page; above the first fold stands nothing but addresses."""
    _sender(pen, pack.sender)
    draw_address(
        pen, pack.addressee, Place(WINDOW_LEFT, WINDOW_TOP, _WINDOW_WIDTH, _WINDOW_HEIGHT), t
    )
    for fold in _FOLDS:
        pen.rule(4, fold, 9)
    first, last = week_days(pack.week)
    y = pen.paragraph(LEFT, 122, t("Lessons for the week"), Style(24, BOLD), RIGHT - LEFT)
    pen.text(LEFT, y + 1, span_words(first, last, t.language), Style(18))
    if pack.parts > 1:
        words = t("Envelope {part} of {parts}", part=pack.part, parts=pack.parts)
        pen.right(RIGHT, y + 1, words, Style(18, BOLD))
    y = _children(pen, pack, t, y + 16)
    _return_box(pen, pack, t, max(y + 4, 226))


def _sender(pen: Pen, sender: Letter) -> None:
    name = wrap(sender.name, Style(9, BOLD), 82)
    if len(name) > _MOST_NAME_LINES:
        name = [
            *name[: _MOST_NAME_LINES - 1],
            cut(" ".join(name[_MOST_NAME_LINES - 1 :]), Style(9, BOLD), 82),
        ]
    y = pen.lines(LEFT, 18, name, Style(9, BOLD))
    lines = [*sender.lines, *sender.indexes]
    pen.lines(LEFT, y, [cut(line, Style(9), 82) for line in lines if line], Style(9))


def _children(pen: Pen, pack: Pack, t: Translator, y: float) -> float:
    """Name the children and what they get; in a large family closer, then beside each other."""
    names = Style(14 if len(pack.children) > 2 else 17, BOLD)
    room = (_LAST_CHILD if pack.sheets else BOTTOM) - y
    columns, scale = _grid(len(pack.children), _child_height(names, _FACTS), room)
    name, small = (replace(style, size=style.size * scale) for style in (names, _FACTS))
    high, wide = _child_height(name, small), (RIGHT - LEFT + _BESIDE) / columns
    in_column = -(-len(pack.children) // columns)
    for number, child in enumerate(pack.children):
        column, row = divmod(number, in_column)
        left, top = LEFT + column * wide, y + row * high
        _child(pen, child, (left, top, wide - _BESIDE), (name, small), t)
    return y + in_column * high


def _grid(children: int, high: float, room: float) -> tuple[int, float]:
    """Return how many columns of children fit, and how much smaller their letters are."""
    scale = 0.0
    for columns in range(1, _MOST_COLUMNS + 1):
        scale = min(1.0, room / (-(-children // columns) * high)) if children else 1.0
        if scale >= _READABLE:
            return columns, scale
    return _MOST_COLUMNS, scale


def _child_height(name: Style, small: Style) -> float:
    return (name.leading + small.leading) * 1.35


def _child(
    pen: Pen,
    child: ChildPart,
    place: tuple[float, float, float],
    styles: tuple[Style, Style],
    t: Translator,
) -> None:
    left, y, wide = place
    name, small = styles
    title = cut(t("class {title}", title=child.class_title), small, wide / 2)
    pen.rule(left, y - name.leading, left + wide, grey=0.7)
    pen.text(left, y, cut(child.name, name, wide - width_of(title, small) - 3), name)
    pen.right(left + wide, y, title, small)
    inside = [t.n("{n} lesson in this pack", "{n} lessons in this pack", len(child.lessons))]
    if child.sheets:
        inside.append(t.n("{n} answer sheet", "{n} answer sheets", len(child.sheets)))
    pen.text(left, y + small.leading + 0.5, cut(" · ".join(inside), small, wide), small)


def _return_box(pen: Pen, pack: Pack, t: Translator, y: float) -> None:
    if not pack.sheets:
        return
    pen.box(LEFT, y, (RIGHT - LEFT, 26), fill=0.93, thick=0, radius=2)
    day = day_words(pack.return_by, t.language)
    pen.text(
        LEFT + 6, y + 10.5, t("Send the answer sheets back by {day}.", day=day), Style(15, BOLD)
    )
    pen.text(LEFT + 6, y + 19, t("How to do it stands on the next page."), Style(11.5))


def draw_guide(pen: Pen, pack: Pack, t: Translator) -> float:
    """Draw the page for the adult: five steps, what must stay clean; return where it ends.

    It looks at nothing of the pack but ``guide_key``: most homes of a school read the same.
    """
    pen.text(LEFT, 30, t("For the adult at home"), Style(22, BOLD))
    y, wide = 46.0, Style(13)
    for number, step in enumerate(_steps(pack, t), start=1):
        pen.text(LEFT, y, f"{number}.", Style(13, BOLD))
        y = pen.paragraph(LEFT + 9, y, step, wide, RIGHT - LEFT - 9) + 3.5
    if pack.sheets:
        y = _example(pen, t, y + 2)
    return y


def guide_key(pack: Pack) -> tuple[str, bool, date, str]:
    """Return all that the page for the adult says of a pack."""
    return (pack.language, bool(pack.sheets), pack.return_by, pack.sender.phone)


def _steps(pack: Pack, t: Translator) -> list[str]:
    steps = [
        t("Give each child their part. It begins with the child's name."),
        t(
            "The first page of the part shows the week: what lies in this pack, "
            "and what comes by television or Telegram."
        ),
    ]
    if pack.sheets:
        day = day_words(pack.return_by, t.language)
        steps += [
            t(
                "The child writes on the answer sheets: they have three square marks. Use a dark "
                "pen, and keep the marks clean and uncut."
            ),
            t(
                "Send the answer sheets back by {day}: bring them to the school, give them to "
                "whoever brought this pack, or post them to the address on the last page.",
                day=day,
            ),
            t(
                "If you have a telephone with a camera, a photo of the whole sheet will do: send "
                "it to the school's Telegram bot. Then the paper stays with you."
            ),
        ]
    steps.append(_whom_to_ask(pack, t))
    return steps


def _whom_to_ask(pack: Pack, t: Translator) -> str:
    if pack.sender.phone:
        return t(
            "Is a page missing, or is something unclear? Call the school: {phone}.",
            phone=pack.sender.phone,
        )
    return t("Is a page missing, or is something unclear? Tell the class teacher.")


def _example(pen: Pen, t: Translator, y: float) -> float:
    """Draw a small answer sheet whose three marks are pointed out; return where it ends."""
    wide, high, scale = 35.0, 49.5, 35.0 / 210
    pen.box(LEFT + 9, y, (wide, high), thick=0.4)
    for at, top, size in ((178, 10, 22), (10, 264, 20), (180, 264, 20)):
        side = size * scale
        pen.box(LEFT + 9 + at * scale, y + top * scale, (side, side), fill=0, thick=0)
    for number in range(9):
        pen.rule(LEFT + 13, y + 12 + number * 3.4, LEFT + 9 + wide - 4, grey=0.75)
    text = t("Do not write on the three marks and do not cut them off: they tell whose work it is.")
    pen.paragraph(LEFT + 56, y + 8, text, Style(12), RIGHT - LEFT - 56)
    return y + high
