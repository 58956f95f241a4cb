"""How one pack is printed once more: alone for a copier, or again because it got wet or lost.

It is the pack that was printed then, not one drawn from what is known today. Its sheets keep their
marks, so that whatever copy comes back is filed; a second copy says that it is one.
"""

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from jetkiz.errors import JetkizError
from jetkiz.fonts.drawing import Pen, Style
from jetkiz.fonts.drawn_pages import drawn
from jetkiz.i18n import N_, Translator, translator
from jetkiz.roster.tables import household
from jetkiz.storage.many_values import among
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.pages.dates import day_words
from print_packs.pages.documents import saved
from print_packs.pages.page_layout import MARK_MIDDLE, REPRINT
from print_packs.records import PackRow, allot_reprint, read_runs
from print_packs.runs.allotting import local_day
from print_packs.runs.pack_choice import packs_to_copy
from print_packs.runs.run_files import run_folder
from print_packs.runs.single_packs import Kept, alone, kept_pages, safe_name

_MARK = Style(7.5, grey=0.25)


@dataclass(frozen=True, slots=True)
class Copied:
    """A pack that is printed once more: where its pages lie, whose it is and what they read."""

    row: PackRow
    home: str
    language: str
    kept: Kept


def lay_alone(workplace: Workplace, said: str, week: str | None) -> list[Path]:
    """Write each pack that is meant as a file of its own; return where."""
    folder = workplace.settings.data / "packs"
    return [
        _laid(folder / one.row.week / "single" / _name(one), alone(one.kept.file, *_span(one.kept)))
        for one in _meant(workplace, said, week, None)
    ]


def reprint(
    workplace: Workplace,
    said: str,
    week: str | None,
    page: int = 0,
    school: int | None = None,
) -> list[Path]:
    """Write a second copy of each pack that is meant, or of one page of one; return where.

    ``said`` is read by ``packs_to_copy``; with a ``school`` only its packs are meant. Each copy
    gets a number of its own that stands on its pages: written down before the file is.
    """
    found = _meant(workplace, said, week, school)
    if page and len(found) > 1:
        raise JetkizError(
            N_("{word} means {n} envelopes; it is not clear whose page {page}."),
            N_("Give the code at the foot of the spoilt page: {codes}."),
            word=said,
            n=len(found),
            page=page,
            codes=", ".join(one.row.print_id for one in found),
        )
    return [_copied(workplace, one, page) for one in found]


def _copied(workplace: Workplace, one: Copied, page: int) -> Path:
    first_page, pages = _span(one.kept)
    if page:
        if not 1 <= page <= pages:
            raise JetkizError(
                N_("The pack of home {home} has no page {page}; it has {pages}."),
                N_("The number of a page stands at its foot."),
                home=one.home,
                page=page,
                pages=pages,
            )
        first_page, pages = first_page + page - 1, 1
    now = workplace.clock()
    with workplace.database.write() as connection:
        print_id = allot_reprint(connection, one.row.id, page, now)
    t, day = translator(one.language), local_day(workplace, now)
    marked = _marked(alone(one.kept.file, first_page, pages), print_id, day, t)
    place = workplace.settings.data / "packs" / one.row.week / "reprints"
    return _laid(place / f"{safe_name(one.home)}-{print_id}.pdf", marked)


def _marked(pdf: bytes, print_id: str, day: date, t: Translator) -> bytes:
    """Say on every page which copy it is; nothing else of the page changes."""
    words = t("Printed again on {day} · {copy}", day=day_words(day, t.language), copy=print_id)

    def draw(canvas: Canvas) -> None:
        Pen(canvas).middle(MARK_MIDDLE - 21, REPRINT, words, _MARK)
        canvas.showPage()

    mark = drawn(draw)
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.open(io.BytesIO(mark)) as source:
        for page in document.pages:
            page.add_overlay(source.pages[0], None)
        return saved(document)


def _laid(place: Path, content: bytes) -> Path:
    write_whole(place, content)
    return place


def _name(one: Copied) -> str:
    part = f"-{one.row.part}" if one.row.parts > 1 else ""
    return f"{safe_name(one.home)}{part}.pdf"


def _span(kept: Kept) -> tuple[int, int]:
    return kept.first_page, kept.pages


def _meant(workplace: Workplace, said: str, week: str | None, school: int | None) -> list[Copied]:
    data, c = workplace.settings.data, household.c
    with workplace.database.read() as connection:
        rows = packs_to_copy(connection, said, week, school)
        runs = {one.id: one for one in read_runs(connection, rows[0].week)}
        numbers = {one.household for one in rows}
        query = select(c.id, c.sourced_id, c.language).where(among(c.id, numbers))
        homes = {number: (key, language) for number, key, language in connection.execute(query)}
    return [
        Copied(
            row,
            *homes[row.household],
            kept_pages(run_folder(data, runs[row.run]), homes[row.household][0], row),
        )
        for row in rows
    ]
