"""Homework as pictures: upright, small, without the place where they were taken."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jetkiz.errors import JetkizError
from jetkiz.web.pictures import SIZES, resized

ORIENTATION, GPS = 0x0112, 0x8825


def photo(size: tuple[int, int], kind: str = "JPEG", **extra: object) -> bytes:
    out = io.BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, "white").save(out, kind, **extra)
    return out.getvalue()


@pytest.mark.parametrize("longest", SIZES.values())
def test_no_side_is_longer_than_asked_for(longest: int) -> None:
    made = Image.open(io.BytesIO(resized(photo((3000, 1500)), longest)))
    assert made.format == "JPEG"
    assert made.size == (longest, longest // 2)


def test_a_small_picture_is_not_made_larger() -> None:
    assert Image.open(io.BytesIO(resized(photo((40, 30)), 900))).size == (40, 30)


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[GPS] = {1: "N", 2: (53.0, 12.0, 30.0)}
    made = Image.open(io.BytesIO(resized(photo((400, 200), exif=exif), 900)))
    assert made.size == (200, 400)
    assert dict(made.getexif()) == {}


def test_a_picture_with_clear_parts_is_shown() -> None:
    assert Image.open(io.BytesIO(resized(photo((40, 30), "PNG"), 900))).mode == "RGB"


@given(st.binary(max_size=200))
def test_what_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(JetkizError, match="cannot be shown"):
        resized(content, 200)


def test_a_broken_photo_is_refused_in_words() -> None:
    with pytest.raises(JetkizError, match="cannot be shown"):
        resized(photo((400, 300))[:300], 200)


def test_a_picture_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for side in (40, 400):
        with pytest.raises(JetkizError, match="cannot be shown"):
            resized(photo((side, side)), 200)
