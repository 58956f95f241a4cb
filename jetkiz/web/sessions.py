"""How long somebody stays signed in, and how a browser is recognised again."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from jetkiz.web.tables import session

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST = timedelta(hours=12)  # a working day
IDLE = timedelta(hours=2)
# A write for every click would cost more than it tells.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in."""

    token_hash: str
    account: int
    last_seen_at: datetime
    expires_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """True until the working day ends or nobody has clicked for a while."""
        return now < self.expires_at and now - self.last_seen_at < IDLE

    def needs_touch(self, now: datetime) -> bool:
        """True when it is time to write down that somebody is still here."""
        return now - self.last_seen_at >= SEEN_EVERY


def new_token() -> str:
    """Return what goes into a cookie: 256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """True for what can be a token of ours; a cookie may hold anything that somebody put there."""
    return TOKEN.fullmatch(text) is not None


def hashed(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(connection: Connection, account: int, token: str, now: datetime) -> None:
    """Remember a browser; sessions that ended are forgotten at the same time."""
    connection.execute(delete(session).where(session.c.expires_at <= now))
    row = {"account_id": account, "created_at": now, "last_seen_at": now}
    row |= {"token_hash": hashed(token), "expires_at": now + LONGEST}
    connection.execute(insert(session).values(row))


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """Return the living session of a cookie."""
    c = session.c
    row = connection.execute(
        select(c.token_hash, c.account_id, c.last_seen_at, c.expires_at).where(
            c.token_hash == hashed(token)
        )
    ).first()
    found = Session(*row) if row else None
    return found if found and found.is_alive(now) else None


def touch(connection: Connection, one: Session, now: datetime) -> None:
    """Write down that somebody is still here."""
    c = session.c
    connection.execute(
        update(session).where(c.token_hash == one.token_hash).values(last_seen_at=now)
    )


def close_session(connection: Connection, token: str) -> None:
    """Forget one browser."""
    connection.execute(delete(session).where(session.c.token_hash == hashed(token)))


def close_all(connection: Connection, account: int) -> int:
    """Forget every browser of an account; return how many there were."""
    result = connection.execute(delete(session).where(session.c.account_id == account))
    return result.rowcount
