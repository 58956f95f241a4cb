"""Who waits for whom: two steps that take the same thing, such as the next number, go in turn."""

from sqlalchemy import Connection, func, select


def take_turn(connection: Connection, thing: str) -> None:
    """Wait until nobody else holds this thing, and hold it until the transaction ends.

    On SQLite there is only one writer: whoever is here has the turn already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(thing, 0))))
