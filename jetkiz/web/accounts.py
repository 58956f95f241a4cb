"""Who has a sign-in, and which password opens it."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.permissions import Role
from jetkiz.staff.tables import account, account_channel
from jetkiz.web.passwords import hashed, opens
from jetkiz.web.sessions import close_all

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 200
LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
# Read aloud over the telephone without doubt: no l, o, 0, 1.
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of somebody of the school."""

    id: int
    login: str
    role: Role
    school: int
    teacher: int | None
    language: str
    active: bool


def folded(login: str) -> str:
    """Return a login as it is kept: people type capitals and blanks on a phone."""
    return login.strip().lower()


def new_password() -> str:
    """Return a password that can be read aloud: three groups of four letters."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def add_account(connection: Connection, new: Account, password: str, now: datetime) -> int:
    """Give somebody a sign-in; ``new.id`` is not looked at. Return its number."""
    if not LOGIN.fullmatch(new.login):
        raise JetkizError(
            N_("{login} cannot be a login."),
            N_("Use two to forty small Latin letters, digits, dots, lines: aigul, b.ospanov."),
            login=new.login,
        )
    if find_account(connection, new.login):
        raise JetkizError(
            N_("There is a sign-in {login} already."),
            N_("Choose another login, or give it a new password with jetkiz accounts password."),
            login=new.login,
        )
    row = {
        "login": new.login,
        "password_hash": hashed_password(password),
        "role": new.role.value,
        "school_id": new.school,
        "teacher_id": new.teacher,
        "language": new.language,
        "active": True,
        "created_at": now,
    }
    key = connection.execute(insert(account).values(row)).inserted_primary_key
    return int(key[0]) if key else 0


def bind_channels(connection: Connection, number: int, channels: Iterable[str]) -> None:
    """Let a broadcaster's sign-in change only what stands on these channels; none means all."""
    connection.execute(delete(account_channel).where(account_channel.c.account_id == number))
    rows = [{"account_id": number, "channel": one} for one in sorted(set(channels))]
    if rows:
        connection.execute(insert(account_channel), rows)


def hashed_password(password: str) -> str:
    """Return what is kept of a password; refuse one that is too short or endless."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise JetkizError(
            N_("The password has {n} letters."),
            N_("Take at least {least} and at most {most}."),
            n=len(password),
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    return hashed(password)


def read_accounts(connection: Connection) -> list[Account]:
    """Return every sign-in by login."""
    return [_account(row) for row in connection.execute(select(account).order_by(account.c.login))]


def find_account(connection: Connection, login: str) -> Account | None:
    """Return the sign-in with this login."""
    row = connection.execute(select(account).where(account.c.login == login)).first()
    return _account(row) if row else None


def _account(row: object) -> Account:
    values = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
    return Account(
        id=values["id"],
        login=values["login"],
        role=Role(values["role"]),
        school=values["school_id"],
        teacher=values["teacher_id"],
        language=values["language"],
        active=values["active"],
    )


def change_password(connection: Connection, login: str, password: str) -> Account:
    """Give a sign-in a new password; every browser has to sign in again."""
    found = _known(connection, login)
    new = {"password_hash": hashed_password(password)}
    connection.execute(update(account).where(account.c.id == found.id).values(new))
    close_all(connection, found.id)
    return found


def _known(connection: Connection, login: str) -> Account:
    found = find_account(connection, login)
    if found is None:
        raise JetkizError(
            N_("There is no sign-in {login}."),
            N_("See the logins with jetkiz accounts list."),
            login=login,
        )
    return found


def set_active(connection: Connection, login: str, *, active: bool) -> Account:
    """Shut a sign-in, or let it be used again; who is signed in meanwhile is out at once."""
    found = _known(connection, login)
    connection.execute(update(account).where(account.c.id == found.id).values(active=active))
    close_all(connection, found.id)
    return found


def replace_password(connection: Connection, number: int, kept: str, new: str) -> bool:
    """Keep a new hash in the place of the one that was compared; False if it is another by now."""
    c = account.c
    same = update(account).where(c.id == number, c.password_hash == kept, c.active)
    return connection.execute(same.values(password_hash=new)).rowcount == 1


def change_language(connection: Connection, number: int, language: str) -> None:
    """Remember the language in which somebody reads."""
    c = account.c
    connection.execute(update(account).where(c.id == number).values(language=language))


def password_hash(connection: Connection, login: str) -> str | None:
    """Return what is kept of the password of a sign-in that may be used."""
    c = account.c
    query = select(c.password_hash).where(c.login == login, c.active)
    return connection.scalar(query)


def is_right(kept: str | None, password: str) -> bool:
    """Compare a password with what is kept; an unknown login takes as long as a wrong password."""
    # More than is kept of a password cannot be the password, though its beginning may be.
    return opens(kept, password[:LONGEST_PASSWORD]) and len(password) <= LONGEST_PASSWORD
