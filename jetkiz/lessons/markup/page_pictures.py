"""Formulas and lessons as pictures for a small screen: black on white, letters that can be read.

The house's setter draws them as it sets paper; nothing else outside print_packs knows it.
"""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typst
from PIL import Image

from jetkiz.fonts import FOLDER
from jetkiz.lessons.markup.picture_size import seen_size
from jetkiz.lessons.markup.typst_formulas import typst_formula
from jetkiz.lessons.markup.typst_markup import picture_names, to_typst
from jetkiz.lessons.markup.typst_page import forms
from jetkiz.lessons.markup.typst_text import literal, words
from jetkiz.storage.whole_files import UnwritableError

# A phone of five inches shows a picture 360 points wide; 800 dots stay sharp on it.
WIDE: Final = 800
LARGEST_PAGE: Final = 100_000
_LEAST_HIGH: Final = 200
_DOTS: Final = 220
_GREY: Final = 12
_PAGE_WIDTH: Final = 300
# Quality and share of the dots, tried one after the other until a page is light.
_TRIES: Final = ((80, 1.0), (60, 1.0), (40, 1.0), (40, 0.7), (30, 0.5))

_FORMULA: Final = """\
#set page(width: auto, height: auto, margin: 8pt)
#set text(font: ("PT Sans", "DejaVu Sans"), size: 18pt)
"""
_LARGE: Final = """\
#set page(width: {width}pt, height: 450pt, margin: (x: 14pt, top: 14pt, bottom: 30pt),
  footer: context align(center, text(11pt)[#counter(page).display("1 / 1", both: true)]))
#set text(font: ("PT Sans", "DejaVu Sans"), size: 20pt, lang: {language}, hyphenate: false)
#set par(leading: 0.6em, spacing: 0.9em, justify: false)
{forms}
{heading}
{body}
"""


class PictureError(Exception):
    """What cannot be drawn; its words can be read all the same."""


@dataclass(frozen=True, slots=True)
class LargeText:
    """A text to be shown in large letters; ``pictures`` are those it names, by name.

    The title stays empty where the text begins with it.
    """

    title: str
    language: str
    text: str
    pictures: Mapping[str, bytes]


def formula_picture(latex: str) -> bytes:
    """Draw one formula in the middle of a white strip as wide as the screen."""
    drawn = _draw(_FORMULA + typst_formula(latex, displayed=True), {}, _DOTS)[0]
    with Image.open(io.BytesIO(drawn)) as picture:
        grey = picture.convert("L")
    if grey.width > WIDE:
        grey = grey.resize((WIDE, max(1, round(grey.height * WIDE / grey.width))))
    high = max(grey.height, _LEAST_HIGH)
    strip = Image.new("L", (WIDE, high), 255)
    strip.paste(grey, ((WIDE - grey.width) // 2, (high - grey.height) // 2))
    return _as_png(strip)


def large_pages(large: LargeText) -> list[bytes]:
    """Draw a text page by page in letters that need no glasses, each page at most 100 kB."""
    shown, files = {}, {}
    for place, name in enumerate(picture_names(large.text)):
        content = large.pictures.get(name)
        shown[name] = "unseen"
        if content is not None:
            file, wide, high = f"{place}.{_ending(content)}", *_size(content)
            files[file] = content
            shown[name] = f"picture.with({literal(file)}, {wide}pt, {high}pt)"
    source = _LARGE.format(
        width=_PAGE_WIDTH,
        language=literal(large.language),
        forms=forms(f"{_PAGE_WIDTH - 28}pt", on_screen=True),
        heading=f"#heading(level: 1)[{words(large.title)}];" if large.title else "",
        body=to_typst(large.text, shown, below=1 if large.title else 0),
    )
    return [_light(page) for page in _draw(source, files, 72 * WIDE / _PAGE_WIDTH)]


def _ending(content: bytes) -> str:
    return "png" if content.startswith(b"\x89PNG") else "jpg"


def _size(content: bytes) -> tuple[float, float]:
    """Return width and height in points of a picture that shares a page with words."""
    with Image.open(io.BytesIO(content)) as picture:
        wide, high = seen_size(picture)
    scale = min(272 / wide, 250 / high)
    return round(wide * scale, 1), round(high * scale, 1)


def _draw(source: str, files: Mapping[str, bytes], dots: float) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="jetkiz-picture-") as folder:
        root = Path(folder)
        try:
            (root / "page.typ").write_text(source, "utf-8")
            for name, content in files.items():
                (root / name).write_bytes(content)
        except OSError as error:
            raise UnwritableError(root, error) from error
        try:
            # Several pages come as a list, one page as it is.
            drawn: Any = typst.compile(
                root / "page.typ",
                root=root,
                font_paths=[FOLDER],
                ignore_system_fonts=True,
                format="png",
                ppi=dots,
            )
        except typst.TypstError as error:
            raise PictureError(str(error)) from error
    return drawn if isinstance(drawn, list) else [drawn]


def _light(page: bytes) -> bytes:
    """Return a page that costs a family little: in greys where it has no colours."""
    with Image.open(io.BytesIO(page)) as picture:
        colours = picture.convert("RGB")
    if not _has_colours(colours):
        png = _as_png(colours.convert("L"))
        if len(png) <= LARGEST_PAGE:
            return png
    return _as_jpeg(colours)


def _has_colours(picture: Image.Image) -> bool:
    red, green, blue = picture.resize((100, 150)).split()
    pairs = zip(red.tobytes(), green.tobytes(), blue.tobytes(), strict=True)
    return any(max(dot) - min(dot) > _GREY for dot in pairs)


def _as_png(picture: Image.Image) -> bytes:
    """Keep sixteen shades of grey: letters look the same and weigh a quarter."""
    out = io.BytesIO()
    shades = picture.point([shade >> 4 for shade in range(256)])
    shades.putpalette([level for shade in range(16) for level in (shade * 17,) * 3])
    shades.save(out, "PNG", bits=4, optimize=True)
    return out.getvalue()


def _as_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    for quality, share in _TRIES:
        out = io.BytesIO()
        size = round(picture.width * share), round(picture.height * share)
        smaller = picture if share == 1.0 else picture.resize(size)
        smaller.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST_PAGE:
            break
    return out.getvalue()
