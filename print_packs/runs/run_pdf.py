"""How all packs of a run become one PDF in which every lesson page is kept only once.

The personal layer is drawn with an empty place for each lesson page; the places are then
filled from the lessons' own PDFs. Same packs, same bytes.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from jetkiz.codes import Corner
from jetkiz.i18n import Translator, translator
from print_packs.lessons.lesson_pages import LessonPages
from print_packs.model import LessonKey, Pack, PackPage, PageKind, plan_pages
from print_packs.pack_file import PackFile
from print_packs.pages.child_pages import draw_answer_sheet
from print_packs.pages.cover_pages import draw_cover, draw_guide
from print_packs.pages.documents import drawn, saved, whole
from print_packs.pages.drawing import Pen, Style, cut, width_of
from print_packs.pages.front_sheet import draw_front_sheet
from print_packs.pages.page_layout import FOOT, MARK_WIDTH, WIDTH
from print_packs.pages.slip_pages import FeedbackSlip, draw_feedback_slips, draw_return_slip
from print_packs.pages.week_pages import draw_week
from print_packs.records import RunRow

Codes = Callable[[int], Mapping[Corner, str]]
_MARK: Final = Style(7.5, grey=0.25)
_PLACE: Final = "FormXob."


@dataclass(frozen=True, slots=True)
class RunPdf:
    """The drawn run: one PDF, and for each pack where its pages begin and how many there are."""

    pdf: bytes
    pages: tuple[tuple[int, int], ...]


def draw_run(
    packs: Sequence[Pack], lessons: Mapping[LessonKey, LessonPages], codes: Codes
) -> RunPdf:
    """Draw packs one after the other; ``codes`` gives the three codes of a serial."""
    counts = {key: one.pages for key, one in lessons.items()}
    pages = [plan_pages(pack, counts) for pack in packs]
    places: dict[str, tuple[LessonPages, int]] = {}

    def draw(canvas: Canvas) -> None:
        for pack, its_pages in zip(packs, pages, strict=True):
            _Book(canvas, pack, its_pages, lessons, codes, places).draw()

    return RunPdf(_filled(drawn(draw), places), tuple(_spans(map(len, pages))))


def _spans(counts: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = 0
    for count in counts:
        yield first, count
        first += count


class _Book:
    """Draws the pages of one pack."""

    def __init__(
        self,
        canvas: Canvas,
        pack: Pack,
        pages: Sequence[PackPage],
        lessons: Mapping[LessonKey, LessonPages],
        codes: Codes,
        places: dict[str, tuple[LessonPages, int]],
    ) -> None:
        self._pen = Pen(canvas)
        self._pack = pack
        self._pages = pages
        self._lessons = lessons
        self._codes = codes
        self._places = places
        self._home = translator(pack.language)

    def draw(self) -> None:
        kinds: dict[PageKind, Callable[[PackPage], None]] = {
            PageKind.COVER: lambda _: draw_cover(self._pen, self._pack, self._home),
            PageKind.GUIDE: lambda _: draw_guide(self._pen, self._pack, self._home),
            PageKind.SLIP: lambda _: draw_return_slip(self._pen, self._pack, self._home),
            PageKind.CHILD: self._week,
            PageKind.LESSON: self._lesson,
            PageKind.ANSWER: self._answer,
            PageKind.BLANK: lambda _: None,
        }
        for number, page in enumerate(self._pages, start=1):
            kinds[page.kind](page)
            self._mark(number, page)
            self._pen.canvas.showPage()

    def _words(self, page: PackPage) -> Translator:
        return translator(page.child.language) if page.child else self._home

    def _week(self, page: PackPage) -> None:
        if page.child:
            first = {
                one.lesson.id: number
                for number, one in enumerate(self._pages, start=1)
                if one.kind == PageKind.LESSON
                and one.child == page.child
                and one.lesson
                and one.number == 1
            }
            draw_week(self._pen, self._pack, page.child, page.number, first, self._words(page))

    def _answer(self, page: PackPage) -> None:
        if page.child and page.sheet:
            codes = self._codes(page.sheet.serial)
            by, words = self._pack.return_by, self._words(page)
            draw_answer_sheet(self._pen, page.child, page.sheet, codes, by, words)

    def _lesson(self, page: PackPage) -> None:
        if page.child and page.lesson:
            one = self._lessons[page.lesson.id, page.child.is_large]
            name = f"{one.name}.{page.number}"
            canvas = self._pen.canvas
            if name not in self._places:
                self._places[name] = (one, page.number)
                canvas.beginForm(name, 0, 0, *A4)
                canvas.endForm()
            canvas.doForm(name)

    def _mark(self, number: int, page: PackPage) -> None:
        """The sequence mark: a mixed pile can be put in order again by it."""
        pack, t = self._pack, self._words(page)
        words = t(
            "Pack {pack} of {packs} · sheet {sheet} of {sheets} · page {page} of {pages}",
            pack=pack.place,
            packs=pack.of,
            sheet=(number + 1) // 2,
            sheets=(len(self._pages) + 1) // 2,
            page=number,
            pages=len(self._pages),
        )
        mark = f"{words} · {pack.print_id}"
        if page.child:
            whose = f"{page.child.name}, {page.child.class_title}"
            room = MARK_WIDTH - width_of(f" · {mark}", _MARK)
            mark = f"{cut(whose, _MARK, room)} · {mark}"
        self._pen.middle(WIDTH / 2, FOOT, mark, _MARK)


def _filled(run: bytes, places: Mapping[str, tuple[LessonPages, int]]) -> bytes:
    with pikepdf.open(io.BytesIO(run)) as document:
        stubs = _stubs(document)
        by_lesson: dict[str, list[tuple[str, LessonPages, int]]] = defaultdict(list)
        for name, (one, number) in sorted(places.items()):
            by_lesson[one.name].append((name, one, number))
        for group in by_lesson.values():
            # Opened once a lesson, so that its fonts and pictures are copied once.
            with pikepdf.open(io.BytesIO(group[0][1].pdf)) as source:
                for name, _, number in group:
                    form = source.pages[number - 1].as_form_xobject()
                    _fill(stubs[_PLACE + name], document.copy_foreign(form))
        return saved(document)


def _stubs(document: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    found: dict[str, pikepdf.Object] = {}
    for page in document.pages:
        for name, stub in dict(page.resources.get("/XObject", {})).items():
            found.setdefault(name.lstrip("/"), stub)
    return found


def _fill(stub: pikepdf.Object, form: pikepdf.Object) -> None:
    stub.write(form.read_bytes())
    for key in ("/BBox", "/Matrix", "/Resources", "/Group"):
        if key in form:
            stub[key] = form[key]


def part_of(run: bytes, spans: Sequence[tuple[int, int]]) -> list[bytes]:
    """Cut a run into files of their own, each with only the lessons it shows."""
    parts = []
    with pikepdf.open(io.BytesIO(run)) as document:
        for first, count in spans:
            with pikepdf.new() as part:
                part.pages.extend(document.pages[first : first + count])
                parts.append(saved(part))
    return parts


def draw_front(run: RunRow, packs: list[PackFile], checksum: str, language: str) -> bytes:
    """Draw the sheet that lies on top of a run."""
    t = translator(language)
    return whole(lambda canvas: draw_front_sheet(Pen(canvas), run, packs, checksum, t))


def draw_slips(slips: Sequence[FeedbackSlip]) -> bytes:
    """Draw feedback slips, two on a page."""

    def draw(canvas: Canvas) -> None:
        for at in range(0, len(slips), 2):
            draw_feedback_slips(Pen(canvas), slips[at : at + 2])
            canvas.showPage()

    return whole(draw)
