"""Which postal numbers an office issued to the school: entered once, and never twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.turns import take_turn
from print_packs.s10.numbers import HERE, Number, check_digit, parse
from print_packs.s10.tables import s10_number, s10_range

TURN: Final = "s10"
_MOST: Final = 1_000_000
_SERIAL, _WITH_CHECK_DIGIT = 8, 9


class Use(StrEnum):
    """For what an office issued numbers."""

    REGISTERED = "registered"  # letters and banderoles
    PARCEL = "parcel"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers in a row, as an office issued them; ``school`` None serves every school."""

    first: Number
    last: Number
    office: str = ""
    use: Use = Use.REGISTERED
    school: int | None = None
    is_specimen: bool = False
    id: int = 0
    used: int = 0

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.last.serial - self.first.serial + 1

    @property
    def left(self) -> int:
        """How many of them nobody has used."""
        return self.size - self.used


def read_ends(said: Sequence[str]) -> tuple[Number, Number]:
    """Return the ends of a range as they were typed.

    Either both numbers in full (``RR000000014KZ RR000001006KZ``), or the letters and two serials of
    eight digits, or of nine with their check digits.
    """
    if len(said) == 2:
        first, last = parse(said[0]), parse(said[1])
    elif len(said) == 3:
        first, last = (parse(_whole(said[0], serial)) for serial in said[1:])
    else:
        raise JetkizError(
            N_("A range of postal numbers has a first and a last one."),
            N_("Give both in full, or the two letters and two serials: RR 00000001 00000100."),
        )
    if first.prefix != last.prefix or first.serial > last.serial:
        raise JetkizError(
            N_("{first} and {last} are not the ends of one range."),
            N_("Both begin with the same letters, and the smaller number comes first."),
            first=first.text,
            last=last.text,
        )
    return first, last


def _whole(prefix: str, serial: str) -> str:
    digits = serial.zfill(_SERIAL)
    is_serial = len(digits) == _SERIAL and digits.isascii() and digits.isdecimal()
    return f"{prefix}{digits}{check_digit(digits) if is_serial else ''}{HERE}"


def add_range(connection: Connection, new: Range, by: str, now: datetime) -> int:
    """Write a range down; return its number. One that meets another is refused."""
    take_turn(connection, TURN)
    if new.size > _MOST:
        raise JetkizError(
            N_("From {first} to {last} are {size} numbers; no office issues so many at once."),
            N_("Look at both ends again."),
            first=new.first.spaced,
            last=new.last.spaced,
            size=new.size,
        )
    for one in read_ranges(connection):
        if _meet(one, new):
            raise JetkizError(
                N_("The numbers from {first} to {last} were entered before (office: {office})."),
                N_("Each number is used once for ever. Look at the sticker roll again."),
                first=one.first.spaced,
                last=one.last.spaced,
                office=one.office or "–",
            )
    row = s10_range.insert().values(
        prefix=new.first.prefix,
        country=new.first.country,
        first=new.first.serial,
        last=new.last.serial,
        use=new.use.value,
        office=new.office,
        school_id=new.school,
        is_specimen=new.is_specimen,
        by=by,
        at=now,
    )
    key = connection.execute(row).inserted_primary_key
    return int(key[0]) if key else 0


def _meet(one: Range, other: Range) -> bool:
    same = (one.first.prefix, one.first.country) == (other.first.prefix, other.first.country)
    return same and (
        one.first.serial <= other.last.serial and other.first.serial <= one.last.serial
    )


def read_ranges(connection: Connection) -> list[Range]:
    """Return all ranges in the order in which they were entered, with how much of them is used."""
    c, n = s10_range.c, s10_number.c
    rows = connection.execute(select(n.range_id, func.count().label("used")).group_by(n.range_id))
    used = {row.range_id: int(row.used) for row in rows}
    return [
        Range(
            Number(row.prefix, row.first, row.country),
            Number(row.prefix, row.last, row.country),
            row.office,
            Use(row.use),
            row.school_id,
            row.is_specimen,
            row.id,
            used.get(row.id, 0),
        )
        for row in connection.execute(select(s10_range).order_by(c.id))
    ]
