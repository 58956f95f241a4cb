"""Ready PDFs as teachers bring them, good and hostile ones; and how two pages are compared."""

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageStat
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawn_pages import drawn

Size = tuple[float, float]


def ready_pdf(
    draw: Callable[[Canvas], None] | None = None, size: Size = A4, pages: int = 1
) -> bytes:
    """Return pages with a word, a block and whatever ``draw`` adds; all fonts are inside."""

    def fill(canvas: Canvas) -> None:
        for number in range(pages):
            canvas.setFont("PTSans", 20)
            canvas.drawString(100, size[1] - 150, f"Қазақ беті {number + 1}")
            canvas.rect(size[0] / 3, size[1] / 3, 90, 40, fill=1)
            if draw:
                draw(canvas)
            canvas.showPage()

    return drawn(fill, size)


def changed(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Return a PDF after somebody changed its insides."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def with_everything_that_acts(document: pikepdf.Pdf) -> None:
    """Put in scripts, a form, attached files, notes: all that a page is not."""
    script = Dictionary(S=Name.JavaScript, JS="app.alert('x')")
    document.Root.OpenAction = document.make_indirect(script)
    document.Root.AA = Dictionary(WC=script)
    document.Root.AcroForm = Dictionary(Fields=Array(), XFA=document.make_stream(b"<xfa/>"))
    document.attachments["evil.exe"] = b"MZ evil"
    page = document.pages[0]
    page.obj.AA = Dictionary(O=script)
    kinds = ("Link", "Stamp", "FreeText", "RichMedia", "FileAttachment")
    page.obj.Annots = Array(
        [
            document.make_indirect(
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name("/" + kind),
                    Rect=[0, 0, 9, 9],
                    A=Dictionary(S=Name.Launch, F="calc.exe"),
                )
            )
            for kind in kinds
        ]
    )
    page.obj.PieceInfo = Dictionary(Word=Dictionary(Private="my name"))
    page.obj.Metadata = document.make_stream(b"<x:xmpmeta>my name</x:xmpmeta>")


def page_picture(pdf: bytes, number: int = 0) -> Image.Image:
    """Draw a page in greys, 36 dots an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[number].render(scale=0.5, grayscale=True).to_pil().convert("L")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are from each other: 0 the same, 255 black against white."""
    assert abs(one.width - other.width) <= 1
    assert abs(one.height - other.height) <= 1
    same = ImageChops.difference(one, other.resize(one.size))
    return float(ImageStat.Stat(same).mean[0])


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is dark."""
    box = picture.point([255 if level < 200 else 0 for level in range(256)]).getbbox()
    assert box is not None
    return box


def bomb(kind: str) -> bytes:
    """Return a small file that wants all memory or all time, or never ends."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=A4)
        if kind == "content":
            zeros = b"q Q " * 8_000_000
            page.Contents = document.make_stream(zeros)
            page.Resources = Dictionary(
                Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.X))
            )
        elif kind == "picture":
            side = 60_000
            page.Resources = Dictionary(
                XObject=Dictionary(
                    I=document.make_stream(
                        b"\0" * 1000,
                        Type=Name.XObject,
                        Subtype=Name.Image,
                        Width=side,
                        Height=side,
                        BitsPerComponent=8,
                        ColorSpace=Name.DeviceRGB,
                    )
                )
            )
            page.Contents = document.make_stream(b"500 0 0 700 9 9 cm /I Do")
        elif kind == "forms":
            # Each form draws the one below ten times: ten to the power of nine words.
            below = document.make_stream(
                b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 500, 700]
            )
            for _ in range(9):
                below = document.make_stream(
                    b"/F Do " * 10,
                    Type=Name.XObject,
                    Subtype=Name.Form,
                    BBox=[0, 0, 500, 700],
                    Resources=Dictionary(XObject=Dictionary(F=below)),
                )
            page.Resources = Dictionary(XObject=Dictionary(F=below))
            page.Contents = document.make_stream(b"/F Do")
        elif kind == "loop":
            document.Root.Pages.Kids.append(document.Root.Pages)
        elif kind == "size":
            page.MediaBox = Array([0, 0, 10**9, 10**9])
        out = io.BytesIO()
        document.save(out, compress_streams=True)
        return out.getvalue()
