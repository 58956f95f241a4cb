"""Which photographed pages get a hint: measured on drawn handwriting, sharp, blurred and dark."""

import io
import random
import struct
import zlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from jetkiz.demo.handwriting import write_line
from jetkiz.homework.quality import (
    BLURRED,
    DARK,
    SMALL,
    Hint,
    Look,
    UnreadableError,
    hints,
    look_at,
)

WIDTHS = (720, 1100, 1600)
LINES = (1, 4, 12)


@cache
def written(lines: int) -> Image.Image:
    """An A4 page of a ruled exercise book with so many lines of handwriting."""
    page = Image.new("RGB", (1240, 1754), (235, 235, 225))
    pen, chance = ImageDraw.Draw(page), random.Random(lines)
    for place in range(150, 1700, 56):
        pen.line((60, place, 1180, place), fill=(190, 200, 215), width=2)
    for number in range(lines):
        line = (90, 146 + 56 * number, 90 + chance.uniform(400, 1000))
        write_line(pen, line, chance)
    return page


def photo(page: Image.Image, width: int, tremble: float = 0.0, light: float = 1.0) -> bytes:
    """A photo of a page; ``tremble`` is the blur as a share of the page's height."""
    page = page.resize((width, round(width * page.height / page.width)))
    if tremble:
        page = page.filter(ImageFilter.GaussianBlur(tremble * page.height))
    return jpeg(page.point(lambda value: round(value * light)))


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lines", LINES)
def test_sharp_and_blurred_writing_lie_far_on_both_sides_of_the_bound(
    width: int, lines: int
) -> None:
    sharp = look_at(photo(written(lines), width)).sharpness
    blurred = look_at(photo(written(lines), width, tremble=0.004)).sharpness
    assert blurred * 1.4 < BLURRED
    assert sharp > BLURRED * 2.5


@pytest.mark.parametrize("width", [800, 1400])
def test_a_good_page_gets_no_hint_and_each_fault_gets_its_own(width: int) -> None:
    page = written(8)
    assert hints(look_at(photo(page, width))) == ()
    assert hints(look_at(photo(page, width, light=0.6))) == ()
    assert hints(look_at(photo(page, width, light=0.3))) == (Hint.DARK,)
    assert hints(look_at(photo(page, width, tremble=0.004))) == (Hint.BLURRED,)
    assert hints(look_at(photo(page, 500))) == (Hint.SMALL,)
    assert hints(look_at(photo(page, 500, light=0.3))) == (Hint.SMALL, Hint.DARK)


@pytest.mark.parametrize("colour", ["white", "black", (120, 120, 120)])
def test_nobody_can_say_that_an_empty_page_is_blurred(colour: object) -> None:
    found = hints(look_at(jpeg(Image.new("RGB", (1200, 900), colour))))
    assert Hint.BLURRED not in found


def test_a_printed_page_lying_on_its_side_is_as_good() -> None:
    page = written(6).rotate(90, expand=True)
    assert hints(look_at(photo(page, 1600))) == ()


@given(
    st.integers(1, 5000),
    st.integers(0, 255),
    st.integers(0, 255),
    st.floats(0, 2),
)
def test_a_better_page_never_gets_more_hints(
    longest: int, paper: int, contrast: int, sharpness: float
) -> None:
    look = Look(longest, paper, contrast, sharpness)
    better = Look(longest + SMALL, min(paper + DARK, 255), contrast, sharpness + BLURRED)
    assert set(hints(better)) <= set(hints(look))
    assert hints(better) == ()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has ten thousand million points."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(1000))
    chunks = b"".join(
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one))
        for one in (head, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def wide() -> bytes:
    """A PNG under Pillow's own bound of what is a bomb, and over ours."""
    out = io.BytesIO()
    Image.new("1", (9_000, 8_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", bomb(), wide(), photo(written(1), 900)[:4000]],
    ids=["nothing", "a beginning", "a png's beginning", "a bomb", "too wide", "broken off"],
)
def test_what_is_broken_or_would_fill_the_memory_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        look_at(content)


def test_a_picture_that_says_it_moves_and_does_not_is_looked_at() -> None:
    out = io.BytesIO()
    Image.new("L", (1200, 900), 255).save(out, "PNG")
    still = out.getvalue()
    moves = struct.pack(">I", 8) + b"acTL" + bytes(8)
    moves += struct.pack(">I", zlib.crc32(moves[4:]))
    assert look_at(still[:33] + moves + still[33:]) == look_at(still)


@given(st.binary(max_size=400), st.integers(0, 2000))
def test_no_garbage_is_a_fault(garbage: bytes, place: int) -> None:
    good = small_photo()
    for content in (garbage, b"\xff\xd8\xff" + garbage, good[:place] + garbage + good[place:]):
        try:
            look = look_at(content)
        except UnreadableError:
            continue
        assert 0 <= look.contrast <= 255


@cache
def small_photo() -> bytes:
    return jpeg(written(2).resize((124, 175)))
