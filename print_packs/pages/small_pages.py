"""How a page of a lesson stands on a side: alone, or small on one half of a turned side."""

from dataclasses import dataclass
from typing import Final

from jetkiz.fonts.drawing import Pen, Style
from print_packs.pages.page_layout import HALF, HEIGHT, WIDTH
from print_packs.pages.shared_forms import SharedForms

_MM: Final = 72 / 25.4
_FOOT: Final = 282.0
"""Base line of what stands under a small page, on that page; printers clip what is lower."""
_STYLE: Final = Style(10.5, grey=0.25)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown on a side: the name of a page, where it stands, and what stands under it.

    ``half`` is 0 on the left and 1 on the right of a side that is turned; None fills the side.
    """

    name: str
    half: int | None = None
    under: str = ""


def draw_shown(pen: Pen, shared: SharedForms, one: Shown, *, is_front: bool) -> None:
    """Show a page on its side."""
    if one.half is None:
        shared.place(one.name)
        return
    pen.write(f"q {matrix_of(one.half, is_front=is_front)} cm")
    shared.place(one.name)
    if one.under:
        pen.middle(WIDTH / 2, _FOOT, one.under, _STYLE)
    pen.write("Q")


def matrix_of(half: int, *, is_front: bool) -> str:
    """Return what brings a page to its half of a side.

    The paper lies across then. A back is turned the other way than its front: sheets are printed
    flipped on the long edge, and are turned over like those of a book that lies across.
    """
    wide, high = WIDTH * _MM, HEIGHT * _MM
    along = half * high / 2
    numbers = (0, HALF, -HALF, 0, wide, along) if is_front else (0, -HALF, HALF, 0, 0, high - along)
    return " ".join(f"{one:.4f}" for one in numbers)
