"""How much a database is asked: parameters of each statement, rows that were read."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event


@contextmanager
def parameters_counted(connection: Connection) -> Iterator[list[int]]:
    """How many parameters each statement of the block has."""
    counted: list[int] = []

    def count(*arguments: object) -> None:
        counted.append(len(arguments[3]))

    event.listen(connection, "before_cursor_execute", count)
    yield counted
    event.remove(connection, "before_cursor_execute", count)


class Rows:
    """How many rows the statements of a block gave."""

    read = 0


@contextmanager
def rows_counted(connection: Connection) -> Iterator[Rows]:
    """Count the rows that a block reads, on SQLite."""
    rows = Rows()

    def count(_cursor: object, row: tuple[object, ...]) -> tuple[object, ...]:
        rows.read += 1
        return row

    driver = connection.connection.dbapi_connection
    driver.row_factory = count
    yield rows
    driver.row_factory = None
