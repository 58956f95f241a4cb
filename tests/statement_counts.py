"""How much a database is asked: parameters of each statement, rows that were read, plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def statements_kept(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements of a block, each with its parameters."""
    kept: list[tuple[str, Any]] = []

    def keep(*arguments: Any) -> None:
        kept.append((arguments[2], arguments[3]))

    event.listen(connection, "before_cursor_execute", keep)
    yield kept
    event.remove(connection, "before_cursor_execute", keep)


@contextmanager
def plans_kept(connection: Connection) -> Iterator[list[str]]:
    """How SQLite looks for the rows of each statement of a block: SCAN reads a whole table."""
    plans: list[str] = []
    with statements_kept(connection) as kept:
        yield plans
    driver: Any = connection.connection.dbapi_connection
    for statement, values in kept:
        one = values[0] if isinstance(values, list) else values
        plans += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", one)]
