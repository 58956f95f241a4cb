"""Where a run is cut: never inside a pack, at an office where it can, every page counted."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from print_packs.model import Letter
from print_packs.pack_file import PackFile
from print_packs.pages.documents import whole
from print_packs.pages.front_sheet import draw_front_sheet, draw_slip_sheet
from print_packs.print_run import RunRow
from print_packs.runs.processes import side_by_side
from print_packs.stacks import Stack, cut_into_stacks
from tests.factories import WEEK
from tests.print_school import a_pack
from tests.printed_lines import assert_tidy, lines_of
from tests.spawned_work import dies, doubled, place

RUN = RunRow(1, "k", WEEK, 1, "post", date(2026, 1, 22), is_ready=False)


def packs(*offices: tuple[str, int, int]) -> list[PackFile]:
    """Packs by office: its index, how many packs, how many sheets each."""
    found: list[PackFile] = []
    for index, count, sheets in offices:
        for _ in range(count):
            number = len(found) + 1
            one = a_pack(
                consignment=f"post:{number}",
                print_id=f"P{number:03}-ABCD",
                key=f"h{number}",
                place=number,
                by_post=bool(index),
                addressee=Letter("Әлиева", (), index),
            )
            found.append(PackFile(f"h{number}.pdf", one, "", 0, sheets * 2))
    return found


def test_homes_of_several_villages_that_one_office_serves_are_one_bundle() -> None:
    villages = packs(("111908", 3, 1), ("111910", 3, 1), ("111908", 3, 1))
    served = [
        replace(one, pack=replace(one.pack, addressee=replace(one.pack.addressee, office="111900")))
        for one in villages
    ]
    other = packs(("111920", 5, 1))

    (stack,) = cut_into_stacks([*served, *other])
    assert [(one.index, len(one.packs), one.has_slip) for one in stack.bundles] == [
        ("111900", 9, True),
        ("111920", 5, True),
    ]


def names(stack: Stack) -> list[str]:
    return [one.pack.name for one in stack.packs]


offices = st.lists(
    st.tuples(
        st.sampled_from(["", "011900", "011901", "011902"]), st.integers(1, 12), st.integers(1, 9)
    ),
    min_size=1,
    max_size=8,
)


@given(offices, st.integers(20, 60), st.integers(3, 30))
def test_every_pack_is_printed_once_and_in_order(
    made: list[tuple[str, int, int]], sheets: int, most: int
) -> None:
    wanted = packs(*made)
    stacks = cut_into_stacks(wanted, sheets, most)
    assert [name for one in stacks for name in names(one)] == [one.pack.name for one in wanted]
    assert [one.number for one in stacks] == list(range(1, len(stacks) + 1))
    for one in stacks:
        assert one.sheets <= sheets
        assert len(one.packs) <= most
        page = 2
        for bundle in one.bundles:
            page += 2 * bundle.has_slip
            for file in bundle.packs:
                assert (file.stack, file.first_page) == (one.name, page)
                page += file.pages
        assert page == one.sheets * 2


def test_a_stack_ends_with_an_office_where_it_can() -> None:
    one, two = cut_into_stacks(packs(("011900", 30, 4), ("011901", 20, 4)), 220)
    assert len(one.packs) == 30
    assert [bundle.index for bundle in two.bundles] == ["011901"]
    assert (one.name, two.name) == ("stack-1.pdf", "stack-2.pdf")


def test_a_small_run_is_one_file_without_sheets_between() -> None:
    (one,) = cut_into_stacks(packs(("011900", 9, 4)))
    assert one.name == "run.pdf"
    assert one.sheets == 1 + 9 * 4


def test_an_office_with_five_packs_has_a_sheet_before_it() -> None:
    (one,) = cut_into_stacks(packs(("011900", 5, 2), ("011901", 4, 2), ("", 5, 2)))
    assert [bundle.has_slip for bundle in one.bundles] == [True, False, True]
    assert one.bundles[2].packs[0].first_page == 2 + 2 + 20 + 16 + 2


def test_what_is_held_back_leaves_no_hole_in_the_file() -> None:
    (one,) = cut_into_stacks(packs(("011900", 6, 2), ("011901", 6, 2)))
    rest = one.without(["post:1", "post:7"])
    assert len(rest.packs) == 10
    assert rest.sheets == one.sheets - 4
    assert rest.packs[0].first_page == 4
    assert [file.pack.place for file in rest.packs][:2] == [2, 3]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_sheets_around_the_packs_are_tidy(language: str) -> None:
    t = translator(language)
    (one,) = cut_into_stacks(packs(("011900", 6, 2), ("", 6, 2)))

    def first(canvas: object) -> None:
        draw_front_sheet(Pen(canvas), RUN, one, "ab" * 32, t)

    (page,) = lines_of(whole(first))
    text = " ".join(line.text for line in page)
    assert f"{WEEK}/1-1" in text
    assert "ab" * 8 in text
    assert str(one.sheets) in text.split()
    assert_tidy(page)
    for bundle in one.bundles:
        (page,) = lines_of(whole(lambda canvas, b=bundle: draw_slip_sheet(Pen(canvas), RUN, b, t)))
        assert " ".join(bundle.index or t("By hand, against signature")).replace(
            " ", ""
        ) in "".join(line.text for line in page).replace(" ", "")
        assert_tidy(page)


@pytest.mark.process
@pytest.mark.parametrize("processes", [1, 2])
def test_work_comes_back_in_order_and_a_refusal_in_words(processes: int) -> None:
    assert list(side_by_side(doubled, range(6), processes)) == [0, 2, 4, 6, 8, 10]
    with pytest.raises(JetkizError, match=r"There is no 13. Take 12."):
        list(side_by_side(doubled, [1, 13, 2], processes))


@pytest.mark.process
def test_two_processes_are_this_one_and_one_more() -> None:
    answers = list(side_by_side(place, range(40), 2))
    assert [number for number, _ in answers] == list(range(40))
    others = {one for _, one in answers} - {os.getpid()}
    assert len(others) == 1
    assert answers[1] == (1, os.getpid()), "the first is given away, the second is done here"


@pytest.mark.process
def test_a_process_that_is_killed_is_told_in_words() -> None:
    with pytest.raises(JetkizError, match="was ended from outside"):
        list(side_by_side(dies, range(5), 2))


def test_jobs_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    answers = side_by_side(doubled, jobs(), 1)
    assert next(answers) == 0
    assert taken == [0]
