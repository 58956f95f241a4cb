"""Small pages of lessons: two to a side or as a booklet, only where the letters allow it."""

import io
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from jetkiz.i18n import translator
from jetkiz.i18n.kept_words import all_said
from jetkiz.lessons.model import Lesson, LessonFile
from jetkiz.storage.files import FileStore
from print_packs.gate.bones import Drawn, faults_of_bones
from print_packs.gate.eyes import faults_seen
from print_packs.gate.faults import EMPTY, OTHER_LESSON
from print_packs.issuer import Issuer
from print_packs.layout import Layout, sides_of
from print_packs.lessons.lesson_pages import may_be_small, set_lesson
from print_packs.lessons.set_pages import LessonPages
from print_packs.letter_sizes import least_size, letter_size
from print_packs.model import AnswerSheet, ChildPart, Pack, WeekLine
from print_packs.pack_file import PackFile
from print_packs.page_plan import PackPage, PageKind, plan_pages
from print_packs.pages.documents import saved
from print_packs.pages.page_layout import HALF
from print_packs.runs.allotting import Outline
from print_packs.runs.laying_out import LaidOut, laid_out
from print_packs.runs.parting import part, sheets_of
from print_packs.runs.run_pdf import RunPdf, draw_run
from tests.print_school import a_lesson, a_pack

ISSUER = Issuer(7, {1: bytes(32)}, 1)
LAYOUTS = st.sampled_from(list(Layout))
# Words enough for several pages of each kind.
LONG = "\n\n".join(f"Абзац {n}. " + "Зимой дни короткие, а ночи длинные. " * 12 for n in range(24))


def lesson_of(number: int, grade: int = 7, **changes: object) -> Lesson:
    return a_lesson(id=number, code=f"w05-{number}", grades=(grade,), text=LONG, **changes)


def child_of(*lessons: Lesson, grade: int = 7, **changes: object) -> ChildPart:
    week = tuple(WeekLine(one, "post") for one in lessons)
    sheets = (AnswerSheet(40, lessons[0], 1, 1),)
    one = ChildPart(1, "Айша", "7А", grade, "ru", False, week, lessons, sheets)
    return replace(one, **changes)  # type: ignore[arg-type]


def laid(layout: Layout, *children: ChildPart) -> LaidOut:
    return laid_out(Outline((a_pack(*children, language="ru"),), {}), layout)


def said_of(found: LaidOut) -> list[str]:
    return all_said(found.notices(), translator("en"))


def pack_of(layout: Layout, *children: ChildPart) -> Pack:
    return laid(layout, *children).outline.packs[0]


@given(st.integers(0, 40))
def test_a_folded_booklet_is_read_in_order(count: int) -> None:
    sides = sides_of(range(1, count + 1), Layout.BOOKLET)

    assert len(sides) % 2 == 0
    read: list[int | None] = []
    leaves = list(zip(sides[::2], sides[1::2], strict=True))
    # Folded and opened at the first page: the right halves inwards, then the left halves outwards.
    for front, back in leaves:
        read += [front[1], back[0]]
    for front, back in reversed(leaves):
        read += [back[1], front[0]]
    assert read == [*range(1, count + 1), *[None] * (len(read) - count)]
    assert len(read) - count < 4


@given(st.integers(0, 40))
def test_two_to_a_side_are_read_from_left_to_right(count: int) -> None:
    flat = [one for side in sides_of(range(count), Layout.TWO_UP) for one in side]
    assert flat[:count] == list(range(count))
    assert flat[count:] == [None] * (count % 2)


@given(LAYOUTS, st.lists(st.tuples(st.integers(1, 11), st.integers(1, 9)), min_size=1, max_size=5))
def test_every_page_lies_once_on_the_right_paper(
    layout: Layout, wanted: list[tuple[int, int]]
) -> None:
    lessons = [lesson_of(n, grade) for n, (grade, _) in enumerate(wanted, start=1)]
    counts = {(n, False): pages for n, (_, pages) in enumerate(wanted, start=1)}
    pages = plan_pages(pack_of(layout, child_of(*lessons)), counts)

    assert len(pages) % 2 == 0
    small = [(one.lesson.id, one.number) for page in pages for one in page.pair if one]
    full = [(p.lesson.id, p.number) for p in pages if p.lesson and p.kind == PageKind.LESSON]
    every = [(n, page + 1) for (n, _), count in counts.items() for page in range(count)]
    assert sorted(small + full) == every
    for number, _ in small:
        assert layout != Layout.SINGLE
        assert least_size(wanted[number - 1][0]) < letter_size(wanted[number - 1][0])
    firsts = [at for at, page in enumerate(pages) if page.pair and page.number == 1]
    assert layout != Layout.BOOKLET or all(at % 2 == 0 for at in firsts)
    # What a machine reads is never made smaller.
    assert all(page.pair == () for page in pages if page.kind != PageKind.PAIR)


def test_only_letters_that_have_room_to_shrink_do() -> None:
    assert [grade for grade in range(1, 12) if may_be_small(lesson_of(1, grade))] == [*range(5, 12)]
    assert not may_be_small(lesson_of(1, 4)), "fourteen points are the least in grade 4"
    assert not may_be_small(a_lesson(grades=(2, 7))), "the youngest reader decides"


def test_what_stays_as_it_is_has_its_sentence() -> None:
    grown, small = lesson_of(1), lesson_of(2, grade=2)
    found = laid(Layout.TWO_UP, child_of(grown, small), child_of(grown, is_large=True))

    first, second = found.outline.packs[0].children
    assert (first.small, second.small) == ({1}, frozenset())
    said = said_of(found)
    assert said[0].startswith("Grade 2: letters may not be smaller than 16 points")
    assert said[1:] == ["Large print stays one page to a side."]
    assert said_of(laid(Layout.SINGLE, child_of(small))) == []


def test_pages_set_by_a_teacher_are_named() -> None:
    ready = lesson_of(3, files=(LessonFile("ru.pages.pdf", "0" * 64, 10),))
    found = laid(Layout.BOOKLET, child_of(ready))

    assert found.outline.packs[0].children[0].small == frozenset()
    assert said_of(found) == ["Ready pages of a teacher stay one to a side: w05-3."]


def test_parts_of_a_heavy_pack_are_counted_with_their_small_pages() -> None:
    lessons = [lesson_of(n, title=f"Урок {n}") for n in range(1, 9)]
    counts = {(n, False): 7 for n in range(1, 9)}
    for layout in (Layout.TWO_UP, Layout.BOOKLET):
        pack = pack_of(layout, child_of(*lessons))
        parted = part(pack, counts, 12)
        assert len(parted.packs) > 1
        assert all(sheets_of(one, counts) <= 12 for one in parted.packs)
        held = [one.id for each in parted.packs for one in each.children[0].lessons]
        assert held == list(range(1, 9))


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, bool], LessonPages]:
    folder = tmp_path_factory.mktemp("small")
    files = FileStore(folder / "files")
    return {
        (1, False): set_lesson(lesson_of(1), files, folder / "cache", large=False, small=True),
        (2, False): set_lesson(lesson_of(2, 2), files, folder / "cache", large=False),
    }


def drawn(
    layout: Layout, lessons: dict[tuple[int, bool], LessonPages]
) -> tuple[RunPdf, Pack, list[PackPage]]:
    pack = pack_of(layout, child_of(lesson_of(1), lesson_of(2, 2)))
    counts = {key: one.pages for key, one in lessons.items()}
    return draw_run([pack], lessons, ISSUER.codes), pack, plan_pages(pack, counts)


def test_small_letters_are_never_smaller_than_the_rule(
    lessons: dict[tuple[int, bool], LessonPages],
) -> None:
    with PdfDocument(lessons[1, False].pdf) as document:
        sizes = {round(one.get_font_size(), 1) for one in document[0].get_objects([1])}
    body = round(least_size(7) / HALF, 1)
    assert body in sizes
    assert round(body * HALF, 1) == least_size(7)


@pytest.mark.parametrize("layout", [Layout.TWO_UP, Layout.BOOKLET])
def test_small_pages_are_embedded_once_and_turned_with_their_side(
    layout: Layout, lessons: dict[tuple[int, bool], LessonPages]
) -> None:
    run, pack, pages = drawn(layout, lessons)

    assert draw_run([pack], lessons, ISSUER.codes) == run, "the same bytes again"
    with PdfDocument(run.pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        halves = [_first_letters(document, at) for at, one in enumerate(pages) if one.pair]
    for number, (text, page) in enumerate(zip(texts, pages, strict=True), start=1):
        assert f"страница {number} из {len(pages)}" in text.replace("\r\n", " ")
        assert f"лист {(number + 1) // 2} из" in text
        assert pack.print_id in text
        assert page.kind != PageKind.PAIR or "Зимой" in text
    with pikepdf.open(io.BytesIO(run.pdf)) as document:
        forms = [str(name) for name in document.pages[0].resources.XObject]
    name = lessons[1, False].name
    assert sum(name in one for one in forms) == lessons[1, False].pages
    # Fronts are turned to the left, backs to the right: flipped on the long edge both are upright.
    fronts = [at % 2 == 0 for at, one in enumerate(pages) if one.pair]
    assert [b > 0 for b in halves] == fronts


def _first_letters(document: PdfDocument, page: int) -> float:
    """Which way the letters of a side run: up the paper, or down."""
    text = document[page].get_textpage()
    at = text.get_text_range().index("Зимой")
    first, last = text.get_charbox(at), text.get_charbox(at + 4)
    return float(last[1] - first[1])


@pytest.mark.parametrize("layout", [Layout.TWO_UP, Layout.BOOKLET])
def test_the_gate_looks_at_both_halves(
    layout: Layout, lessons: dict[tuple[int, bool], LessonPages]
) -> None:
    run, pack, pages = drawn(layout, lessons)
    at = next(n for n, one in enumerate(pages) if all(one.pair) and one.pair)
    file = PackFile("h1.pdf", pack, run.checksums[0], 0, len(pages))
    one = Drawn(file, pages)

    assert faults_of_bones(run.pdf, [one], len(pages) // 2, lessons) == []
    assert faults_seen(run.pdf, [one], ISSUER.codes) == []
    lost = _without_one_half(run.pdf, at)
    bones = faults_of_bones(lost, [one], len(pages) // 2, lessons)
    assert (at + 1, OTHER_LESSON) in {(fault.page, fault.words) for fault in bones}
    seen = faults_seen(lost, [one], ISSUER.codes)
    assert [(fault.page, fault.words) for fault in seen] == [(at + 1, EMPTY)]


def _without_one_half(pdf: bytes, page: int) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        target = document.pages[page].obj
        content = b"".join(layer.read_bytes() for layer in target.Contents)
        start = content.index(b"q 0.0000")
        end = content.index(b"Q\n", start) + 2
        target.Contents = pikepdf.Stream(document, content[:start] + content[end:])
        return saved(document)
