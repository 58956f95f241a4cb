"""Whether a database is sound: pages, indexes and references, as the database itself sees them."""

from jetkiz.storage.database import Database

MOST_FAULTS = 20


def faults_of(database: Database) -> list[str]:
    """Return what is wrong, at most twenty lines; an empty list is a sound database."""
    with database.read() as connection:
        if not database.is_sqlite:
            # PostgreSQL checks references at every write; reading a page proves its checksum.
            connection.exec_driver_sql("SELECT 1")
            return []
        said = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_FAULTS})").scalars().all()
        faults = [line for line in said if line != "ok"]
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
        faults += [f"{row[0]}, row {row[1]}: no such {row[2]}" for row in broken]
    return faults[:MOST_FAULTS]
