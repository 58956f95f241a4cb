"""How a lesson looks as a file for a screen: a page that a phone shows whole, read aloud with ease.

The file keeps to PDF/UA-1: headings, lists, tables and the language are marked, and every picture
and formula has words. It is made of the text, also where paper gets a teacher's own pages.
"""

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jetkiz.i18n import translator
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.typst_markup import to_typst
from jetkiz.lessons.markup.typst_page import forms
from jetkiz.lessons.markup.typst_text import literal, words
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import write_whole
from print_packs.lessons.lesson_pages import check_letters, quiz_source
from print_packs.lessons.setting import ShownPicture, compiled, shown_pictures

_WIDE: Final = 124.0
"""Millimetres between the margins of A5."""
_HIGH: Final = 68.0
"""Millimetres of a picture of which two stand on a page with their sentences."""

_PAGE: Final = """\
#set document(title: {title}, author: {makers}, date: none)
#set page(paper: "a5", margin: (x: 12mm, top: 14mm, bottom: 18mm), footer-descent: 4mm,
  footer: context [#set text(8pt, fill: luma(70)); {subject} #h(1fr)
    #counter(page).display("1 / 1", both: true)])
#set text(font: ("PT Sans", "DejaVu Sans"), size: 13pt, lang: {language}, hyphenate: {hyphens})
#set par(leading: 0.62em, spacing: 0.95em, justify: false)
{forms}{body}
#rule
#text(9pt)[{licence}]
"""


def screen_edition(lesson: Lesson, files: FileStore, cache: Path) -> bytes:
    """Return a lesson as a PDF for screens, from the cache if it was made before.

    Raises JetkizError where a picture or formula has no words, or a character no letter.
    """
    check_letters(lesson, lesson.text)
    pictures = shown_pictures(lesson, files, large=False)
    source = _source(lesson, pictures)
    told = [version("typst"), source, *(one.file for one in pictures.values())]
    place = cache / f"{hashlib.sha256(chr(10).join(told).encode()).hexdigest()}.screen.pdf"
    if not place.is_file():
        write_whole(place, compiled(lesson, source, list(pictures.values()), "ua-1"))
    return place.read_bytes()


def _source(lesson: Lesson, pictures: Mapping[str, ShownPicture]) -> str:
    shown = {name: _placed(one) for name, one in pictures.items()}
    is_titled = begins_with_title(lesson.text, lesson.title)
    heading = "" if is_titled else f"#heading(level: 1)[{words(lesson.title)}];\n"
    text = to_typst(lesson.text, shown, lesson.language, below=0 if is_titled else 1)
    t = translator(lesson.language)
    task = (
        f"#heading(level: 2)[{words(t('Task'))}];\n{words(lesson.task.text)}\n"
        if lesson.task
        else ""
    )
    return _PAGE.format(
        title=literal(lesson.title),
        makers=literal(lesson.licence.text_by or "Jetkiz"),
        subject=words(t(subject_words(lesson.subject))),
        language=literal(lesson.language),
        hyphens=str(lesson.language == "ru").lower(),
        forms=forms(f"{_WIDE}mm"),
        body="\n".join([heading + text, quiz_source(lesson), task]),
        licence=words(lesson.licence.line),
    )


def _placed(one: ShownPicture) -> str:
    share = min(1.0, _WIDE / one.width, _HIGH / one.height)
    wide, high = round(one.width * share, 2), round(one.height * share, 2)
    return f"picture.with({literal(one.file)}, {wide}mm, {high}mm)"
