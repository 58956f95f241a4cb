"""How the runs of a week become one file, for a school with one printer."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf


def joined(files: Sequence[Path]) -> bytes:
    """Return the pages of several PDF files in their order; equal files give equal bytes."""
    whole = pikepdf.new()
    for file in files:
        with pikepdf.open(file) as part:
            whole.pages.extend(part.pages)
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()
