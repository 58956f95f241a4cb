"""Postal numbers: which are right, why others are not, and that a scanner reads the bars."""

import csv
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument
from reportlab.pdfgen.canvas import Canvas

from jetkiz.errors import JetkizError
from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from print_packs.pages.documents import whole
from print_packs.s10.bars import HIGH, MODULE, WIDE_MODULE, draw_number, module_in, size_of
from print_packs.s10.numbers import SPECIMEN, Flaw, Number, check_digit, fmt, parse, validate

_FILE = Path(__file__).parent.parent / "data" / "s10_numbers.csv"
NUMBERS = list(csv.DictReader(_FILE.read_text("utf-8").splitlines()))
INVALID = [row["number"] for row in NUMBERS if row["expected"] == "invalid"]
VALID = [row["number"] for row in NUMBERS if row["expected"] == "valid"]
FLAWS = {
    "RK070333557CP": Flaw.CHECK_DIGIT,
    "EA123456789US": Flaw.CHECK_DIGIT,
    "EC123456789US": Flaw.CHECK_DIGIT,
    "RB123456786US": Flaw.CHECK_DIGIT,
    "RB123456785XX": Flaw.COUNTRY,
    "JA123456785KZ": Flaw.RESERVED,
    "TA123456785KZ": Flaw.RESERVED,
    "RR00000015KZ": Flaw.LENGTH,
    "RR0000001555KZ": Flaw.LENGTH,
    "СС016466342KZ": Flaw.CYRILLIC,
}


@pytest.mark.parametrize("number", VALID)
def test_a_number_that_exists_is_taken(number: str) -> None:
    assert validate(number, country=None) is None
    assert validate(number) == (None if number.endswith("KZ") else Flaw.COUNTRY)
    assert parse(number, country=None).text == number
    assert parse(f" {fmt(number).lower()} ", country=None).text == number


def test_each_remainder_of_the_sum_has_its_check_digit() -> None:
    found = {check_digit(n[2:10]) for n in VALID if n.startswith("RR0")}

    assert len([n for n in VALID if n.startswith("RR0")]) == 11
    assert found == set(range(10))


@pytest.mark.parametrize("number", INVALID)
def test_a_number_that_cannot_be_right_is_refused_with_its_reason(number: str) -> None:
    flaw = FLAWS[number]

    assert validate(number, country=None) == flaw
    with pytest.raises(JetkizError) as refused:
        parse(number, country=None)
    assert translator("ru").error(refused.value)


def test_cyrillic_letters_are_named_with_the_latin_ones_they_look_like() -> None:
    with pytest.raises(JetkizError) as refused:
        parse("СР016466342KZ")

    assert "С = C, Р = P" in translator("en").error(refused.value)


@pytest.mark.parametrize("text", ["R1473124829KZ", "RR47312482OKZ", "RR473124829K7"])
def test_a_letter_in_place_of_a_digit_is_refused(text: str) -> None:
    assert validate(text) == Flaw.FORM


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567x", "१२३४५६७८"])
def test_a_check_digit_belongs_to_eight_digits(text: str) -> None:
    with pytest.raises(ValueError):
        check_digit(text)


def test_a_number_is_grouped_as_people_read_it() -> None:
    assert fmt("CC016695190KZ") == "CC 016 695 190 KZ"
    assert parse("cc-016-695-190-kz").spaced == "CC 016 695 190 KZ"


@given(st.integers(0, 10**8 - 1), st.sampled_from(["RR", "CC", "VV", "EE", "UA"]))
def test_every_serial_makes_a_number_that_is_read_back(serial: int, prefix: str) -> None:
    number = Number(prefix, serial)

    assert parse(number.text) == number
    assert parse(number.spaced) == number


def test_one_swap_of_neighbours_passes_the_check_digit() -> None:
    # The weak spot of the standard: both sums leave 0 or 6, and both then have the digit 5.
    # Why numbers from the counter are compared with those that were issued.
    serials = [f"{n:08}" for n in range(1_000, 3_000)]
    swapped = [
        (one, one[:at] + one[at + 1] + one[at] + one[at + 2 :])
        for one in serials
        for at in range(7)
        if one[at] != one[at + 1]
    ]
    passed = [(a, b) for a, b in swapped if check_digit(a) == check_digit(b)]

    assert 0.01 < len(passed) / len(swapped) < 0.03
    serial, other = passed[0]
    wrong = f"RR{other}{check_digit(other)}KZ"
    assert validate(wrong) is None
    assert parse(wrong) != Number("RR", int(serial))


def page_with(number: str, width: float) -> PdfDocument:
    def draw(canvas: Canvas) -> None:
        draw_number(Pen(canvas), number, (20, 40, width))
        canvas.showPage()

    return PdfDocument(whole(draw))


@pytest.mark.parametrize(("width", "module"), [(60.0, MODULE), (80.0, WIDE_MODULE)])
@pytest.mark.parametrize("number", ["CC016466342KZ", "CC016695190KZ", "RR473124829KZ"])
def test_a_scanner_reads_the_bars_at_150_dpi(number: str, width: float, module: float) -> None:
    picture = page_with(number, width)[0].render(scale=150 / 72).to_pil().convert("L")

    read = zxingcpp.read_barcodes(picture)

    assert [(one.text, one.format) for one in read] == [(number, zxingcpp.BarcodeFormat.Code128)]
    assert module_in(width) == module
    assert size_of(width)[0] <= width


def test_the_bars_keep_to_the_standard() -> None:
    wide = 156 * MODULE

    assert pytest.approx(51.5, abs=0.05) == wide
    assert max(12.5, 0.15 * wide) <= HIGH
    assert 10 * MODULE >= 3.3 - 1e-9
    picture = page_with("CC016695190KZ", 60)[0].render(scale=300 / 72).to_pil().convert("L")
    dark = picture.point(lambda value: 255 * (value < 128)).getbbox()
    assert dark
    left, top, right, _ = (value / 300 * 25.4 for value in dark)
    assert (left, top) == (pytest.approx(20 + 3.3, abs=0.1), pytest.approx(40, abs=0.1))
    assert right == pytest.approx(20 + 3.3 + wide, abs=0.1)


def test_under_the_bars_stands_the_number_and_a_rehearsal_has_no_bars() -> None:
    real, rehearsed, empty = (page_with(n, 60)[0] for n in ("RR473124829KZ", SPECIMEN, ""))

    assert real.get_textpage().get_text_bounded().strip() == "RR 473 124 829 KZ"
    assert rehearsed.get_textpage().get_text_bounded().strip() == SPECIMEN
    assert not zxingcpp.read_barcodes(rehearsed.render(scale=150 / 72).to_pil())
    assert empty.get_textpage().get_text_bounded() == ""
