"""What is kept of a PDF that a teacher brings, where it stands on A4, and what is refused."""

import io
import random
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from reportlab.lib.pagesizes import A3, A4, A5, landscape
from reportlab.pdfgen.canvas import Canvas

from jetkiz.errors import JetkizError
from jetkiz.lessons.ready_pages import ready_pdf as asking
from jetkiz.lessons.ready_pages.cleaning import MOST_PAGES, clean_pages, read_answer
from jetkiz.lessons.ready_pages.placing import AREA, LARGEST, Box, placed
from jetkiz.lessons.ready_pages.ready_pdf import ready_pages
from jetkiz.limited_process import CrashedError, Limits
from tests.ready_pdfs import (
    bomb,
    changed,
    difference,
    ink_box,
    page_picture,
    ready_pdf,
    with_everything_that_acts,
)

ACTS = (b"JavaScript", b"Launch", b"EmbeddedFile", b"AcroForm", b"XFA", b"Annot", b"OpenAction")


def unpacked(pdf: bytes) -> bytes:
    """Return a file with nothing packed, so that words in it can be found."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
        )
    return out.getvalue()


def test_what_acts_is_dropped_and_what_is_drawn_stays() -> None:
    plain = ready_pdf()
    hostile = changed(plain, with_everything_that_acts)
    assert all(word in unpacked(hostile) for word in ACTS), "the file is as hostile as it should be"

    clean = clean_pages(hostile)

    left = unpacked(clean.pdf)
    assert [word for word in (*ACTS, b"evil", b"my name", b"app.alert") if word in left] == []
    assert difference(page_picture(clean.pdf), page_picture(plain)) == 0
    assert clean.dropped == ("scripts", "forms", "files")
    assert clean.without == (1,)


def test_a_plain_file_stays_as_it_is_and_is_the_same_each_time() -> None:
    pdf = ready_pdf(pages=3)
    clean = clean_pages(pdf)
    assert clean_pages(pdf) == clean
    assert (clean.pages, clean.moved, clean.smallest, clean.without, clean.dropped) == (
        *(3, (), 1.0, (), ()),
    )
    again = clean_pages(clean.pdf)
    assert difference(page_picture(again.pdf, 2), page_picture(pdf, 2)) == 0


def turned(degrees: int) -> Callable[[pikepdf.Pdf], None]:
    def turn(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Rotate = degrees

    return turn


def told_above(document: pikepdf.Pdf) -> None:
    """Let the page say nothing of itself: all stands above it."""
    page = document.pages[0].obj
    above = document.Root.Pages
    for key in ("/MediaBox", "/Resources"):
        above[key] = page[key]
        del page[key]
    above.Rotate = 180


def cropped(document: pikepdf.Pdf) -> None:
    page = document.pages[0].obj
    page.MediaBox = Array([-50, -40, 800, 1000])
    page.CropBox = Array([0, 0, *A4])


def doubled(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.contents_add(document.make_stream(b"0.5 0 0 0.5 0 0 cm"), prepend=True)
    page.obj.MediaBox = Array([0, 0, A4[0] / 2, A4[1] / 2])
    page.obj.UserUnit = 2


@pytest.mark.parametrize("change", [turned(180), told_above, cropped])
def test_a_page_is_seen_as_its_maker_saw_it(change: Callable[[pikepdf.Pdf], None]) -> None:
    pdf = changed(ready_pdf(), change)
    assert difference(page_picture(clean_pages(pdf).pdf), page_picture(pdf)) < 0.2


def test_a_page_in_larger_units_has_its_true_size() -> None:
    clean = clean_pages(changed(ready_pdf(), doubled))
    assert difference(page_picture(clean.pdf), page_picture(ready_pdf())) < 0.2


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_turned_page_fills_the_paper_again(degrees: int) -> None:
    pdf = changed(ready_pdf(size=landscape(A4)), turned(degrees))
    assert difference(page_picture(clean_pages(pdf).pdf), page_picture(pdf)) < 0.2


@pytest.mark.parametrize("size", [A3, A5, landscape(A4), (960, 540), (300, 200)])
def test_other_sizes_are_laid_on_a4(size: tuple[float, float]) -> None:
    def frame(canvas: Canvas) -> None:
        canvas.rect(2, 2, size[0] - 4, size[1] - 4)

    clean = clean_pages(ready_pdf(frame, size))
    with pikepdf.open(io.BytesIO(clean.pdf)) as document:
        assert [float(one) for one in document.pages[0].mediabox] == pytest.approx(
            [0, 0, *A4], 1e-4
        )
    picture = page_picture(clean.pdf)
    left, top, right, bottom = (edge * 2 for edge in ink_box(picture))
    assert Box(left, A4[1] - bottom, right, A4[1] - top).width > AREA.width * 0.6
    room = 3
    assert left > AREA.left - room
    assert right < AREA.right + room
    assert A4[1] - bottom > AREA.bottom - room


def test_what_reaches_into_edge_or_foot_is_told_by_its_page() -> None:
    pdf = ready_pdf(pages=2)

    def at_foot(document: pikepdf.Pdf) -> None:
        document.pages[1].contents_add(document.make_stream(b"200 5 50 20 re f"))

    clean = clean_pages(changed(pdf, at_foot))
    assert clean.moved == (2,)
    assert clean.smallest == 1.0, "moved, as there is room above"
    bottom = ink_box(page_picture(clean.pdf, 1))[3] * 2
    assert A4[1] - bottom > AREA.bottom - 3


sides = st.floats(40, 4000)
shares = st.tuples(*[st.floats(0, 1)] * 4)


@settings(max_examples=150)
@given(sides, sides, shares)
def test_all_ink_of_any_page_comes_into_the_print_area(
    wide: float, high: float, share: tuple[float, float, float, float]
) -> None:
    left, right = sorted(part * wide for part in share[:2])
    bottom, top = sorted(part * high for part in share[2:])
    place = placed(wide, high, Box(left, bottom, right, top))
    a, b, c, d, e, f = place.matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    assert AREA.holds(Box(*map(min, zip(*corners)), *map(max, zip(*corners))))  # noqa: B905
    assert place.scale <= LARGEST
    if wide <= A4[0] and high <= A4[1] and right - left < AREA.width and top - bottom < AREA.height:
        assert place.scale >= 1


def refusal(pdf: bytes) -> str:
    with pytest.raises(JetkizError) as told:
        clean_pages(pdf)
    return str(told.value)


def locked(owner: str, user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ready_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
    return out.getvalue()


@pytest.mark.parametrize(("owner", "user"), [("a", "b"), ("a", "")])
def test_a_locked_file_is_refused(owner: str, user: str) -> None:
    assert "locked by a password or protected" in refusal(locked(owner, user))


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"\0" * 500, ready_pdf()[:800]])
def test_what_is_no_pdf_is_refused(pdf: bytes) -> None:
    assert "broken or is no PDF" in refusal(pdf)


def test_too_many_pages_are_refused() -> None:
    words = refusal(ready_pdf(pages=MOST_PAGES + 1))
    assert f"has {MOST_PAGES + 1} pages; a lesson may have {MOST_PAGES}" in words


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ([0, 0, 10, 10], "size that no paper has"),
        ([0, 0, 10**9, 10**9], "size that no paper has"),
    ],
)
def test_a_page_without_a_size_is_refused(box: list[object], words: str) -> None:
    def resize(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.MediaBox = Array(box)

    assert words in refusal(changed(ready_pdf(), resize))


def test_a_poster_is_refused_for_its_letters() -> None:
    def frame(canvas: Canvas) -> None:
        canvas.rect(9, 9, 2900, 2900)

    assert "Page 1 is so large" in refusal(ready_pdf(frame, (3000, 3000)))


def with_helvetica(content: bytes, *, in_form: bool = False) -> bytes:
    def put(document: pikepdf.Pdf) -> None:
        page = document.pages[1]
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        font = document.make_indirect(helvetica)
        if in_form:
            form = document.make_stream(
                content,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=[0, 0, 600, 800],
                Resources=Dictionary(Font=Dictionary(HV=font)),
            )
            page.Resources.XObject = Dictionary(FM=form)
            page.contents_add(document.make_stream(b"/FM Do"))
        else:
            page.Resources.Font.HV = font
            page.contents_add(document.make_stream(content))

    return changed(ready_pdf(pages=2), put)


@pytest.mark.parametrize("in_form", [True, False])
def test_a_font_that_is_not_inside_is_refused_with_its_page(in_form: bool) -> None:
    pdf = with_helvetica(b"BT /HV 12 Tf 100 400 Td (hello) Tj ET", in_form=in_form)
    assert "Page 2 uses the font Helvetica" in refusal(pdf)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BT /HV 12 Tf ET",
        b"BT 3 Tr /HV 12 Tf 100 400 Td (behind a scan) Tj ET",
        b"q /HV 12 Tf Q",
    ],
)
def test_a_font_that_shows_nothing_may_be_left_out(content: bytes) -> None:
    assert clean_pages(with_helvetica(content)).pages == 2


def with_layers(document: pikepdf.Pdf) -> None:
    """Add a layer that is seen, one that is hidden, and one that is hidden only in print."""
    seen, hidden, screen = (
        document.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in "abc"
    )
    screen.Usage = Dictionary(Print=Dictionary(PrintState=Name.OFF))
    document.Root.OCProperties = Dictionary(
        OCGs=Array([seen, hidden, screen]), D=Dictionary(OFF=Array([hidden]))
    )
    page = document.pages[0]
    both = Dictionary(Type=Name.OCMD, OCGs=Array([seen, hidden]), P=Name.AllOn)
    page.Resources.Properties = Dictionary(S=seen, H=hidden, P=screen, B=both)
    stamp = document.make_stream(
        b"0 0 20 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 20, 20], OC=hidden
    )
    page.Resources.XObject = Dictionary(ST=stamp)
    blocks = (
        b"/OC /%s BDC q 1 0 0 1 100 %d cm 0 0 60 30 re f Q EMC" % (name, y)
        for name, y in ((b"S", 600), (b"H", 500), (b"P", 400), (b"B", 350))
    )
    page.contents_add(document.make_stream(b"\n".join([*blocks, b"/ST Do"])))


def test_hidden_layers_stay_hidden_and_seen_ones_seen() -> None:
    def only_seen(document: pikepdf.Pdf) -> None:
        document.pages[0].contents_add(document.make_stream(b"100 600 60 30 re f"))

    clean = clean_pages(changed(ready_pdf(), with_layers))
    expected = page_picture(changed(ready_pdf(), only_seen))
    assert difference(page_picture(clean.pdf), expected) == 0


def test_what_shines_through_goes_on_shining_through() -> None:
    def glass(canvas: Canvas) -> None:
        canvas.setFillAlpha(0.4)
        canvas.rect(210, 300, 150, 60, fill=1)
        canvas.setFillAlpha(1)

    def as_group(document: pikepdf.Pdf) -> None:
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB, I=True)
        document.pages[0].obj.Group = group

    pdf = changed(ready_pdf(glass), as_group)
    clean = clean_pages(pdf)
    assert difference(page_picture(clean.pdf), page_picture(pdf)) < 0.1
    assert b"Transparency" in unpacked(clean.pdf)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("picture", ""),
        ("loop", "broken or is no PDF"),
        ("size", "size that no paper has"),
        ("content", "too much time or memory"),
        ("forms", "too much time or memory"),
    ],
)
def test_a_bomb_ends_in_bounded_time_and_memory(
    kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind in {"content", "forms"}:
        # A second less to wait for: these two need hours.
        monkeypatch.setattr(asking, "_LIMITS", Limits(seconds=0.3, megabytes=700))
    pdf = bomb(kind)
    assert len(pdf) < 500_000
    if words:
        with pytest.raises(JetkizError, match=words):
            ready_pages(pdf)
    else:
        # The reader sees through it: a picture is drawn line by line, as far as there are any.
        assert read_answer(ready_pages(pdf)).pages == 1


def test_a_good_file_comes_back_from_the_limited_process() -> None:
    pdf = ready_pdf(pages=2)
    assert read_answer(ready_pages(pdf)) == clean_pages(pdf)


@pytest.mark.parametrize(
    "answered", [b"", b"[1]\n", b"{}\n", b'{"pages": "many"}\n', b"[" * 100_000]
)
def test_a_false_answer_is_not_believed(answered: bytes) -> None:
    with pytest.raises(CrashedError):
        read_answer(answered)


def test_a_heavy_file_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LARGEST", 1000)
    with pytest.raises(JetkizError, match="larger than"):
        ready_pages(ready_pdf())


def harmed(pdf: bytes, seed: int) -> bytes:
    """Return a file after some bytes were changed, lost or put in."""
    chance, content = random.Random(seed), bytearray(pdf)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(content))
        kind = chance.random()
        if kind < 0.5:
            content[at] = chance.randrange(256)
        elif kind < 0.8:
            del content[at : at + chance.randrange(1, 60)]
        else:
            content[at:at] = chance.choice([b" -1 ", b"/Kids", b"<<", b" R ", b"[", b"1 0 R"])
    return bytes(content)


def test_a_harmed_file_is_cleaned_or_refused_in_words() -> None:
    whole = changed(ready_pdf(), with_everything_that_acts)
    loose = unpacked(whole)
    outcomes = {"cleaned": 0, "refused": 0}
    for seed in range(80):
        try:
            clean = clean_pages(harmed(whole if seed % 2 else loose, seed))
        except JetkizError:
            outcomes["refused"] += 1
        else:
            assert not any(word in unpacked(clean.pdf) for word in ACTS)
            outcomes["cleaned"] += 1
    assert min(outcomes.values()) > 5, outcomes
