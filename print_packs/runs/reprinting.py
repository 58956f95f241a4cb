"""How one pack is printed once more: alone for a copier, or again because it got wet or lost.

It is the pack that was printed then, not one drawn from what is known today. Its sheets keep their
marks, so that whatever copy comes back is filed; a second copy says that it is one.
"""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator, translator
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.pages.dates import day_words
from print_packs.pages.documents import drawn, saved
from print_packs.pages.drawing import Pen, Style
from print_packs.pages.page_layout import MARK_MIDDLE, REPRINT
from print_packs.records import PackRow, allot_reprint, read_packs, read_runs
from print_packs.runs.allotting import local_day
from print_packs.runs.pack_choice import home_keys
from print_packs.runs.run_files import run_folder
from print_packs.runs.run_language import language_of_home
from print_packs.runs.single_packs import Kept, alone, kept_pages, safe_name

_MARK = Style(7.5, grey=0.25)


def lay_alone(workplace: Workplace, home: str, week: str | None) -> list[Path]:
    """Write the last pack of a home as a file of its own, every part of it; return where."""
    folder = workplace.settings.data / "packs"
    return [
        _laid(folder / row.week / "single" / _name(home, row), alone(kept.file, *_span(kept)))
        for row, kept in _kept(workplace, home, week)
    ]


def reprint(workplace: Workplace, home: str, week: str | None, page: int = 0) -> list[Path]:
    """Write a second copy of the last pack of a home, or of one page of it; return where.

    Each copy gets a number of its own that stands on its pages: written down before the file is.
    """
    kept = _kept(workplace, home, week)
    if page and len(kept) > 1:
        raise JetkizError(
            N_("The pack of home {home} fills {n} envelopes; it is not clear whose page {page}."),
            N_("Print all of it again, and take the page out."),
            home=home,
            n=len(kept),
            page=page,
        )
    return [_copied(workplace, home, row, one, page) for row, one in kept]


def _copied(workplace: Workplace, home: str, row: PackRow, kept: Kept, page: int) -> Path:
    first_page, pages = _span(kept)
    if page:
        if not 1 <= page <= pages:
            raise JetkizError(
                N_("The pack of home {home} has no page {page}; it has {pages}."),
                N_("The number of a page stands at its foot."),
                home=home,
                page=page,
                pages=pages,
            )
        first_page, pages = first_page + page - 1, 1
    now = workplace.clock()
    with workplace.database.write() as connection:
        print_id = allot_reprint(connection, row.id, page, now)
        t = translator(language_of_home(connection, row.household))
    marked = _marked(alone(kept.file, first_page, pages), print_id, local_day(workplace, now), t)
    place = workplace.settings.data / "packs" / row.week / "reprints"
    return _laid(place / f"{safe_name(home)}-{print_id}.pdf", marked)


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


def _name(home: str, row: PackRow) -> str:
    part = f"-{row.part}" if row.parts > 1 else ""
    return f"{safe_name(home)}{part}.pdf"


def _span(kept: Kept) -> tuple[int, int]:
    return kept.first_page, kept.pages


def _kept(workplace: Workplace, home: str, week: str | None) -> list[tuple[PackRow, Kept]]:
    with workplace.database.read() as connection:
        rows = _last_pack(connection, home, week)
        runs = {one.id: one for one in read_runs(connection, rows[0].week)}
    data = workplace.settings.data
    return [(row, kept_pages(run_folder(data, runs[row.run]), home, row)) for row in rows]


def _last_pack(connection: Connection, home: str, week: str | None) -> Sequence[PackRow]:
    rows = read_packs(connection, week=week, households=home_keys(connection, [home]))
    found = [one for one in rows if one.is_in_run]
    if rows and not found:
        raise JetkizError(
            N_("The pack of home {home} was held back and is in no run."),
            N_("To see why, and to make it again: jetkiz packs make {week}."),
            home=home,
            week=rows[-1].week,
        )
    if not found:
        raise JetkizError(
            N_("Home {home} has no pack yet."),
            N_("Look at its key in the roster, and make the packs of the week first."),
            home=home,
        )
    if len({one.household for one in found}) > 1:
        raise JetkizError(
            N_("More than one school calls a home {home}."),
            N_("Take the pack's file from the folder of its run: jetkiz packs status WEEK."),
            home=home,
        )
    last = max(found, key=lambda one: (one.week, one.id))
    return [one for one in found if one.consignment == last.consignment]
