"""Which packs share a list, what its sums say, whom it names, and which files it becomes."""

import json
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from print_packs.model import Letter, MailCategory, Postal, PostalKind
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import (
    MOST_ROWS,
    ItemList,
    ListPlan,
    form_of,
)
from print_packs.post.kept_lists import kept_list
from print_packs.post.list_pages import draw_lists
from print_packs.post.number_words import MOST, in_words
from print_packs.post.registry_files import (
    LISTS_A_FILE,
    form_files,
    list_files,
    to_json,
)
from print_packs.post.senders import ListSender, Payment, SenderCategory, checked_sender, is_bin
from print_packs.postage.weights import grams
from tests.factories import WEEK
from tests.post_lists import DAY, OFFICE, SCHOOL, forms_of, lists_of, pack_file


def test_what_differs_for_the_post_stands_on_lists_of_its_own() -> None:
    def one(number: int, **changes: object) -> PackFile:
        return replace(pack_file(number, Letter("А")), postal=Postal(**changes))  # type: ignore[arg-type]

    pile = [
        one(1),
        one(2, kind=PostalKind.BANDEROLE),
        one(3, category=MailCategory.SIMPLE),
        one(4),
        pack_file(5, Letter("А"), school=2),
        pack_file(6, Letter("А"), by_post=False),
        pack_file(7, Letter("А"), by_post=False, is_fetched=True),
    ]

    lists = lists_of(pile)

    assert [[row.note for row in one.rows] for one in lists] == [
        ["P001-ABCD", "P004-ABCD"],
        ["P002-ABCD"],
        ["P003-ABCD"],
        ["P005-ABCD"],
        ["P006-ABCD"],
        ["P007-ABCD"],
    ]
    assert [one.carrier for one in lists] == ["post"] * 4 + ["hand", "pick_up"]
    assert [form_of(one).copies for one in lists] == [2] * 4 + [1, 1]


@pytest.mark.parametrize(("count", "lists"), [(0, []), (1, [1]), (35, [35]), (36, [35, 1])])
def test_a_list_has_at_most_35_rows_and_none_is_empty(count: int, lists: list[int]) -> None:
    pile = [pack_file(n, Letter("А")) for n in range(1, count + 1)]

    assert [len(one.rows) for one in lists_of(pile)] == lists
    assert MOST_ROWS == 35


@pytest.mark.parametrize(("rows", "pages"), [(1, 1), (10, 1), (35, 3)])
def test_ten_items_sums_and_signatures_keep_to_one_page(rows: int, pages: int) -> None:
    home = Letter(
        "Рахымжанова Күләш Серікқызы",
        ("Абай көшесі, 12-үй", "Ақкөл ауылы", "Тобылсай ауданы", "Қостанай облысы"),
        "011911",
    )
    plan = ListPlan(WEEK, DAY, senders={0: OFFICE})
    pile = [pack_file(n, home) for n in range(1, rows + 1)]
    with pypdfium2.PdfDocument(draw_lists(lists_of(pile, plan))) as document:
        assert len(document) == 2 * pages


def test_programs_find_every_field_in_the_json() -> None:
    letter = Letter("Әлиева", ("Абай",), "011908", "+77091234567", index7="P19E5X4")
    pile = [
        replace(
            pack_file(1, letter, sheets=5, school=7),
            postal=Postal(s10="RR000000014KZ", fee=450, part=1, parts=2),
        )
    ]
    (one,) = json.loads(to_json(forms_of(pile, ListPlan(WEEK, DAY, 3, senders={7: OFFICE}))))[
        "lists"
    ]

    assert one["header"] == {
        "list": f"{WEEK}/3",
        "day": "22.01.2026",
        "sender": SCHOOL.name,
        "sender_address": "Ақкөл ауылы, Тобылсай ауданы, 011900",
        "sender_phone": "7142540000",
        "sender_bin": "000140002217",
        "sender_category": "2 · заңды тұлға / юридическое лицо",
        "contract": "№ 17-П",
        "payment": "бөлімшеде қолма-қол / наличными в отделении",
        "office": "Ақкөл пошта бөлімшесі, 011908",
        "kind": "P101 · хат / письмо",
        "category": "1 · тапсырысты / заказное",
        "method": "1 · жер үстімен / наземно",
        "rules": "Қазпоштада тексерілмеген / не сверены с Казпочтой",
        "items": "1",
    }
    assert one["rows"] == [
        {
            "number": "1",
            "addressee": "Әлиева",
            "address": "Абай, 011908, P19E5X4",
            "phone": "7091234567",
            "s10": "RR000000014KZ",
            "mass_g": "",
            "declared_value": "–",
            "fee": "450",
            "marks": "75",
            "note": "P001-ABCD; 1/2",
            "est_g": str(grams(5)),
        }
    ]
    assert one["totals"] == {
        "items_in_words": "1 (бір / один)",
        "mass_in_all_g": "",
        "fee_in_all": "450",
    }
    assert one["kind"] == "post"


def test_a_list_that_goes_round_the_village_says_why_a_pack_is_on_it() -> None:
    letter = Letter("Әлиева", ("Абай",), care_of="Ахметов")
    (form,) = forms_of([pack_file(1, letter, by_post=False, why_by_hand=("no_index",))])

    assert form.rows[0][1:5] == (
        "Әлиева (Ахметов)",
        "Абай",
        "4",
        "P001-ABCD; пошта индексі жоқ / нет почтового индекса",
    )
    assert {line.key for line in form.header}.isdisjoint({"sender_bin", "contract", "kind"})


def test_a_fee_that_is_not_known_for_all_is_no_sum() -> None:
    pile = [
        replace(pack_file(n, Letter("А")), postal=Postal(fee=fee)) for n, fee in ((1, 5), (2, None))
    ]
    known = [replace(one, postal=Postal(fee=5)) for one in pile]

    assert forms_of(pile)[0].totals[-1].value == ""
    assert forms_of(known)[0].totals[-1].value == "10"


@pytest.mark.parametrize(
    ("count", "kazakh", "russian"), [(35, "отыз бес", "тридцать пять"), (1, "бір", "один")]
)
def test_sums_are_written_in_words(count: int, kazakh: str, russian: str) -> None:
    assert (in_words(count, "kk"), in_words(count, "ru")) == (kazakh, russian)
    pile = [pack_file(n, Letter("А")) for n in range(1, count + 1)]
    assert f"{count} ({kazakh} / {russian})" in forms_of(pile)[0].totals[0].value


def test_two_homes_of_one_name_are_two_rows_told_apart_by_their_packs() -> None:
    letter = Letter("Ахметова Жанна", ("Абай, 5-үй",), "011908")

    rows = forms_of([pack_file(1, letter), pack_file(2, letter)])[0].rows

    assert rows[0][1:3] == rows[1][1:3]
    assert [row[0] for row in rows] == ["1", "2"]
    assert len({row[9] for row in rows}) == 2


def test_many_lists_are_written_a_few_at_a_time(tmp_path: Path) -> None:
    drawn: list[int] = []

    def counted(lists: list[ItemList]) -> object:
        for one in lists:
            drawn.append(one.number)
            yield one

    pile = [pack_file(n, Letter("А")) for n in range(1, LISTS_A_FILE + 2)]
    files = list_files(counted(lists_of(pile, ListPlan(WEEK, DAY, most_rows=1))), "post/registry")
    name, content = next(files)
    assert name == "post/registry-1.pdf"
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 2 * LISTS_A_FILE
    rest = dict(files)
    assert sorted(rest) == [
        *(f"post/registry-1.{kind}" for kind in ("csv", "json", "xlsx")),
        *(f"post/registry-2.{kind}" for kind in ("csv", "json", "pdf", "xlsx")),
    ]
    (tmp_path / "post").mkdir()
    for file, inside in rest.items():
        (tmp_path / file).write_bytes(inside)
    last = LISTS_A_FILE + 1
    assert kept_list(tmp_path, f"{WEEK}/{last}").rows[0][9] == f"P{last:03}-ABCD"
    with pytest.raises(JetkizError, match="not among the files"):
        kept_list(tmp_path, f"{WEEK}/{last + 1}")


def test_no_list_is_no_file_and_few_lists_are_one_file() -> None:
    assert list(list_files([], "post/registry")) == []
    assert [name for name, _ in list_files(lists_of([pack_file(1, Letter("А"))]), "a")] == [
        "a.pdf",
        "a.xlsx",
        "a.csv",
        "a.json",
    ]
    (form,) = forms_of([pack_file(1, Letter("А"))])
    assert dict(form_files([form], "a")) == dict(form_files([form], "a")), "same list, same bytes"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("000140002217", True),
        ("000140002218", False),
        ("140002217", False),
        ("00014000221A", False),
        ("٠٠٠١٤٠٠٠٢٢١٧", False),
        ("", False),
    ],
)
def test_a_bin_is_known_by_its_last_digit(text: str, is_one: bool) -> None:
    assert is_bin(text) is is_one


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_at_most_one_last_digit_makes_a_bin(eleven: str) -> None:
    assert sum(is_bin(f"{eleven}{last}") for last in range(10)) <= 1


def test_what_a_school_says_of_itself_is_checked() -> None:
    said = {"bin": " 000140002217 ", "office_index": "010000", "marks": "75; 66", "payment": "cash"}

    found = checked_sender(said | {"contract": "№ 1", "office": "x" * 200, "category": "9"})

    assert found == ListSender(
        "000140002217", "№ 1", "x" * 80, "010000", Payment.CASH, SenderCategory.BUDGET, "75, 66"
    )
    assert found.has_inventory
    assert checked_sender({}) == ListSender()
    assert not ListSender(marks="175").has_inventory


@pytest.mark.parametrize(
    "said",
    [{"bin": "000140002218"}, {"office_index": "10000"}, {"marks": "=1+1"}, {"marks": "1234"}],
)
def test_what_cannot_be_is_refused_with_a_remedy(said: dict[str, str]) -> None:
    with pytest.raises(JetkizError) as refused:
        checked_sender(said)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("count", "kazakh", "russian"),
    [
        (0, "нөл", "ноль"),
        (12, "он екі", "двенадцать"),
        (100, "жүз", "сто"),
        (219, "екі жүз он тоғыз", "двести девятнадцать"),
        (1000, "бір мың", "одна тысяча"),
        (2002, "екі мың екі", "две тысячи два"),
        (5040, "бес мың қырық", "пять тысяч сорок"),
        (11011, "он бір мың он бір", "одиннадцать тысяч одиннадцать"),
        (22_900, "жиырма екі мың тоғыз жүз", "двадцать две тысячи девятьсот"),
        (101_000, "жүз бір мың", "сто одна тысяча"),
        (MOST + 1, "1000000", "1000000"),
        (-1, "-1", "-1"),
    ],
)
def test_every_kind_of_number_has_its_words(count: int, kazakh: str, russian: str) -> None:
    assert (in_words(count, "kk"), in_words(count, "ru")) == (kazakh, russian)


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_two_numbers_never_have_the_same_words(one: int, other: int) -> None:
    for language in ("kk", "ru"):
        assert (in_words(one, language) == in_words(other, language)) == (one == other)
