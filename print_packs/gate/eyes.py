"""Whether a reader finds on each page what is personal to a home: words, marks, no empty page.

Pages are drawn as a printer would draw them, so this costs more than drawing the packs did: it is
done for one pack of each kind, or for all where that is asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

import pypdfium2
import zxingcpp
from PIL.Image import Image

from jetkiz.codes import Corner
from print_packs.gate.bones import Drawn
from print_packs.gate.expected import Expected, expected_on, missing_words
from print_packs.gate.faults import EMPTY, NO_CODE, NO_WORDS, NOT_DRAWN, Fault
from print_packs.page_plan import PageKind

Codes = Callable[[int], Mapping[Corner, str]]
# The library that draws is not made for threads: two runs at a time end the whole program.
_ONE_AT_A_TIME: Final = Lock()
_MARKS_DPI: Final = 150
_PAGE_DPI: Final = 40
_POINTS: Final = 72
_INK: Final = 160
"""A page with nothing darker than this grey at a low resolution is empty."""
_FOOT: Final = 0.94
"""The mark at the foot of every page does not count as something on it."""
_QR: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")


def faults_seen(pdf: bytes, packs: Sequence[Drawn], codes: Codes) -> list[Fault]:
    """Look at every page of these packs."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        return [fault for one in packs for fault in _of_pack(document, one, codes)]


def _of_pack(document: pypdfium2.PdfDocument, one: Drawn, codes: Codes) -> Iterator[Fault]:
    for number, planned in enumerate(one.pages, start=1):
        expected = expected_on(one.file.pack, planned, codes)
        try:
            page = document[one.file.first_page + number - 1]
            yield from _of_page(page, one, number, expected)
        except (pypdfium2.PdfiumError, IndexError) as error:
            yield one.fault(number, NOT_DRAWN, told=str(error))


def _of_page(
    page: pypdfium2.PdfPage, one: Drawn, number: int, expected: Expected
) -> Iterator[Fault]:
    # What was drawn beyond the edge is no more there for a reader than what was not drawn.
    missing = missing_words(expected, page.get_textpage().get_text_bounded())
    if missing:
        yield one.fault(number, NO_WORDS, n=len(missing))
    if one.pages[number - 1].kind == PageKind.BLANK:
        return
    dpi = _MARKS_DPI if expected.has_marks() else _PAGE_DPI
    picture = page.render(scale=dpi / _POINTS, grayscale=True).to_pil()
    body = picture.crop((0, 0, picture.width, int(picture.height * _FOOT)))
    wanted = sum(small is not None for small in one.pages[number - 1].pair)
    if _inked_halves(body) < max(1, wanted):
        yield one.fault(number, EMPTY)
    if expected.has_marks():
        read = frozenset(found.text for found in zxingcpp.read_barcodes(picture, formats=_QR))
        if not expected.is_read(read):
            yield one.fault(number, NO_CODE)


def _inked_halves(body: Image) -> int:
    """Return on how many halves of a page, upper and lower, something stands."""
    middle = body.height // 2
    halves = [(0, 0, body.width, middle), (0, middle, body.width, body.height)]
    return sum(_is_inked(body.crop(one)) for one in halves)


def _is_inked(picture: Image) -> bool:
    darkest, _ = picture.getextrema()
    return isinstance(darkest, (int, float)) and darkest <= _INK
