"""Which code joins a family's messenger to a student: made once, printed once, kept as a hash.

A code has two forms of one secret: the long one stands in a printed QR, the short one, derived
from it, is typed by hand. Whoever reads the database learns neither: the hash takes a key that
lies apart, for all short codes that there are can be tried within hours.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Row, SmallInteger, String, Table, select, update

from jetkiz.roster.code_terms import USES, VALID_FOR
from jetkiz.storage.bulk_load import insert_new, upsert
from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.many_values import among
from jetkiz.storage.metadata import Key, metadata

link_code = Table(
    "link_code",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("typed_hash", String(64), nullable=False, unique=True),
    Column("student_id", Key, nullable=False),
    Column("role", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("uses_left", SmallInteger, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index(None, "student_id"),
)

# What stands before a code in a printed link: "https://t.me/SchoolBot". One row a channel, and
# one more ("telegram:7") for each school that has a bot of its own.
link_address = Table(
    "link_address",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, nullable=False),
)

PREFIX: Final = "k1_"
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED_LENGTH: Final = 8
_SECRET_BYTES: Final = 16
# What a hand writes for a letter of the code, also on a Cyrillic keyboard.
_MISREAD: Final = str.maketrans(
    "OIL\u041e\u0406\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u0420\u0422\u0425\u0423",
    "01101ABCEHKMPTXY",
)

# A phone makes a long dash of a short one.
_DASH: Final = "[\\-\u2010-\u2015\u2212]"
_SPACES_AND_DASHES: Final = re.compile(f"\\s|{_DASH}")
_GROUPS: Final = re.compile(rf"\w{{3,5}}\s*{_DASH}\s*\w{{3,5}}(\s*{_DASH}\s*\w{{0,2}})?")

Randomness = Callable[[int], bytes]
CodeHash = Callable[[str], str]


class LinkRole(StrEnum):
    """Who holds the linked chat."""

    STUDENT = "student"  # the student's own phone
    GUARDIAN = "guardian"  # an adult who answers for the student


class CodeRefusal(StrEnum):
    """Why a code does not open a link."""

    UNKNOWN = "unknown"  # no such code was made, or it was mistyped
    EXPIRED = "expired"  # older than its thirty days
    USED_UP = "used_up"  # as many phones as it allows have used it
    REVOKED = "revoked"  # the school cut it


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code that holds: whose it is and for whom."""

    id: int
    student: int
    role: LinkRole


def make_link_code(
    connection: Connection,
    student: int,
    role: LinkRole,
    now: datetime,
    hashed: CodeHash,
    randomness: Randomness = secrets.token_bytes,
) -> str:
    """Make a code for one student and role; the answer is the only copy of it."""
    code = new_code(randomness)
    connection.execute(link_code.insert().values(_row(hashes_of(code, hashed), student, role, now)))
    return code


def _row(hashes: Mapping[str, str], student: int, role: LinkRole, now: datetime) -> dict[str, Any]:
    return {
        **hashes,
        "student_id": student,
        "role": role.value,
        "created_at": now,
        "expires_at": now + VALID_FOR,
        "uses_left": USES,
    }


def keep_codes(
    connection: Connection,
    codes: Mapping[str, int],
    role: LinkRole,
    now: datetime,
    hashed: CodeHash,
) -> set[str]:
    """Keep codes that were drawn for students; return those that hold.

    A code kept before stays as it is, so that a print that was cut off can be made again.
    """
    hashes = {code: hashes_of(code, hashed) for code in codes}
    rows = [_row(hashes[code], student, role, now) for code, student in codes.items()]
    insert_new(connection, link_code, rows)
    kept = [one["code_hash"] for one in hashes.values()]
    query = select(link_code).where(among(link_code.c.code_hash, kept))
    found = {row.code_hash: _checked(row, now) for row in connection.execute(query)}
    holding = {code: found.get(one["code_hash"]) for code, one in hashes.items()}
    return {code for code, one in holding.items() if isinstance(one, FoundCode)}


def new_code(randomness: Randomness = secrets.token_bytes) -> str:
    """Return a code that nobody can guess; it is kept nowhere."""
    secret = base64.urlsafe_b64encode(randomness(_SECRET_BYTES)).decode().rstrip("=")
    return PREFIX + secret


def hashes_of(code: str, hashed: CodeHash) -> dict[str, str]:
    """Return what is kept of a code: the hash of each of its two forms."""
    return {"code_hash": hashed(code), "typed_hash": hashed(_bare(typed_form(code)))}


def written_hashes(text: str, hashed: CodeHash) -> tuple[str, list[str]]:
    """Return under which hashes, and in which column, what a person sent may be kept.

    Codes printed before hashes took a key are found as well, until their thirty days are over.
    """
    is_long = text.strip().startswith(PREFIX)
    code = text.strip() if is_long else _bare(text)
    keyless = hashlib.sha256(code.encode()).hexdigest()
    return "code_hash" if is_long else "typed_hash", [hashed(code), keyless]


def typed_form(code: str) -> str:
    """Return the form that is typed by hand: eight letters and a check letter."""
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:5], "big")
    letters = "".join(
        LETTERS[number >> (5 * place) & 31] for place in reversed(range(_TYPED_LENGTH))
    )
    return f"{letters[:4]}-{letters[4:]}-{_check_letter(letters)}"


def _check_letter(letters: str) -> str:
    """A prime modulus notices one wrong letter and two letters swapped (but for 0 and Z)."""
    return LETTERS[sum(place * LETTERS.index(x) for place, x in enumerate(letters, 1)) % 31]


def _bare(text: str) -> str:
    plain = _SPACES_AND_DASHES.sub("", text).upper()
    return plain.translate(_MISREAD)


def is_typed_code(text: str) -> bool:
    """Say whether a text has the form of a typed code, with the right check letter."""
    bare = _bare(text)
    whole = len(bare) == _TYPED_LENGTH + 1 and all(letter in LETTERS for letter in bare)
    return whole and _check_letter(bare[:-1]) == bare[-1]


def is_link_code(text: str) -> bool:
    """Say whether a text has the form of a code, long or typed."""
    return text.strip().startswith(PREFIX) or is_typed_code(text)


def is_nearly_code(text: str) -> bool:
    """Say whether somebody meant to type a code: about as long, in groups or with a digit.

    One sign may be none of a code's: whoever mistypes takes any key.
    """
    bare = _bare(text)
    if abs(len(bare) - _TYPED_LENGTH - 1) > 2 or sum(x not in LETTERS for x in bare) > 1:
        return False
    return any(map(str.isdecimal, text)) or _GROUPS.fullmatch(text.strip()) is not None


def deep_link(address: str, code: str) -> str:
    """Return the link that a QR holds."""
    return f"{address}?start={code}"


def find_code(
    connection: Connection, text: str, now: datetime, hashed: CodeHash
) -> FoundCode | CodeRefusal:
    """Look up a code in either form and say whether it holds."""
    column, kept = written_hashes(text, hashed)
    query = select(link_code).where(link_code.c[column].in_(kept))
    return _checked(connection.execute(query).one_or_none(), now)


def check_code(connection: Connection, number: int, now: datetime) -> FoundCode | CodeRefusal:
    """Say whether a code that was found before still holds."""
    found = connection.execute(select(link_code).where(link_code.c.id == number))
    return _checked(found.one_or_none(), now)


def _checked(row: Row[Any] | None, now: datetime) -> FoundCode | CodeRefusal:
    if row is None:
        return CodeRefusal.UNKNOWN
    if row.revoked_at is not None:
        return CodeRefusal.REVOKED
    if row.expires_at <= now:
        return CodeRefusal.EXPIRED
    if row.uses_left <= 0:
        return CodeRefusal.USED_UP
    return FoundCode(row.id, row.student_id, LinkRole(row.role))


def use_code(connection: Connection, number: int) -> bool:
    """Count one use of a code; False when other phones have used it up meanwhile."""
    c = link_code.c
    used = update(link_code).where(c.id == number, c.uses_left > 0)
    return connection.execute(used.values(uses_left=c.uses_left - 1)).rowcount == 1


def revoke_codes(connection: Connection, student: int, now: datetime) -> int:
    """Cut every code of a student; return how many held until now."""
    c = link_code.c
    result = connection.execute(
        update(link_code)
        .where(c.student_id == student, c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return result.rowcount


def set_link_address(
    connection: Connection, channel: str, address: str, school: int | None = None
) -> None:
    """Keep what a printed link of this channel begins with, for one school or for all others."""
    row = {"channel": _address_key(channel, school), "address": address}
    upsert(connection, link_address, [row], ["channel"])


def read_link_address(connection: Connection, channel: str, school: int | None = None) -> str:
    """Return what a printed link of this channel begins with; empty before the bot was seen.

    A school with an address of its own never gets that of all others.
    """
    own = _address_key(channel, school)
    found = _addresses(connection, {own, channel})
    return found.get(own, found.get(channel, ""))


def read_link_addresses(
    connection: Connection, channel: str, schools: Collection[int]
) -> dict[int, str]:
    """Return what printed links of each school begin with, by its number."""
    own = {school: _address_key(channel, school) for school in schools}
    found = _addresses(connection, {*own.values(), channel})
    return {school: found.get(key, found.get(channel, "")) for school, key in own.items()}


def are_own_links(connection: Connection, channel: str, links: Collection[str]) -> bool:
    """Say whether these are links as ours are printed, of whichever school of the installation."""
    c = link_address.c
    own = c.channel.startswith(f"{channel}:", autoescape=True)
    known = connection.scalars(select(c.address).where((c.channel == channel) | own).distinct())
    begins = tuple(deep_link(one, "") for one in known if one)
    return all(one.startswith(begins) for one in links)


def _addresses(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    c = link_address.c
    rows = connection.execute(select(c.channel, c.address).where(among(c.channel, keys)))
    return {row.channel: row.address for row in rows}


def forget_own_addresses(connection: Connection, channel: str) -> None:
    """Forget the addresses of single schools: those in force are written anew."""
    own = link_address.c.channel.startswith(f"{channel}:", autoescape=True)
    connection.execute(link_address.delete().where(own))


def _address_key(channel: str, school: int | None) -> str:
    return channel if school is None else f"{channel}:{school}"
