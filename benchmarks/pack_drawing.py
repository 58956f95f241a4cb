"""One way of making packs, measured in a process of its own: `... WAY COUNT FOLDER`, a JSON line.

Ways: `stacks` is what the product does, gate included; `bare` the same without the gate. The others
are what somebody would write first: a Platypus document for each student, one for all, typst for
each student, and pypdf that lays a personal page over each lesson page.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.paper_book import ISSUER, PAGES, WEEK, Book, make_book, packs
from jetkiz.codes import Corner
from print_packs.model import Pack
from print_packs.pack_file import PackFile
from print_packs.page_plan import plan_pages
from print_packs.print_run import RunRow

_EACH_FILE = 500
_TODAY = date(2026, 1, 22)


def main(way: str, count: int, folder: Path) -> None:
    """Make the book, then make packs and say what it took."""
    book = make_book(folder)
    _WAYS[way](book, 4, folder)
    base = _WAYS[way](book, 4, folder)
    start, cpu = time.perf_counter(), time.process_time()
    size = _WAYS[way](book, count, folder)
    print(
        json.dumps(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - start,
                "bytes": size,
                "base": base,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def jobs(book: Book, count: int, folder: Path, *, gate: bool) -> Iterator[object]:
    """Yield the stacks of a run one after the other; nothing holds all packs at once."""
    from print_packs.gate.gate import sample_of
    from print_packs.runs.stack_making import StackJob
    from print_packs.stacks import cut_into_stacks

    run = RunRow(1, "bench", WEEK, 1, "post", _TODAY, is_ready=False)
    counts = {key: one.pages for key, one in book.lessons.items()}
    for number, some in enumerate(_chunks(packs(book, count)), start=1):
        files = [
            PackFile(f"{one.key}.pdf", one, "", 0, len(plan_pages(one, counts))) for one in some
        ]
        (stack,) = cut_into_stacks(files, 100_000, 100_000)
        # Kinds of readers are looked at once a run.
        sample = sample_of([stack], every=False) if gate and number == 1 else frozenset()
        place = folder / f"stack-{number}"
        place.mkdir(exist_ok=True)
        yield StackJob(stack, run, book.lessons, ISSUER, "ru", place, sample)


def _chunks(found: Iterator[Pack]) -> Iterator[list[Pack]]:
    """As the product cuts: 500 packs, or 2,500 sheets, whatever comes first."""
    most = min(_EACH_FILE, 2500 // (PAGES // 2))
    chunk: list[Pack] = []
    for one in found:
        chunk.append(one)
        if len(chunk) == most:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def stacks(book: Book, count: int, folder: Path) -> int:
    from print_packs.runs.stack_making import make_stack

    made = [make_stack(job) for job in jobs(book, count, folder, gate=True)]
    if any(one.faults for one in made):
        raise ValueError(made[0].faults[:3])
    return sum((folder / f"stack-{n}" / "run.pdf").stat().st_size for n in range(1, len(made) + 1))


def bare(book: Book, count: int, folder: Path) -> int:
    from print_packs.runs.stack_making import draw_stack

    return sum(len(draw_stack(job).pdf) for job in jobs(book, count, folder, gate=False))


def _story(book: Book, pack: Pack, *, stock_codes: bool) -> list[object]:
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, PageBreak, Paragraph, Table

    plain = ParagraphStyle("plain", fontName="PTSans", fontSize=12, leading=16)
    head = ParagraphStyle("head", parent=plain, fontSize=22, leading=28)
    child = pack.children[0]
    story: list[object] = [Paragraph(f"{pack.addressee.name}<br/>{pack.addressee.lines[0]}", head)]
    story += [PageBreak(), Paragraph(f"{child.name} {child.class_title}", head), PageBreak()]
    for lesson in child.lessons:
        parts = lesson.text.split("\n\n")
        for part in parts:
            if part.startswith("!"):
                content = io.BytesIO(book.files.get(lesson.files[0].sha256))
                wide, high = ImageReader(content).getSize()
                story.append(Image(content, 400, 400 * high / wide))
            elif part.startswith("|"):
                story.append(Table([row.strip("|").split("|") for row in part.split("\n")]))
            else:
                story.append(Paragraph(part, plain))
        story.append(PageBreak())
    for sheet in child.sheets:
        story.append(Paragraph(f"{child.name}: {sheet.lesson.title}", head))
        for corner in (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT):
            text = ISSUER.codes(sheet.serial)[corner]
            if stock_codes:
                drawing = Drawing(62, 62)
                drawing.add(QrCodeWidget(text, barLevel="Q", barWidth=62, barHeight=62))
                story.append(drawing)
            else:
                story.append(Image(_fast_code(text), 62, 62))
        story.append(PageBreak())
    return [*story, Paragraph(pack.print_id, plain)]


def _fast_code(text: str) -> io.BytesIO:
    import zxingcpp
    from PIL import Image

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    out = io.BytesIO()
    Image.fromarray(code.to_image(scale=1)).convert("1").save(out, "PNG")
    out.seek(0)
    return out


def platypus_each(book: Book, count: int, _folder: Path) -> int:
    from reportlab import rl_config
    from reportlab.platypus import SimpleDocTemplate

    from jetkiz.fonts.drawing import load_fonts

    load_fonts()
    rl_config.useA85 = 1  # its default
    size = 0
    for pack in packs(book, count):
        out = io.BytesIO()
        SimpleDocTemplate(out).build(_story(book, pack, stock_codes=True))
        size += len(out.getvalue())
    return size


def platypus_one(book: Book, count: int, _folder: Path) -> int:
    from reportlab import rl_config
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    from jetkiz.fonts.drawing import load_fonts

    load_fonts()
    rl_config.useA85 = 0
    story = [
        part
        for pack in packs(book, count)
        for part in (*_story(book, pack, stock_codes=False), PageBreak())
    ]
    out = io.BytesIO()
    SimpleDocTemplate(out).build(story)
    return len(out.getvalue())


def typst_each(book: Book, count: int, folder: Path) -> int:
    import typst

    from jetkiz.fonts import FOLDER

    for key, one in book.lessons.items():
        (folder / f"lesson-{key[0]}.pdf").write_bytes(one.pdf)
    size = 0
    for pack in packs(book, count):
        child = pack.children[0]
        pages = [f"= {pack.addressee.name}\n{pack.addressee.lines[0]}", f"= {child.name}"]
        pages += [
            f'#image("lesson-{one.id}.pdf", page: {number}, width: 100%)'
            for one in child.lessons
            for number in range(1, book.lessons[one.id, False].pages + 1)
        ]
        pages += [f"= {child.name}\n" + "\n\n#line(length: 100%)" * 15 for _ in child.sheets]
        source = folder / "pack.typ"
        text = '#set page(paper: "a4", margin: 0pt)\n#set text(font: "PT Sans")\n'
        source.write_text(text + "\n#pagebreak()\n".join([*pages, pack.print_id]), "utf-8")
        size += len(
            typst.compile(source, root=folder, font_paths=[FOLDER], ignore_system_fonts=True)
        )
    return size


def pypdf_merge(book: Book, count: int, _folder: Path) -> int:
    import pypdf
    from reportlab.pdfgen.canvas import Canvas

    from jetkiz.fonts.drawing import Pen, Style
    from jetkiz.fonts.drawn_pages import drawn

    wanted = list(packs(book, count))

    def draw(canvas: Canvas) -> None:
        pen = Pen(canvas)
        for pack in wanted:
            for number in range(1, PAGES + 1):
                pen.text(80, 287, f"{pack.addressee.name} · {number} · {pack.print_id}", Style(8))
                canvas.showPage()

    own = pypdf.PdfReader(io.BytesIO(drawn(draw)))
    lessons = {key: pypdf.PdfReader(io.BytesIO(one.pdf)) for key, one in book.lessons.items()}
    writer = pypdf.PdfWriter()
    for place, pack in enumerate(wanted):
        marks = iter(own.pages[place * PAGES : (place + 1) * PAGES])
        for lesson in pack.children[0].lessons:
            for page in lessons[lesson.id, False].pages:
                writer.add_page(page).merge_page(next(marks))
        for mark in marks:
            writer.add_page(mark)
    out = io.BytesIO()
    writer.write(out)
    return len(out.getvalue())


_WAYS = {
    "stacks": stacks,
    "bare": bare,
    "platypus_each": platypus_each,
    "platypus_one": platypus_one,
    "typst_each": typst_each,
    "pypdf_merge": pypdf_merge,
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
