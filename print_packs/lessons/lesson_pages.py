"""How a lesson looks on paper, and why a lesson cannot be printed.

Each lesson and size of letters is set once and kept by the hash of all that it depends on.
"""

import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from textwrap import shorten
from typing import Final

import pikepdf
import typst
from PIL import Image, UnidentifiedImageError

from jetkiz.errors import JetkizError
from jetkiz.fonts import FOLDER
from jetkiz.fonts.letters import missing
from jetkiz.i18n import N_, translator
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.typst_markup import picture_names, to_typst
from jetkiz.lessons.markup.typst_page import forms
from jetkiz.lessons.markup.typst_text import literal, words
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import UnwritableError, write_whole
from print_packs.pages.page_layout import LARGE_PRINT, letter_size

# Largest picture in millimetres: two with their sentences fit on a page.
_PICTURE_WIDTH: Final = 130.0
_PICTURE_HEIGHT: Final = 90.0
# A small picture stays small: blown up, it is a pattern of squares.
_MOST_PER_PIXEL: Final = 25.4 / 60
_TEXT_WIDTH: Final = "170mm"
# A running head of one line.
_HEAD_LETTERS: Final = 64
_KINDS: Final = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}

# Between lines and between paragraphs, in letters: the usual, and closer together.
_ROOMS: Final = ((0.62, 0.95), (0.52, 0.75))

_PAGE: Final = """\
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 22mm, bottom: 32mm), footer-descent: 6mm,
  header: [#set text(9pt, fill: luma(90)); {subject} #h(1fr) {title_words}],
  footer: [#set text(7.5pt, fill: luma(70)); #set par(leading: 0.4em)
    #align(center)[{licence}]])
#set text(font: ("PT Sans", "DejaVu Sans"), size: {size}pt, lang: {language}, hyphenate: {hyphens})
#set par(leading: {leading}em, spacing: {spacing}em, justify: false)
{forms}{heading}
{body}
"""


@dataclass(frozen=True, slots=True)
class LessonPages:
    """A lesson as it is printed: the PDF and how many pages it has."""

    pdf: bytes
    pages: int
    name: str
    """The name under which its pages are shared: the same content, the same name."""


@dataclass(frozen=True, slots=True)
class _Picture:
    file: str
    content: bytes
    width: float
    height: float


def points(lesson: Lesson, *, large: bool) -> int:
    """Return the size of letters for the youngest of its readers."""
    return LARGE_PRINT if large else letter_size(min(lesson.grades, default=9))


def set_lesson(lesson: Lesson, files: FileStore, cache: Path, *, large: bool) -> LessonPages:
    """Return a lesson's pages, from the cache if it was set before."""
    asked = "".join(one.text + "".join(one.options) for one in lesson.quiz)
    unknown = missing(lesson.title + lesson.text + asked + lesson.subject + lesson.licence.line)
    if unknown:
        raise JetkizError(
            N_("Lesson {code} uses characters that cannot be printed: {characters}"),
            N_("Replace them in the lesson, and import it again."),
            code=lesson.code,
            characters=" ".join(unknown),
        )
    pictures = {name: _picture(lesson, name, files) for name in picture_names(lesson.text)}
    size = points(lesson, large=large)
    sources = [_source(lesson, pictures, size, room) for room in _ROOMS]
    place = cache / f"{_hash(sources, pictures)}.pdf"
    if not place.is_file():
        write_whole(place, _shortest(lesson, sources, list(pictures.values())))
    pdf = place.read_bytes()
    return LessonPages(pdf, _count(pdf), hashlib.sha256(pdf).hexdigest()[:24])


def _shortest(lesson: Lesson, sources: Sequence[str], pictures: list[_Picture]) -> bytes:
    """Set a lesson; closer together if that saves a page with two lines on it."""
    usual = _compile(lesson, sources[0], pictures)
    if _count(usual) == 1:
        return usual
    closer = _compile(lesson, sources[1], pictures)
    return closer if _count(closer) < _count(usual) else usual


def _count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _picture(lesson: Lesson, name: str, files: FileStore) -> _Picture:
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
            kind, (wide, high) = _KINDS[str(image.format)], image.size
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
    scale = min(_PICTURE_WIDTH / wide, _PICTURE_HEIGHT / high, _MOST_PER_PIXEL)
    file = f"{digest[:16]}.{kind}"
    return _Picture(file, content, round(wide * scale, 2), round(high * scale, 2))


def _source(
    lesson: Lesson, pictures: dict[str, _Picture], size: int, room: tuple[float, float]
) -> str:
    shown = {
        name: f"picture.with({literal(one.file)}, {one.width}mm, {one.height}mm)"
        for name, one in pictures.items()
    }
    is_titled = begins_with_title(lesson.text, lesson.title)
    return _PAGE.format(
        title=literal(lesson.title),
        title_words=words(shorten(lesson.title, _HEAD_LETTERS, placeholder=" …")),
        leading=room[0],
        spacing=room[1],
        heading="" if is_titled else f"#heading(level: 1)[{words(lesson.title)}];",
        subject=words(translator(lesson.language)(subject_words(lesson.subject))),
        licence=words(lesson.licence.line),
        size=size,
        language=literal(lesson.language),
        # No hyphenation rules exist for Kazakh; hyphens in a first reader only confuse.
        hyphens="true" if lesson.language == "ru" and size <= letter_size(5) else "false",
        forms=forms(_TEXT_WIDTH),
        body=to_typst(lesson.text, shown, lesson.language, below=0 if is_titled else 1)
        + _quiz(lesson),
    )


def _quiz(lesson: Lesson) -> str:
    """Set the questions of a quiz below the lesson, each answer with a box to tick."""
    if not lesson.quiz:
        return ""
    t = translator(lesson.language)
    parts = [f"#heading(level: 2)[{words(t('Check yourself'))}];"]
    for number, one in enumerate(lesson.quiz, 1):
        hint = " " + t("Several answers are right.") if len(one.right) > 1 else ""
        boxes = ", ".join(f"[{words(option)}]" for option in one.options)
        parts.append(f"#block(sticky: true)[{words(f'{number}. {one.text}{hint}')}];")
        parts.append(f"#list(marker: [☐], {boxes});")
    return "\n".join(["", *parts])


def _hash(sources: Sequence[str], pictures: dict[str, _Picture]) -> str:
    digest = hashlib.sha256("\n".join([version("typst"), *sources]).encode())
    for name in sorted(pictures):
        digest.update(pictures[name].content)
    return digest.hexdigest()


def _compile(lesson: Lesson, source: str, pictures: list[_Picture]) -> bytes:
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
            )
        except typst.TypstError as error:
            raise JetkizError(
                N_("Lesson {code} cannot be set for printing: {reason}"),
                N_("Look at that place in the lesson's text, correct it and import it again."),
                code=lesson.code,
                reason=str(error).replace(folder, "").splitlines()[0],
            ) from error
