"""Which characters can be printed: every Kazakh letter, the tenge, and a box for the rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.fonts import FILES, FOLDER, font_path
from jetkiz.fonts.letters import BOX, coverage, missing, plain, read_coverage, runs

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"


def test_every_kazakh_letter_is_in_the_text_font() -> None:
    for font in ("PTSans", "PTSans-Bold", "PTSans-Italic"):
        assert {ord(c) for c in KAZAKH} <= coverage(font)


def test_a_stand_in_sets_what_the_text_font_lacks() -> None:
    assert runs("5 ₸ → ☐", "PTSans-Bold") == (
        ("PTSans-Bold", "5 "),
        ("DejaVuSans-Bold", "₸"),
        ("PTSans-Bold", " "),
        ("DejaVuSans-Bold", "→"),
        ("PTSans-Bold", " "),
        ("DejaVuSans-Bold", "☐"),
    )


def test_what_no_font_has_is_named_once_and_shown_as_a_box() -> None:
    assert missing("漢字 and 漢") == ["漢", "字"]
    assert runs("漢", "PTSans") == (("DejaVuSans", BOX),)


def test_the_stand_in_has_no_stand_in() -> None:
    assert runs("ок", "DejaVuSans") == (("DejaVuSans", "ок"),)


def test_a_decomposed_letter_is_composed_and_controls_go() -> None:
    assert plain("Й\u200bо\x07\tя\nд") == "Йо я д"


@given(st.text())
def test_every_character_of_a_line_is_set_in_a_font_that_has_it(text: str) -> None:
    for font, part in runs(text, "PTSans"):
        assert all(ord(character) in coverage(font) for character in part)


def test_the_licences_lie_beside_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "PT_Sans-OFL.txt").read_text("utf-8-sig")
    assert "Bitstream" in (FOLDER / "DejaVu-LICENSE.txt").read_text("utf-8")
    assert {font_path(name).name for name in FILES} <= {file.name for file in FOLDER.iterdir()}


def test_a_missing_font_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match=r"PTSans is missing.*Install Jetkiz again"):
        font_path("PTSans", tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a font at all", b"\0\1\0\0\0\0\0\0\0\0\0\0"])
def test_a_broken_font_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.ttf"
    file.write_bytes(content)

    with pytest.raises(JetkizError, match="cannot be read"):
        read_coverage(file)
