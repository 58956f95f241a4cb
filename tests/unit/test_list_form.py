"""Any list on paper: every row once, headings on every page, places to sign on the last."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jetkiz.i18n import translator
from print_packs.duty.register import COLUMNS
from print_packs.post.list_form import HeadLine, ListForm, both
from print_packs.post.list_pages import draw_forms
from print_packs.post.registry_files import workbook_of

FORM = ListForm(
    name="2026-W05 · 26.01.2026",
    tab="26.01",
    title="Kazakh title / Russian title",
    header=(HeadLine("day", "Day", "26.01.2026"),),
    columns=COLUMNS,
    rows=(),
    signers=("Teacher of the duty class (name, signature)",),
    least_row=9.5,
)
SIGN = "Учитель дежурного класса"


def filled(counts: list[int], **changes: object) -> ListForm:
    """A form with a row for each number: so many lessons has that student."""
    rows = tuple(
        (str(n), f"Student-{n:03}", "2A", "\n".join(["Reading: snow"] * lessons), "", "", "")
        for n, lessons in enumerate(counts, start=1)
    )
    return replace(FORM, rows=rows, **changes)  # type: ignore[arg-type]


def pages_of(*forms: ListForm) -> list[str]:
    with pypdfium2.PdfDocument(draw_forms(forms)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_what_both_languages_call_alike_is_said_once() -> None:
    assert both("Telephone") == "Телефон"
    assert both("Mathematics") == "Математика"
    assert both("Sheets") == f"{translator('kk')('Sheets')} / {translator('ru')('Sheets')}"
    assert " / " in both("Sheets")
    [page] = pages_of(filled([1], title=both("Telephone")))
    assert "Телефон" in page


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_every_student_stands_on_one_page_and_the_last_is_signed(counts: list[int]) -> None:
    pages = pages_of(filled(counts))
    everything = "\n".join(pages)
    assert all(everything.count(f"Student-{n:03}") == 1 for n in range(1, len(counts) + 1))
    assert everything.count("Reading: snow") == sum(counts)
    assert [SIGN in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all("Подпись" in page for page in pages)
    assert [page.count(f"{n}/{len(pages)}") for n, page in enumerate(pages, start=1)] == [1] * len(
        pages
    )


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_a_form_is_drawn_as_often_as_it_is_needed(copies: int) -> None:
    pages = pages_of(filled([1], copies=copies), filled([2]))
    assert len(pages) == copies + 1
    assert len(set(pages[:copies])) == copies, "a copy says which it is"


def test_only_a_stamped_list_has_a_place_for_the_seal() -> None:
    (plain,) = pages_of(filled([1]))
    (stamped,) = pages_of(filled([1], is_stamped=True))
    assert "Место печати" not in plain
    assert "Место печати" in stamped


def test_a_workbook_has_a_sheet_a_form_even_where_two_schools_share_a_day() -> None:
    book = load_workbook(io.BytesIO(workbook_of([filled([1, 2]), filled([3])])))
    assert len(book.worksheets) == 2
    assert [sheet.max_row for sheet in book.worksheets] == [6, 5]
    assert workbook_of([FORM]) == workbook_of([FORM])
