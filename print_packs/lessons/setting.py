"""How large pictures stand on paper, and how a lesson is handed to the setter."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import typst
from PIL import Image, UnidentifiedImageError

from jetkiz.errors import JetkizError
from jetkiz.fonts import FOLDER
from jetkiz.i18n import N_
from jetkiz.lessons.lesson_files import MOST_POINTS
from jetkiz.lessons.markup.picture_size import seen_size
from jetkiz.lessons.markup.typst_markup import picture_names
from jetkiz.lessons.model import Lesson
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import UnwritableError

Standard = Literal["ua-1"]

# Largest picture in millimetres: two with their sentences fit on a page.
_PICTURE: Final = (130.0, 90.0)
_LARGE_PICTURE: Final = (165.0, 92.0)
# A small picture stays small: blown up, it is a pattern of squares.
_MOST_PER_PIXEL: Final = 25.4 / 60
_MOST_TOGETHER: Final = 4 * MOST_POINTS
"""Points of all PNG pictures of a lesson: four bytes each while it is set."""
_KINDS: Final = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture under the name that the setter knows, and its size in millimetres."""

    file: str
    content: bytes
    width: float
    height: float
    points: int = 0
    """So many must be unpacked in memory to set it; a JPEG is taken over as it is."""


def shown_pictures(lesson: Lesson, files: FileStore, *, large: bool) -> dict[str, ShownPicture]:
    """Return the pictures in a lesson's text by their names.

    Raises JetkizError where one cannot be set, or all of them together would fill the memory.
    """
    found = {name: _shown(lesson, name, files, large=large) for name in picture_names(lesson.text)}
    if sum(one.points for one in found.values()) > _MOST_TOGETHER:
        raise JetkizError(
            N_("Lesson {code}: its pictures have over {most} million points; {name} has the most."),
            N_("Save them smaller or as JPEG, and import the lesson again."),
            code=lesson.code,
            name=max(found, key=lambda one: (found[one].points, one)),
            most=_MOST_TOGETHER // 1_000_000,
        )
    return found


def _shown(lesson: Lesson, name: str, files: FileStore, *, large: bool) -> ShownPicture:
    """Return a picture of a lesson with the size that it has on paper.

    Its size is read from its head: a picture that would fill the memory is never unpacked.
    """
    known = {file.name: file.sha256 for file in lesson.files}
    digest = known.get(name)
    if digest is None:
        raise JetkizError(
            N_("Lesson {code} shows the picture {name}, which is not among its files."),
            N_("Put the picture into the lesson's folder, and import it again."),
            code=lesson.code,
            name=name,
        )
    content = files.get(digest)
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind, (wide, high) = _KINDS[str(image.format)], seen_size(image)
    except (
        UnidentifiedImageError,
        OSError,
        KeyError,
        ValueError,
        Image.DecompressionBombError,
    ) as e:
        raise JetkizError(
            N_("Lesson {code}: the picture {name} is broken, too large or of an unknown kind."),
            N_("Save it as JPEG or PNG, and import the lesson again."),
            code=lesson.code,
            name=name,
        ) from e
    points = wide * high
    if points > MOST_POINTS:
        raise _too_many_points(lesson, name, points)
    most_wide, most_high = _LARGE_PICTURE if large else _PICTURE
    scale = min(most_wide / wide, most_high / high, _MOST_PER_PIXEL)
    file = f"{digest[:16]}.{kind}"
    unpacked = 0 if kind == "jpg" else points
    return ShownPicture(file, content, round(wide * scale, 2), round(high * scale, 2), unpacked)


def _too_many_points(lesson: Lesson, name: str, points: int) -> JetkizError:
    return JetkizError(
        N_("Lesson {code}: the picture {name} has {points} million points; {most} is the most."),
        N_("Save it smaller, and import the lesson again."),
        code=lesson.code,
        name=name,
        points=points // 1_000_000,
        most=MOST_POINTS // 1_000_000,
    )


def compiled(
    lesson: Lesson, source: str, pictures: Sequence[ShownPicture], standard: Standard | None = None
) -> bytes:
    """Let typst set a page; ``standard`` is what the file must keep to, as ``ua-1``."""
    with tempfile.TemporaryDirectory(prefix="jetkiz-lesson-") as folder:
        root = Path(folder)
        try:
            (root / "lesson.typ").write_text(source, "utf-8")
            for one in pictures:
                (root / one.file).write_bytes(one.content)
        except OSError as error:
            raise UnwritableError(root, error) from error
        try:
            return typst.compile(
                root / "lesson.typ",
                root=root,
                font_paths=[FOLDER],
                ignore_system_fonts=True,
                timestamp=0,
                pdf_standards=[standard] if standard else [],
            )
        except typst.TypstError as error:
            raise JetkizError(
                N_("Lesson {code} cannot be set for printing: {reason}"),
                N_("Look at that place in the lesson's text, correct it and import it again."),
                code=lesson.code,
                reason=str(error).replace(folder, "").splitlines()[0],
            ) from error
