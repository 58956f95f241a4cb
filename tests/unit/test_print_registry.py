"""The list for the post office: counts, order and cells agree in four formats."""

import csv
import io
import json
from datetime import date

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jetkiz.i18n import translator
from jetkiz.roster.model import Address, DeliveryMode, Household
from print_packs.model import ChildPart, Letter, Pack
from print_packs.pack_file import PackFile
from print_packs.post.addresses import address_lines, household_letter, packing_order, school_letter
from print_packs.post.kazpost_registry import MOST_ROWS, Carrier, ItemList, make_lists
from print_packs.post.list_pages import draw_lists
from print_packs.post.registry_files import cells, headings, to_csv, to_json, to_xlsx
from print_packs.postage.weights import grams
from print_packs.records import RunRow
from print_packs.runs.run_files import job_ticket
from tests.factories import WEEK

DAY = date(2026, 1, 22)
SCHOOL = Letter("Ақкөл негізгі орта мектебі", ("Ақкөл ауылы", "Тобылсай ауданы"), "011900")
CHILD = ChildPart(1, "Айша", "2А", 2, "kk", False, (), (), ())


def pack_file(
    number: int, letter: Letter, *, by_post: bool = True, sheets: int = 4, key: str = ""
) -> PackFile:
    pack = Pack(
        consignment=f"post:{number}",
        print_id=f"P{number:03}-ABCD",
        key=key or f"h{number}",
        household=number,
        week=WEEK,
        language="kk",
        place=number,
        of=99,
        by_post=by_post,
        addressee=letter,
        sender=SCHOOL,
        return_by=date(2026, 2, 5),
        children=(CHILD,),
    )
    return PackFile(f"{pack.key}.pdf", pack, b"%PDF", 0, sheets * 2)


letters = st.builds(
    Letter,
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    lines=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=4).map(
        tuple
    ),
    index=st.one_of(st.just(""), st.from_regex(r"0[0-9]{5}", fullmatch=True)),
    phone=st.sampled_from(["", "+7 709 123 45 67", "8 (701) 000-00-01", "none"]),
)
piles = st.lists(st.tuples(letters, st.booleans(), st.integers(1, 60)), max_size=80).map(
    lambda found: [
        pack_file(n, letter, by_post=by_post, sheets=sheets)
        for n, (letter, by_post, sheets) in enumerate(found, start=1)
    ]
)


@settings(max_examples=20)
@given(piles)
def test_every_pack_stands_on_one_list_once_and_in_its_order(pile: list[PackFile]) -> None:
    lists = make_lists(pile, WEEK, DAY, 5)

    assert [one.number for one in lists] == list(range(5, 5 + len(lists)))
    for carrier in Carrier:
        wanted = [one.pack.consignment for one in pile if one.pack.by_post == (carrier == "post")]
        mine = [one for one in lists if one.carrier == carrier]
        assert [row.consignment for one in mine for row in one.rows] == wanted
        assert [len(one.rows) for one in mine[:-1]] == [MOST_ROWS] * len(mine[:-1])
    assert all([row.number for row in one.rows] == [*range(1, len(one.rows) + 1)] for one in lists)
    assert sum(one.est_g for one in lists) == sum(one.grams for one in pile)
    assert sum(row.sheets for one in lists for row in one.rows) == sum(one.sheets for one in pile)


def from_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@settings(max_examples=20)
@given(piles)
def test_the_formats_agree_cell_by_cell_whatever_was_typed(pile: list[PackFile]) -> None:
    for carrier in Carrier:
        lists = [one for one in make_lists(pile, WEEK, DAY, 1) if one.carrier == carrier]
        if not lists:
            continue
        wanted = [row for one in lists for row in cells(one)]
        lines = from_csv(to_csv(lists))
        assert lines[0][1:] == headings(lists[0])
        assert [[c.removeprefix("'") for c in line[1:]] for line in lines[1:]] == [
            [c.removeprefix("'") for c in row] for row in wanted
        ]
        book = load_workbook(io.BytesIO(to_xlsx(lists)))
        found = [
            [str(cell.value or "") for cell in row]
            for sheet in book.worksheets
            for row in sheet.iter_rows(min_row=sheet.max_row - len(sheet_rows(sheet, lists)) + 1)
        ]
        assert found == wanted
        told = json.loads(to_json(lists))["lists"]
        assert [list(row.values()) for one in told for row in one["rows"]] == wanted


def sheet_rows(sheet: object, lists: list[ItemList]) -> tuple[object, ...]:
    return next(one.rows for one in lists if str(one.number) == sheet.title)  # type: ignore[attr-defined]


def test_a_workbook_keeps_every_cell_as_text() -> None:
    pile = [pack_file(n, Letter("Әлиева К.", ("Абай",), "011908")) for n in range(1, 4)]
    (sheet,) = load_workbook(io.BytesIO(to_xlsx(make_lists(pile, WEEK, DAY, 1)))).worksheets

    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in filled} == {"s"}
    assert {cell.number_format for cell in filled} == {"@"}
    assert sum("011908" in str(cell.value) for cell in filled) == 3
    assert any("011900" in str(cell.value) for cell in filled)


def test_programs_find_every_field_in_the_json() -> None:
    lists = make_lists(
        [pack_file(1, Letter("Әлиева", ("Абай",), "011908", "+77091234567"), sheets=5)],
        WEEK,
        DAY,
        3,
    )

    (one,) = json.loads(to_json(lists))["lists"]

    assert set(one) == {"list", "title", "day", "sender", "items", "est_g", "rows"}
    assert (one["list"], one["day"], one["items"]) == (f"{WEEK}/3", "2026-01-22", 1)
    assert one["est_g"] == grams(5)
    assert one["sender"] == {"name": SCHOOL.name, "address": list(SCHOOL.lines), "index": "011900"}
    assert one["rows"] == [
        {
            "number": "1",
            "addressee": "Әлиева",
            "address": "Абай, 011908",
            "phone": "7091234567",
            "s10": "",
            "mass_g": "",
            "declared_value": "–",
            "fee": "",
            "marks": "",
            "note": "P001-ABCD",
            "est_g": str(grams(5)),
        }
    ]


def test_two_homes_of_one_name_are_two_rows_told_apart_by_their_packs() -> None:
    letter = Letter("Ахметова Жанна", ("Абай, 5-үй",), "011908")
    lists = make_lists([pack_file(1, letter), pack_file(2, letter)], WEEK, DAY, 1)

    rows = cells(lists[0])

    assert rows[0][1:3] == rows[1][1:3]
    assert [row[0] for row in rows] == ["1", "2"]
    assert len({row[9] for row in rows}) == 2


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
    lists = make_lists(pile, WEEK, DAY, 1)

    with pypdfium2.PdfDocument(draw_lists(lists)) as document:
        pages = [page.get_textpage().get_text_range() for page in document]

    copies = 2 if by_post else 1
    assert len(pages) % copies == 0
    one_copy = pages[: len(pages) // copies]
    text = "".join(one_copy)
    assert [text.count(f"P{n:03}-ABCD") for n in range(1, count + 1)] == [1] * count
    foot = f"{translator('ru')('Items in all')}: {count}" if by_post else "Разнёс"
    assert foot in one_copy[-1]
    assert f"P{count:03}-ABCD" in one_copy[-1]


def test_the_ticket_and_the_lists_count_the_same() -> None:
    pile = [
        pack_file(n, Letter("А", ("б",), "0"), by_post=n % 3 > 0, sheets=n) for n in range(1, 50)
    ]
    run = RunRow(1, "k", WEEK, 1, "post", DAY, is_ready=True)

    ticket = json.loads(job_ticket(run, pile, []))
    lists = make_lists(pile, WEEK, DAY, 1)

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
    lists = make_lists([pack_file(1, household_letter(empty))], WEEK, DAY, 1)

    assert cells(lists[0])[0][1:3] == ["h9", ""]
    assert school_letter("Мектеп", Address(), "kk", [empty]) == Letter("Мектеп")
