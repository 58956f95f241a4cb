"""How a PDF is kept: small, and the same bytes every time."""

import io
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawn_pages import drawn

_PAGE: Final = pikepdf.Name.Page
_PAGES: Final = pikepdf.Name.Pages
_FLATE: Final = pikepdf.Name.FlateDecode


def whole(draw: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """Return what ``draw`` draws as a document that is ready to be kept."""
    with pikepdf.open(io.BytesIO(drawn(draw, size))) as document:
        return saved(document)


def saved(document: pikepdf.Pdf) -> bytes:
    """Return a document's bytes, small and the same every time."""
    out = io.BytesIO()
    document.save(
        out,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
    )
    return out.getvalue()


def forms_of(document: pikepdf.Pdf) -> pikepdf.Object:
    """Return what lies under each name on the first page of a drawn document."""
    return document.Root.Pages.Kids[0].Resources.XObject


SHOWN: Final = re.compile(rb"/(\S+) Do\b")
"""How a page names a form that it shows."""

PageContent = tuple[bytes, ...]
"""What stands on a page, layer by layer; a layer that is the same on many pages is kept once."""


def content_of(page: PageContent) -> bytes:
    """Return what stands on a page as a reader of the file gets it: layer after layer."""
    return b"".join(one + b"\n" for one in page if one)


def content_on(page: pikepdf.Page) -> bytes:
    """Return what stands on a page of a file, all its layers."""
    return b"".join(one.read_bytes() for one in layers_of(page))


def layers_of(page: pikepdf.Page) -> list[pikepdf.Object]:
    """Return the layers of a page of a file, in their order."""
    shown = page.obj.get("/Contents", pikepdf.Array())
    return list(shown) if isinstance(shown, pikepdf.Array) else [shown]


def bind_pages(document: pikepdf.Pdf, parts: Iterable[Sequence[PageContent]]) -> None:
    """Put pages in the place of the only one that a document has, with all that it knows.

    Each part has a branch of the tree of its own. Paper size, fonts and forms are named once for
    all, and most pages are made of layers that are there already: they take a few bytes.
    """
    root = document.Root.Pages
    resources = document.make_indirect(root.Kids[0].Resources)
    branches, total = [], 0
    layers: dict[bytes, pikepdf.Object] = {}
    for contents in parts:
        branch = document.make_indirect(pikepdf.Dictionary(Type=_PAGES, Parent=root))
        branch.Kids = pikepdf.Array([_page(document, branch, one, layers) for one in contents])
        branch.Count = len(contents)
        branches.append(branch)
        total += len(contents)
    root.Kids = pikepdf.Array(branches)
    root.Count = total
    root.Resources = resources
    root.MediaBox = pikepdf.Array([0, 0, *(round(side, 4) for side in A4)])


def _page(
    document: pikepdf.Pdf,
    branch: pikepdf.Object,
    content: PageContent,
    layers: dict[bytes, pikepdf.Object],
) -> pikepdf.Object:
    for one in content:
        if one not in layers:
            packed = zlib.compress(one + b"\n")
            layers[one] = pikepdf.Stream(document, packed, Filter=_FLATE)
    shown = pikepdf.Array([layers[one] for one in content if one])
    return document.make_indirect(pikepdf.Dictionary(Type=_PAGE, Parent=branch, Contents=shown))
