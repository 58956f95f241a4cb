"""What lies on top of a stack of packs, and between two offices: how much, and in which order."""

from jetkiz.fonts.drawing import BOLD, Pen, Style, cut
from jetkiz.i18n import Translator
from jetkiz.i18n.decimals import tenths
from print_packs.pages.dates import day_words, span_words, week_days
from print_packs.pages.page_layout import LEFT, RIGHT
from print_packs.print_run import RunRow
from print_packs.stacks import Bundle, Stack

_CHECKSUM_DIGITS = 16


def batch_name(run: RunRow, stack: Stack) -> str:
    """Return what a stack is called on paper: week, run, and which stack of it."""
    return f"{run.week}/{run.number}-{stack.number}"


def draw_front_sheet(pen: Pen, run: RunRow, stack: Stack, checksum: str, t: Translator) -> None:
    """Draw the sheet that the person at the printer reads; it names no child.

    ``checksum`` is that of all pages of packs that follow.
    """
    first, last = week_days(run.week)
    pen.text(LEFT, 30, t("Print run {number}", number=run.number), Style(26, BOLD))
    pen.right(RIGHT, 30, batch_name(run, stack), Style(14))
    pen.text(LEFT, 40, span_words(first, last, t.language), Style(16))
    y = 54.0
    for heading, value in _facts(run, stack, checksum, t):
        pen.text(LEFT, y, heading, Style(12))
        pen.right(RIGHT, y, value, Style(12, BOLD))
        pen.rule(LEFT, y + 2.2, RIGHT, grey=0.8)
        y += 7.2
    words = t(
        "Print on both sides, flipped on the long edge. Staple each pack at the top left. "
        "Pack the envelopes in this order: it is the order of the lists."
    )
    y = pen.paragraph(LEFT, y + 6, words, Style(12), RIGHT - LEFT) + 3
    _order(pen, stack, y, t)


def _facts(run: RunRow, stack: Stack, checksum: str, t: Translator) -> list[tuple[str, str]]:
    packs = stack.packs
    indexes = [one.index for one in stack.bundles if one.index]
    posted = sum(1 for one in packs if one.pack.by_post)
    facts = [
        (t("Printed on"), day_words(run.printed_on, t.language)),
        (t("Stack"), t("{number} of {of}", number=stack.number, of=stack.of)),
        (t("Packs"), str(len(packs))),
        (t("of these for the post office"), str(posted)),
        (t("of these against signature"), str(len(packs) - posted)),
        (t("Sheets of A4, both sides, with this one"), str(stack.sheets)),
        (
            t("Weight with envelopes, about"),
            t("{kg} kg", kg=tenths(sum(one.grams for one in packs) / 1000, t.language)),
        ),
    ]
    if indexes:
        facts.append((t("First and last index"), f"{indexes[0]} – {indexes[-1]}"))
    facts.append((t("Checksum of the packs"), checksum[:_CHECKSUM_DIGITS]))
    return facts


def _order(pen: Pen, stack: Stack, y: float, t: Translator) -> None:
    """Columns of numbers; homes are named by key only."""
    small, top = Style(9), y
    x = LEFT
    for place, one in enumerate(stack.packs):
        if y > 276:
            x, y = x + 58, top
        if x > RIGHT - 40:
            rest = t("{n} more packs: job.json names them all", n=len(stack.packs) - place)
            pen.text(LEFT, 283, rest, small)
            break
        line = f"{one.pack.place}. {one.pack.key} · {one.pack.print_id} · {one.sheets}"
        pen.text(x, y, cut(line, small, 54), small)
        y += 4.6


def draw_slip_sheet(pen: Pen, run: RunRow, bundle: Bundle, t: Translator) -> None:
    """Draw the sheet before the packs of one office: where one lot ends and the next begins."""
    pen.rule(0, 12, RIGHT + LEFT, thick=8, grey=0.6)
    title = " ".join(bundle.index) if bundle.index else t("By hand, against signature")
    pen.paragraph(LEFT, 60, title, Style(40, BOLD), RIGHT - LEFT)
    places = [one.pack.place for one in bundle.packs]
    words = t(
        "Packs {first} to {last}: {n} packs, {sheets} sheets without this one.",
        first=places[0],
        last=places[-1],
        n=len(places),
        sheets=bundle.sheets - 1,
    )
    y = pen.paragraph(LEFT, 90, words, Style(16), RIGHT - LEFT)
    week = t("Print run {number}", number=run.number)
    pen.text(LEFT, y + 6, f"{run.week} · {week}", Style(12))
