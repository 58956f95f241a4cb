"""What lies in a pack, in which order, and how addresses and lists are written."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import BOLD, Style, cut, load_fonts, width_of, wrap
from jetkiz.roster.model import Address, DeliveryMode, Household
from print_packs.model import AnswerSheet, ChildPart, Letter, Pack, Postal, WeekLine
from print_packs.pack_file import PackFile
from print_packs.page_plan import PageKind, plan_pages, week_parts
from print_packs.pages.dates import span_words, week_days, weekday_words
from print_packs.pages.page_layout import line_distance
from print_packs.pages.slip_pages import FeedbackSlip
from print_packs.post.addresses import address_lines, household_letter, packing_order, school_letter
from print_packs.post.kazpost_registry import (
    MOST_ROWS,
    Carrier,
    ListPlan,
    form_of,
    make_lists,
    phone_digits,
)
from print_packs.post.list_pages import draw_lists
from print_packs.post.registry_files import to_csv, to_json, workbook_of
from print_packs.post.senders import ListSender
from print_packs.postage.weights import grams
from print_packs.runs.run_files import file_names
from print_packs.runs.run_pdf import draw_run, draw_slips
from tests.factories import WEEK
from tests.print_school import a_lesson, a_pack

DAY = date(2026, 1, 22)
VILLAGE = Address(
    street="Абай көшесі",
    house="6",
    flat="2",
    settlement_type="ауыл",
    settlement="Ақкөл",
    rural_okrug="Ақкөл ауылдық округі",
    district="Тобылсай ауданы",
    region_kato="39",
    index6="011908",
)


def child(name: str = "Айша", tasks: int = 1, pages: int = 1, **changes: object) -> ChildPart:
    lesson = a_lesson()
    sheets = tuple(
        AnswerSheet(100 * n + page, a_lesson(id=n), page, pages)
        for n in range(1, tasks + 1)
        for page in range(1, pages + 1)
    )
    part = ChildPart(1, name, "2А", 2, "kk", False, (WeekLine(lesson, "post"),), (lesson,), sheets)
    return replace(part, **changes)  # type: ignore[arg-type]


def pack_file(number: int, **changes: object) -> PackFile:
    one = a_pack(child(), consignment=f"post:{number}", print_id=f"P{number:03}", **changes)
    return PackFile(f"h{number}.pdf", one, "", 0, 8)


COUNTS = {(1, False): 3}


def kinds(one: Pack) -> list[PageKind]:
    return [page.kind for page in plan_pages(one, COUNTS)]


def test_a_pack_begins_with_the_address_and_ends_with_what_comes_back() -> None:
    found = kinds(a_pack(child()))

    assert found[:3] == [PageKind.COVER, PageKind.GUIDE, PageKind.CHILD]
    assert [kind for kind in found if kind != PageKind.BLANK][-1] == PageKind.SLIP


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=5))
def test_what_comes_back_shares_no_paper_with_what_stays(work: list[tuple[int, int]]) -> None:
    pages = plan_pages(a_pack(*(child(tasks=t, pages=p) for t, p in work)), COUNTS)

    assert len(pages) % 2 == 0
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        if PageKind.ANSWER in {front.kind, back.kind}:
            assert front.kind == PageKind.ANSWER
            assert back.kind == PageKind.BLANK or back.lesson == front.lesson
        assert back.kind not in {PageKind.CHILD, PageKind.COVER, PageKind.SLIP}


def test_an_address_is_written_in_full_in_the_language_of_the_home() -> None:
    russian = replace(
        VILLAGE,
        street="улица Абая",
        settlement_type="село",
        settlement="Акколь",
        rural_okrug="",
        district="",
    )

    assert address_lines(VILLAGE, "kk") == (
        "Абай көшесі, 6-үй, 2-пәтер",
        "Ақкөл ауылы (Ақкөл ауылдық округі)",
        "Тобылсай ауданы",
        "Қостанай облысы",
    )
    assert address_lines(russian, "ru") == (
        "улица Абая, дом 6, квартира 2",
        "село Акколь",
        "Костанайская область",
    )


def test_a_winter_camp_without_street_and_a_city_of_its_own_have_addresses() -> None:
    camp = Address(house="1", settlement_type="қыстау", settlement="Бестерек", region_kato="39")
    city = Address(
        street="Абай даңғылы",
        house="3",
        settlement_type="қаласы",
        settlement="Астана",
        region_kato="71",
    )

    assert address_lines(camp, "kk")[:2] == ("1-үй", "Бестерек қыстауы")
    assert address_lines(city, "kk") == ("Абай даңғылы, 3-үй", "Астана қаласы")
    assert address_lines(Address(), "ru") == ()


def household(key: str, language: str = "kk", **changes: object) -> Household:
    one = Household(1, 1, key, language, VILLAGE, DeliveryMode.POST, 5)
    return replace(one, **changes)  # type: ignore[arg-type]


def test_a_home_without_guardian_is_addressed_by_its_key() -> None:
    assert household_letter(household("h7")).name == "h7"


def test_the_sender_is_the_schools_own_address_or_where_its_homes_are() -> None:
    homes = [
        household("h1"),
        household("h2", address=Address(settlement="Қарасу")),
        household("h3"),
        household("h4", "ru"),
    ]

    assert school_letter("Мектеп", VILLAGE, "kk", []).lines[0] == "Абай көшесі, 6-үй, 2-пәтер"
    assert school_letter("Мектеп", Address(), "kk", homes).lines[0] == "Ақкөл ауылы"
    assert school_letter("Мектеп", Address(), "en", homes) == Letter("Мектеп")


def test_packs_lie_in_the_order_of_office_and_way() -> None:
    far = household("a", address=replace(VILLAGE, index6="011999"), delivery_order=1)
    late = household("b", delivery_order=9)
    early = household("c", delivery_order=2)

    assert sorted([far, late, early], key=packing_order) == [early, late, far]


def test_days_are_written_in_words() -> None:
    assert week_days(WEEK) == (date(2026, 1, 26), date(2026, 1, 30))
    assert span_words(*week_days(WEEK), "ru") == "26–30 января"
    assert span_words(*week_days("2026-W14"), "kk") == "30 наурыз – 3 сәуір"
    assert weekday_words(date(2026, 1, 26), "ru") == "Понедельник, 26 января"


def test_a_line_is_cut_by_its_width() -> None:
    load_fonts()
    style = Style(12, BOLD)
    long = "Әбдірахманова Айгерім " * 5

    assert cut("Айша", style, 50) == "Айша"
    assert width_of(cut(long, style, 50), style) <= 50
    assert cut(long, style, 50).endswith("…")


@given(st.text("аб w漢\n", max_size=80))
def test_no_wrapped_line_is_wider_than_its_column(text: str) -> None:
    load_fonts()
    style = Style(14)

    lines = wrap(text, style, 20)

    assert all(width_of(line, style) <= 20 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_paper_weighs_what_the_table_says() -> None:
    assert [grams(n) for n in (30, 96, 386)] == [169, 509, 1999]
    assert [line_distance(grade) for grade in (1, 4, 9)] == [12.0, 10.0, 8.5]


def test_a_household_with_two_packs_has_two_files() -> None:
    assert file_names([a_pack(), a_pack(), a_pack(key="Ә/1")]) == ["h1.pdf", "h1-2.pdf", "Ә_1.pdf"]


def test_no_list_is_longer_than_the_office_takes() -> None:
    files = [pack_file(n) for n in range(MOST_ROWS + 1)] + [pack_file(99, by_post=False)]

    lists = list(make_lists(files, ListPlan(WEEK, DAY, 4)))

    assert [(one.number, one.carrier, len(one.rows)) for one in lists] == [
        (4, Carrier.POST, MOST_ROWS),
        (5, Carrier.POST, 1),
        (6, Carrier.HAND, 1),
    ]
    assert lists[0].name == f"{WEEK}/4"
    assert list(make_lists([], ListPlan(WEEK, DAY))) == []


def test_a_long_list_is_drawn_in_two_copies_over_several_pages() -> None:
    lists = make_lists([pack_file(n) for n in range(30)], ListPlan(WEEK, DAY))

    with PdfDocument(draw_lists(lists)) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    half = len(pages) // 2
    assert half > 1
    assert f"1/2 · Бет / Страница 1/{half}" in pages[0]
    assert f"2/2 · Бет / Страница {half}/{half}" in pages[-1]
    assert "Барлығы" in pages[half - 1]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("+77091234567", "7091234567"),
        ("8 (709) 123-45-67", "7091234567"),
        ("12345", ""),
        ("", ""),
        ("+4915112345678", ""),
    ],
)
def test_a_telephone_has_ten_digits_or_is_left_out(typed: str, printed: str) -> None:
    assert phone_digits(typed) == printed


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    evil = '=HYPERLINK("http://x","y")'
    packs = [pack_file(1, addressee=Letter(evil, ("@SUM(1)",), "011908"))]
    lists = [form_of(one) for one in make_lists(packs, ListPlan(WEEK, DAY))]

    sheet = load_workbook(io.BytesIO(workbook_of(lists))).active
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value == evil]
    rows = list(csv.reader(io.StringIO(to_csv(lists).decode("utf-8-sig")), delimiter=";"))
    data = json.loads(to_json(lists))

    assert [cell.data_type for cell in texts] == ["s"]
    assert rows[1][2] == f"'{evil}"
    assert rows[1][3].startswith("'@SUM")
    assert data["lists"][0]["rows"][0]["addressee"] == evil


def test_what_can_be_added_up_is_a_number_and_what_has_zeros_is_text() -> None:
    to = Letter("А", ("01",), "011908", phone="87091234567")
    sender = ListSender(bin="990140000123")
    posted = replace(pack_file(1, addressee=to), postal=Postal(s10="RR000000014KZ", fee=635))
    (one,) = make_lists([posted], ListPlan(WEEK, DAY, senders={posted.pack.school: sender}))
    form = form_of(one)
    sheet = load_workbook(io.BytesIO(workbook_of([form]))).active
    head = next(cell.row for (cell, *_) in sheet.iter_rows() if cell.value == form.headings[0])
    row = dict(zip((part.key for part in form.columns), sheet[head + 1], strict=False))
    below = {line[0].value: line[1] for line in sheet.iter_rows() if line[0].row != head}

    assert (row["number"].value, row["fee"].value, row["est_g"].value) == (1, 635, one.est_g)
    assert (row["mass_g"].value, row["mass_g"].number_format) == (None, "0"), "the office weighs"
    for key, text in (("phone", "7091234567"), ("s10", "RR000000014KZ"), ("declared_value", "–")):
        assert (row[key].value, row[key].data_type) == (text, "s"), key
    values = {line.key: below[line.heading] for line in (*form.header, *form.totals)}
    assert (values["sender_bin"].value, values["sender_bin"].data_type) == ("990140000123", "s")
    assert (values["items"].value, values["fee_in_all"].value) == (1, 635)
    assert values["mass_in_all_g"].value is None


def test_the_same_lists_are_the_same_files() -> None:
    lists = [form_of(one) for one in make_lists([pack_file(1)], ListPlan(WEEK, DAY))]

    assert workbook_of(lists) == workbook_of(lists)
    assert to_csv([]) == "\ufeff".encode()
    assert json.loads(to_json([])) == {"lists": []}


def text_of(pdf: bytes) -> list[str]:
    with PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_a_pack_without_tasks_asks_for_nothing_back() -> None:
    quiet = a_pack(child(tasks=0, lessons=()), language="ru", sender=Letter("Школа", phone="123"))

    pages = text_of(draw_run([quiet], {}, lambda _: {}).pdf)

    assert "ничего возвращать не нужно" in pages[4]
    assert "Верните" not in pages[0]
    assert "Позвоните в школу: 123" in " ".join(pages[1].split())


def test_cover_week_sheet_and_slip_name_one_day_for_the_answers() -> None:
    lesson = a_lesson(id=1)
    assert lesson.task
    assert lesson.task.due < date(2026, 2, 5)
    one = child(language="ru", lessons=(), week=(WeekLine(lesson, "post"),))
    asked = a_pack(one, language="ru", return_by=date(2026, 2, 5))

    codes = dict.fromkeys(Corner, "JK1")
    pages = text_of(draw_run([asked], {}, lambda _: codes).pdf)

    said = [page for page in pages if "5 февраля" in " ".join(page.split())]
    assert len(said) >= 4
    assert not any(f"до {lesson.task.due.day} " in " ".join(page.split()) for page in pages)


@pytest.mark.parametrize(("is_large", "pages"), [(False, 1), (True, 3)])
def test_a_full_week_shrinks_or_takes_more_pages(is_large: bool, pages: int) -> None:
    lessons = [
        a_lesson(id=n, day=date(2026, 1, 26 + n // 4), title="Очень длинное название урока " * 3)
        for n in range(20)
    ]
    week = tuple(WeekLine(one, None) for one in lessons)
    full = child(is_large=is_large, language="ru", lessons=(), sheets=(), week=week)

    drawn = text_of(draw_run([a_pack(full)], {}, lambda _: {}).pdf)[2 : 2 + pages]

    assert "".join(drawn).count("Очень длинное") == 3 * len(lessons)
    assert all("Айша" in page for page in drawn)


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("language", "asked"), [("kk", "мұғалімнен сұра"), ("ru", "спроси у учителя")]
)
def test_a_lesson_that_nothing_brings_says_whom_to_ask(
    is_large: bool, language: str, asked: str
) -> None:
    brought, *missing = (a_lesson(id=n, title="Өте ұзақ сабақтың аты") for n in range(3))
    week = (WeekLine(brought, "telegram"), *(WeekLine(one, None) for one in missing))
    one = child(is_large=is_large, language=language, lessons=(), sheets=(), week=week)

    page = " ".join(text_of(draw_run([a_pack(one)], {}, lambda _: {}).pdf)[2].split())

    assert page.count(asked) == 2
    assert "Telegram" in page


def test_a_child_whose_week_is_not_planned_yet_has_an_empty_page() -> None:
    assert week_parts(child(week=())) == [()]


def slip(**changes: object) -> FeedbackSlip:
    one = FeedbackSlip("k", "Айша", "2А", "kk", "reading", "Аяз", "5", "Жарайсың!", "h1")
    return replace(one, **changes)  # type: ignore[arg-type]


def test_feedback_is_printed_two_slips_to_a_page_in_the_childs_language() -> None:
    slips = [slip(), slip(name="Иван", language="ru", mark="again"), slip(words="Өте " * 500)]

    pages = text_of(draw_slips(slips))

    assert len(pages) == 2
    assert "Жарайсың!" in pages[0]
    assert "сделай ещё раз" in " ".join(pages[0].split())
    assert pages[1].count("Өте") == 500
