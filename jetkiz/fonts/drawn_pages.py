"""How a PDF is drawn: one drawing at a time, and the same bytes every time."""

import io
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import REGULAR, load_fonts

# The library reads a font's file from one place for all documents: of two threads that draw at
# the same time each would get letters of the other, or none.
_ONE_AT_A_TIME: Final = Lock()


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """Return a document as ``draw`` fills it; whoever draws in another thread waits."""
    # Without a font of ours the library would begin every page in Helvetica.
    font: Any = REGULAR
    out = io.BytesIO()
    with _ONE_AT_A_TIME:
        load_fonts()
        canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=font)
        canvas.setTitle("Jetkiz")
        draw(canvas)
        canvas.save()
    return out.getvalue()
