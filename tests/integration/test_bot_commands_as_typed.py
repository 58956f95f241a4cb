"""A command does the same however it is typed: with the bot's name behind it, in large letters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.receiving import inbox
from bot.words.talk import COMMANDS
from jetkiz.roster.link_codes import LinkRole, make_link_code
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, family_of
from tests.factories import NOW, People

MOTHER, GUEST = 11, 12


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        yield opened


def answers(family: Family, phone: int, text: str) -> list[str]:
    """What is new in the chat after these words."""
    before = len(family.screens[phone].texts) if phone in family.screens else 0
    return family.says(phone, text).texts[before:]


@pytest.mark.parametrize("phone", [MOTHER, GUEST])
@pytest.mark.parametrize("command", ["start", *COMMANDS])
def test_every_command_answers_the_same_however_it_is_typed(
    family: Family, phone: int, command: str
) -> None:
    plain = answers(family, phone, f"/{command}")
    assert plain
    for typed in (f"/{command}@AulBot", f"/{command.upper()}", f"/{command.title()}@x"):
        assert answers(family, phone, typed) == plain
    assert inbox.count_waiting(family.connection, BOT) == 0


def test_a_code_behind_the_bots_name_is_read(family: Family, people: People) -> None:
    hashed = family.workplace.files.hash_of_code
    code = make_link_code(family.connection, people.bob, LinkRole.GUARDIAN, NOW, hashed)
    assert "Bob" in " ".join(answers(family, GUEST, f"/start@AulBot {code}"))


def test_an_unknown_command_is_not_taken_for_a_known_one(family: Family) -> None:
    help_text = answers(family, MOTHER, "/help")
    assert answers(family, MOTHER, "/helpme@AulBot") != help_text
