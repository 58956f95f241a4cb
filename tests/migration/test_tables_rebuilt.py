"""A table of a school with data can be built anew, and no reference is lost on the way."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.roster.tables import household, student
from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from tests.factories import add_people


def _rebuild_households(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    with Operations(context).batch_alter_table("household", recreate="auto") as batch:
        batch.add_column(sa.Column("extra", sa.String))
        batch.alter_column("sourced_id", existing_type=sa.String, nullable=True)


def _count(connection: Connection, table: sa.Table) -> int | None:
    return connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_table_that_others_point_to_is_rebuilt_with_its_rows(database: Database) -> None:
    with database.write() as connection:
        add_people(connection)
    with database.reshape() as connection:
        _rebuild_households(connection)
    with database.read() as connection:
        assert _count(connection, household) == 3
        assert _count(connection, student) == 3


def test_references_are_guarded_again_afterwards(database: Database) -> None:
    with database.reshape() as connection:
        add_people(connection)
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(household.delete())


def test_a_change_that_breaks_a_reference_leaves_nothing_behind(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    with (
        pytest.raises(JetkizError, match="would point to rows that are not there"),
        sqlite_database.reshape() as connection,
    ):
        connection.execute(household.delete())
    with sqlite_database.read() as connection:
        assert _count(connection, household) == 3


def test_an_upgrade_of_a_school_with_data_keeps_it(database: Database) -> None:
    with database.write() as connection:
        add_people(connection)
    upgrade(database)
    with database.read() as connection:
        assert _count(connection, student) == 3
