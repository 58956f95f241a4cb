"""A database that was migrated from nothing is exactly the one that the program describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from jetkiz.storage.database import Database
from jetkiz.storage.schema import all_tables


def _differences(database: Database) -> list[object]:
    ours = set(all_tables().tables)

    def is_ours(_item: object, name: str | None, kind: str, *_more: object) -> bool:
        return kind != "table" or name in ours

    options = {"include_object": is_ours, "compare_type": True}
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, all_tables()))


def test_nothing_is_missing_and_nothing_is_left_over(database: Database) -> None:
    assert _differences(database) == []


def test_a_missing_column_and_a_stray_index_are_seen(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE airing DROP COLUMN actual_start")
        connection.exec_driver_sql("CREATE INDEX stray ON airing (minutes)")
    found = repr(_differences(database))
    assert "add_column" in found
    assert "stray" in found
