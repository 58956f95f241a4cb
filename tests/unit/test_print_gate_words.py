"""What the gate finds when a drawing goes wrong: another lesson, another child's words or link."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import Pen, Style
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson
from jetkiz.storage.whole_files import UnwritableError
from print_packs.gate import other_reader
from print_packs.gate.bones import Drawn
from print_packs.gate.expected import Expected
from print_packs.gate.faults import NO_CODE, NO_WORDS, OTHER_LESSON, Fault
from print_packs.gate.gate import faults_in, sample_of
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import ChildPart, EarlierWork, HomeCode, Letter, Pack
from print_packs.pack_file import PackFile
from print_packs.page_plan import PackPage, PageKind, plan_pages
from print_packs.pages import cover_pages, link_pages
from print_packs.pages.address_block import Place, draw_address
from print_packs.pages.code_marks import draw_link
from print_packs.pages.documents import whole
from print_packs.pages.front_sheet import draw_front_sheet
from print_packs.runs import run_pdf
from print_packs.runs.run_pdf import Between, draw_run
from print_packs.stacks import cut_into_stacks
from tests.unit.test_print_gate import ISSUER, RUN, lesson_pages, pack


def another_lesson() -> LessonPages:
    def draw(canvas: Canvas) -> None:
        Pen(canvas).text(20, 40, "Басқа сабақ", Style(20))
        canvas.showPage()

    return LessonPages(whole(draw), 1, "another")


LESSONS = {(1, False): lesson_pages(), (2, False): another_lesson()}


def family(**changes: object) -> list[Pack]:
    """Three homes; every child has a link code and a word of its teacher."""
    return [replace(full(pack(n).pack, n), **changes) for n in range(3)]  # type: ignore[arg-type]


def full(one: Pack, number: int) -> Pack:
    code = HomeCode(f"https://t.me/Bot?start=k1_{number:022}", f"AAAA-{number:04}-B", "t.me/Bot")
    said = EarlierWork(number, f"f{number}", "reading", "Аяз", "5", f"Жарайсың, {number}-бала!")
    return with_child(one, code=code, earlier=(said,))


def with_child(one: Pack, **changes: object) -> Pack:
    children = tuple(replace(child, **changes) for child in one.children)  # type: ignore[arg-type]
    return replace(one, children=children)


def faults(packs: Sequence[Pack], *, every: bool = True) -> list[Fault]:
    """Draw packs as a run does, with whatever is wrong with the drawing, and look at the file."""
    counts = {key: one.pages for key, one in LESSONS.items()}
    files = [
        PackFile(f"h{n}.pdf", one, "", 0, len(plan_pages(one, counts)))
        for n, one in enumerate(packs)
    ]
    (stack,) = cut_into_stacks(files)
    t = translator("kk")
    between = Between(lambda pen, checksum: draw_front_sheet(pen, RUN, stack, checksum, t), {})
    drawn = draw_run([one.pack for one in stack.packs], LESSONS, ISSUER.codes, between)
    known = [
        replace(one, sha256=checksum)
        for one, checksum in zip(stack.packs, drawn.checksums, strict=True)
    ]
    stack = replace(stack, bundles=(replace(stack.bundles[0], packs=tuple(known)),))
    sample = sample_of([stack], every=every)
    return faults_in(drawn.pdf, stack, LESSONS, ISSUER.codes, sample)


def kinds(found: Sequence[Fault]) -> set[tuple[str, str]]:
    return {(one.pack, one.words) for one in found}


def every_pack(words: str) -> set[tuple[str, str]]:
    return {(f"post:{number}", words) for number in range(3)}


def test_what_is_drawn_right_passes() -> None:
    assert faults(family()) == []


def test_another_lesson_in_the_place_of_one_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = run_pdf._PackPages._place

    def wrong(self: run_pdf._PackPages, child: ChildPart, lesson: Lesson, number: int) -> str:
        return right(self, child, replace(lesson, id=2), min(number, 1))

    monkeypatch.setattr(run_pdf._PackPages, "_place", wrong)
    assert kinds(faults(family())) == every_pack(OTHER_LESSON)


def test_pages_of_a_lesson_in_another_order_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = run_pdf._PackPages._place

    def wrong(self: run_pdf._PackPages, child: ChildPart, lesson: Lesson, number: int) -> str:
        return right(self, child, lesson, 3 - number)

    monkeypatch.setattr(run_pdf._PackPages, "_place", wrong)
    assert kinds(faults(family())) == every_pack(OTHER_LESSON)


def test_a_lesson_on_a_page_of_another_kind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = run_pdf._PackPages._shown

    def wrong(self: run_pdf._PackPages, page: PackPage, t: object) -> object:
        lesson = next(one for one in self._pages if one.kind == PageKind.LESSON)
        return right(self, lesson if page.kind == PageKind.CHILD else page, t)  # type: ignore[arg-type]

    monkeypatch.setattr(run_pdf._PackPages, "_shown", wrong)
    assert kinds(faults(family())) == every_pack(OTHER_LESSON)


def test_a_link_code_that_is_not_drawn_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_pdf, "draw_home_codes", lambda *_: None)
    assert kinds(faults(family())) == every_pack(NO_WORDS) | every_pack(NO_CODE)


def test_the_link_code_of_another_child_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever scans it would join a stranger's telephone to this home's child."""

    def wrong(pen: Pen, link: str, place: tuple[float, float, float]) -> None:
        draw_link(pen, f"{link[:-1]}9", place)

    monkeypatch.setattr(link_pages, "draw_link", wrong)
    assert kinds(faults(family())) == every_pack(NO_CODE)


def test_a_teachers_words_that_are_not_drawn_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(pen: Pen, child: ChildPart, *_: object) -> None:
        pen.text(20, 30, child.name, Style(24))

    monkeypatch.setattr(run_pdf, "draw_earlier", wrong)
    assert kinds(faults(family())) == every_pack(NO_WORDS)


@pytest.mark.parametrize("lost", ["care_of", "index7", "lines"])
def test_a_part_of_an_address_that_is_not_drawn_is_seen(
    monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    letter = Letter("Әлиева", ("Абай көшесі",), "011908", care_of="Омарова", index7="Z35T8X9")

    def wrong(pen: Pen, one: Letter, *rest: object) -> None:
        gone = () if lost == "lines" else ""
        draw_address(pen, replace(one, **{lost: gone}), *rest)  # type: ignore[arg-type]

    assert faults(family(addressee=letter)) == []
    monkeypatch.setattr(cover_pages, "draw_address", wrong)
    assert kinds(faults(family(addressee=letter))) == every_pack(NO_WORDS)


def test_what_is_drawn_beyond_the_edge_is_not_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:

    def wrong(pen: Pen, one: Letter, place: Place, *rest: object) -> None:
        draw_address(pen, one, replace(place, x=260), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cover_pages, "draw_address", wrong)
    assert kinds(faults(family())) == every_pack(NO_WORDS)


@pytest.mark.parametrize(
    "one",
    [
        replace(with_child(family()[0], name="Айша🙂"), place=1),
        family(addressee=Letter("Әлиева 🙂", ("🏠 Абай көшесі 5",), "011908"))[0],
        family(addressee=Letter("Ә" * 60, tuple(f"{n}-жол көшесі" for n in range(14)), "011908"))[
            0
        ],
        family(sender=Letter("Мектеп " * 30, ("Ұзын көше атауы " * 8,), "011900"))[0],
    ],
    ids=["emoji in a name", "emoji in an address", "long address", "long sender"],
)
def test_what_is_cut_or_has_no_letters_on_purpose_holds_nothing_back(one: Pack) -> None:
    """A box stands for a letter that no font has, and a person is told: the pack still goes."""
    assert faults([one]) == []


def test_a_fault_of_one_is_looked_for_in_all_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each kind one pack is looked at: what is wrong with it is seldom wrong with it alone."""
    monkeypatch.setattr(run_pdf, "draw_home_codes", lambda *_: None)
    assert {one.pack for one in faults(family(), every=False)} == {"post:0", "post:1", "post:2"}


@pytest.mark.parametrize(
    ("read", "is_right"),
    [
        ({"A", "B"}, True),
        ({"A"}, False),
        # A reader now and then finds a code where none is.
        ({"A", "B", "INVENTED"}, True),
        ({"A", "B", "https://t.me/bot?start=k1_x"}, False),
    ],
)
def test_which_marks_make_a_page(read: set[str], *, is_right: bool) -> None:
    assert Expected((), frozenset("AB")).is_read(frozenset(read)) == is_right


def test_a_full_disk_holds_no_pack_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the other reader needs of the disk is no fault of a pack: the run is tried again."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr(shutil, "which", lambda _: "pdftoppm")
    drawn = Drawn(pack(0), ())
    with pytest.raises(UnwritableError, match="cannot be written"):
        other_reader.faults_told(b"%PDF-1.7", [drawn])
