"""Which bots the settings name; what is wrong with them is said without showing a token."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.bot_tokens import BotToken, bot_number, read_bots
from jetkiz.config import Settings
from jetkiz.errors import JetkizError

SECRET = "77:AAsecret"


def bots_of(folder: Path, text: str, general: str = "") -> tuple[BotToken, ...]:
    file = folder / "bots.toml"
    file.write_text(text, "utf-8")
    return read_bots(Settings(telegram_token=general, telegram_bots=str(file)))


def test_the_bot_of_all_others_comes_first_then_those_of_schools(tmp_path: Path) -> None:
    found = bots_of(tmp_path, '"s 1" = "5:a"\ns2 = " 6:b "\n', "4:c")
    assert found == (BotToken("4:c"), BotToken("5:a", "s 1"), BotToken("6:b", "s2"))
    assert [one.number for one in found] == [4, 5, 6]


def test_without_tokens_there_is_no_bot_and_a_file_alone_is_enough(tmp_path: Path) -> None:
    assert read_bots(Settings()) == ()
    assert [one.school for one in bots_of(tmp_path, 's2 = "6:b"')] == ["s2"]
    assert bots_of(tmp_path, "# none yet") == ()


def test_a_mark_before_the_first_letter_does_no_harm(tmp_path: Path) -> None:
    assert bots_of(tmp_path, '\ufeffs2 = "6:b"') == (BotToken("6:b", "s2"),)


@pytest.mark.parametrize(
    "text",
    [
        f's1 = "{SECRET}',
        f"s1 = {SECRET}",
        f'"{SECRET}" = "s1"',
        f'"" = "{SECRET}"',
        f's1 = "{SECRET} x"',
        f's1 = ["{SECRET}"]',
        f'[s1]\ntoken = "{SECRET}"',
        f's1 = "{SECRET}"\ns1 = "{SECRET}"',
        f's1 = "{SECRET}"\ns2 = "{SECRET}"',
        f's1 = "{SECRET}"\ns2 = "77:other"',
        "s1 = 7",
        's1 = ""',
    ],
)
def test_what_is_wrong_is_refused_and_no_token_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(JetkizError) as refused:
        bots_of(tmp_path, text)
    assert refused.value.remedy
    assert "AAsecret" not in str(refused.value)
    assert refused.value.__cause__ is None, "a cause would show the line in a log"


def test_a_school_with_the_bot_of_all_others_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="telegram_token and s1"):
        bots_of(tmp_path, 's1 = "4:d"', "4:c")


def test_a_missing_file_and_one_that_is_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="cannot be read: No such file"):
        read_bots(Settings(telegram_bots=str(tmp_path / "none.toml")))
    (tmp_path / "bots.toml").write_bytes(b"s1 = '\xff\xfe'")
    with pytest.raises(JetkizError, match="not written as it should be"):
        read_bots(Settings(telegram_bots=str(tmp_path / "bots.toml")))


def test_a_bot_never_shows_its_token() -> None:
    assert SECRET not in repr(BotToken(SECRET, "s1"))


@given(st.text())
def test_any_token_has_a_number_or_none(token: str) -> None:
    number = bot_number(token)
    assert number >= 0
    if number:
        assert str(number) == token.partition(":")[0].lstrip("0")
