"""What is kept of a PDF that a teacher brings: what is drawn on its pages, and nothing that acts.

Runs in the limited process. Only what a page draws is carried over into a new file: no script, form
field, note, link, attached file or password gets there, because nothing asks for them.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.ready_pages.pdf_fonts import fonts_left_out, inherited
from jetkiz.lessons.ready_pages.pdf_layers import hide_layers
from jetkiz.lessons.ready_pages.placing import A4, AREA, SMALLEST, Box, Placing, placed, united
from jetkiz.limited_process import CrashedError

RULES: Final = 1
"""Counts changes of what is kept and where it stands: what was cleaned before is cleaned anew."""
MOST_PAGES: Final = 40
_LARGEST: Final = 5_000.0
_SMALLEST_PAGE: Final = 36.0
_DOTS: Final = 50
_WHITE: Final = 245

_FORM_KEYS: Final = frozenset(
    {"/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/Length"}
    | {"/Filter", "/DecodeParms", "/Name"}
)
_PICTURE_KEYS: Final = frozenset(
    {"/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/ImageMask"}
    | {"/Mask", "/SMask", "/SMaskInData", "/Matte", "/Decode", "/Interpolate", "/Intent"}
    | {"/Filter", "/DecodeParms", "/Length", "/Name"}
)
# A page may count on the state that every page begins with; in a pack something was drawn before.
_FRESH: Final = "0 g 0 G 1 w 0 J 0 j 10 M [] 0 d 0 Tc 0 Tw 100 Tz 0 TL 0 Tr 0 Ts"
_BROKEN: Final = N_("The PDF is broken or is no PDF.")
_SAVE_AGAIN: Final = N_("Save it once more as PDF in the program that made it.")


@dataclass(frozen=True, slots=True)
class CleanPages:
    """A cleaned PDF: A4 upright, with white edges and foot, and what was changed for that."""

    pdf: bytes
    pages: int
    moved: tuple[int, ...] = ()
    """Pages, counted from 1, with something at the edge or the foot: moved or made smaller."""
    smallest: float = 1.0
    """The smallest scale that was needed."""
    without: tuple[int, ...] = ()
    """Pages with notes, stamps or form fields, which are left out."""
    dropped: tuple[str, ...] = ()
    """What else was left out: scripts, files, forms."""


def answer(question: bytes) -> bytes:
    """Clean in the limited process: a line of facts, then the PDF."""
    clean = clean_pages(question)
    facts = {name: getattr(clean, name) for name in ("pages", "moved", "smallest", "without")}
    facts["dropped"] = clean.dropped
    return json.dumps(facts).encode() + b"\n" + clean.pdf


def read_answer(answered: bytes) -> CleanPages:
    """Read what the limited process answered; a child that was taken over may answer anything."""
    head, _, pdf = answered.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(head)
        return CleanPages(
            pdf,
            int(told["pages"]),
            tuple(map(int, told["moved"])),
            float(told["smallest"]),
            tuple(map(int, told["without"])),
            tuple(map(str, told["dropped"])),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CrashedError from error


def clean_pages(pdf: bytes) -> CleanPages:
    """Return the pages of a PDF ready to be shared by packs; the same bytes give the same bytes.

    Raises JetkizError for what cannot be printed, with the page where there is one.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as clean:
            _check(source)
            dropped, without = _dropped(source), _annotated(source)
            hide_layers(source)
            sizes = [_carry(source, clean, number) for number in range(len(source.pages))]
            _scrub(clean)
            ink = _ink(_saved(clean), sizes)
            places = _places(sizes, ink)
            for page, place in zip(clean.pages, places, strict=True):
                _lay(clean, page, place)
            cleaned = _saved(clean)
    except pikepdf.PasswordError as error:
        raise _locked() from error
    except (
        pikepdf.PikepdfError,
        ValueError,
        TypeError,
        LookupError,
        OverflowError,
        AttributeError,
    ) as error:
        # Each of pikepdf's ways to say that a value is not what the format asks for; the last is
        # a null or a number where a dictionary has to be.
        raise JetkizError(_BROKEN, _SAVE_AGAIN) from error
    moved = (n for n, box in enumerate(ink, 1) if _is_moved(sizes[n - 1], box))
    smallest = min(place.scale for place in places)
    return CleanPages(cleaned, len(sizes), tuple(moved), round(smallest, 2), without, dropped)


def _locked() -> JetkizError:
    return JetkizError(
        N_("The PDF is locked by a password or protected."),
        N_("Save it without password and protection."),
    )


def _check(source: pikepdf.Pdf) -> None:
    if source.is_encrypted:
        raise _locked()
    pages = len(source.pages)
    if not pages:
        raise JetkizError(_BROKEN, _SAVE_AGAIN)
    if pages > MOST_PAGES:
        raise JetkizError(
            N_("The PDF has {pages} pages; a lesson may have {most}."),
            N_("Cut it into several lessons."),
            pages=pages,
            most=MOST_PAGES,
        )
    for number, page in enumerate(source.pages, 1):
        for font in fonts_left_out(page):
            raise JetkizError(
                N_("Page {page} uses the font {font}, which the PDF does not hold."),
                N_("Save it with its fonts embedded: in Word, Save as PDF, Options, PDF/A."),
                page=number,
                font=font,
            )


def _dropped(source: pikepdf.Pdf) -> tuple[str, ...]:
    """Say what the file holds besides its pages."""
    root = source.Root
    names = root.get(Name.Names, Dictionary())
    found = {
        "scripts": any(key in root for key in ("/OpenAction", "/AA")) or "/JavaScript" in names,
        "forms": "/AcroForm" in root,
        "files": "/EmbeddedFiles" in names or "/Collection" in root or "/AF" in root,
    }
    return tuple(name for name, is_there in found.items() if is_there)


def _annotated(source: pikepdf.Pdf) -> tuple[int, ...]:
    """Return the pages on which something is shown that is no part of them."""
    found = []
    for number, page in enumerate(source.pages, 1):
        notes = page.obj.get(Name.Annots)
        kinds = [one.get(Name.Subtype) for one in notes] if isinstance(notes, Array) else []
        if any(kind not in {Name.Link, Name.Popup} for kind in kinds):
            found.append(number)
    return tuple(found)


def _carry(source: pikepdf.Pdf, clean: pikepdf.Pdf, number: int) -> tuple[float, float]:
    """Carry what a page draws into a page of its own, upright; return its size in points."""
    page = source.pages[number]
    box = _visible(page)
    turn = int(inherited(page, "/Rotate") or 0) % 360
    unit = float(page.obj.get("/UserUnit", 1.0))
    wide, high = box.width * unit, box.height * unit
    if turn in {90, 270}:
        wide, high = high, wide
    if not (_SMALLEST_PAGE <= wide <= _LARGEST and _SMALLEST_PAGE <= high <= _LARGEST):
        raise JetkizError(
            N_("Page {page} has a size that no paper has."),
            N_("Set the paper to A4 and save it once more as PDF."),
            page=number + 1,
        )
    form = page.as_form_xobject(handle_transformations=False)
    form[Name.BBox] = Array(list(box))
    form[Name.Matrix] = Array(list(_upright(box, turn, unit)))
    clean.add_blank_page(page_size=(wide, high))
    fresh = clean.pages[-1]
    fresh.obj[Name.Resources] = Dictionary(XObject=Dictionary(P=clean.copy_foreign(form)))
    fresh.obj[Name.Contents] = clean.make_stream(b"q /P Do Q")
    return wide, high


def _visible(page: pikepdf.Page) -> Box:
    """Return what of a page is meant to be seen: its trim box inside crop and media box."""
    boxes = [_box(page.mediabox), _box(page.cropbox), _box(page.trimbox)]
    left, bottom, right, top = zip(*boxes, strict=True)
    return Box(max(left), max(bottom), min(right), min(top))


def _box(values: Any) -> Box:
    one, two, three, four = (float(value) for value in values)
    return Box(min(one, three), min(two, four), max(one, three), max(two, four))


def _upright(box: Box, turn: int, unit: float) -> tuple[float, float, float, float, float, float]:
    """Return the matrix that stands a page upright with its corner at the origin."""
    if turn == 90:
        return 0, -unit, unit, 0, -box.bottom * unit, box.right * unit
    if turn == 180:
        return -unit, 0, 0, -unit, box.right * unit, box.top * unit
    if turn == 270:
        return 0, unit, -unit, 0, box.top * unit, -box.left * unit
    return unit, 0, 0, unit, -box.left * unit, -box.bottom * unit


def _scrub(clean: pikepdf.Pdf) -> None:
    """Leave pictures and forms only what draws them; nothing may point to a file elsewhere."""
    for one in clean.objects:
        if not isinstance(one, pikepdf.Stream):
            continue
        for key in ("/F", "/FFilter", "/FDecodeParms", "/Metadata", "/AF", "/PieceInfo"):
            if key in one:
                del one[key]
        kind = one.get(Name.Subtype)
        if kind in {Name.Form, Name.Image}:
            known = _FORM_KEYS if kind == Name.Form else _PICTURE_KEYS
            for unknown in set(one.keys()) - known:
                del one[unknown]
        elif kind == Name.PS:
            one.write(b"")


def _ink(pdf: bytes, sizes: Sequence[tuple[float, float]]) -> list[Box | None]:
    """Draw every page once; return what of it is not white, in points."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, (wide, high) in enumerate(sizes):
            try:
                drawn = document[number].render(scale=_DOTS / 72, grayscale=True).to_pil()
            except pypdfium2.PdfiumError as error:
                raise JetkizError(
                    N_("Page {page} cannot be drawn."), _SAVE_AGAIN, page=number + 1
                ) from error
            found.append(_ink_of(drawn, wide, high))
    return found


def _ink_of(drawn: Image.Image, wide: float, high: float) -> Box | None:
    dark = drawn.convert("L").point([255 if level < _WHITE else 0 for level in range(256)])
    box = dark.getbbox()
    if box is None:
        return None
    across, down = wide / drawn.width, high / drawn.height
    left, top, right, bottom = box
    return Box(left * across, high - bottom * down, right * across, high - top * down)


def _places(sizes: Sequence[tuple[float, float]], ink: Sequence[Box | None]) -> list[Placing]:
    """Lay pages of one size alike, so that letters do not change their size from page to page."""
    alike: dict[tuple[int, int], Placing] = {}
    for number, (wide, high) in enumerate(sizes):
        size = round(wide), round(high)
        if size in alike:
            continue
        same = [
            box
            for one, box in zip(sizes, ink, strict=True)
            if box is not None and (round(one[0]), round(one[1])) == size
        ]
        alike[size] = placed(wide, high, united(same))
        if alike[size].scale < SMALLEST:
            raise JetkizError(
                N_("Page {page} is so large that nobody could read it on A4."),
                N_("Set the paper to A4 and save it once more as PDF."),
                page=number + 1,
            )
    return [alike[round(wide), round(high)] for wide, high in sizes]


def _is_moved(size: tuple[float, float], ink: Box | None) -> bool:
    """Whether a page of the size of our paper has something where nothing may stand."""
    is_ours = abs(size[0] - A4[0]) < 3 and abs(size[1] - A4[1]) < 3
    return ink is not None and is_ours and not AREA.holds(ink)


def _lay(clean: pikepdf.Pdf, page: pikepdf.Page, place: Placing) -> None:
    matrix = " ".join(f"{value:.4f}" for value in place.matrix)
    page.obj[Name.Contents] = clean.make_stream(f"q {_FRESH} {matrix} cm /P Do Q".encode())
    page.obj[Name.MediaBox] = Array([0, 0, round(A4[0], 4), round(A4[1], 4)])


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate
    document.save(out, deterministic_id=True, object_stream_mode=mode)
    return out.getvalue()
