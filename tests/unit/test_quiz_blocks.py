"""Bubbles on paper: drawn and read by the same places, and in doubt never decided."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from jetkiz.codes import Corner
from jetkiz.demo.circles import draw_mark
from print_packs.pages.code_marks import QUIET
from print_packs.pages.page_layout import place_of
from print_packs.quizzes.block_picture import flatten
from print_packs.quizzes.doubts import DOUBT_WORDS, Doubt
from print_packs.quizzes.geometry import (
    BLOCK_LEFT,
    BLOCK_TOP,
    LETTER_GAP,
    MARK,
    RING,
    block_of,
    fits,
)
from print_packs.quizzes.homography import affine, projective, scaled
from print_packs.quizzes.reading import Answer, read_block
from tests.filled_quizzes import (
    DOTS,
    HANDS,
    Filled,
    all_marked,
    blank_sheet,
    codes_on,
    filled_sheet,
)

FIVE = (5,) * 12
SINGLE = (False,) * 12
QUIZZES = st.lists(st.integers(2, 10), min_size=1, max_size=20)


def read(sheet: Filled) -> tuple[Answer, ...]:
    return read_block(sheet.picture, codes_on(sheet.picture), sheet.block, sheet.several).answers


def on_sheet(*marks: tuple[int, int, str]) -> Image.Image:
    """A clean sheet with marks: question, option, and how it was made."""
    page, block = blank_sheet(FIVE).copy(), block_of(FIVE)
    draw = ImageDraw.Draw(page)
    for question, option, hand in marks:
        one = next(b for b in block.bubbles if (b.question, b.option) == (question, option))
        at = (BLOCK_LEFT + one.x) * DOTS, (BLOCK_TOP + one.y) * DOTS, DOTS
        draw_mark(draw, at, hand, Random(1), (30, 4))
    return page


def read_clean(page: Image.Image, several: tuple[bool, ...] = SINGLE) -> tuple[Answer, ...]:
    return read_block(page, codes_on(page), block_of(FIVE), several).answers


@settings(max_examples=40)
@given(QUIZZES)
def test_every_block_fits_between_the_head_and_the_codes(options: list[int]) -> None:
    block = block_of(options)
    assert [sum(b.question == n for b in block.bubbles) for n in range(len(options))] == options
    places = [(one.x, one.y) for one in block.bubbles]
    apart = [
        np.hypot(x - u, y - v)
        for n, (x, y) in enumerate(places)
        for u, v in (*places[:n], *block.marks)
    ]
    assert min(apart) > 2 * RING + 2
    assert all(x - LETTER_GAP > MARK and x + RING < block.width - MARK for x, _ in places)
    for corner in (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT):
        left, top, size = place_of(corner)
        white = QUIET * size / 21
        for x, y in block.marks:
            over = BLOCK_LEFT + x - MARK / 2, BLOCK_TOP + y - MARK / 2
            beside = over[0] > left + size + white or over[0] + MARK < left - white
            assert beside or over[1] > top + size + white or over[1] + MARK < top - white


def test_what_is_too_much_for_a_sheet_is_not_printed_as_a_block() -> None:
    assert fits([10] * 20)
    assert not fits([])
    assert not fits([2] * 21)
    assert not fits([11])


@given(st.lists(st.floats(-40, 40), min_size=8, max_size=8))
def test_a_way_there_and_back_ends_where_it_began(shifts: list[float]) -> None:
    square = [(0.0, 0.0), (300.0, 0.0), (300.0, 400.0), (0.0, 400.0)]
    moved = [(x + a, y + b) for (x, y), a, b in zip(square, shifts[::2], shifts[1::2], strict=True)]
    way = projective(square, moved)
    assert np.allclose(way(square), moved, atol=1e-4)
    assert np.allclose(way.back()(way([(120.0, 90.0)])), [(120.0, 90.0)], atol=1e-4)
    flat = affine(square, [(2 * x + 5, 3 * y) for x, y in square])
    assert np.allclose(flat([(10.0, 10.0)]), [(25.0, 30.0)])
    assert np.allclose(scaled(2.0, 1.0, -1.0)([(3.0, 4.0)]), [(8.0, 6.0)])


@pytest.mark.parametrize("hand", HANDS)
def test_a_mark_of_each_hand_is_an_answer(hand: str) -> None:
    answers = read_clean(on_sheet(*((n, n % 5, hand) for n in range(11))))
    assert answers == (*(Answer((n % 5,)) for n in range(11)), Answer(()))


@pytest.mark.parametrize("group", ["one_bit", "hard_200", "photo"])
def test_what_comes_back_is_read_rightly_or_left_to_a_person(group: str) -> None:
    """A sample of the benchmark scan.quiz_*; there the shares are measured."""
    sheet = filled_sheet(group, 1)
    answers = read(sheet)
    for answer, truth in zip(answers, sheet.answers, strict=True):
        assert answer.doubt or answer.chosen == truth
    assert sum(one.doubt is None for one in answers) >= 6


def test_two_columns_and_ten_options_are_read_as_well() -> None:
    for options in ((5,) * 20, (10,) * 6):
        sheet = filled_sheet("clean", 1, options)
        assert [one.chosen for one in read(sheet)] == list(sheet.answers)


def test_two_answers_where_one_is_asked_go_to_a_person() -> None:
    page = on_sheet((0, 1, "cross"), (0, 3, "cross"), (1, 0, "fill"))
    answers = read_clean(page)
    assert answers[0] == Answer((1, 3), Doubt.SEVERAL)
    assert answers[1] == Answer((0,))
    allowed = (True, *SINGLE[1:])
    assert read_clean(page, allowed)[0] == Answer((1, 3))


def test_a_mark_much_fainter_than_another_may_have_been_rubbed_out() -> None:
    page = on_sheet((2, 0, "tick"), (2, 4, "fill"))
    allowed = tuple(n == 2 for n in range(12))
    assert read_clean(page, allowed)[2].doubt == Doubt.UNEVEN


def test_a_faint_pencil_is_neither_an_answer_nor_none() -> None:
    page, block = blank_sheet(FIVE).copy(), block_of(FIVE)
    x, y = (BLOCK_LEFT + block.bubbles[0].x) * DOTS, (BLOCK_TOP + block.bubbles[0].y) * DOTS
    ImageDraw.Draw(page).ellipse((x - 20, y - 20, x + 20, y + 20), fill=238)
    answers = read_clean(page)
    assert answers[0].doubt == Doubt.FAINT
    assert {one.doubt for one in answers[1:]} == {None}


def test_a_crease_through_a_row_answers_nothing() -> None:
    page = on_sheet((1, 1, "cross"))
    y = (BLOCK_TOP + block_of(FIVE).bubbles[0].y) * DOTS
    ImageDraw.Draw(page).line((0, y - 4, page.width, y + 4), fill=120, width=6)
    answers = read_clean(page)
    assert answers[0].doubt in {Doubt.OVERRUN, Doubt.SEVERAL, Doubt.FAINT}
    assert answers[1] == Answer((1,))


def test_without_all_four_squares_nothing_is_read() -> None:
    page = on_sheet((0, 0, "fill"))
    at = (BLOCK_LEFT - 5) * DOTS, (BLOCK_TOP - 5) * DOTS
    ImageDraw.Draw(page).rectangle((*at, at[0] + 80, at[1] + 80), fill=255)
    read_here = read_block(page, codes_on(page), block_of(FIVE), SINGLE)
    assert read_here.answers == (Answer((), Doubt.GEOMETRY),) * 12
    assert (read_here.confidence, read_here.corners, read_here.needs_person) == (0.0, (), True)


def test_without_codes_or_with_too_few_points_nothing_is_read() -> None:
    page = on_sheet((0, 0, "fill"))
    assert flatten(page, [], block_of(FIVE)) is None
    small = page.resize((page.width // 4, page.height // 4))
    shrunk = [
        type(one)(one.corner, tuple((x / 4, y / 4) for x, y in one.points))
        for one in codes_on(page)
    ]
    assert flatten(small, shrunk, block_of(FIVE)) is None


def test_squares_that_do_not_fit_the_codes_belong_to_another_block() -> None:
    """Half a sheet laid over another: its squares are whole and its circles elsewhere."""
    page = on_sheet((0, 0, "fill"))
    codes = codes_on(page)
    moved = page.copy()
    strip = (0, int(60 * DOTS), page.width, int(250 * DOTS))
    moved.paste(page.crop(strip), (0, int(72 * DOTS)))
    assert flatten(page, codes, block_of(FIVE)) is not None
    assert flatten(moved, codes, block_of(FIVE)) is None


def test_every_doubt_has_words() -> None:
    assert set(DOUBT_WORDS) == set(Doubt)


@pytest.mark.parametrize(
    ("hand", "group"), [*((hand, "clean") for hand in HANDS), ("fill", "photo"), ("tick", "photo")]
)
def test_circles_that_are_all_marked_are_not_empty(hand: str, group: str) -> None:
    """With no empty circle to compare with, all marked ones would look like empty ones."""
    options = (4, 3)
    sheet = all_marked(group, options, hand)

    several = (True, False)
    found = read_block(sheet, codes_on(sheet), block_of(options), several).answers

    assert found[0].doubt or found[0].chosen == tuple(range(4))
    assert found[1].doubt
