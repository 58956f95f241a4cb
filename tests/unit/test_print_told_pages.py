"""What a lost process says of a page: an honest line is taken, anything else costs one page."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.limited_process import CrashedError
from print_packs.scans.scan_pages import MOST_PAGES
from print_packs.scans.told_pages import told_page

CODE = {"text": "A", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]}
READING = {"codes": [CODE], "look": 0, "is_blank": False, "sharpness": 60.5}
HONEST = {
    "pages": 3,
    "media_type": "image/jpeg",
    "is_drawn": False,
    "damaged": False,
    "size": [1240, 1754],
    "reading": READING,
}


def line(**changed: Any) -> bytes:
    return json.dumps(HONEST | changed).encode()


def test_an_honest_line_is_taken() -> None:
    page = told_page(line())

    assert (page.pages, page.size, page.media_type) == (3, (1240, 1754), "image/jpeg")
    assert page.reading is not None
    assert page.reading.texts == {"A": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))}
    assert told_page(line(damaged=True, reading=None)).reading is None


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"not json",
        b"[1]",
        b"[" * 100_000,
        b"{}",
        line(pages=0),
        line(pages=10**12),
        line(media_type="text/html"),
        line(size=[1]),
        line(size=[-1, 1]),
        line(size=[10**400, 1]),
        line(reading=None),
        line(reading=READING | {"sharpness": float("nan")}),
        line(reading=READING | {"codes": [CODE | {"points": [[0, 0]]}]}),
        line(reading=READING | {"codes": [CODE | {"points": [[1e300, 0]] * 4}]}),
        line(reading=READING | {"codes": [CODE] * 1_001}),
    ],
)
def test_what_no_honest_process_says_costs_one_page(said: bytes) -> None:
    with pytest.raises(CrashedError):
        told_page(said)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_no_word_brings_the_parent_down(said: object) -> None:
    for name in HONEST:
        with suppress(CrashedError):
            believed = told_page(line(**{name: said}))
            assert 1 <= believed.pages <= MOST_PAGES
            assert all(0 <= length <= 10_000_000 for length in believed.size)
