"""What is written down of who read or changed what, so that nobody can take it back unseen."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, exists, func, insert, select, text

from jetkiz.staff.tables import audit

FIRST: Final = "0" * 64
# As much of the last hash as a person can copy out.
SEAL: Final = 16
# One writer at a time: the chain has one end. SQLite's write lock does the same by itself.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(5400321)")


class Act(StrEnum):
    """What somebody did."""

    SIGN_IN = "sign_in"  # opened the console
    SIGN_IN_REFUSED = "sign_in_refused"  # a wrong password
    SIGN_OUT = "sign_out"  # closed the console
    NEW_PASSWORD = "new_password"  # noqa: S105 - gave an account a new password, or tried to
    ADD_ACCOUNT = "add_account"  # gave somebody a sign-in
    CLOSE_ACCOUNT = "close_account"  # shut a sign-in
    REOPEN_ACCOUNT = "reopen_account"  # let a shut sign-in be used again
    READ_HOME = "read_home"  # saw address, phone, needs or access of a home
    EXPORT_CALLS = "export_calls"  # opened the call list with telephone numbers
    TAKE_PACKS = "take_packs"  # took a file of a print run, with names and addresses
    EDIT_HOME = "edit_home"  # corrected a phone or an access fact
    READ_LISTS = "read_lists"  # saw or took addresses: lists for the post, labels, the desk
    SIGN_LISTS = "sign_lists"  # wrote down what the post took, refused or brought back
    PASS_ADDRESS = "pass_address"  # noqa: S105 - said that a strange address is right
    READ_WORK = "read_work"  # opened a student's homework
    FILE_PAGE = "file_page"  # filed a scanned page by hand, put it aside or undid that
    MARK = "mark"  # gave a mark
    NOTE_ARRIVAL = "note_arrival"  # wrote down that the home confirmed a lesson
    CHANGE_WAY = "change_way"  # gave lessons by another channel
    STAFF_CODE = "staff_code"  # made a code for the phone of somebody of the school
    LINK_PHONE = "link_phone"  # linked a phone by such a code
    CUT_PHONE = "cut_phone"  # cut the phones and codes of somebody
    READ_UNDELIVERED = "read_undelivered"  # saw which homes a message did not reach
    READ_QUESTION = "read_question"  # read what a family asked
    ANSWER_QUESTION = "answer_question"  # answered it
    SEND_AGAIN = "send_again"  # sent again what was refused
    PROPOSE_EMERGENCY = "propose_emergency"  # wrote an emergency message that a second must confirm
    CONFIRM_EMERGENCY = "confirm_emergency"  # let it go out
    MOVE_AIRING = "move_airing"  # kept a draft of the timetable with an airing elsewhere
    DROP_AIR = "drop_air"  # went back to the timetable that families have
    PUBLISH_AIR = "publish_air"  # put a timetable of the air in force
    ACCEPT_AIR = "accept_air"  # said that a timetable is in the playout
    TAKE_AIR_FILES = "take_air_files"  # took the files that a broadcaster imports
    RECORD_AIRED = "record_aired"  # said by a log what was aired


@dataclass(frozen=True, slots=True)
class Entry:
    """One act; ``detail`` names fields and lessons, never their content."""

    who: str
    act: Act
    school: int | None = None
    student: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """An act as it was written down."""

    at: datetime
    who: str
    act: Act
    student: int | None
    detail: str


def write_down(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Add acts at the end of the chain."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    c = audit.c
    previous = connection.scalar(select(c.hash).order_by(c.id.desc()).limit(1)) or FIRST
    rows = []
    for one in entries:
        row = _row(one, now)
        row |= {"previous": previous, "hash": chained(previous, row)}
        previous = row["hash"]
        rows.append(row)
    if rows:
        connection.execute(insert(audit), rows)


def _row(one: Entry, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "who": one.who,
        "act": one.act.value,
        "school_id": one.school,
        "student_id": one.student,
        "detail": one.detail,
    }


def chained(previous: str, row: dict[str, Any]) -> str:
    """Return the hash that binds an act to the one before."""
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = [previous, moment, row["who"], row["act"], row["school_id"], row["student_id"]]
    return hashlib.sha256(json.dumps([*told, row["detail"]]).encode()).hexdigest()


def first_break(rows: Iterable[Any]) -> int | None:
    """Return the number of the first act, oldest first, that does not follow from the one before.

    None when the chain is whole.
    """
    previous = FIRST
    for row in rows:
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        if values["previous"] != previous or values["hash"] != chained(previous, values):
            return int(values["id"])
        previous = values["hash"]
    return None


def read_entries(connection: Connection, student: int | None, most: int) -> list[Written]:
    """Return the newest acts, oldest first; all of them or those about one student."""
    c = audit.c
    query = select(c.at, c.who, c.act, c.student_id, c.detail).order_by(c.id.desc()).limit(most)
    if student is not None:
        query = query.where(c.student_id == student)
    rows = connection.execute(query).all()
    return [Written(at, who, Act(act), of, detail) for at, who, act, of, detail in reversed(rows)]


def check_chain(connection: Connection) -> int | None:
    """Return the number of the first act that was changed, or None."""
    return first_break(connection.execute(select(audit).order_by(audit.c.id)))


def read_seal(connection: Connection) -> tuple[int, str]:
    """Return how many acts there are, and what stands for the last and so for all before it.

    Whoever cuts the end off leaves a whole chain: only a seal noted elsewhere shows it.
    """
    c = audit.c
    last = connection.scalar(select(c.hash).order_by(c.id.desc()).limit(1)) or FIRST
    return connection.scalar(select(func.count(c.id))) or 0, last[:SEAL]


def holds_seal(connection: Connection, noted: str) -> bool:
    """Whether an act with this seal is still there."""
    sealed = exists().where(func.substr(audit.c.hash, 1, SEAL) == noted)
    return noted == FIRST[:SEAL] or bool(connection.scalar(select(sealed)))
