"""The list for the post office: counts, order and cells agree in four formats."""

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise

import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jetkiz.i18n import translator
from jetkiz.roster.model import Address, DeliveryMode, Household
from print_packs.model import Letter, MailCategory, Postal, PostalKind
from print_packs.pack_file import PackFile
from print_packs.post.addresses import address_lines, household_letter, packing_order, school_letter
from print_packs.post.kazpost_registry import (
    Carrier,
    ListPlan,
)
from print_packs.post.kept_lists import forms_in
from print_packs.post.list_pages import draw_forms
from print_packs.post.registry_files import (
    to_csv,
    to_json,
    workbook_of,
)
from print_packs.print_run import RunRow
from print_packs.runs.run_files import Made, job_ticket
from print_packs.runs.run_notes import RunNotes
from tests.factories import WEEK
from tests.post_lists import DAY, OFFICE, forms_of, lists_of, pack_file

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
letters = st.builds(
    Letter,
    name=words,
    lines=st.lists(words, max_size=4).map(tuple),
    index=st.one_of(st.just(""), st.from_regex(r"0[0-9]{5}", fullmatch=True)),
    phone=st.sampled_from(["", "+7 709 123 45 67", "8 (701) 000-00-01", "none"]),
    care_of=words,
)
postals = st.builds(
    Postal,
    kind=st.sampled_from(list(PostalKind)[:2]),
    category=st.sampled_from([MailCategory.SIMPLE, MailCategory.REGISTERED]),
    s10=st.sampled_from(["", "RR000000014KZ"]),
    fee=st.sampled_from([None, 0, 450]),
    est_g=st.integers(0, 2000),
    part=st.integers(1, 2),
    parts=st.just(2),
)
piles = st.lists(
    st.tuples(letters, st.booleans(), st.booleans(), st.integers(1, 3), postals), max_size=80
).map(
    lambda found: [
        replace(
            pack_file(n, letter, by_post=by_post, is_fetched=is_fetched, school=school),
            postal=postal,
        )
        for n, (letter, by_post, is_fetched, school, postal) in enumerate(
            sorted(found, key=lambda one: (not one[1], one[2])), start=1
        )
    ]
)


@settings(max_examples=20)
@given(piles, st.integers(1, 40))
def test_every_pack_stands_on_one_list_once_and_in_its_order(
    pile: list[PackFile], most: int
) -> None:
    lists = lists_of(pile, ListPlan(WEEK, DAY, 5, most))

    assert [one.number for one in lists] == list(range(5, 5 + len(lists)))
    places = {one.pack.name: place for place, one in enumerate(pile)}
    told = [[places[row.consignment] for row in one.rows] for one in lists]
    assert sorted(place for rows in told for place in rows) == list(range(len(pile)))
    assert all(a < b for rows in told for a, b in pairwise(rows))
    for kind in {one.of for one in lists}:
        mine = [
            place for one, rows in zip(lists, told, strict=True) if one.of == kind for place in rows
        ]
        assert mine == sorted(mine)
        assert {len(one.rows) for one in lists if one.of == kind} <= set(range(1, most + 1))
        assert sum(len(one.rows) < most for one in lists if one.of == kind) <= 1
    assert all([row.number for row in one.rows] == [*range(1, len(one.rows) + 1)] for one in lists)
    assert sum(one.est_g for one in lists) == sum(one.grams for one in pile)
    assert sum(row.sheets for one in lists for row in one.rows) == sum(one.sheets for one in pile)


def from_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def bare(text: str) -> str:
    # The reader takes a hyphen at the end of a line for one that divides a word.
    return re.sub(r"[\s\u200b\x02\xad\ufffe-]+", "", text)


@settings(max_examples=20)
@given(piles)
def test_the_formats_agree_cell_by_cell_whatever_was_typed(pile: list[PackFile]) -> None:
    forms = forms_of(pile, ListPlan(WEEK, DAY, senders={1: OFFICE}))
    wanted = [row for form in forms for row in form.rows]

    lines = [line for line in from_csv(to_csv(forms)) if line[0].startswith(WEEK)]
    assert [line[0] for line in lines] == [form.name for form in forms for _ in form.rows]
    assert [[c.removeprefix("'") for c in line[1:]] for line in lines] == [
        [c.removeprefix("'") for c in row] for row in wanted
    ]
    told = json.loads(to_json(forms))["lists"]
    assert [tuple(row.values()) for one in told for row in one["rows"]] == wanted
    assert forms_in(to_json(forms)) == forms, "a list is drawn again from its file"
    if forms:
        book = load_workbook(io.BytesIO(workbook_of(forms)))
        for form, sheet in zip(forms, book.worksheets, strict=True):
            head = len(form.header) + 3
            cells = [[c.value for c in row] for row in sheet.iter_rows(min_row=head)]
            found = [["" if value is None else str(value) for value in row] for row in cells]
            assert found[0] == list(form.headings)
            assert [tuple(row) for row in found[1 : 1 + len(form.rows)]] == list(form.rows)
            last = found[-len(form.totals) :]
            assert [(row[0], row[1]) for row in last] == [(t.heading, t.value) for t in form.totals]


plain_words = st.text(st.sampled_from("ӘәҒғҚқҢңӨөҰұҮүҺһІіАбв№₸ -"), min_size=1, max_size=60)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(plain_words, plain_words), min_size=1, max_size=40))
@example([("ІІІІІ- ААААААААҚҢҢҢҢ№", "І")])
def test_the_paper_says_what_the_files_say(people: list[tuple[str, str]]) -> None:
    pile = [
        pack_file(n, Letter(f"№{n}{name}", (line,), "010000"))
        for n, (name, line) in enumerate(people, start=1)
    ]
    forms = forms_of(pile, ListPlan(WEEK, DAY, senders={0: OFFICE}))

    with pypdfium2.PdfDocument(draw_forms(forms)) as document:
        drawn = [bare(page.get_textpage().get_text_range()) for page in document]

    for form in forms:
        pages = "".join(text for text in drawn if bare(form.name) in text)
        for row in form.rows:
            printed = [row[place] for place in form.printed]
            assert all(bare(cell) in pages for cell in printed)
        for line in (*form.header, *form.totals):
            assert bare(line.heading) in pages
            assert bare(line.value) in pages


def test_kazakh_letters_and_signs_are_found_in_the_paper() -> None:
    pile = [pack_file(1, Letter("Ә Ғ Қ Ң Ө Ұ Ү Һ І ₸ №", ("Күлтегін көшесі",), "010000"))]

    with pypdfium2.PdfDocument(draw_forms(forms_of(pile))) as document:
        text = document[0].get_textpage().get_text_range()

    assert all(letter in text for letter in "ӘҒҚҢӨҰҮҺІ₸№")
    assert "010000" in text


def test_a_workbook_keeps_every_index_as_text_and_adds_up_numbers() -> None:
    pile = [pack_file(n, Letter("Әлиева К.", ("Абай",), "011908")) for n in range(1, 4)]
    (sheet,) = load_workbook(io.BytesIO(workbook_of(forms_of(pile)))).worksheets

    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in filled} == {("s", "@"), ("n", "0")}
    assert {type(cell.value) for cell in filled if cell.data_type == "n"} == {int}
    assert sum("011908" in str(cell.value) for cell in filled) == 3
    assert any("011900" in str(cell.value) for cell in filled)


@pytest.mark.parametrize("count", [1, 9, 12, 13, 34, 35])
@pytest.mark.parametrize("by_post", [True, False])
def test_every_row_is_printed_and_the_total_with_the_last_of_them(
    count: int, by_post: bool
) -> None:
    long = ("Героев Советского Союза көшесі, 128-үй, 45-пәтер",) * (1 + count % 3)
    pile = [
        pack_file(n, Letter(f"Отбасы{n:02} Күләш", long, "011908"), by_post=by_post)
        for n in range(1, count + 1)
    ]

    with pypdfium2.PdfDocument(draw_forms(forms_of(pile))) as document:
        pages = [page.get_textpage().get_text_range() for page in document]

    copies = 2 if by_post else 1
    assert len(pages) % copies == 0
    one_copy = pages[: len(pages) // copies]
    text = "".join(one_copy)
    assert [text.count(f"P{n:03}-ABCD") for n in range(1, count + 1)] == [1] * count
    assert f"{translator('ru')('Items in all')}: {count}" in one_copy[-1]
    assert ("Место печати" if by_post else "Разнёс") in one_copy[-1]
    assert f"P{count:03}-ABCD" in one_copy[-1]
    assert all(f"{n}/{len(one_copy)}" in page for n, page in enumerate(one_copy, start=1))


def test_the_ticket_and_the_lists_count_the_same() -> None:
    pile = [
        pack_file(n, Letter("А", ("б",), "0"), by_post=n % 3 > 0, sheets=n) for n in range(1, 50)
    ]
    run = RunRow(1, "k", WEEK, 1, "post", DAY, is_ready=True)

    ticket = json.loads(job_ticket(run, Made((), tuple(pile), {}), RunNotes(), translator("kk")))
    lists = lists_of(sorted(pile, key=lambda one: not one.pack.by_post))

    assert ticket["packs"] == sum(len(one.rows) for one in lists) == 49
    assert ticket["sheets"] == sum(row.sheets for one in lists for row in one.rows)
    assert ticket["grams"] == sum(one.est_g for one in lists)
    by_hand = [one for one in ticket["list"] if one["carrier"] == "hand"]
    assert len(by_hand) == sum(len(one.rows) for one in lists if one.carrier == Carrier.HAND)


PARTS = {
    "street": "Абай көшесі",
    "house": "6",
    "flat": "2",
    "settlement_type": "ауыл",
    "settlement": "Ақкөл",
    "rural_okrug": "Ақкөл ауылдық округі",
    "district": "Тобылсай ауданы",
    "region_kato": "39",
    "index6": "011908",
}


@given(st.sets(st.sampled_from(sorted(PARTS))), st.sampled_from(["kk", "ru"]))
def test_an_address_that_lacks_parts_has_no_holes(known: set[str], language: str) -> None:
    address = Address(**{name: PARTS[name] for name in known})

    lines = address_lines(address, language)

    for line in lines:
        assert line == line.strip()
        assert line
        assert ", ," not in line
        assert not line.startswith((",", "("))
        assert not line.endswith((",", "("))
        assert "()" not in line
        assert "None" not in line
    for name in known - {"settlement_type", "region_kato", "index6"}:
        assert PARTS[name] in " ".join(lines)


def home(key: str, order: int = 0, **address: str) -> Household:
    return Household(
        id=1,
        key=key,
        school=1,
        language="kk",
        delivery_mode=DeliveryMode.POST,
        delivery_order=order,
        address=Address(**(PARTS | address)),
    )


@given(st.permutations(range(6)))
def test_the_way_of_the_carrier_is_the_order_of_the_packs(order: list[int]) -> None:
    homes = [
        home("a", index6="011900"),
        home("b", 1),
        home("c", 2),
        home("d", 2, house="10"),
        home("e", 2, street="Бейбітшілік"),
        home("f", index6="111900"),
    ]

    mixed = sorted((homes[n] for n in order), key=packing_order)

    assert [one.key for one in mixed] == ["a", "b", "c", "d", "e", "f"]


def test_a_home_without_an_address_is_still_on_the_list() -> None:
    empty = Household(id=1, school=1, key="h9", language="kk")
    (form,) = forms_of([pack_file(1, household_letter(empty))])

    assert form.rows[0][1:3] == ("h9", "")
    assert school_letter("Мектеп", Address(), "kk", [empty]) == Letter("Мектеп")
