"""What is known of Kazpost's services before anything is asked: the line, the key, the words."""

from dataclasses import replace
from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Level
from jetkiz.roster.model import Address, Household
from print_packs.kazpost import operations
from print_packs.kazpost.commands import recipient_of
from print_packs.kazpost.envelopes import read_reply
from print_packs.kazpost.key import VARIABLE, ClientKey, read_key
from print_packs.kazpost.operations import phone_of
from print_packs.kazpost.service import require_safe
from print_packs.kazpost.settings_check import check_kazpost
from tests.kazpost_stand_in import BOMB, KEY


@pytest.mark.parametrize(
    ("said", "phone"),
    [("+7 709 123-45-67", "7091234567"), ("87091234567", "7091234567"), ("709123", ""), ("", "")],
)
def test_a_phone_has_ten_digits(said: str, phone: str) -> None:
    assert phone_of(said) == phone


@pytest.mark.parametrize(
    ("address", "plain", "is_safe"),
    [
        ("https://rates.example/x", False, True),
        ("http://rates.example/x", False, False),
        ("http://rates.example/x", True, False),
        ("http://127.0.0.1:8/x", False, False),
        ("http://127.0.0.1:8/x", True, True),
        ("http://localhost/x", True, True),
        ("ftp://127.0.0.1/x", True, False),
        ("file:///etc/passwd", True, False),
        ("rates.example", True, False),
    ],
)
def test_the_key_never_leaves_over_a_line_that_others_read(
    address: str, plain: bool, is_safe: bool
) -> None:
    if is_safe:
        require_safe(address, plain)
        return
    with pytest.raises(JetkizError, match="https only"):
        require_safe(address, plain)


def test_the_key_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kazpost.key"
    file.write_text(f"{KEY}\n")
    settings = Settings(kazpost_key_file=str(file))
    assert read_key(settings, {}) == ClientKey(KEY)
    other = KEY[::-1]
    assert read_key(settings, {VARIABLE: other}) == ClientKey(other)
    for bad, environment in ((Settings(), {}), (settings, {VARIABLE: "short-secret"})):
        with pytest.raises(JetkizError) as caught:
            read_key(bad, environment)
        assert "short-secret" not in f"{caught.value!r}{caught.value.facts}"
    file.write_bytes(b"\xff")
    with pytest.raises(JetkizError, match="cannot be read"):
        read_key(settings, {})


def test_no_bomb_is_unpacked() -> None:
    with pytest.raises(JetkizError):
        read_reply(BOMB, operations.RATE)
    with pytest.raises(JetkizError):
        read_reply(BOMB.decode().encode("utf-16"), operations.RATE)


def test_the_doctor_looks_at_the_settings(tmp_path: Path) -> None:
    on = Settings(kazpost_service="https://rates.example/x", kazpost_bin="000140002217")
    file = tmp_path / "key"
    file.write_text(KEY)
    good = replace(on, kazpost_key_file=str(file), kazpost_tracking="https://track.example")
    assert list(check_kazpost(Settings(), {})) == []
    assert {one.level for one in check_kazpost(good, {})} == {Level.GOOD}
    for bad in (
        on,
        replace(good, kazpost_service="http://rates.example/x"),
        replace(good, kazpost_bin="12"),
        replace(good, kazpost_tracking="ftp://x"),
    ):
        assert Level.FAULT in {one.level for one in check_kazpost(bad, {})}


def test_a_home_is_written_as_the_service_wants_it() -> None:
    address = Address(street="Абай", house="6", flat="2", settlement="Қарасу", index6="111911")
    found = recipient_of(Household(1, 1, "h1", "kk", address, phone="87091234567"))
    assert (found.name, found.house, found.index) == ("h1", "6, 2", "111911")
