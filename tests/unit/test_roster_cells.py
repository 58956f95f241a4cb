"""What a cell may say: good values are read, all others are a sentence with a remedy."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.roster.access_profile import FactKind, Source
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.cells import CellError
from jetkiz.roster.regions import REGIONS, building_fits, index_fits, is_usual

GOOD: list[tuple[Callable[[str], Any], str, Any]] = [
    (cells.grade, "0", 0),
    (cells.grade, "09", 9),
    (cells.grade, "12", 12),
    (cells.grade, "KG", 0),
    (cells.language, "KK", "kk"),
    (cells.truth, "TRUE", True),
    (cells.truth, "false", False),
    (cells.truth, "Inactive", False),
    (cells.day, "2026-01-26", date(2026, 1, 26)),
    (cells.day, "26.01.2026", date(2026, 1, 26)),
    (cells.day, "6/30/2018", date(2018, 6, 30)),
    (cells.needs, "large_print; audio", "audio,large_print"),
    (cells.needs, "", ""),
    (cells.delivery_mode, "Pick_up", "pick_up"),
    (cells.phone, "8 (701) 123-45-67", "+77011234567"),
    (cells.phone, "701 123 45 67", "+77011234567"),
    (cells.phone, "+1 123 456 7890", "+11234567890"),
    (cells.index6, "010000", "010000"),
    (cells.index7, "p19e5x4", "P19E5X4"),
    (cells.index7, "a10 x5h4", "A10X5H4"),
    (cells.index7, "A01P3K4", "A01P3K4"),
    (cells.index7, "X41D8M0", "X41D8M0"),
    (cells.index7, "Z05E8P2", "Z05E8P2"),
    (cells.rka, "0201 3000 1234 5678", "0201300012345678"),
    (cells.country, "kz", "KZ"),
    (cells.region, "39", "39"),
    (cells.whole, "007", 7),
    (cells.kilometres, "2,5", 2.5),
    (cells.confidence, "0,9", 0.9),
    (cells.confidence, ".5", 0.5),
    (cells.confidence, "1.0", 1.0),
    (cells.fact_kind, "Internet", FactKind.INTERNET),
    (cells.source, "teacher", Source.TEACHER),
    (cells.zone, "Asia/Qostanay", "Asia/Qostanay"),
]

BAD: list[tuple[Callable[[str], Any], str]] = [
    (cells.grade, "13"),
    (cells.grade, "8А"),
    (cells.grade, "-1"),
    (cells.grade, "٨"),
    (cells.language, "қаз"),
    (cells.truth, "maybe"),
    (cells.day, "2026-02-30"),
    (cells.day, "46048"),
    (cells.needs, "glasses"),
    (cells.delivery_mode, "courier"),
    (cells.phone, "112"),
    (cells.phone, "87011234567, 87011234568"),
    (cells.index6, "1119"),
    (cells.index7, "Р19Е5Х4"),  # Cyrillic look-alikes
    (cells.index7, "A1OX5H4"),  # the letter O for a nought
    (cells.index7, "A10X5HH"),
    (cells.rka, "020130001234567"),
    (cells.country, "KAZ"),
    (cells.region, "77"),
    (cells.whole, "2.5"),
    (cells.kilometres, "near"),
    (cells.confidence, "2"),
    (cells.fact_kind, "wifi"),
    (cells.source, "rumour"),
    (cells.zone, "Kostanay"),
    (cells.zone, "../etc/passwd"),
]


@pytest.mark.parametrize(("reader", "text", "value"), GOOD)
def test_good_cells(reader: Callable[[str], Any], text: str, value: object) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(("reader", "text"), BAD)
def test_bad_cells_are_sentences(reader: Callable[[str], Any], text: str) -> None:
    with pytest.raises(CellError) as wrong:
        reader(text)
    assert is_said_well(wrong.value)


def is_said_well(wrong: CellError) -> bool:
    """Whether what is wrong is a sentence, and what to do is one or goes on in the next line."""
    remedy = wrong.remedy.format(**wrong.facts)
    return wrong.sentence.endswith(".") and remedy.endswith((".", ","))


def read_or_refused(reader: Callable[[str], Any], text: str) -> Any:
    """Return the value of a cell, or whether it is refused as it should be."""
    try:
        return reader(text)
    except CellError as wrong:
        return is_said_well(wrong) or None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FactKind.INTERNET, "3G", "3g"),
        (FactKind.INTERNET, "?", "unknown"),
        (FactKind.PHONE, "Unknown", "unknown"),
        (FactKind.DATA_CAP_MB, "1500", "1500"),
        (FactKind.TV, "balapan; el_arna", "balapan,el_arna"),
        (FactKind.TV, "none", "none"),
        (FactKind.PREFERENCE, "print", "print"),
    ],
)
def test_values_of_facts(kind: FactKind, text: str, value: str) -> None:
    assert cells.fact_value(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FactKind.INTERNET, "5g"),
        (FactKind.PHONE_SHARERS, "two"),
        (FactKind.TV, "Балапан"),
        (FactKind.TV, ";"),
    ],
)
def test_values_that_a_fact_cannot_have(kind: FactKind, text: str) -> None:
    with pytest.raises(CellError):
        cells.fact_value(kind, text)


@given(st.sampled_from(sorted({reader for reader, _text in BAD}, key=str)), st.text(max_size=20))
def test_any_text_is_a_value_or_a_sentence(reader: Callable[[str], Any], text: str) -> None:
    assert read_or_refused(reader, text) is not None


@given(st.sampled_from(FactKind), st.text(max_size=20))
def test_any_fact_is_a_value_or_a_sentence(kind: FactKind, text: str) -> None:
    assert read_or_refused(partial(cells.fact_value, kind), text)


def test_regions_have_prefixes() -> None:
    assert len(REGIONS) == 20
    assert {one.prefix for one in REGIONS.values()} == {f"{n:02}" for n in range(1, 17)}
    assert {number for number, one in REGIONS.items() if one.is_city} == {"71", "75", "79"}
    assert len({one.kazakh for one in REGIONS.values()}) == 20


@pytest.mark.parametrize(
    ("index", "region", "fits"),
    [
        ("160000", "79", True),
        ("160000", "61", True),
        ("050000", "23", False),
        ("060000", "23", True),
        ("468320", "43", True),
        ("", "39", True),
        ("110000", "", True),
    ],
)
def test_an_index_is_of_its_region(index: str, region: str, fits: bool) -> None:
    assert index_fits(index, region) is fits


def test_a_building_index_is_of_its_region() -> None:
    assert building_fits("P19E5X4", "39")
    assert not building_fits("A10X5H4", "39")
    assert building_fits("A10X5H4", "33"), "no letter is known of a new region"
    assert is_usual("A10X5H4")
    assert not is_usual("P19L5X4")
