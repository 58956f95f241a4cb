"""The kind of a settlement: read from many spellings, printed in the language of the home."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.roster.incoming import Subject
from jetkiz.roster.model import Address
from jetkiz.roster.reading import cells
from jetkiz.roster.settlements import (
    OFFERED,
    WRITTEN,
    Settlement,
    settlement_kind,
    settlement_size,
)
from print_packs.post.addresses import address_lines
from tests.rosters import Files, completed, said, swap, workbook

BOZTAL = Address(house="1", settlement="Бозтал", region_kato="39")


def placed(kind: str) -> Files:
    """Return the workbook with this kind for every home."""
    header = swap(workbook(), "households.csv", "settlement,", "settlement,settlement_type,")
    return swap(header, "households.csv", "Ақкөл,", f"Ақкөл,{kind},")


@pytest.mark.parametrize(
    ("written", "kazakh", "russian"),
    [
        ("village", "Бозтал ауылы", "село Бозтал"),
        ("с.", "Бозтал ауылы", "село Бозтал"),
        ("Ауылы", "Бозтал ауылы", "село Бозтал"),
        ("поселок", "Бозтал кенті", "посёлок Бозтал"),
        ("Г.", "Бозтал қаласы", "город Бозтал"),
        ("қ.", "Бозтал қаласы", "город Бозтал"),
        ("зимовка", "Бозтал қыстауы", "зимовка Бозтал"),
    ],
)
def test_the_envelope_speaks_the_language_of_the_home(
    written: str, kazakh: str, russian: str
) -> None:
    incoming, findings = completed(placed(written))
    assert said(findings) == []
    stored = incoming[Subject.HOUSEHOLD]["s1", "h1"]["settlement_type"]
    for value in (stored, written):  # a register of before holds the word as it was typed
        address = replace(BOZTAL, settlement_type=value)
        assert address_lines(address, "kk")[1] == kazakh
        assert address_lines(address, "ru")[1] == russian


def test_what_is_offered_and_what_is_printed_is_read_back() -> None:
    assert {settlement_kind(word) for word in OFFERED} == set(Settlement)
    for kind, words in WRITTEN.items():
        assert {settlement_kind(word) for word in (*words, kind.value)} == {kind}


@given(st.sampled_from(OFFERED), st.sampled_from(["", ".", " "]), st.booleans())
def test_case_and_a_full_stop_do_not_count(word: str, end: str, is_loud: bool) -> None:
    assert settlement_kind((word.upper() if is_loud else word) + end) == settlement_kind(word)


@pytest.mark.parametrize("wrong", ["vilage", "Бозтал", "село Бозтал", "39", "."])
def test_another_word_is_refused_with_the_list(wrong: str) -> None:
    (line,) = said(completed(placed(wrong))[1])
    assert f"households.csv, row 2, column settlement_type, value «{wrong}»" in line
    assert "This is no kind of settlement. Write one of: ауыл, село," in line


def test_a_dash_clears_it_and_an_old_odd_word_is_printed_as_it_is() -> None:
    incoming, findings = completed(placed("-"))
    assert said(findings) == []
    assert incoming[Subject.HOUSEHOLD]["s1", "h1"]["settlement_type"] == ""
    farm = replace(BOZTAL, settlement_type="ферма")
    assert address_lines(farm, "kk")[1] == "Бозтал ферма"
    with pytest.raises(cells.CellError):
        cells.settlement("ферма")


@pytest.mark.parametrize(
    ("kind", "in_okrug", "size"),
    [
        ("с.", False, "rural"),
        ("қыстау", False, "rural"),
        ("станция", True, "rural"),
        ("", True, "rural"),
        ("кент", False, "urban"),
        ("г.", True, "urban"),
        ("", False, ""),
        ("somewhere", False, ""),
    ],
)
def test_a_village_is_told_from_a_city(kind: str, size: str, *, in_okrug: bool) -> None:
    assert settlement_size(kind, is_in_okrug=in_okrug) == size
