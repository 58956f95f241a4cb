"""What reads bubbles is given each filed page upright, and the places of its codes on it."""

import math

import pytest
from PIL import Image, ImageOps

from jetkiz.codes import Corner
from jetkiz.storage.workplace import Workplace
from print_packs.pages.page_layout import place_of
from print_packs.scans.filed_pages import FiledPage, read_filed
from tests.scan_desk import PrintedSchool, as_bytes, scan

PER_MM = 1654 / 210


def filed(workplace: Workplace) -> list[FiledPage]:
    with workplace.database.read() as connection:
        return list(read_filed(connection))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_codes_are_where_they_are_on_paper_whatever_the_way_up(
    scan_desk: Workplace, printed_school: PrintedSchool, turn: int, kind: str
) -> None:
    picture = printed_school.sheets[1].rotate(turn, expand=True)
    assert scan(scan_desk, a=as_bytes(picture, kind)).filed == 1

    (page,) = filed(scan_desk)

    assert (page.student, page.lesson, page.page) == (
        printed_school.people.alice,
        printed_school.people.lessons[0],
        2,
    )
    assert page.picture(scan_desk.files).size == (1654, 2339)
    assert page.placed is not None
    assert page.placed.turn == 0
    assert set(page.placed.codes) == set(Corner) - {Corner.TOP_LEFT}
    for corner, points in page.placed.codes.items():
        left, top, size = (PER_MM * one for one in place_of(corner))
        wanted = ((left, top), (left + size, top), (left + size, top + size), (left, top + size))
        assert max(map(math.dist, points, wanted)) < 10
    assert math.dist(page.placed.at(105, 148.5), (827, 1169.5)) < 5


def test_a_page_that_is_not_filed_is_not_given(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    blank = Image.new("L", (900, 1200), 250)
    scan(scan_desk, a=as_bytes(blank), b=as_bytes(printed_school.sheets[0]))

    pages = filed(scan_desk)

    assert [page.page for page in pages] == [1]
    with scan_desk.database.read() as connection:
        assert list(read_filed(connection, after=pages[0].scan)) == []
        assert list(read_filed(connection, students=[printed_school.people.bob])) == []
        assert list(read_filed(connection, scans=[pages[0].scan])) == pages


def test_a_sheet_cut_from_a_picture_of_two_says_no_places(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    both = Image.new("L", (3400, 2400), 120)
    both.paste(printed_school.sheets[0], (20, 20))
    both.paste(ImageOps.flip(ImageOps.mirror(printed_school.sheets[2])), (1720, 20))
    scan(scan_desk, a=as_bytes(both))

    pages = filed(scan_desk)

    assert [page.placed for page in pages] == [None, None]
    cuts = [page.picture(scan_desk.files) for page in pages]
    assert all(abs(cut.width - 1700) < 80 for cut in cuts)
    for cut, number in zip(cuts, (0, 2), strict=True):
        # Each lies upright in its own picture, its ruled lines where they were.
        whole = printed_school.sheets[number].resize((60, 84))
        inner = cut.convert("L").crop((20, 20, cut.width - 20, cut.height - 20)).resize((60, 84))
        apart = [abs(a - b) for a, b in zip(whole.tobytes(), inner.tobytes(), strict=True)]
        assert sum(apart) / len(apart) < 40
