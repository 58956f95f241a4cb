"""What a printer without duplex is given: all fronts, all backs, and a test that says which backs.

First `fronts.pdf` is printed. The pile goes back into the tray as it came out, and the backs are
printed upon it. Whether the last sheet then lies on top differs from printer to printer: the test
of three sheets shows whether `backs.pdf` fits or `backs-reversed.pdf`.
"""

from pathlib import Path
from typing import Final

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from jetkiz.errors import JetkizError
from jetkiz.fonts.drawing import BOLD, Pen, Style
from jetkiz.i18n import N_, Translator, translator
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.pages.documents import saved, whole
from print_packs.pages.page_layout import LEFT, RIGHT
from print_packs.records import read_runs
from print_packs.runs.run_files import CHECKSUMS, clear_away, run_folder, sides_folder
from print_packs.runs.run_language import language_of_run

_TEST_SHEETS: Final = 3


def lay_out_sides(workplace: Workplace, week: str) -> list[Path]:
    """Write fronts and backs of every released stack of a week; return their folders."""
    with workplace.database.read() as connection:
        runs = read_runs(connection, week)
        folders = {
            run_folder(workplace.settings.data, one): language_of_run(connection, one.id)
            for one in runs
        }
    released = {one: said for one, said in folders.items() if (one / CHECKSUMS).is_file()}
    if not released:
        raise JetkizError(
            N_("No packs have been made for week {week} yet."),
            N_("Make the packs first with: jetkiz packs make {week}."),
            week=week,
        )
    done = []
    for folder, language in released.items():
        target = sides_folder(folder)
        laid = [name for stack in _stacks(folder) for name in _split(stack, target)]
        laid += _write_test(target, translator(language))
        clear_away(target, laid)
        done.append(target)
    return done


def _stacks(folder: Path) -> list[Path]:
    return [*folder.glob("run.pdf"), *sorted(folder.glob("stack-*.pdf"))]


def _split(stack: Path, target: Path) -> list[str]:
    """Every stack has whole sheets, so each front has its back; return the names of the files."""
    laid = []
    name = "" if stack.stem == "run" else f"{stack.stem}-"
    with pikepdf.open(stack) as document:
        pages = list(document.pages)
        fronts, backs = pages[::2], pages[1::2]
        for kind, chosen in (
            ("fronts", fronts),
            ("backs", backs),
            ("backs-reversed", backs[::-1]),
        ):
            with pikepdf.new() as part:
                part.pages.extend(chosen)
                write_whole(target / f"{name}{kind}.pdf", saved(part))
                laid.append(f"{name}{kind}.pdf")
    return laid


def _write_test(target: Path, t: Translator) -> list[str]:
    numbers = range(1, _TEST_SHEETS + 1)

    def fronts(canvas: Canvas) -> None:
        for number in numbers:
            pen = Pen(canvas)
            pen.text(LEFT, 40, t("Test sheet, front {number}", number=number), Style(28, BOLD))
            words = t(
                "Print test-fronts.pdf. Put the three sheets back into the tray as they came "
                "out, without turning single sheets. Then print test-backs.pdf."
            )
            pen.paragraph(LEFT, 60, words, Style(14), RIGHT - LEFT)
            canvas.showPage()

    def backs(canvas: Canvas) -> None:
        for number in numbers:
            pen = Pen(canvas)
            pen.text(LEFT, 40, t("Test sheet, back {number}", number=number), Style(28, BOLD))
            words = t(
                "Look at the numbers. Front and back alike: take backs.pdf. Front 1 with back 3: "
                "take backs-reversed.pdf. Upside down or on the same side: turn the pile and "
                "print the test again."
            )
            pen.paragraph(LEFT, 60, words, Style(14), RIGHT - LEFT)
            canvas.showPage()

    sheets = {"test-fronts.pdf": whole(fronts), "test-backs.pdf": whole(backs)}
    for name, content in sheets.items():
        write_whole(target / name, content)
    return list(sheets)
