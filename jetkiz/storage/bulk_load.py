"""How many rows are written at once: COPY on PostgreSQL, executemany on SQLite.

Many rows of which some may be there already go by COPY into a table of the moment, and from there
in one statement: row by row the same takes three times as long.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Table,
    TableClause,
    UpdateBase,
    bindparam,
    column,
    func,
    select,
    update,
)
from sqlalchemy import table as sql_table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert

_STAGE = "rows_of_the_moment"
Rows = Sequence[Mapping[str, Any]]
_Insert = Callable[[Table], "PostgresInsert | SqliteInsert"]
CHUNK = 5_000
# Below this a table of the moment costs more than it saves.
STAGED = 500
# PostgreSQL takes 65,535 values in one statement; ten columns of this many rows fit well.
RETURNED = 2_000


def insert_new(
    connection: Connection, table: Table, rows: Rows, key: Iterable[str] | None = None
) -> int:
    """Insert the rows whose key is not there yet; return how many were new."""
    if not rows:
        return 0
    if len(rows) >= STAGED and connection.dialect.name == "postgresql":
        return _insert_staged(connection, table, rows, tuple(key or ()))
    return _count(connection, _new(_insert(connection), table, tuple(key or ())), rows)


# Messages and evidence are written with each update of a chat: putting a statement together costs
# more than carrying it out.
@lru_cache(maxsize=256)
def _new(insert: _Insert, table: Table, key: tuple[str, ...]) -> "PostgresInsert | SqliteInsert":
    return insert(table).on_conflict_do_nothing(index_elements=key or None)


def upsert(connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
    """Insert rows, or change the rows that have the same key; every row names the same columns."""
    if not rows:
        return 0
    statement = _changing(_insert(connection), table, tuple(key), tuple(rows[0]))
    return _count(connection, statement, rows)


@lru_cache(maxsize=256)
def _changing(
    insert: _Insert, table: Table, key: tuple[str, ...], names: tuple[str, ...]
) -> "PostgresInsert | SqliteInsert":
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def change_rows(connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
    """Change the rows that have these keys; every row names the same columns.

    Return how many were there.
    """
    if not rows:
        return 0
    if len(rows) >= STAGED and connection.dialect.name == "postgresql":
        return _change_staged(connection, table, rows, key)
    statement = update(table).where(*(table.c[name] == bindparam(f"p_{name}") for name in key))
    named = [{f"p_{name}": value for name, value in row.items()} for row in rows]
    changed = {
        name: bindparam(f"p_{name}", type_=table.c[name].type)
        for name in rows[0]
        if name not in key
    }
    return _count(connection, statement.values(changed), named)


def bulk_load(connection: Connection, table: Table, rows: Rows) -> int:
    """Write many new rows as fast as the database can; a doubled key is an error.

    COPY loads about four times as many rows a second as INSERT on PostgreSQL.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        for part in _chunks(rows):
            connection.execute(table.insert(), part)
    return len(rows)


def insert_numbered(connection: Connection, table: Table, rows: Rows) -> list[int]:
    """Insert rows and return their numbers in the same order.

    SQLite would hand numbers back only row by row, which takes three times as long; it gives new
    rows the next numbers in turn, and nobody else writes meanwhile, so they can be read at once.
    """
    if connection.dialect.name == "postgresql":
        statement = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        return [n for part in _chunks(rows, RETURNED) for n in connection.scalars(statement, part)]
    last = connection.scalar(select(func.max(table.c.id))) or 0
    bulk_load(connection, table, rows)
    new = select(table.c.id).where(table.c.id > last).order_by(table.c.id)
    return list(connection.scalars(new))


def _count(connection: Connection, statement: UpdateBase, rows: Rows) -> int:
    return sum(_done(connection, statement, part) for part in _chunks(rows))


def _done(connection: Connection, statement: UpdateBase, rows: Rows | None = None) -> int:
    # Without this option the number is lost on PostgreSQL, where keys are fetched instead.
    options = {"preserve_rowcount": True}
    return connection.execute(statement, rows, execution_options=options).rowcount


def _insert(connection: Connection) -> _Insert:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 4 MB that SQLite never needs

        return postgresql.insert
    return sqlite.insert


def _chunks(rows: Rows, size: int = CHUNK) -> Iterable[list[Mapping[str, Any]]]:
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part


def _insert_staged(connection: Connection, table: Table, rows: Rows, key: tuple[str, ...]) -> int:
    with _staged(connection, table, rows) as staged:
        statement = _insert(connection)(table).from_select(list(rows[0]), select(*staged.c))
        return _done(connection, statement.on_conflict_do_nothing(index_elements=key or None))


def _change_staged(connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
    with _staged(connection, table, rows) as staged:
        same = (table.c[name] == staged.c[name] for name in key)
        changed = {name: staged.c[name] for name in rows[0] if name not in key}
        return _done(connection, update(table).where(*same).values(changed))


@contextmanager
def _staged(connection: Connection, table: Table, rows: Rows) -> Iterator[TableClause]:
    """Load rows into a table of the moment, with the columns that they name; it is gone after."""
    columns = [column(name, table.c[name].type) for name in rows[0]]
    like = ", ".join(f'"{name}" {_kind(connection, table, name)}' for name in rows[0])
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "{_STAGE}" ({like}) ON COMMIT DROP')
    _copy(connection, table, rows, _STAGE)
    yield sql_table(_STAGE, *columns)
    connection.exec_driver_sql(f'DROP TABLE "{_STAGE}"')


def _kind(connection: Connection, table: Table, name: str) -> str:
    return table.c[name].type.compile(connection.dialect)


def _copy(connection: Connection, table: Table, rows: Rows, into: str = "") -> None:
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    writers = [kind.bind_processor(connection.dialect) for kind in kinds]
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{into or table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(
                [
                    write(row[name]) if write else row[name]
                    for name, write in zip(names, writers, strict=True)
                ]
            )
