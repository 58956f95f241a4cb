"""How many pages a second are read, how many spoilt sheets find their work, and none a wrong one.

The peer is the way of a document archive: every page drawn at 300 dpi, all kinds of codes looked
for. Pages are read in the limited process, one after the other, as the desk does it.
"""

import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image

from benchmarks.distorted_sheets import Drawn, spoilt, strangers
from benchmarks.printed_sheets import printed_sheets
from print_packs.issuer import Issuer
from print_packs.scans.page_reader import PageReader

PER_GROUP = 40
PAGES = 120
PEER_PAGES = 12
PEER = "every page drawn at 300 dpi, all kinds of codes"
_DRAWN_PAGES = 60

Record = Callable[..., None]


def run(record: Record) -> None:
    """Measure reading and filing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        issuer, sheets = printed_sheets(folder)
        reader = PageReader(issuer)
        with reader.process:
            _speed(record, folder, reader, sheets)
            _filing(record, folder, reader, issuer, sheets)


def _speed(record: Record, folder: Path, reader: PageReader, sheets: list[Drawn]) -> None:
    chance = random.Random(1)
    pages = [
        sheets[number % len(sheets)].picture.rotate(chance.uniform(-1, 1), fillcolor=250)
        for number in range(PAGES)
    ]
    scanned, drawn = folder / "scanned.pdf", folder / "drawn.pdf"
    pages[0].save(scanned, save_all=True, append_images=pages[1:], quality=70, resolution=200)
    _as_drawings(pages[:_DRAWN_PAGES], drawn)
    list(reader.pages(scanned))
    ours = _rate(lambda: sum(len(one.sheets) for one in reader.pages(scanned)), PAGES)
    rendered = _rate(lambda: sum(len(one.sheets) for one in reader.pages(drawn)), _DRAWN_PAGES)
    peer = _rate(lambda: _archive(scanned), PEER_PAGES)
    record(name="scan.pages_per_s_jpeg", value=ours, unit="1/s", peer=PEER, ratio=ours / peer)
    record(
        name="scan.pages_per_s_rendered",
        value=rendered,
        unit="1/s",
        peer=PEER,
        ratio=rendered / peer,
    )


def _rate(work: Callable[[], int], pages: int) -> float:
    begin = time.perf_counter()
    found = work()
    took = time.perf_counter() - begin
    if found < pages:
        raise SystemExit(f"only {found} of {pages} sheets were found")
    return pages / took


def _as_drawings(pages: list[Image.Image], place: Path) -> None:
    """Write a PDF whose pages are more than one picture: they have to be drawn."""
    document = pypdfium2.PdfDocument.new()
    for picture in pages:
        page = document.new_page(595, 842)
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=70)
        image = pypdfium2.PdfImage.new(document)
        image.load_jpeg(content, inline=True)
        image.set_matrix(pypdfium2.PdfMatrix().scale(595, 842))
        page.insert_obj(image)
        small = pypdfium2.PdfImage.new(document)
        dot = io.BytesIO()
        Image.new("L", (8, 8), 255).save(dot, "JPEG")
        small.load_jpeg(dot, inline=True)
        small.set_matrix(pypdfium2.PdfMatrix().scale(4, 4))
        page.insert_obj(small)
        page.gen_content()
    document.save(place)


def _archive(place: Path) -> int:
    document = pypdfium2.PdfDocument(place)
    found = 0
    for number in range(PEER_PAGES):
        picture = document[number].render(scale=300 / 72).to_pil()
        found += bool(zxingcpp.read_barcodes(picture))
    document.close()
    return found


def _filing(
    record: Record, folder: Path, reader: PageReader, issuer: Issuer, sheets: list[Drawn]
) -> None:
    wanted: Counter[str] = Counter()
    filed: Counter[str] = Counter()
    misfiled = 0
    for picture in spoilt(sheets, 7, PER_GROUP):
        found = _read(reader, folder, picture.content)
        wanted[picture.group] += len(picture.serials)
        filed[picture.group] += len(found & set(picture.serials))
        misfiled += len(found - set(picture.serials))
    misfiled += sum(
        len(_read(reader, folder, content)) for content in strangers(issuer, sheets, 11)
    )
    for group, count in wanted.items():
        record(name=f"scan.filed_share_{group}", value=filed[group] / count, unit="share")
    record(name="scan.filed_share", value=filed.total() / wanted.total(), unit="share")
    record(name="scan.misfiled", value=misfiled, unit="sheets")


def _read(reader: PageReader, folder: Path, content: bytes) -> set[int]:
    place = folder / "picture"
    place.write_bytes(content)
    return {sheet.serial for page in reader.pages(place) for sheet in page.sheets}
