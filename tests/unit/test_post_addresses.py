"""Addresses on envelopes: their lines, what the post would refuse, what a person should look at."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.model import Address, DeliveryMode, Household
from print_packs.model import Letter
from print_packs.pages.address_block import LEAST_INDEX, Place, draw_address
from print_packs.pages.documents import whole
from print_packs.post.address_checks import (
    AddressState,
    CheckedAddress,
    Finding,
    Flaw,
    blocking,
    check_address,
    fingerprint,
)
from print_packs.post.address_words import flaw_list, told_all
from print_packs.post.addresses import address_lines, household_letter, packing_order
from print_packs.runs.run_notes import by_hand_for_their_address
from tests.print_school import a_pack

GOOD = Address(
    street="Абай көшесі",
    house="6",
    settlement_type="ауыл",
    settlement="Ақкөл",
    district="Тобылсай ауданы",
    region_kato="39",
    index6="111908",
)
HOME = Household(
    1, 1, "h1", "kk", GOOD, DeliveryMode.POST, 0, "Әлиева Күләш Серікқызы", "+77091234567"
)


def home(**parts: str) -> Household:
    """The good home with some of its parts changed; ``addressee`` and ``language`` are its own."""
    own = {name: parts.pop(name) for name in ("addressee", "language", "child") if name in parts}
    return replace(HOME, address=replace(GOOD, **parts), **own)  # type: ignore[arg-type]


def flaws(one: Household) -> set[Flaw]:
    return {finding.flaw for finding in check_address(one)}


def test_a_good_address_has_nothing_to_say_against_it() -> None:
    assert check_address(HOME) == ()
    assert CheckedAddress(HOME, ()).state == AddressState.OK


@pytest.mark.parametrize(
    ("parts", "flaw"),
    [
        ({"addressee": ""}, Flaw.NO_NAME),
        ({"addressee": "  "}, Flaw.NO_NAME),
        ({"settlement": ""}, Flaw.NO_SETTLEMENT),
        ({"index6": ""}, Flaw.NO_INDEX),
        ({"index6": "", "index7": "P19E5X4"}, Flaw.ONLY_BUILDING),
    ],
)
def test_without_name_place_or_index_the_post_takes_nothing(
    parts: dict[str, str], flaw: Flaw
) -> None:
    found = check_address(home(**parts))
    checked = CheckedAddress(home(**parts), found, frozenset(Flaw))

    assert flaw in blocking(home(**parts))
    assert found[0] == Finding(flaw)
    assert checked.state == AddressState.BLOCK, "nobody can let it pass"


@pytest.mark.parametrize(
    ("parts", "flaw", "said"),
    [
        ({"index6": "050000", "region_kato": "23"}, Flaw.OTHER_REGION, "050000"),
        ({"index7": "A10X5H4"}, Flaw.OTHER_BUILDING, "A10X5H4"),
        ({"index7": "P19L5X4"}, Flaw.STRANGE_BUILDING, "P19L5X4"),
        ({"house": ""}, Flaw.NO_HOUSE, ""),
        ({"street": "Aбай көшесі"}, Flaw.LOOK_ALIKE, "Aбай"),
        ({"district": "Тобылсайский район"}, Flaw.OTHER_LANGUAGE, "район"),
        ({"language": "ru"}, Flaw.OTHER_LANGUAGE, "көшесі, ауданы"),
        ({"addressee": "Әлиева Күләш"}, Flaw.NO_PATRONYMIC, ""),
        ({"addressee": "", "child": "Сейітова Аяна"}, Flaw.NO_GUARDIAN, "Сейітова Аяна"),
        ({"street": "Б" * 46}, Flaw.LONG_LINE, "Б" * 46 + ", 6-үй"),
    ],
)
def test_what_looks_wrong_is_shown_and_may_be_let_pass(
    parts: dict[str, str], flaw: Flaw, said: str
) -> None:
    found = check_address(home(**parts))
    checked = CheckedAddress(home(**parts), found)

    assert Finding(flaw, said) in found
    assert checked.state == AddressState.WARN
    assert replace(checked, passed=frozenset({flaw})).state == (
        AddressState.OK if len(found) == 1 else AddressState.WARN
    )
    for language in LANGUAGES:
        assert said.split(",", maxsplit=1)[0] in told_all(checked, translator(language))
        assert "{" not in told_all(checked, translator(language))


@pytest.mark.parametrize(
    ("index", "region"),
    [("160012", "79"), ("160012", "61"), ("040000", "33"), ("070000", "10"), ("468320", "43")],
)
def test_regions_that_share_a_beginning_are_both_right(index: str, region: str) -> None:
    assert flaws(home(index6=index, region_kato=region)) == set()


def test_a_house_with_a_letter_and_a_foreign_name_are_no_slips() -> None:
    assert flaws(home(house="12A", flat="3б")) == set()
    assert Flaw.LOOK_ALIKE not in flaws(home(addressee="Schmidt Otto Karl"))


def test_an_address_abroad_needs_no_index_of_ours_and_names_its_country() -> None:
    abroad = home(country="KG", index6="", region_kato="39")

    assert blocking(abroad) == ()
    assert address_lines(abroad.address, "kk")[-1] == "Қырғызстан"
    assert address_lines(abroad.address, "ru")[-1] == "Киргизия"
    assert "Қостанай облысы" not in address_lines(abroad.address, "kk")
    assert address_lines(replace(GOOD, country="KZ"), "kk") == address_lines(GOOD, "kk")


@pytest.mark.parametrize("region", ["71", "75", "79"])
def test_cities_that_are_regions_are_written_once(region: str) -> None:
    city = replace(GOOD, region_kato=region, settlement_type="қала", settlement="Алматы")

    assert [line for line in address_lines(city, "kk") if "қаласы" in line] == ["Алматы қаласы"]


def test_the_name_on_the_door_and_both_indexes_are_on_the_letter() -> None:
    letter = household_letter(home(care_of="Ахметов", index7="P19E5X4"))

    assert letter.care_of == "Ахметов"
    assert letter.indexes == ("111908", "P19E5X4")
    assert Letter("А", index7="P19E5X4").indexes == ("P19E5X4",)


def test_the_office_that_brings_the_post_decides_the_order() -> None:
    near = home(index6="111999", delivery_index="111901")
    far = home(index6="111902")

    assert sorted([far, near], key=packing_order) == [near, far]


@given(st.sampled_from(["street", "house", "index6", "care_of", "rka", "country"]))
def test_a_changed_letter_gives_another_fingerprint(part: str) -> None:
    assert fingerprint(home(**{part: "x"})) != fingerprint(HOME)
    assert fingerprint(home()) == fingerprint(HOME)


texts = st.text(st.sampled_from("АбвГ ЗqРlX1-,"), max_size=90)


@given(st.builds(Address, street=texts, house=texts, settlement=texts, index6=texts), texts)
def test_any_address_is_judged(address: Address, name: str) -> None:
    one = replace(HOME, address=address, addressee=name)
    found = check_address(one)

    assert {f.flaw for f in found if f.flaw.blocks} == set(blocking(one))
    assert (CheckedAddress(one, found).state == AddressState.OK) is (not found)


def drawn(letter: Letter) -> list[tuple[str, float]]:
    """The lines of a block from above: their text and the height of their letters in points."""

    def draw(canvas: Canvas) -> None:
        draw_address(Pen(canvas), letter, Place(20, 46, 78, 49), translator("kk"))
        canvas.showPage()

    with pypdfium2.PdfDocument(io.BytesIO(whole(draw))) as document:
        text = document[0].get_textpage()
        boxes = [text.get_rect(number) for number in range(text.count_rects())]
        return [(text.get_text_bounded(*box).strip(), box[3] - box[1]) for box in boxes]


def test_the_index_stands_last_in_large_letters_apart_from_each_other() -> None:
    letter = household_letter(home(care_of="Ахметов", index7="P19E5X4"))
    words = [text for text, _high in drawn(letter)]

    assert words[-2:] == ["1 1 1 9 0 8", "P 1 9 E 5 X 4"]
    assert words[1].startswith("Әлиева")
    assert words[2] == "(Ахметов)"


def test_a_long_address_keeps_its_index_and_its_place() -> None:
    long = Letter("Аты-жөні " * 6, ("Өте ұзын көшенің атауы " * 4,) * 4, "111908", "", "Ахметов")
    lines = drawn(long)

    assert lines[-1][0] == "1 1 1 9 0 8"
    assert lines[-1][1] >= LEAST_INDEX * 0.6, "the height of figures of fourteen points"
    assert len(lines) == 1 + 8 + 1
    assert "…" in lines[-2][0]


def test_of_a_building_index_that_stands_alone_it_is_said_which_one_is_missing() -> None:
    one = home(index6="", index7="P19E5X4")
    checked = CheckedAddress(one, check_address(one))

    assert Flaw.NO_INDEX not in blocking(one)
    for language, words in (
        ("en", "no postal index of six digits: the one of seven characters alone"),
        ("kk", "алты цифрлы пошта индексі жоқ"),
        ("ru", "нет почтового индекса из шести цифр"),
    ):
        assert words in told_all(checked, translator(language))
        assert words in flaw_list(blocking(one), translator(language))


def test_a_run_says_whose_pack_goes_by_hand_and_why() -> None:
    packs = [a_pack(), a_pack(key="h7", why_by_hand=("no_index", "no_name"))]

    (words,) = by_hand_for_their_address(packs)

    assert "h7" in words.said(translator("en"))
    assert "no postal index; no name" in words.said(translator("en"))
    assert "нет почтового индекса" in words.said(translator("ru"))


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"addressee": "", "child": "Сейітова Аяна"}, "Ата-анасына: Сейітова Аяна"),
        ({"addressee": "", "child": "Сеитова Аяна", "language": "ru"}, "Родителям: Сеитова Аяна"),
        ({"addressee": "Әлиева Күләш", "child": "Сейітова Аяна"}, "Әлиева Күләш"),
        ({"addressee": " ", "child": " "}, HOME.key),
    ],
)
def test_without_a_guardian_it_goes_to_the_parents_of_the_child(
    parts: dict[str, str], name: str
) -> None:
    assert household_letter(home(**parts)).name == name
    assert (Flaw.NO_NAME in blocking(home(**parts))) == (name == HOME.key)
