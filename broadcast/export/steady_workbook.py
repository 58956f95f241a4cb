"""How a workbook is kept so that the same timetable is the same file, on whichever day."""

import io
import re
import zipfile
from typing import Final

from openpyxl import Workbook

_FIRST: Final = (1980, 1, 1, 0, 0, 0)
_CORE: Final = "docProps/core.xml"
_STAMP: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def workbook_bytes(book: Workbook) -> bytes:
    """Return a workbook whose parts, and what it says of itself, carry one fixed date."""
    drawn, out = io.BytesIO(), io.BytesIO()
    book.save(drawn)
    with zipfile.ZipFile(drawn) as parts, zipfile.ZipFile(out, "w") as whole:
        for name in parts.namelist():
            content = parts.read(name)
            if name == _CORE:
                # The library writes the moment of writing into it, whatever it was told.
                content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            info = zipfile.ZipInfo(name, _FIRST)
            whole.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
