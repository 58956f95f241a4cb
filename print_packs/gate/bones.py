"""Whether every page of every pack is in the file as it was drawn, and shows what is there.

This looks at the bones of the file alone, so it costs little: a name that leads nowhere is an empty
page for a printer, and no checker of the format reports it.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from print_packs.gate.faults import (
    CHANGED,
    NO_SUCH_FORM,
    NOT_SOUND,
    OTHER_LESSON,
    PAGES,
    Fault,
)
from print_packs.lessons.set_pages import LessonPages
from print_packs.pack_file import PackFile
from print_packs.page_plan import LessonKey, PackPage, PageKind
from print_packs.pages.documents import SHOWN, layers_of
from print_packs.pages.shared_forms import PLACE


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn pack and the pages it was planned to have."""

    file: PackFile
    pages: Sequence[PackPage]

    def fault(self, page: int, words: str, **facts: Any) -> Fault:
        """Return a fault of this pack; ``page`` is counted from 1, 0 stands for all."""
        return Fault(self.file.pack.name, self.file.pack.place, page, words, facts)


def faults_of_bones(
    pdf: bytes, packs: Sequence[Drawn], sheets: int, lessons: Mapping[LessonKey, LessonPages]
) -> list[Fault]:
    """Look at all pages of all packs; ``sheets`` is what the whole file must have."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if told := _told_of(document):
                return [Fault("", 0, 0, NOT_SOUND, {"told": told})]
            if len(document.pages) != sheets * 2:
                facts = {"found": len(document.pages), "wanted": sheets * 2}
                return [Fault("", 0, 0, PAGES, facts)]
            return list(_faults(document, packs, lessons))
    except pikepdf.PikepdfError as error:
        return [Fault("", 0, 0, NOT_SOUND, {"told": str(error)})]


def _told_of(document: pikepdf.Pdf) -> str:
    """Say what qpdf says: every stream is unpacked, what stands on every page is parsed.

    As the library's own check does, which asks Python about each number on each page: there it
    takes twice as long, and a layer that lies on many pages is parsed for each.
    """
    everything = pikepdf.StreamDecodeLevel.all
    with Path(os.devnull).open("wb") as nowhere:
        document.save(nowhere, stream_decode_level=everything, compress_streams=False)
    known: set[tuple[int, int]] = set()
    for page in document.pages:
        for layer in layers_of(page):
            if not isinstance(layer, pikepdf.Stream):
                return f"/Contents: {layer!r:.60}"
            if layer.objgen not in known:
                known.add(layer.objgen)
                pikepdf.parse_content_stream(layer)
    return "; ".join(map(str, document.get_warnings()[:3]))


def _faults(
    document: pikepdf.Pdf, packs: Sequence[Drawn], lessons: Mapping[LessonKey, LessonPages]
) -> Iterator[Fault]:
    known, wrong, planned = _Known(), _wrong_forms(document, lessons), _Planned(lessons)
    layers = _Layers()
    # Listed once: the library counts from the first page whenever it is asked for one.
    all_pages = list(document.pages)
    for one in packs:
        first, count = one.file.first_page, one.file.pages
        if len(one.pages) != count:
            yield one.fault(0, PAGES, found=count, wanted=len(one.pages))
            continue
        digest = hashlib.sha256()
        for number, page in enumerate(all_pages[first : first + count], start=1):
            content, shown = layers.on(page)
            digest.update(content)
            found = list(_faults_of_page(one, number, shown, (known.on(page), wrong)))
            yield from found
            if not found and planned.differ(one.pages[number - 1], shown):
                yield one.fault(number, OTHER_LESSON, name=", ".join(shown))
        if digest.hexdigest() != one.file.sha256:
            yield one.fault(0, CHANGED)


class _Layers:
    """What stands on pages: the same layers lie on many of them, and each is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, int], tuple[bytes, list[str]]] = {}

    def on(self, page: pikepdf.Page) -> tuple[bytes, list[str]]:
        """Return what stands on a page, and the names of the forms that it shows."""
        layers = [self._of(one) for one in layers_of(page)]
        return b"".join(one for one, _ in layers), [name for _, names in layers for name in names]

    def _of(self, layer: pikepdf.Object) -> tuple[bytes, list[str]]:
        place = layer.objgen
        if place not in self._read:
            content = layer.read_bytes()
            self._read[place] = content, [name.decode() for name in SHOWN.findall(content)]
        return self._read[place]


class _Known:
    """The names that pages know: nearly all pages of a file share one list of them."""

    def __init__(self) -> None:
        self._lists: dict[tuple[int, int], frozenset[str]] = {}

    def on(self, page: pikepdf.Page) -> frozenset[str]:
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        place = resources.objgen
        if place == (0, 0) or place not in self._lists:
            self._lists[place] = frozenset(resources.get("/XObject", pikepdf.Dictionary()).keys())
        return self._lists[place]


class _Planned:
    """The pages of lessons that belong on a page, by the names under which they lie in the file."""

    def __init__(self, lessons: Mapping[LessonKey, LessonPages]) -> None:
        self._names = {key: one.name for key, one in lessons.items()}
        self._lessons = frozenset(self._names.values())

    def differ(self, page: PackPage, shown: Sequence[str]) -> bool:
        """Whether other pages of lessons are shown than were planned, or in another order."""
        found = [one for one in shown if one.removeprefix(PLACE).split(".")[0] in self._lessons]
        return found != self._on(page)

    def _on(self, page: PackPage) -> list[str]:
        if not page.child:
            return []
        wanted = [(one.lesson, one.number) for one in page.pair if one]
        if page.kind == PageKind.LESSON and page.lesson:
            wanted = [(page.lesson, page.number)]
        is_large = page.child.is_large
        return [f"{PLACE}{self._names[one.id, is_large]}.{number}" for one, number in wanted]


def _faults_of_page(
    one: Drawn,
    number: int,
    shown: Sequence[str],
    there: tuple[frozenset[str], Callable[[str], bool]],
) -> Iterator[Fault]:
    known, wrong = there
    for name in sorted(set(shown)):
        if f"/{name}" not in known:
            yield one.fault(number, NO_SUCH_FORM, name=name)
        elif wrong(name):
            yield one.fault(number, OTHER_LESSON, name=name)


def _wrong_forms(
    document: pikepdf.Pdf, lessons: Mapping[LessonKey, LessonPages]
) -> Callable[[str], bool]:
    """Return what tells whether something else than a lesson's page lies under its name."""
    forms = document.pages[0].resources.XObject
    wrong: set[str] = set()
    for one in {lesson.name: lesson for lesson in lessons.values()}.values():
        names = [f"{PLACE}{one.name}.{number}" for number in range(1, one.pages + 1)]
        if not any(f"/{name}" in forms for name in names):
            continue
        with pikepdf.open(io.BytesIO(one.pdf)) as source:
            for name, page in zip(names, source.pages, strict=True):
                form = forms.get(f"/{name}")
                if form is not None and form.read_bytes() != page.as_form_xobject().read_bytes():
                    wrong.add(name)
    return wrong.__contains__
