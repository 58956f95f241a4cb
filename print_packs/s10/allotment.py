"""Which pack has which postal number: each given once, in packing order, whatever breaks off.

A pack that is made again keeps its number. What became of every number is kept beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select, update

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import bulk_load, insert_numbered
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from print_packs.s10.numbers import SPECIMEN, Number, parse
from print_packs.s10.ranges import TURN, Range, Use, read_ranges
from print_packs.s10.tables import s10_event, s10_number, s10_range


class NumberState(StrEnum):
    """Where a number stands; one that has no row yet is free."""

    ALLOTTED = "allotted"  # a pack has it
    PRINTED = "printed"  # it stands on paper
    POSTED = "posted"  # the office took the item
    VOID = "void"  # spoilt or withdrawn: never used again


NUMBER_WORDS: Final = {
    NumberState.ALLOTTED: N_("given to the pack"),
    NumberState.PRINTED: N_("printed"),
    NumberState.POSTED: N_("taken by the office"),
    NumberState.VOID: N_("void"),
}


class Way(StrEnum):
    """Who gave a number to a pack."""

    RANGE = "range"  # the office issued a roll, and we took the next
    SERVICE = "service"  # Kazpost's service answered
    COUNTER = "counter"  # the counter stuck its own on, and it was typed back


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pack that needs a number."""

    pack: int
    school: int
    use: Use = Use.REGISTERED


@dataclass(frozen=True, slots=True)
class Issued:
    """A number as it is kept."""

    id: int
    number: Number
    pack: int | None
    way: Way
    state: NumberState
    is_specimen: bool = False

    @property
    def text(self) -> str:
        """What is printed of it."""
        return SPECIMEN if self.is_specimen else self.number.text


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers that packs have, by pack, and the packs for which ranges had none left."""

    numbers: Mapping[int, Issued]
    without: tuple[int, ...] = ()


_ORDER: Final = (NumberState.ALLOTTED, NumberState.PRINTED, NumberState.POSTED, NumberState.VOID)


def allot(connection: Connection, wanted: Sequence[Wanted], by: str, now: datetime) -> Given:
    """Give each pack the next number of a range of its school, in the order of ``wanted``.

    Where no office ever issued a number for a school, its packs have none and nothing is said:
    the counter then gives them.
    """
    take_turn(connection, TURN)
    have = numbers_of(connection, [one.pack for one in wanted])
    groups: dict[tuple[int, Use], list[int]] = defaultdict(list)
    for one in wanted:
        if one.pack not in have:
            groups[one.school, one.use].append(one.pack)
    without: list[int] = []
    # Once for all schools: every number ever given is counted. A roll that another school of this
    # run has emptied meanwhile gives none.
    known = read_ranges(connection) if groups else []
    for (school, use), packs in groups.items():
        ranges = [one for one in known if _serves(one, school, use)]
        rest = packs
        for source in ranges:
            rest = rest[_take(connection, source, rest, by, now) :]
        without += rest if ranges else []
    return Given(numbers_of(connection, [one.pack for one in wanted]), tuple(without))


def _serves(one: Range, school: int, use: Use) -> bool:
    return one.use == use and one.school in {None, school}


def _take(connection: Connection, one: Range, packs: Sequence[int], by: str, now: datetime) -> int:
    """Give packs the next numbers of a range, as many as it has; return how many."""
    if not packs or not one.left:
        return 0
    c = s10_number.c
    used = set(
        connection.scalars(
            select(c.serial).where(
                c.prefix == one.first.prefix,
                c.country == one.first.country,
                c.serial.between(one.first.serial, one.last.serial),
            )
        )
    )
    free = (n for n in range(one.first.serial, one.last.serial + 1) if n not in used)
    rows = [
        _row(replace(one.first, serial=serial), pack, Way.RANGE, NumberState.ALLOTTED, one.id)
        for pack, serial in zip(packs, islice(free, len(packs)), strict=False)
    ]
    numbers = insert_numbered(connection, s10_number, rows)
    _tell(connection, numbers, NumberState.ALLOTTED, (by, now))
    return len(rows)


def _row(
    number: Number, pack: int, way: Way, state: NumberState, source: int | None
) -> dict[str, object]:
    return {
        "prefix": number.prefix,
        "country": number.country,
        "serial": number.serial,
        "range_id": source,
        "pack_id": pack,
        "way": way.value,
        "state": state.value,
    }


def _tell(
    connection: Connection,
    numbers: Iterable[int],
    state: NumberState,
    who: tuple[str, datetime],
    note: str = "",
) -> None:
    by, now = who
    rows = [
        {"number_id": number, "state": state.value, "by": by, "note": note, "at": now}
        for number in numbers
    ]
    bulk_load(connection, s10_event, rows)


def move(
    connection: Connection, packs: Iterable[int], state: NumberState, by: str, now: datetime
) -> None:
    """Say that the numbers of packs are printed or posted; none ever goes back."""
    c = s10_number.c
    before = [one.value for one in _ORDER[: _ORDER.index(state)]]
    query = select(c.id).where(among(c.pack_id, packs), c.state.in_(before))
    numbers = list(connection.scalars(query))
    connection.execute(update(s10_number).where(among(c.id, numbers)).values(state=state.value))
    _tell(connection, numbers, state, (by, now))


def numbers_of(connection: Connection, packs: Collection[int]) -> dict[int, Issued]:
    """Return the number of each pack that has one; a void one is no number."""
    c = s10_number.c
    valid = _joined().where(among(c.pack_id, packs), c.state != NumberState.VOID.value)
    return {row.pack_id: _issued(row) for row in connection.execute(valid)}


def _joined() -> Select[Any]:
    return select(s10_number, s10_range.c.is_specimen).outerjoin(s10_range)


def _issued(row: Row[Any]) -> Issued:
    return Issued(
        row.id,
        Number(row.prefix, row.serial, row.country),
        row.pack_id,
        Way(row.way),
        NumberState(row.state),
        bool(row.is_specimen),
    )


def history_of(
    connection: Connection, number: Issued
) -> list[tuple[NumberState, str, str, datetime]]:
    """Return what became of a number: state, who, which words, when; the oldest first."""
    c = s10_event.c
    rows = connection.execute(
        select(c.state, c.by, c.note, c.at).where(c.number_id == number.id).order_by(c.at, c.id)
    )
    return [(NumberState(row.state), row.by, row.note, row.at) for row in rows]


def _known(connection: Connection, number: Number) -> Issued | None:
    c = s10_number.c
    row = connection.execute(
        _joined().where(
            c.prefix == number.prefix, c.country == number.country, c.serial == number.serial
        )
    ).one_or_none()
    return _issued(row) if row else None


def find(connection: Connection, said: str) -> Issued:
    """Return the number that was scanned or typed; only one that was issued is believed.

    The check digit alone lets one swap of neighbours in fifty pass.
    """
    number = parse(said)
    known = _known(connection, number)
    if known is None:
        raise nobodys(number)
    return known


def nobodys(number: Number) -> JetkizError:
    """Return the refusal of a number that no pack of ours has."""
    return JetkizError(
        N_("No pack has the postal number {number}."),
        N_("Compare it with the sticker, digit by digit: two neighbours may be swapped."),
        number=number.spaced,
    )


def enter(
    connection: Connection, pack: int, said: str, way: Way, who: tuple[str, datetime]
) -> Issued:
    """Give a pack the number that the counter or the service gave it; again changes nothing.

    A pack that has a number already must be told the same one.
    """
    take_turn(connection, TURN)
    number = parse(said)
    own, known = numbers_of(connection, [pack]).get(pack), _known(connection, number)
    if own and own.number == number:
        return own
    if own:
        raise JetkizError(
            N_("This pack has the postal number {own}, not {number}."),
            N_("Compare the sticker with the list; a spoilt number is first made void."),
            own=own.number.spaced,
            number=number.spaced,
        )
    if known and (known.pack is not None or known.state == NumberState.VOID):
        raise JetkizError(
            N_("The postal number {number} belongs to another pack, or was made void."),
            N_("Each number is used once for ever. Compare the sticker, digit by digit."),
            number=number.spaced,
        )
    state = NumberState.POSTED if way == Way.COUNTER else NumberState.ALLOTTED
    row = _row(number, pack, way, state, _range_with(connection, number))
    if known:
        connection.execute(update(s10_number).where(s10_number.c.id == known.id).values(**row))
        _tell(connection, [known.id], state, who)
    else:
        _tell(connection, insert_numbered(connection, s10_number, [row]), state, who)
    return numbers_of(connection, [pack])[pack]


def take_back(connection: Connection, said: str, note: str, by: str, now: datetime) -> Issued:
    """Take a number that was typed back for the wrong pack off it: the right one may be given it.

    Only what the counter stuck on is typed, so only that is mistyped. What the post told of the
    number meanwhile was written down of the wrong pack, and stands.
    """
    take_turn(connection, TURN)
    found = find(connection, said)
    if found.way != Way.COUNTER or found.state == NumberState.VOID:
        raise JetkizError(
            N_("The postal number {number} was not typed back from a sticker."),
            N_("A number of a roll stays with its pack; one that is spoilt is made void."),
            number=found.number.spaced,
        )
    if found.pack is not None:
        change = update(s10_number).where(s10_number.c.id == found.id)
        connection.execute(change.values(pack_id=None, state=NumberState.ALLOTTED.value))
        _tell(connection, [found.id], NumberState.ALLOTTED, (by, now), note)
    return replace(found, pack=None, state=NumberState.ALLOTTED)


def _range_with(connection: Connection, number: Number) -> int | None:
    c = s10_range.c
    return connection.scalar(
        select(c.id).where(
            c.prefix == number.prefix,
            c.country == number.country,
            c.first <= number.serial,
            c.last >= number.serial,
        )
    )


def make_void(connection: Connection, said: str, note: str, by: str, now: datetime) -> Issued:
    """Withdraw a spoilt number for ever; its pack gets the next one when it is made again."""
    found = find(connection, said)
    require_not_posted(found)
    if found.state != NumberState.VOID:
        change = update(s10_number).where(s10_number.c.id == found.id)
        connection.execute(change.values(state=NumberState.VOID.value))
        _tell(connection, [found.id], NumberState.VOID, (by, now), note)
    return replace(found, state=NumberState.VOID)


def require_not_posted(one: Issued) -> None:
    """Refuse to withdraw a number whose item the office has."""
    if one.state == NumberState.POSTED:
        raise JetkizError(
            N_("The office took the item with the postal number {number}; it cannot be void."),
            N_("Look whether it is this number that is meant."),
            number=one.number.spaced,
        )
