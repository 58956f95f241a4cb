"""Which code joins a messenger to somebody of the school: one use, a week, kept as a hash."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, select, update

from jetkiz.roster.link_codes import (
    CodeHash,
    CodeRefusal,
    Randomness,
    hashes_of,
    new_code,
    written_hashes,
)
from jetkiz.staff.tables import account, staff_code

VALID_FOR: Final = timedelta(days=7)


def make_staff_code(
    connection: Connection,
    number: int,
    now: datetime,
    hashed: CodeHash,
    randomness: Randomness = secrets.token_bytes,
) -> str:
    """Make a code for the person of an account; earlier ones of that person open nothing more."""
    revoke_staff_codes(connection, number, now)
    code = new_code(randomness)
    row = {"account_id": number, "created_at": now, "expires_at": now + VALID_FOR}
    connection.execute(staff_code.insert().values(**hashes_of(code, hashed), **row))
    return code


def whose_staff_code(
    connection: Connection, text: str, now: datetime, hashed: CodeHash
) -> int | CodeRefusal:
    """Return whose account a code is for, without using it up, or say why it opens nothing."""
    row = _found(connection, text, hashed)
    if row is None:
        return CodeRefusal.UNKNOWN
    if row.revoked_at is not None or not _is_active(connection, row.account_id):
        return CodeRefusal.REVOKED
    if row.expires_at <= now:
        return CodeRefusal.EXPIRED
    return CodeRefusal.USED_UP if row.used_at is not None else int(row.account_id)


def use_staff_code(
    connection: Connection, text: str, now: datetime, hashed: CodeHash
) -> int | CodeRefusal:
    """Use a code up and return whose account it is for, or say why it opens nothing."""
    number = whose_staff_code(connection, text, now, hashed)
    if isinstance(number, CodeRefusal):
        return number
    c = staff_code.c
    column, kept = written_hashes(text, hashed)
    used = update(staff_code).where(c[column].in_(kept), c.used_at.is_(None)).values(used_at=now)
    # Of two phones that send it at the same moment the database lets one through.
    return number if connection.execute(used).rowcount == 1 else CodeRefusal.USED_UP


def _found(connection: Connection, text: str, hashed: CodeHash) -> Row[Any] | None:
    column, kept = written_hashes(text, hashed)
    query = select(staff_code).where(staff_code.c[column].in_(kept))
    return connection.execute(query).one_or_none()


def _is_active(connection: Connection, number: int) -> bool:
    found = exists().where(account.c.id == number, account.c.active)
    return bool(connection.scalar(select(found)))


def revoke_staff_codes(connection: Connection, number: int, now: datetime) -> int:
    """Cut the codes of somebody that still open a link; return how many."""
    c = staff_code.c
    unused = c.used_at.is_(None) & c.revoked_at.is_(None)
    cut = update(staff_code).where(c.account_id == number, unused).values(revoked_at=now)
    return connection.execute(cut).rowcount
