"""The fixtures themselves: every test starts from the same migrated, empty database."""

import pytest
from sqlalchemy import inspect, text

from jetkiz.storage.database import Database


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_leaves_nothing_to_the_next(database: Database, turn: int) -> None:
    with database.write() as connection:
        assert "left_behind" not in inspect(connection).get_table_names(), turn
        connection.execute(text("CREATE TABLE left_behind (n INTEGER)"))


def test_the_database_has_the_tables_of_the_product(database: Database) -> None:
    with database.read() as connection:
        assert len(inspect(connection).get_table_names()) > 10


def test_an_empty_database_has_none(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
