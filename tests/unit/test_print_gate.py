"""The gate before paper: each kind of fault is planted in a sound file, and seen with its page."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random
from time import sleep
from typing import Self

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import Pen, Style
from jetkiz.i18n import translator
from print_packs.gate import other_reader
from print_packs.gate.bones import Drawn
from print_packs.gate.expected import Expected, missing_words
from print_packs.gate.eyes import faults_seen
from print_packs.gate.faults import (
    CHANGED,
    EMPTY,
    NO_CODE,
    NO_SUCH_FORM,
    NO_WORDS,
    NOT_SOUND,
    OTHER_LESSON,
    PAGES,
    Fault,
)
from print_packs.gate.gate import faults_in, sample_of
from print_packs.gate.sums import check_lists
from print_packs.issuer import Issuer
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import AnswerSheet, ChildPart, WeekLine
from print_packs.pack_file import PackFile
from print_packs.page_plan import PageKind, plan_pages
from print_packs.pages.documents import whole
from print_packs.pages.front_sheet import draw_front_sheet
from print_packs.print_run import RunRow
from print_packs.runs.run_pdf import Between, draw_run
from print_packs.stacks import Stack, cut_into_stacks
from tests.factories import WEEK
from tests.post_lists import lists_of
from tests.print_school import a_lesson, a_pack

ISSUER = Issuer(7, {1: bytes(32)}, 1)
RUN = RunRow(1, "k", WEEK, 1, "post", date(2026, 1, 22), is_ready=False)


def lesson_pages() -> LessonPages:
    def draw(canvas: Canvas) -> None:
        for number in (1, 2):
            Pen(canvas).text(20, 40, f"Сабақ {number}", Style(20))
            canvas.showPage()

    return LessonPages(whole(draw), 2, "lesson")


LESSONS = {(1, False): lesson_pages()}


def pack(number: int) -> PackFile:
    lesson = a_lesson()
    name = ("Айша", "Дана", "Ерлан")[number]
    child = ChildPart(
        number,
        name,
        "2А",
        2,
        "kk",
        False,
        (WeekLine(lesson, "post"),),
        (lesson,),
        (AnswerSheet(40 + number, lesson, 1, 1),),
    )
    one = a_pack(
        child,
        consignment=f"post:{number}",
        print_id=f"PPPP-{number:04}",
        key=f"h{number}",
        place=number + 1,
        of=3,
    )
    pages = len(plan_pages(one, {(1, False): 2}))
    return PackFile(f"h{number}.pdf", one, "", 0, pages)


@cache
def sound() -> tuple[bytes, Stack]:
    (stack,) = cut_into_stacks([pack(n) for n in range(3)])
    words = translator("kk")
    between = Between(lambda pen, checksum: draw_front_sheet(pen, RUN, stack, checksum, words), {})
    drawn = draw_run([one.pack for one in stack.packs], LESSONS, ISSUER.codes, between)
    known = [
        replace(one, sha256=checksum)
        for one, checksum in zip(stack.packs, drawn.checksums, strict=True)
    ]
    return drawn.pdf, replace(stack, bundles=(replace(stack.bundles[0], packs=tuple(known)),))


def found(pdf: bytes, stack: Stack | None = None, **lessons: LessonPages) -> list[Fault]:
    stack = stack or sound()[1]
    every = sample_of([stack], every=True)
    return faults_in(
        pdf,
        stack,
        LESSONS | {(1, False): lessons.get("lesson", LESSONS[1, False])},
        ISSUER.codes,
        every,
    )


def changed(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound()[0])) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def page_of(kind: PageKind, number: int = 1) -> int:
    """The place in the file of a page of the second pack."""
    stack = sound()[1]
    one = stack.packs[1]
    kinds = [page.kind for page in plan_pages(one.pack, {(1, False): 2})]
    return one.first_page + [n for n, each in enumerate(kinds) if each == kind][number - 1]


def rewritten(document: pikepdf.Pdf, page: int, change: Callable[[bytes], bytes]) -> None:
    """Change what stands on one page, and on no other that shares a layer with it."""
    target = document.pages[page]
    content = b"\n".join(layer.read_bytes() for layer in target.obj.Contents)
    after = change(content)
    assert after != content
    target.obj.Contents = pikepdf.Stream(document, after)


def test_a_sound_file_passes() -> None:
    assert found(sound()[0]) == []


def test_a_wrong_name_that_no_checker_of_the_format_sees_is_seen() -> None:
    pdf = changed(
        lambda d: rewritten(d, page_of(PageKind.LESSON), lambda c: c.replace(b".1 Do", b".9 Do"))
    )
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.check_pdf_syntax() == []
    faults = found(pdf)
    assert {one.words for one in faults} == {NO_SUCH_FORM, CHANGED}
    assert {one.pack for one in faults} == {"post:1"}
    assert next(one.page for one in faults if one.words == NO_SUCH_FORM) == 4


def test_a_lesson_page_that_shows_something_else_is_seen_in_every_pack() -> None:
    other = replace(LESSONS[1, False], pdf=LESSONS[1, False].pdf)

    def swap(document: pikepdf.Pdf) -> None:
        forms = document.pages[0].resources.XObject
        first, second = forms["/FormXob.lesson.1"], forms["/FormXob.lesson.2"]
        first.write(second.read_bytes())

    faults = found(changed(swap), lesson=other)
    assert [(one.pack, one.page) for one in faults if one.words == OTHER_LESSON] == [
        (f"post:{n}", 4) for n in range(3)
    ]


def test_a_name_that_the_drawing_lost_is_seen_on_its_page() -> None:
    stack = sound()[1]
    drawn = draw_run([stack.packs[1].pack], LESSONS, ISSUER.codes)
    one = stack.packs[1].pack
    wanted = replace(one, addressee=replace(one.addressee, name="Басқа Адам"))
    file = replace(stack.packs[1], pack=wanted, first_page=0, sha256=drawn.checksums[0])
    single = replace(stack, bundles=(replace(stack.bundles[0], packs=(file,)),))
    fault, sender = _eyes(drawn.pdf, single)
    assert [(one.page, one.words) for one in (fault, sender)] == [(1, NO_WORDS), (9, NO_WORDS)]
    said = fault.told.said(translator("ru"))
    assert "Пакет 2, страница 1" in said
    assert "Басқа" not in said, "it stands in the file for the print shop"


def _eyes(pdf: bytes, stack: Stack) -> list[Fault]:
    counts = {(1, False): 2}
    packs = [Drawn(one, plan_pages(one.pack, counts)) for one in stack.packs]
    return faults_seen(pdf, packs, ISSUER.codes)


class Watched(pypdfium2.PdfDocument):  # type: ignore[misc] # says nothing of its types
    """A document that knows how many of its kind are open at the same time."""

    count = 0
    most = 0

    def __enter__(self) -> Self:
        Watched.count += 1
        Watched.most = max(Watched.most, Watched.count)
        sleep(0.02)
        return self

    def __exit__(self, *reason: object) -> None:
        Watched.count -= 1
        super().__exit__(*reason)


def test_pages_are_drawn_for_one_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # PDFium is not made for threads: two at a time end the whole program, now and then.
    monkeypatch.setattr(pypdfium2, "PdfDocument", Watched)
    pdf, stack = sound()

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(_eyes, [pdf] * 3, [stack] * 3)) == [[]] * 3
    assert (Watched.most, Watched.count) == (1, 0)


def test_two_pages_that_changed_places_are_seen() -> None:
    def swap(document: pikepdf.Pdf) -> None:
        one, two = page_of(PageKind.LESSON), page_of(PageKind.LESSON, 2)
        pages = document.pages
        pages[one].obj.Contents, pages[two].obj.Contents = (
            pages[two].obj.Contents,
            pages[one].obj.Contents,
        )

    faults = found(changed(swap))
    assert [(one.pack, one.words) for one in faults] == [
        ("post:1", OTHER_LESSON),
        ("post:1", OTHER_LESSON),
        ("post:1", CHANGED),
    ]
    assert faults[-1].told.said(translator("ru")).startswith("Пакет 2 не выпущен")


def test_pages_of_two_packs_that_changed_places_are_seen_in_both() -> None:
    stack = sound()[1]
    first, second = (one.first_page for one in stack.packs[:2])

    def swap(document: pikepdf.Pdf) -> None:
        pages = document.pages
        pages[first].obj.Contents, pages[second].obj.Contents = (
            pages[second].obj.Contents,
            pages[first].obj.Contents,
        )

    assert {one.pack for one in found(changed(swap))} == {"post:0", "post:1"}


@pytest.mark.parametrize("corner", [Corner.TOP_RIGHT, Corner.SLIP])
def test_a_damaged_mark_is_seen_on_its_page(corner: Corner) -> None:
    stack = sound()[1]

    def damaged(serial: int) -> dict[Corner, str]:
        codes = ISSUER.codes(serial)
        if serial == 41:
            codes[corner] = "0000000000000000"
        return codes

    drawn = draw_run([one.pack for one in stack.packs], LESSONS, damaged)
    packs = [
        replace(one, first_page=first, sha256=checksum)
        for one, (first, _), checksum in zip(stack.packs, drawn.pages, drawn.checksums, strict=True)
    ]
    bundle = replace(stack.bundles[0], packs=tuple(packs))
    faults = _eyes(drawn.pdf, replace(stack, bundles=(bundle,)))
    assert {(one.pack, one.words) for one in faults} == {
        ("post:1", NO_CODE),
        ("post:1", NO_WORDS),
    }


def test_an_empty_page_of_a_lesson_is_seen() -> None:
    def draw(canvas: Canvas) -> None:
        for _ in (1, 2):
            canvas.showPage()

    empty = whole(draw)
    stack = sound()[1]
    lessons = {(1, False): LessonPages(empty, 2, "lesson")}
    drawn = draw_run([stack.packs[0].pack], lessons, ISSUER.codes)
    file = replace(stack.packs[0], first_page=0, sha256=drawn.checksums[0])
    single = replace(stack, bundles=(replace(stack.bundles[0], packs=(file,)),))
    assert [(one.page, one.words) for one in _eyes(drawn.pdf, single)] == [(4, EMPTY), (5, EMPTY)]


def test_a_missing_page_is_one_of_the_whole_file() -> None:
    def lose(document: pikepdf.Pdf) -> None:
        del document.pages[-1]

    (fault,) = found(changed(lose))
    assert (fault.pack, fault.words) == ("", PAGES)


def test_a_pack_of_another_length_is_seen() -> None:
    pdf, stack = sound()
    packs = (replace(stack.packs[0], pages=stack.packs[0].pages + 2), *stack.packs[1:])
    longer = replace(stack, bundles=(replace(stack.bundles[0], packs=packs),))
    (fault,) = found(pdf, longer)
    assert fault.words == PAGES


@pytest.mark.parametrize("harm", [b"", b"%PDF-1.5 nothing"])
def test_what_is_no_pdf_is_not_sound(harm: bytes) -> None:
    assert [one.words for one in found(harm)] == [NOT_SOUND]


# A number that nothing uses, at the very end, is no fault; the library only mentions it.
@pytest.mark.filterwarnings("ignore:Unexpected end of stream")
@given(st.randoms(use_true_random=False))
def test_what_the_library_would_say_of_a_damaged_file_is_said(chance: Random) -> None:
    harmed = bytearray(sound()[0])
    for _ in range(3):
        harmed[chance.randrange(len(harmed))] = chance.randrange(256)
    pdf, stack = bytes(harmed), sound()[1]
    assert not _is_told_of_by_the_library(pdf) or NOT_SOUND in {
        one.words for one in found(pdf, stack)
    }


def _is_told_of_by_the_library(pdf: bytes) -> bool:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return bool(document.check_pdf_syntax())
    except pikepdf.PikepdfError:
        return True


def test_a_stream_that_breaks_off_is_not_sound() -> None:
    pdf = sound()[0]
    at = pdf.index(b"stream\n", len(pdf) // 2)
    harmed = pdf[: at + 12] + b"\xff" * 8 + pdf[at + 20 :]
    assert found(harmed)


@pytest.mark.needs("pdftoppm")
def test_another_reader_says_nothing_of_a_sound_file_and_something_of_a_wrong_one() -> None:
    pdf, stack = sound()
    one = Drawn(stack.packs[1], plan_pages(stack.packs[1].pack, {(1, False): 2}))
    assert other_reader.faults_told(pdf, [one]) == []
    wrong = changed(
        lambda d: rewritten(d, page_of(PageKind.LESSON), lambda c: c.replace(b".1 Do", b".9 Do"))
    )
    (fault,) = other_reader.faults_told(wrong, [one])
    assert fault.pack == "post:1"


def test_one_of_each_kind_of_reader_is_looked_at() -> None:
    files = [pack(n) for n in range(3)]
    grown = replace(files[2].pack.children[0], grade=7)
    files[2] = replace(files[2], pack=replace(files[2].pack, children=(grown,)))
    (stack,) = cut_into_stacks(files)
    assert sample_of([stack], every=False) == {"post:0", "post:2"}
    assert sample_of([stack], every=True) == {"post:0", "post:1", "post:2"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Абай көшесі,\n6-үй", []),
        ("Абай көшес…", []),
        ("Абай к\ufffeөшесі", ["Абай көшесі, 6-үй"]),
        ("Абай көшесі, 6\ufffeүй", []),
        ("Абай көшесі, 6\x02үй", []),
        ("Абай", ["Абай көшесі, 6-үй"]),
    ],
)
def test_words_are_found_however_they_are_broken(text: str, missing: list[str]) -> None:
    assert missing_words(Expected(("Абай көшесі, 6-үй",)), text) == missing


def test_lists_that_do_not_say_what_was_printed_are_refused() -> None:
    files = [replace(pack(n), sha256="x") for n in range(3)]
    lists = lists_of(files)
    check_lists(files, lists)
    wrong = [
        lists_of(files[:2]),
        lists_of(files[::-1]),
        lists_of([replace(files[0], pages=20), *files[1:]]),
    ]
    for one in wrong:
        with pytest.raises(Exception, match="do not hold the packs"):
            check_lists(files, one)
