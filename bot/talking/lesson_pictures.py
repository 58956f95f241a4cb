"""How the pictures of a lesson are made ready for a phone: small enough, sharp enough, described.

Formulas that plain letters say badly are pictures too, numbered with the others.
"""

import io
import logging
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from PIL import Image

from bot.words.markdown import Picture, pictures_of
from jetkiz.errors import JetkizError
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.page_pictures import (
    LargeText,
    PictureError,
    formula_picture,
    large_pages,
)
from jetkiz.lessons.model import FileKind, Lesson
from jetkiz.storage.files import FileStore

log = logging.getLogger(__name__)

# No phone shows more, and every further dot costs the family.
LONGEST_SIDE: Final = 1280
_QUALITY: Final = 85
# A drawing has few colours; a photo saved as PNG has more, and is smaller as JPEG.
_FEW_COLOURS: Final = 4096


@dataclass(frozen=True, slots=True)
class ReadyPicture:
    """A picture that lies in the file store as it is to be sent."""

    sha256: str
    name: str
    caption: str
    size: int
    source: str = ""


def ready_pictures(lesson: Lesson, files: FileStore) -> list[ReadyPicture]:
    """Return a lesson's pictures as they are sent, each with its number in the text."""
    found = []
    for number, one in enumerate(pictures_of(lesson.text), 1):
        content, name = _content(one, number, lesson, files)
        if content:
            caption = f"[{number}] {one.description}".strip()
            found.append(ReadyPicture(files.put(content), name, caption, len(content), one.source))
    return found


def _content(
    one: Picture, number: int, lesson: Lesson, files: FileStore
) -> tuple[bytes | None, str]:
    try:
        if one.formula:
            return formula_picture(one.formula), f"formula-{number}.png"
        source = PurePosixPath(one.source).name
        for file in lesson.files:
            if PurePosixPath(file.name).name == source and file.kind == FileKind.PICTURE:
                return fit_for_phone(files.get(file.sha256)), source
    except (PictureError, JetkizError) as error:
        # The words of the lesson stand for it; a picture alone is no reason to send nothing.
        log.warning("picture_missing lesson=%s number=%s error=%s", lesson.code, number, error)
    return None, ""


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


def large_pictures(lesson: Lesson, files: FileStore) -> list[ReadyPicture]:
    """Return a lesson as pages in large letters; empty when they cannot be drawn."""
    text = lesson.text.lstrip()
    has_title = begins_with_title(text, lesson.title)
    by_name = {one.name: one for one in lesson.files if one.kind == FileKind.PICTURE}
    try:
        pictures = {name: fit_for_phone(files.get(one.sha256)) for name, one in by_name.items()}
        title = "" if has_title else lesson.title
        task = f"\n\n**{lesson.task.text}**" if lesson.task else ""
        pages = large_pages(LargeText(title, lesson.language, text + task, pictures))
    except (PictureError, JetkizError) as error:
        log.warning("large_letters_missing lesson=%s error=%s", lesson.code, error)
        return []
    return [
        ReadyPicture(files.put(page), f"page-{n}.png", f"{n}/{len(pages)}", len(page))
        for n, page in enumerate(pages, 1)
    ]
