"""How packs become one PDF in which every lesson page is kept only once.

The personal layer is drawn with an empty place for each lesson page; the places are then
filled from the lessons' own PDFs. Same packs, same bytes.
"""

import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import Pen, Style, cut, prepare_letters, width_of
from jetkiz.fonts.drawn_pages import drawn
from jetkiz.i18n import Translator, translator
from jetkiz.lessons.model import Lesson
from print_packs.layout import Layout
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import ChildPart, Pack
from print_packs.page_plan import LessonKey, PackPage, PageKind, SmallPage, plan_pages
from print_packs.pages.child_pages import draw_answer_sheet, draw_sheet_frame
from print_packs.pages.cover_pages import draw_cover, draw_guide, guide_key
from print_packs.pages.documents import PageContent, bind_pages, content_of, forms_of, saved, whole
from print_packs.pages.earlier_pages import draw_earlier
from print_packs.pages.link_pages import draw_home_codes
from print_packs.pages.page_layout import FOOT, MARK_LEFT, MARK_MIDDLE
from print_packs.pages.question_pages import draw_questions
from print_packs.pages.shared_forms import PLACE, SharedForms
from print_packs.pages.slip_pages import FeedbackSlip, draw_feedback_slips, draw_return_slip
from print_packs.pages.small_pages import Shown, draw_shown
from print_packs.pages.week_pages import draw_week, first_places
from print_packs.quizzes.quiz_sheet import draw_quiz_frame

Codes = Callable[[int], Mapping[Corner, str]]
_MARK: Final = Style(7.5, grey=0.25)


@dataclass(frozen=True, slots=True)
class RunPdf:
    """A drawn file: for each pack its pages, from which one on and how many, and their checksum."""

    pdf: bytes
    pages: tuple[tuple[int, int], ...]
    checksums: tuple[str, ...] = ()


Sheet = Callable[[Pen], None]
"""Draws the front of a sheet whose back stays empty."""


@dataclass(frozen=True, slots=True)
class Between:
    """The sheets around the packs: ``first`` is told the checksum of all that follows."""

    first: Callable[[Pen, str], None]
    before: Mapping[int, Sheet]
    """By the place of the pack, counted from 0, before which a sheet lies."""


@dataclass(frozen=True, slots=True)
class _Book:
    """What the packs of one document have in common."""

    pen: Pen
    shared: SharedForms
    lessons: Mapping[LessonKey, LessonPages]
    codes: Codes
    places: dict[str, tuple[LessonPages, int]]
    frames: dict[tuple[tuple[Shown, ...], int, int, str], bytes] = field(default_factory=dict)


def draw_run(
    packs: Sequence[Pack],
    lessons: Mapping[LessonKey, LessonPages],
    codes: Codes,
    between: Between | None = None,
) -> RunPdf:
    """Draw packs one after the other; ``codes`` gives the codes of a serial."""
    counts = {key: one.pages for key, one in lessons.items()}
    places: dict[str, tuple[LessonPages, int]] = {}
    contents: list[list[PageContent]] = []
    sheets: dict[int, list[PageContent]] = {}

    def draw(canvas: Canvas) -> None:
        pen = Pen(canvas)
        prepare_letters(pen)
        shared = SharedForms(pen)
        book = _Book(pen, shared, lessons, codes, places)
        contents.extend(_PackPages(book, one, plan_pages(one, counts)).drawn() for one in packs)
        if between:
            total = checksum_of(map(_checksum, contents))
            sheets[-1] = _sheet(pen, lambda pen: between.first(pen, total))
            sheets.update({at: _sheet(pen, one) for at, one in between.before.items()})
        # The only page of this document: it knows all fonts and places, and gives its own up.
        for name in shared.names():
            canvas.doForm(name)
        canvas.showPage()

    resources = drawn(draw)
    with pikepdf.open(io.BytesIO(resources)) as document:
        _fill_places(document, places)
        bind_pages(document, [part for _, part in _with_sheets(contents, sheets)])
        pdf = saved(document)
    return RunPdf(pdf, tuple(_spans(contents, sheets)), tuple(map(_checksum, contents)))


def checksum_of(checksums: Iterable[str]) -> str:
    """Return one checksum of those of several packs, in their order."""
    return hashlib.sha256("".join(checksums).encode("ascii")).hexdigest()


def _checksum(pages: Sequence[PageContent]) -> str:
    digest = hashlib.sha256()
    for page in pages:
        digest.update(content_of(page))
    return digest.hexdigest()


def _sheet(pen: Pen, draw: Sheet) -> list[PageContent]:
    return [(_written(pen, lambda: draw(pen)),), ()]


def _written(pen: Pen, draw: Callable[[], None]) -> bytes:
    lines: list[str] = []
    pen.write = lines.append
    draw()
    return "\n".join(lines).encode("ascii")


def _with_sheets(
    contents: Sequence[list[PageContent]], sheets: Mapping[int, list[PageContent]]
) -> Iterator[tuple[int | None, list[PageContent]]]:
    """Yield what is bound, with the place of the pack; None stands for a sheet between packs."""
    if -1 in sheets:
        yield None, sheets[-1]
    for at, pages in enumerate(contents):
        if at in sheets:
            yield None, sheets[at]
        yield at, pages


def _spans(
    contents: Sequence[list[PageContent]], sheets: Mapping[int, list[PageContent]]
) -> Iterator[tuple[int, int]]:
    first = 0
    for place, pages in _with_sheets(contents, sheets):
        if place is not None:
            yield first, len(pages)
        first += len(pages)


class _PackPages:
    """Draws the pages of one pack."""

    def __init__(self, book: _Book, pack: Pack, pages: Sequence[PackPage]) -> None:
        self._book = book
        self._pen = book.pen
        self._pack = pack
        self._pages = pages
        self._home = translator(pack.language)
        self._marks: dict[int | None, bytes] = {}

    def drawn(self) -> list[PageContent]:
        """Return what stands on each page."""
        kinds: dict[PageKind, Callable[[PackPage], None]] = {
            PageKind.COVER: lambda _: draw_cover(self._pen, self._pack, self._home),
            PageKind.GUIDE: lambda _: self._guide(),
            PageKind.SLIP: lambda _: self._slip(),
            PageKind.CHILD: self._week,
            PageKind.EARLIER: self._earlier,
            PageKind.LESSON: lambda _: None,
            PageKind.PAIR: lambda _: None,
            PageKind.QUESTIONS: self._questions,
            PageKind.ANSWER: self._answer,
            PageKind.BLANK: lambda _: None,
        }
        return [
            (_written(self._pen, partial(draw, page)), self._mark(page), self._frame(number, page))
            for number, page in enumerate(self._pages, start=1)
            for draw in [kinds[page.kind]]
        ]

    def _words(self, page: PackPage) -> Translator:
        return translator(page.child.language) if page.child else self._home

    def _week(self, page: PackPage) -> None:
        if page.child:
            where = first_places(self._pages, page.child, self._pack.layout)
            draw_week(self._pen, self._pack, page.child, page.number, where, self._words(page))

    def _earlier(self, page: PackPage) -> None:
        if page.child:
            draw_earlier(self._pen, page.child, page.number, self._words(page))

    def _guide(self) -> None:
        pack, t = self._pack, self._home
        y = self._book.shared.show(guide_key(pack), lambda: draw_guide(self._pen, pack, t))
        draw_home_codes(self._pen, pack, t, y + 10)

    def _slip(self) -> None:
        sheets = self._pack.sheets
        code = self._book.codes(sheets[0].serial)[Corner.SLIP] if sheets else ""
        draw_return_slip(self._pen, self._pack, self._home, code)

    def _questions(self, page: PackPage) -> None:
        if page.child and page.lesson:
            lesson, is_large = page.lesson, page.child.is_large
            t = self._words(page)
            told = (lesson.subject, lesson.title, lesson.quiz, lesson.language, lesson.grades)
            key = ("questions", told, page.number, is_large, t.language)
            draw = partial(draw_questions, self._pen, lesson, page.number, t, is_large=is_large)
            self._book.shared.show(key, draw)

    def _answer(self, page: PackPage) -> None:
        if page.child and page.sheet:
            child, sheet, by = page.child, page.sheet, self._pack.return_by
            lesson, t = sheet.lesson, self._words(page)
            draw_answer_sheet(self._pen, child, self._book.codes(sheet.serial))
            # What is the same for all who get this sheet, down to the size of their letters.
            key = (lesson.subject, lesson.title, lesson.task, sheet.page, sheet.pages, by)
            reader = (sheet.quiz, sheet.asks, child.grade, child.is_large, child.language)
            frame = (
                partial(draw_quiz_frame, self._pen, sheet, by, t)
                if sheet.quiz
                else partial(draw_sheet_frame, self._pen, child, sheet, by, t)
            )
            self._book.shared.show((key, reader), frame)

    def _frame(self, number: int, page: PackPage) -> bytes:
        """What every home reads on such a page: lessons, and which page of how many this is."""
        t = self._words(page)
        shown = self._shown(page, t)
        key = (shown, number, len(self._pages), t.language)
        if key not in self._book.frames:
            words = t(
                "sheet {sheet} of {sheets} · page {page} of {pages}",
                sheet=(number + 1) // 2,
                sheets=(len(self._pages) + 1) // 2,
                page=number,
                pages=len(self._pages),
            )

            def draw() -> None:
                for one in shown:
                    draw_shown(self._pen, self._book.shared, one, is_front=number % 2 == 1)
                self._pen.text(MARK_MIDDLE, FOOT, f" · {words}", _MARK)

            self._book.frames[key] = _written(self._pen, draw)
        return self._book.frames[key]

    def _shown(self, page: PackPage, t: Translator) -> tuple[Shown, ...]:
        """Return the pages of lessons that stand here, keeping a place for each."""
        child = page.child
        if child and page.kind == PageKind.LESSON and page.lesson:
            return (Shown(self._place(child, page.lesson, page.number)),)
        return tuple(
            Shown(self._place(child, one.lesson, one.number), half, self._under(page, one, t))
            for half, one in enumerate(page.pair)
            if child and one
        )

    def _under(self, page: PackPage, one: SmallPage, t: Translator) -> str:
        """Return what stands under a page of a booklet: its number, and how it is folded."""
        if self._pack.layout != Layout.BOOKLET:
            return ""
        if one.place > 1:
            return str(one.place)
        sides = sum(each.kind == PageKind.PAIR and each.child == page.child for each in self._pages)
        return t("1 · fold in the middle, this page outside; sheets: {sheets}", sheets=sides // 2)

    def _place(self, child: ChildPart, lesson: Lesson, number: int) -> str:
        one = self._book.lessons[lesson.id, child.is_large]
        name = f"{one.name}.{number}"
        if name not in self._book.places:
            self._book.places[name] = (one, number)
            self._book.shared.empty(name)
        return name

    def _mark(self, page: PackPage) -> bytes:
        """The first half of the sequence mark: a mixed pile can be put in order again by it."""
        student = page.child.student if page.child else None
        if student not in self._marks:
            pack, t = self._pack, self._words(page)
            words = t("Pack {pack} of {packs}", pack=pack.place, packs=pack.of)
            mark = f"{words} · {pack.print_id}"
            if page.child:
                whose = f"{page.child.name}, {page.child.class_title}"
                room = MARK_MIDDLE - MARK_LEFT - width_of(f" · {mark}", _MARK)
                mark = f"{cut(whose, _MARK, room)} · {mark}"
            self._marks[student] = _written(
                self._pen, lambda: self._pen.right(MARK_MIDDLE, FOOT, mark, _MARK)
            )
        return self._marks[student]


def _fill_places(document: pikepdf.Pdf, places: Mapping[str, tuple[LessonPages, int]]) -> None:
    by_lesson: dict[str, list[tuple[str, LessonPages, int]]] = defaultdict(list)
    for name, (one, number) in sorted(places.items()):
        by_lesson[one.name].append((name, one, number))
    stubs = forms_of(document)
    for group in by_lesson.values():
        # Opened once a lesson, so that its fonts and pictures are copied once.
        with pikepdf.open(io.BytesIO(group[0][1].pdf)) as source:
            for name, _, number in group:
                form = source.pages[number - 1].as_form_xobject()
                _fill(stubs[f"/{PLACE}{name}"], document.copy_foreign(form))


def _fill(stub: pikepdf.Object, form: pikepdf.Object) -> None:
    stub.write(form.read_bytes())
    for key in ("/BBox", "/Matrix", "/Resources", "/Group"):
        if key in form:
            stub[key] = form[key]


def draw_slips(slips: Sequence[FeedbackSlip]) -> bytes:
    """Draw feedback slips, two on a page."""

    def draw(canvas: Canvas) -> None:
        for at in range(0, len(slips), 2):
            draw_feedback_slips(Pen(canvas), slips[at : at + 2])
            canvas.showPage()

    return whole(draw)
