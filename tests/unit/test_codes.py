"""The code on a sheet: what it holds, what is refused, and that nothing can be made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.codes import (
    ALPHABET,
    LENGTH,
    MOST_ISSUERS,
    MOST_SERIALS,
    Corner,
    SheetCode,
    Standing,
    decode,
    encode,
    grouped,
    judge,
    likely_codes,
    typed,
)

KEYS = {1: b"first key", 2: b"second key"}
SHEET = SheetCode(1, 77, 123_456_789, Corner.TOP_RIGHT)
SHEETS = st.builds(
    SheetCode,
    st.sampled_from(sorted(KEYS)),
    st.integers(0, MOST_ISSUERS - 1),
    st.integers(0, MOST_SERIALS - 1),
    st.sampled_from(Corner),
)


@given(SHEETS)
def test_what_was_put_in_comes_out(code: SheetCode) -> None:
    text = encode(code, KEYS)

    assert len(text) == LENGTH
    assert set(text) <= set(ALPHABET)
    assert judge(text, code.issuer, KEYS) == (Standing.OURS, code)


@given(SHEETS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_changed_character_is_never_another_sheet(
    code: SheetCode, at: int, character: str
) -> None:
    text = encode(code, KEYS)
    changed = text[:at] + character + text[at + 1 :]

    standing, found = judge(changed, code.issuer, KEYS)

    if standing == Standing.OURS:
        assert found is not None
        assert found.serial == code.serial


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_made_up_text_is_not_ours(text: str) -> None:
    assert judge(text, 77, {3: b"nobody's key"})[0] != Standing.OURS


def test_the_three_codes_of_a_sheet_differ_by_corner() -> None:
    texts = {encode(SheetCode(1, 77, 5, corner), KEYS) for corner in Corner}

    assert len(texts) == len(Corner)


def test_old_sheets_stay_readable_after_a_new_key() -> None:
    old = encode(SHEET, {1: KEYS[1]})

    assert judge(old, 77, KEYS)[0] == Standing.OURS


def test_a_sheet_of_another_key_is_forged() -> None:
    text = encode(SHEET, {1: b"somebody else's key"})

    assert judge(text, 77, KEYS) == (Standing.FORGED, SHEET)


def test_a_version_without_a_key_is_forged() -> None:
    text = encode(SheetCode(2, 77, 1, Corner.TOP_RIGHT), KEYS)

    assert judge(text, 77, {1: KEYS[1]})[0] == Standing.FORGED


def test_another_school_is_told_apart() -> None:
    text = encode(SHEET, KEYS)

    assert judge(text, 78, KEYS) == (Standing.OTHER_ISSUER, SHEET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTPS://BILIM.KZ",
        "0123",
        "0123456789abcdef",
        "::::::::::::::::",
        "WIFI:S:SCHOOL;;;",
    ],
)
def test_other_texts_are_foreign(text: str) -> None:
    assert decode(text) is None or judge(text, 77, KEYS)[0] != Standing.OURS


def test_too_large_a_number_is_no_code() -> None:
    assert decode(":" * LENGTH) is None


@pytest.mark.parametrize(
    "code",
    [
        SheetCode(8, 1, 1, Corner.TOP_RIGHT),
        SheetCode(1, MOST_ISSUERS, 1, Corner.TOP_RIGHT),
        SheetCode(1, 1, MOST_SERIALS, Corner.TOP_RIGHT),
        SheetCode(1, 1, -1, Corner.TOP_RIGHT),
    ],
)
def test_what_does_not_fit_is_refused(code: SheetCode) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        encode(code, KEYS)


def test_a_person_can_type_what_is_printed() -> None:
    text = encode(SHEET, KEYS)
    printed = grouped(text)

    assert [len(part) for part in printed.split()] == [4, 4, 4, 4]
    assert typed(f" {printed.lower()} ") == text


def means(text: str) -> list[SheetCode]:
    """The sheets that a typed text may mean."""
    judged = (judge(one, SHEET.issuer, KEYS) for one in likely_codes(text))
    return [code for standing, code in judged if code and standing == Standing.OURS]


@given(SHEETS, st.data())
def test_characters_that_look_alike_may_be_typed_for_each_other(
    code: SheetCode, data: st.DataObject
) -> None:
    text = encode(code, KEYS)
    pairs = {"0": "OО", "O": "0", "1": "IІ", "8": "B", "B": "8В", "5": "S", "C": "С", "K": "К"}
    mistyped = "".join(data.draw(st.sampled_from(one + pairs.get(one, ""))) for one in text)

    found = (judge(one, code.issuer, KEYS) for one in likely_codes(grouped(mistyped).lower()))

    standing, meant = next(one for one in found if one[0] == Standing.OURS)
    assert standing == Standing.OURS
    assert meant is not None
    assert meant.serial == code.serial


@pytest.mark.parametrize("place", range(LENGTH))
def test_one_wrong_character_anywhere_is_mended(place: int) -> None:
    text = encode(SHEET, KEYS)
    wrong = "X" if text[place] != "X" else "Y"

    found = means(text[:place] + wrong + text[place + 1 :])

    assert {one.serial for one in found} == {SHEET.serial}


@pytest.mark.parametrize("text", ["", "A" * 15, "A" * 17, "no code at all", "AAAA BBBB CCCC DDDD"])
def test_what_is_no_code_means_nothing(text: str) -> None:
    assert means(text) == []
