"""How one pack is taken out of the file it was printed in: the same pages, and only what they need.

The file of the stack is the truth. What is taken out of it is compared with the checksum that was
kept when it was drawn: a file that was changed since gives nothing away as the pack.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.pages.documents import SHOWN, content_on, saved
from print_packs.records import PackRow


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the pages of a pack lie: which file, from which page on (from 0), and how many."""

    file: Path
    first_page: int
    pages: int


def alone(file: Path, first_page: int, pages: int) -> bytes:
    """Return some pages of a stack as a file of their own, always with the same bytes."""
    with pikepdf.open(file) as stack:
        return _cut(stack, first_page, pages)


def several_alone(file: Path, spans: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield one file after the other from a stack that is opened once."""
    with pikepdf.open(file) as stack:
        for first_page, pages in spans:
            yield _cut(stack, first_page, pages)


def _cut(stack: pikepdf.Pdf, first_page: int, pages: int) -> bytes:
    with pikepdf.new() as part:
        part.pages.extend(stack.pages[first_page : first_page + pages])
        for page in part.pages:
            _keep_what_it_shows(part, page)
        part.remove_unreferenced_resources()
        return saved(part)


def _keep_what_it_shows(part: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """A page of a stack knows the lessons of all packs; alone it keeps its own."""
    wanted = {name.decode() for name in SHOWN.findall(content_on(page))}
    known = page.resources
    kept = pikepdf.Dictionary(dict(known.items()))
    forms = {name: form for name, form in known.XObject.items() if name[1:] in wanted}
    kept.XObject = pikepdf.Dictionary(forms)
    page.obj.Resources = part.make_indirect(kept)


def checksum_in(document: pikepdf.Pdf, first_page: int, pages: int) -> str:
    """Return the checksum of what stands on the pages of a pack."""
    digest = hashlib.sha256()
    for page in document.pages[first_page : first_page + pages]:
        digest.update(content_on(page))
    return digest.hexdigest()


def checksum_of_file(file: Path) -> str:
    """Return the checksum of the pack that has a file of its own."""
    with pikepdf.open(file) as document:
        return checksum_in(document, 0, len(document.pages))


def kept_pages(folder: Path, home: str, row: PackRow) -> Kept:
    """Find the pages of a pack as they were printed; refuse what is gone or was changed."""
    found = _in_stack(folder, row) or _in_own_file(folder, home, row)
    if found is None:
        raise JetkizError(
            N_("The file of the pack of home {home} is not in {folder}, or was changed."),
            N_(
                "Make the packs with jetkiz packs make {week}; if they were handed over already, "
                "give the lessons by hand in the console."
            ),
            home=home,
            folder=folder,
            week=row.week,
        )
    return found


def safe_name(key: str) -> str:
    """Return what the files of a household's packs begin with."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in key)


def _in_stack(folder: Path, row: PackRow) -> Kept | None:
    file = folder / row.stack
    if not row.stack or not file.is_file():
        return None
    try:
        with pikepdf.open(file) as document:
            if checksum_in(document, row.first_page, row.pages) != row.sha256:
                return None
    except pikepdf.PikepdfError:
        return None
    return Kept(file, row.first_page, row.pages)


def _in_own_file(folder: Path, home: str, row: PackRow) -> Kept | None:
    """Before stacks were kept every pack had a file of its own, known by its checksum."""
    if not row.stack:
        for file in sorted(folder.glob(f"{safe_name(home)}*.pdf")):
            if hashlib.sha256(file.read_bytes()).hexdigest() == row.sha256:
                return Kept(file, 0, row.pages)
    return None
