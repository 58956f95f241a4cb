"""What is drawn once in a document and shown on many of its pages: the same words, a few bytes."""

import hashlib
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from reportlab.lib.pagesizes import A4

from jetkiz.fonts.drawing import Pen

PLACE: Final = "FormXob."
"""What the library puts before the name of a place."""

Result = TypeVar("Result")


class SharedForms:
    """The parts of a document's pages that are the same on many of them."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._known: dict[Hashable, tuple[str, Any]] = {}

    def show(self, key: Hashable, draw: Callable[[], Result]) -> Result:
        """Show on this page what ``draw`` draws, drawing it the first time; return its answer.

        Whatever ``draw`` looks at must stand in ``key``. Its place is named by the key, so
        that the same page is the same bytes in every document.
        """
        if key not in self._known:
            name = "s" + hashlib.sha256(repr(key).encode()).hexdigest()[:20]
            self._known[key] = (name, self._drawn(name, draw))
        name, answer = self._known[key]
        self.place(name)
        result: Result = answer
        return result

    def place(self, name: str) -> None:
        """Show what lies, or will lie, under ``name``."""
        self._pen.write(f"/{PLACE}{name} Do")

    def empty(self, name: str) -> None:
        """Keep a place under a name, to be filled when the document is drawn."""
        if name not in self._known:
            self._known[name] = (name, self._drawn(name, lambda: None))

    def names(self) -> list[str]:
        """Return the names of all places."""
        return [name for name, _ in self._known.values()]

    def _drawn(self, name: str, draw: Callable[[], Any]) -> Any:
        canvas, page = self._pen.canvas, self._pen.write
        canvas.beginForm(name, 0, 0, *A4)
        self._pen.write = canvas.addLiteral
        answer = draw()
        self._pen.write = page
        canvas.endForm()
        return answer
