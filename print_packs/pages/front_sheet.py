"""What lies on top of a print run: what it is, how much of it, and in which order."""

from jetkiz.i18n import Translator
from print_packs.pack_file import PackFile
from print_packs.pages.dates import day_words, span_words, week_days
from print_packs.pages.drawing import BOLD, Pen, Style, cut
from print_packs.pages.page_layout import LEFT, RIGHT
from print_packs.records import RunRow


def draw_front_sheet(
    pen: Pen, run: RunRow, packs: list[PackFile], checksum: str, t: Translator
) -> None:
    """Draw the sheet that the person at the printer reads; it names no child."""
    first, last = week_days(run.week)
    pen.text(LEFT, 30, t("Print run {number}", number=run.number), Style(26, BOLD))
    pen.text(LEFT, 40, span_words(first, last, t.language), Style(16))
    posted = sum(1 for one in packs if one.pack.by_post)
    facts = (
        (t("Printed on"), day_words(run.printed_on, t.language)),
        (t("Packs"), str(len(packs))),
        (t("of these for the post office"), str(posted)),
        (t("of these against signature"), str(len(packs) - posted)),
        (t("Sheets of A4, both sides"), str(sum(one.sheets for one in packs))),
        (
            t("Weight with envelopes, about"),
            t("{kg} kg", kg=f"{sum(one.grams for one in packs) / 1000:.1f}"),
        ),
        (t("Checksum of run.pdf"), checksum[:16]),
    )
    y = 58.0
    for heading, value in facts:
        pen.text(LEFT, y, heading, Style(12))
        pen.right(RIGHT, y, value, Style(12, BOLD))
        pen.rule(LEFT, y + 2.5, RIGHT, grey=0.8)
        y += 8.5
    words = t(
        "Print run.pdf on both sides, flipped on the long edge. Staple each pack at the top left. "
        "Pack the envelopes in this order: it is the order of the lists."
    )
    y = pen.paragraph(LEFT, y + 6, words, Style(12), RIGHT - LEFT) + 4
    _order(pen, packs, y, t)


def _order(pen: Pen, packs: list[PackFile], y: float, t: Translator) -> None:
    """Two columns of numbers; homes are named by key only."""
    small, top = Style(9), y
    x = LEFT
    for place, one in enumerate(packs):
        if y > 270:
            x, y = x + 58, top
        if x > RIGHT - 40:
            rest = t("{n} more packs: job.json names them all", n=len(packs) - place)
            pen.text(LEFT, 278, rest, small)
            break
        line = f"{one.pack.place}. {one.pack.key} · {one.pack.print_id} · {one.sheets}"
        pen.text(x, y, cut(line, small, 54), small)
        y += 4.6
