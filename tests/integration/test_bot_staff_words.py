"""Teachers and coordinators need no slash: each command is a word in three languages as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.staff import COORDINATOR_COMMANDS, TEACHER_COMMANDS
from bot.words.typed_words import COMMAND_OF, as_command
from jetkiz.storage.database import Database
from tests.bot_family import Family
from tests.bot_staff import AIGUL, MOTHER, SECOND, add_everybody, linked_staff

MINE = {word: name for word, name in COMMAND_OF.items() if name in COORDINATOR_COMMANDS}
EMERGENCY = [word for word, name in MINE.items() if name == "emergency"]


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> Iterator[Family]:
    with sqlite_database.write() as connection:
        people = add_everybody(connection)
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        yield opened


@pytest.mark.parametrize("name", [*TEACHER_COMMANDS, *COORDINATOR_COMMANDS])
def test_each_command_of_the_staff_is_a_word_in_each_language(name: str) -> None:
    words = [word for word, command in COMMAND_OF.items() if command == name]
    cyrillic = [word for word in words if not word.isascii()]
    assert name in words
    assert len(cyrillic) >= 2


def test_a_coordinator_types_the_words_and_a_family_gets_nothing_by_them(school: Family) -> None:
    for word, name in MINE.items():
        typed = (f"/{name}", f"{word.capitalize()}!")
        first, second = (school.says(AIGUL, one).last["text"].splitlines()[0] for one in typed)
        assert first == second, word
        assert "not understood" in school.says(MOTHER, word).last["text"]


def test_an_emergency_is_written_behind_its_word(school: Family) -> None:
    for number, word in enumerate(EMERGENCY):
        school.says(AIGUL, f"{word.upper()} Frost {number}:  stay\nat home.")
        school.press_verb(AIGUL, "emt", 0)
        assert f"Frost {number}:  stay\nat home." in school.screens[SECOND].last["text"]


@given(
    before=st.text(alphabet=" .,!?…«»\"'\n", max_size=5),
    word=st.sampled_from([*EMERGENCY, "emergencyx", ""]),
    after=st.text(alphabet=" .,!?…«»\"'\nа", max_size=8),
)
def test_whatever_stands_around_an_emergency_it_is_read_or_left_as_it_is(
    before: str, word: str, after: str
) -> None:
    update = {"message": {"text": f"{before}{word}{after}"}}
    said = as_command(update)["message"]["text"]
    assert said == update["message"]["text"] or said.startswith("/emergency")


def test_signs_before_the_word_hide_no_emergency(school: Family) -> None:
    school.says(AIGUL, "! ! emergency Fire in the boiler room.")
    school.press_verb(AIGUL, "emt", 0)
    assert "Fire in the boiler room." in school.screens[SECOND].last["text"]


@pytest.mark.parametrize("said", ["emergencies of the week", "срочно", "шұғыл", "вопрос: почему?"])
def test_words_that_only_begin_alike_are_no_command(said: str) -> None:
    update = {"message": {"text": said}}
    assert as_command(update) == update
