"""A school whose week is published, and the telephone of a mother of two, for tests of the chat."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import Family, family_of
from tests.factories import People, add_people, publish_week

MOTHER = 11


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    return people


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path / "files")) as opened:
        opened.link(MOTHER, people.alice, people.bob)
        yield opened
