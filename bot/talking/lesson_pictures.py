"""How the pictures of a lesson are made ready for a phone: small enough, sharp enough, described.

Formulas that plain letters say badly are pictures too, numbered with the others.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from PIL import Image
from sqlalchemy import Connection

from bot.talking.drawings import Drawing, drawn, source_of
from bot.words.markdown import Picture, pictures_of
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.page_pictures import LargeText, formula_picture, large_pages
from jetkiz.lessons.model import FileKind, Lesson
from jetkiz.storage.files import FileStore

# No phone shows more, and every further dot costs the family.
LONGEST_SIDE: Final = 1280
_QUALITY: Final = 85
# A drawing has few colours; a photo saved as PNG has more, and is smaller as JPEG.
_FEW_COLOURS: Final = 4096
# Part of what a picture is known by: another form is drawn anew.
_FORM: Final = "1"


@dataclass(frozen=True, slots=True)
class ReadyPicture:
    """A picture that lies in the file store as it is to be sent."""

    sha256: str
    name: str
    caption: str
    size: int
    source: str = ""


def ready_pictures(connection: Connection, lesson: Lesson, files: FileStore) -> list[ReadyPicture]:
    """Return a lesson's pictures as they are sent, each with its number in the text."""
    shown = enumerate(pictures_of(lesson.text), 1)
    wanted = [(n, one, _drawing(one, lesson)) for n, one in shown]
    pictures = drawn(connection, files, (drawing for _, _, drawing in wanted if drawing))
    return [
        ReadyPicture(
            ready.sha256,
            PurePosixPath(one.source).name or f"formula-{number}.png",
            f"[{number}] {one.description}".strip(),
            ready.size,
            one.source,
        )
        for number, one, drawing in wanted
        for ready in (pictures[drawing.source] if drawing else ())
    ]


def _drawing(one: Picture, lesson: Lesson) -> Drawing | None:
    if one.formula:
        source = source_of("formula", _FORM, one.formula)
        return Drawing(source, lambda _: [formula_picture(one.formula)])
    sha256 = _pictures_by_name(lesson).get(one.source)
    if sha256 is None:
        return None
    return Drawing(source_of("picture", _FORM, sha256), partial(_fitted, sha256))


def _pictures_by_name(lesson: Lesson) -> dict[str, str]:
    return {one.name: one.sha256 for one in lesson.files if one.kind == FileKind.PICTURE}


def _fitted(sha256: str, files: FileStore) -> list[bytes]:
    return [fit_for_phone(files.get(sha256))]


def fit_for_phone(content: bytes) -> bytes:
    """Return a picture at most 1280 dots long; drawings stay drawings, with their sharp edges."""
    with Image.open(io.BytesIO(content)) as picture:
        kind, longest = picture.format, max(picture.size)
        if longest <= LONGEST_SIDE:
            return content
        # Letters of a drawing would blur if its few colours were not mixed.
        colours = picture.convert("RGB")
        is_drawing = kind == "PNG" and colours.getcolors(_FEW_COLOURS) is not None
        smaller = colours.copy()
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if is_drawing:
        smaller.quantize(64).save(out, "PNG", optimize=True)
    else:
        smaller.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def large_pictures(connection: Connection, lesson: Lesson, files: FileStore) -> list[ReadyPicture]:
    """Return a lesson as pages in large letters; empty when they cannot be drawn."""
    drawing = _large_drawing(lesson)
    pages = drawn(connection, files, [drawing])[drawing.source]
    return [
        ReadyPicture(page.sha256, f"page-{n}.png", f"{n}/{len(pages)}", page.size)
        for n, page in enumerate(pages, 1)
    ]


def _large_drawing(lesson: Lesson) -> Drawing:
    text = lesson.text.lstrip()
    title = "" if begins_with_title(text, lesson.title) else lesson.title
    words = text + (f"\n\n**{lesson.task.text}**" if lesson.task else "")
    shown = _pictures_by_name(lesson)
    parts = (title, lesson.language, words, *(f"{n} {sha256}" for n, sha256 in shown.items()))
    large = LargeText(title, lesson.language, words, {})
    return Drawing(source_of("large", _FORM, *parts), partial(_large, large, shown))


def _large(large: LargeText, shown: Mapping[str, str], files: FileStore) -> list[bytes]:
    pictures = {name: fit_for_phone(files.get(sha256)) for name, sha256 in shown.items()}
    return large_pages(LargeText(large.title, large.language, large.text, pictures))
