"""Which ready PDF a lesson may bring as its pages on paper, and what its teacher is told of it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.lesson_files import MEGABYTE, read_attachment
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError
from jetkiz.roster.reading.findings import Findings, Place

if TYPE_CHECKING:  # its libraries come only with printing
    from jetkiz.lessons.ready_pages.cleaning import CleanPages

LARGEST: Final = 20 * MEGABYTE
# Below this, letters of 12 points are smaller than 9.
_LEGIBLE: Final = 0.75
_LIMITS: Final = Limits(seconds=20.0, megabytes=1_200, answer_megabytes=64)
_READER: Final = "jetkiz.lessons.ready_pages.cleaning:answer"


@dataclass(frozen=True, slots=True)
class ReadyPdf:
    """A teacher's own pages, cleaned: this is what is kept, printed and sent.

    ``origin`` is the hash of what the teacher brought: by it a change is seen.
    """

    content: bytes
    pages: int
    origin: str


def ready_pages(pdf: bytes) -> bytes:
    """Return what the limited process makes of a PDF: see ``cleaning.read_answer``.

    Raises JetkizError for what cannot be printed.
    """
    if len(pdf) > LARGEST:
        raise JetkizError(
            N_("The PDF is larger than {limit} MB."),
            N_("Save its pictures smaller, with 200 dots an inch."),
            limit=LARGEST // MEGABYTE,
        )
    # One process for one file: what a hostile one does to it harms no other.
    with LimitedProcess(_READER, _LIMITS) as process:
        try:
            return process.ask(pdf)
        except (TooCostlyError, CrashedError) as error:
            raise JetkizError(
                N_("Drawing the PDF takes too much time or memory, or breaks the program."),
                N_("Print it into a new PDF, with pictures of 200 dots an inch."),
            ) from error


def read_ready_pdf(home: Path, name: str, place: Place, findings: Findings) -> ReadyPdf | None:
    """Return the ready pages of a lesson, and say at its place what paper will not show."""
    content = read_attachment(home, name, place, findings)
    if content is None:
        return None
    if find_spec("pikepdf") is None:
        findings.warn(
            place,
            N_("The PDF is left out: this computer cannot look into it. The text is used."),
            N_("Install Jetkiz with its part for printing: jetkiz[print]."),
            cause="no printing",
        )
        return None
    from jetkiz.lessons.ready_pages.cleaning import read_answer  # noqa: PLC0415 - only with print

    try:
        clean = read_answer(ready_pages(content))
    except JetkizError as error:
        findings.error(place, error.sentence, error.remedy, **error.facts)
        return None
    _tell_all(findings, place, clean)
    return ReadyPdf(clean.pdf, clean.pages, hashlib.sha256(content).hexdigest())


def _tell_all(findings: Findings, place: Place, clean: "CleanPages") -> None:
    """Say what paper will show otherwise, or not at all."""
    _tell(
        findings,
        place,
        clean.moved,
        N_("Page {pages} reaches into the edge or the foot: it was moved or made smaller."),
        N_("Leave 10 mm white at the edges and 15 mm at the foot."),
    )
    _tell(
        findings,
        place,
        clean.without,
        N_("Notes, stamps and form fields of page {pages} are not printed."),
        N_("Print the file into a new PDF if they belong to the lesson."),
    )
    if clean.smallest < _LEGIBLE:
        findings.warn(
            place,
            N_("The pages are printed at {share} % of their size."),
            N_("Check that the letters are large enough, or set the paper to A4."),
            share=round(clean.smallest * 100),
        )
    if clean.dropped:
        findings.note(
            place,
            N_("What the PDF holds besides its pages is left out: scripts, forms, attached files."),
            N_("Nothing is to be done."),
        )


def _tell(
    findings: Findings, place: Place, pages: Iterable[int], sentence: str, remedy: str
) -> None:
    listed = ", ".join(map(str, pages))
    if listed:
        findings.warn(place, sentence, remedy, pages=listed)
