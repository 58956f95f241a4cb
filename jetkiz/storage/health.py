"""Whether a database is sound: pages, indexes and references, as the database itself sees them."""

from sqlalchemy import Connection

from jetkiz.storage.database import Database

MOST_FAULTS = 20
_TABLES = """SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"""
_UNFINISHED = """SELECT indexrelid::regclass::text, 'the index is not valid'
    FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT conrelid::regclass || ', ' || conname, 'the rule was never checked'
    FROM pg_constraint WHERE NOT convalidated ORDER BY 1"""


def faults_of(database: Database) -> list[str]:
    """Return what is wrong, at most twenty lines; an empty list is a sound database."""
    with database.read() as connection:
        find = _sqlite_faults if database.is_sqlite else _postgres_faults
        return find(connection)[:MOST_FAULTS]


def _sqlite_faults(connection: Connection) -> list[str]:
    said = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_FAULTS})").scalars().all()
    faults = [line for line in said if line != "ok"]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
    return faults + [f"{row[0]}, row {row[1]}: no such {row[2]}" for row in broken]


def _postgres_faults(connection: Connection) -> list[str]:
    """Read every row, which proves each page's checksum; references are checked at every write."""
    for name in connection.exec_driver_sql(_TABLES).scalars().all():
        connection.exec_driver_sql(f"SELECT count(one.*) FROM {name} AS one")  # noqa: S608 - quoted by PostgreSQL
    unfinished = connection.exec_driver_sql(_UNFINISHED)
    return [f"{where}: {what}" for where, what in unfinished]
