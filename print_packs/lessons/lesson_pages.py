"""How a lesson looks on paper, and why a lesson cannot be printed.

Each lesson and size of letters is set once and kept by the hash of all that it depends on.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from textwrap import shorten
from typing import Final

import pikepdf

from jetkiz.errors import JetkizError
from jetkiz.fonts.letters import missing
from jetkiz.i18n import N_, translator
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.typst_markup import to_typst
from jetkiz.lessons.markup.typst_page import forms
from jetkiz.lessons.markup.typst_text import literal, words
from jetkiz.lessons.model import Lesson, LessonFile
from jetkiz.lessons.option_letters import option_letters
from jetkiz.lessons.ready_pages.cleaning import RULES, read_answer
from jetkiz.lessons.ready_pages.ready_pdf import ready_pages
from jetkiz.lessons.subjects import subject_words
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import write_whole
from print_packs.lessons.page_cache import used_now
from print_packs.lessons.set_pages import LessonPages
from print_packs.lessons.setting import ShownPicture, compiled, shown_pictures
from print_packs.letter_sizes import LARGE_PRINT, least_size, letter_size
from print_packs.pages.page_layout import HALF, WIDTH

# A running head of one line.
_HEAD_LETTERS: Final = 64

# Between lines and between paragraphs, in letters: the usual, and closer together.
_ROOMS: Final = ((0.62, 0.95), (0.52, 0.75))

_PAGE: Final = """\
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: {side}mm, top: 22mm, bottom: {below}mm), footer-descent: 6mm,
  header: [#set text({head}pt, fill: luma(90)); {subject} #h(1fr) {title_words}],
  footer: [#set text({foot}pt, fill: luma(70)); #set par(leading: 0.4em)
    #align(center)[{licence}]])
#set text(font: ("PT Sans", "DejaVu Sans"), size: {size}pt, lang: {language}, hyphenate: {hyphens})
#set par(leading: {leading}em, spacing: {spacing}em, justify: false)
{forms}{body}
"""


@dataclass(frozen=True, slots=True)
class _Form:
    """The sizes of a page: letters, head and foot in points, margins in millimetres.

    ``read_at`` is the size in which the letters are read, once a small page is on its side.
    """

    size: float
    read_at: float
    head: float
    foot: float = 7.5
    side: int = 20
    below: int = 32


def points(lesson: Lesson, *, large: bool) -> int:
    """Return the size of letters for the youngest of its readers."""
    return LARGE_PRINT if large else letter_size(min(lesson.grades, default=9))


def may_be_small(lesson: Lesson) -> bool:
    """Say whether the rules leave room to make the letters of a lesson smaller.

    Nobody knows the letters of pages that a teacher set.
    """
    grade = min(lesson.grades, default=9)
    return not lesson.ready_pages and least_size(grade) < letter_size(grade)


def _form(lesson: Lesson, *, large: bool, small: bool) -> _Form:
    if not small:
        size = points(lesson, large=large)
        return _Form(size, size, max(9, size // 2))
    # Set larger than it is read: in print it has the smallest letters that its readers may have.
    read_at = least_size(min(lesson.grades, default=9))
    return _Form(round(read_at / HALF, 2), read_at, 10.5, foot=9.5, side=25, below=36)


def set_lesson(
    lesson: Lesson, files: FileStore, cache: Path, *, large: bool, small: bool = False
) -> LessonPages:
    """Return a lesson's pages, from the cache if it was set before.

    ``small`` are pages that are read at ``HALF`` their size; only a lesson that may has them.
    """
    ready = lesson.ready_pages
    if ready and not large:
        check_letters(lesson, "")
        return _ready(lesson, ready, files, cache)
    check_letters(lesson, lesson.text)
    pictures = shown_pictures(lesson, files, large=large)
    form = _form(lesson, large=large, small=small)
    sources = [_source(lesson, pictures, form, room) for room in _ROOMS]
    place = cache / f"{_hash(sources, pictures)}.pdf"
    return _kept(place, lambda: _shortest(lesson, sources, list(pictures.values())))


def check_letters(lesson: Lesson, text: str) -> None:
    """Refuse a lesson of which ``text`` or its other words have characters that no font has."""
    asked = "".join(one.text + "".join(one.options) for one in lesson.quiz)
    task = lesson.task.text if lesson.task else ""
    told = lesson.title + lesson.subject + lesson.goal + task + lesson.licence.line
    unknown = missing(told + text + asked)
    if unknown:
        raise JetkizError(
            N_("Lesson {code} uses characters that cannot be printed: {characters}"),
            N_("Replace them in the lesson, and import it again."),
            code=lesson.code,
            characters=" ".join(unknown),
        )


def _kept(place: Path, make: Callable[[], bytes]) -> LessonPages:
    """Return pages that were set before, or set them; what a bad disk ate is set anew."""
    try:
        known = _pages_of(place.read_bytes())
    except (OSError, pikepdf.PikepdfError):
        known = _pages_of(make())
        write_whole(place, known.pdf)
    used_now(place)
    return known


def _pages_of(pdf: bytes) -> LessonPages:
    return LessonPages(pdf, _count(pdf), hashlib.sha256(pdf).hexdigest()[:24])


def _ready(lesson: Lesson, ready: LessonFile, files: FileStore, cache: Path) -> LessonPages:
    """Return the pages that the teacher set, cleaned; the questions of a quiz stand behind them."""
    form = _form(lesson, large=False, small=False)
    quiz = _page(lesson, form, _ROOMS[0], quiz_source(lesson))
    rules = f"ready {RULES} {version('pikepdf')} {ready.sha256}"
    place = cache / f"{_hash([rules, quiz if lesson.quiz else ''], {})}.pdf"

    def make() -> bytes:
        pages = read_answer(ready_pages(files.get(ready.sha256))).pdf
        return _one_behind_another(pages, compiled(lesson, quiz, [])) if lesson.quiz else pages

    return _kept(place, make)


def _one_behind_another(first: bytes, second: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(first)) as whole, pikepdf.open(io.BytesIO(second)) as rest:
        whole.pages.extend(rest.pages)
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _shortest(lesson: Lesson, sources: Sequence[str], pictures: list[ShownPicture]) -> bytes:
    """Set a lesson; closer together if that saves a page with two lines on it."""
    usual = compiled(lesson, sources[0], pictures)
    if _count(usual) == 1:
        return usual
    closer = compiled(lesson, sources[1], pictures)
    return closer if _count(closer) < _count(usual) else usual


def _count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _source(
    lesson: Lesson, pictures: dict[str, ShownPicture], form: _Form, room: tuple[float, float]
) -> str:
    shown = {
        name: f"picture.with({literal(one.file)}, {one.width}mm, {one.height}mm)"
        for name, one in pictures.items()
    }
    is_titled = begins_with_title(lesson.text, lesson.title)
    heading = "" if is_titled else f"#heading(level: 1)[{words(lesson.title)}];\n"
    text = to_typst(lesson.text, shown, lesson.language, below=0 if is_titled else 1)
    return _page(lesson, form, room, heading + text + quiz_source(lesson))


def _page(lesson: Lesson, form: _Form, room: tuple[float, float], body: str) -> str:
    return _PAGE.format(
        title=literal(lesson.title),
        title_words=words(shorten(lesson.title, _HEAD_LETTERS, placeholder=" …")),
        leading=room[0],
        spacing=room[1],
        subject=words(translator(lesson.language)(subject_words(lesson.subject))),
        licence=words(lesson.licence.line),
        size=form.size,
        head=form.head,
        foot=form.foot,
        side=form.side,
        below=form.below,
        language=literal(lesson.language),
        # No hyphenation rules exist for Kazakh; hyphens in a first reader only confuse.
        hyphens="true" if lesson.language == "ru" and form.read_at <= letter_size(5) else "false",
        forms=forms(f"{WIDTH - 2 * form.side:g}mm"),
        body=body,
    )


def quiz_source(lesson: Lesson) -> str:
    """Set the questions of a quiz below the lesson, each answer with the letter of its circle."""
    if not lesson.quiz:
        return ""
    t = translator(lesson.language)
    parts = [f"#heading(level: 2)[{words(t('Check yourself'))}];"]
    letters = ", ".join(literal(f"{one})") for one in option_letters(lesson.language))
    for number, one in enumerate(lesson.quiz, 1):
        hint = " " + t("Several answers are right.") if len(one.right) > 1 else ""
        options = ", ".join(f"[{words(option)}]" for option in one.options)
        parts.append(f"#block(sticky: true)[{words(f'{number}. {one.text}{hint}')}];")
        parts.append(f"#enum(numbering: n => ({letters}).at(n - 1), {options});")
    return "\n".join(["", *parts])


def _hash(sources: Sequence[str], pictures: dict[str, ShownPicture]) -> str:
    digest = hashlib.sha256("\n".join([version("typst"), *sources]).encode())
    for name in sorted(pictures):
        digest.update(pictures[name].content)
    return digest.hexdigest()
