"""Whatever somebody meant as a code is answered as one, and what they did not is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jetkiz.roster.link_codes import LinkRole, make_link_code, typed_form
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import Family, family_of
from tests.factories import NOW, People

MOTHER, STRANGER = 11, 13


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice, people.bob)
        yield opened


def test_a_mistyped_code_is_called_one(family: Family, people: People) -> None:
    hashed = family.workplace.files.hash_of_code
    long = make_link_code(family.connection, people.alice, LinkRole.GUARDIAN, NOW, hashed)
    code = typed_form(long)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "code is wrong" in family.says(STRANGER, wrong).last["text"]
    assert "code is wrong" in family.says(STRANGER, code[:-3]).last["text"]
    assert "code is wrong" in family.says(MOTHER, wrong).last["text"]
    assert "<b>Alice</b>, 2A" in family.says(STRANGER, code.lower()).last["text"]


@pytest.mark.parametrize(
    "typed", ["ABCD-1234-5", "ABCD-EFGH", "ABCD–EFGH–J", "ABCD - EFGH", "ABДD-EFG7-J", "ABUD 234 5"]
)
def test_whatever_was_meant_as_a_code_is_called_wrong(family: Family, typed: str) -> None:
    assert "code is wrong" in family.says(STRANGER, typed).last["text"]


def test_wrong_codes_say_how_many_tries_are_left(family: Family) -> None:
    said = [family.says(STRANGER, f"k1_wrong{n}").last["text"] for n in range(6)]
    assert "4 more tries are" in said[0]
    assert "1 more try is" in said[3]
    assert "in an hour" in said[4]
    assert "code is wrong" in said[4]
    assert "code is wrong" not in said[5]
    family.now += timedelta(hours=1)
    assert "4 more tries" in family.says(STRANGER, "k1_wrong").last["text"]


@pytest.mark.parametrize(
    "words", ["Сәлеметсіз бе", "good morning", "Рахмет!", "9", "задача 5", "сынып 5 а"]
)
def test_plain_words_are_no_code(family: Family, words: str) -> None:
    assert "code is wrong" not in family.says(STRANGER, words).last["text"]
