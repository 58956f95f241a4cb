"""Which runs, packs and sheets exist: each allotted once, found again after a crash."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select, update

from jetkiz.codes import MOST_SERIALS
from jetkiz.delivery.model import Batch
from jetkiz.roster.tables import household
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from print_packs.layout import Layout
from print_packs.model import PackState
from print_packs.print_run import RunRow
from print_packs.tables import pack, print_run, reprint, sheet

Draw = Callable[[int], int]
"""Returns a number below its argument; at work it is ``secrets.randbelow``."""

# Without letters that are read as digits or as each other.
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack as it is kept; ``name`` is its consignment, from the second part on with the part."""

    id: int
    run: int
    name: str
    week: str
    household: int
    channel: str
    print_id: str
    place: int
    pages: int
    sheets: int
    grams: int
    sha256: str
    state: PackState
    contents: tuple[Mapping[str, Any], ...]
    part: int = 1
    parts: int = 1
    stack: str = ""
    first_page: int = 0
    held_back: str = ""
    postal: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_in_run(self) -> bool:
        """False for a pack that was held back, or that its run does not hold any more."""
        return not self.held_back

    @property
    def consignment(self) -> str:
        """What was to be handed over in one act; its parts share it."""
        return self.name.removesuffix(f":p{self.part}")


class PackPlace(NamedTuple):
    """A pack that is to get its number: name, home, which part of how many, and what is in it."""

    name: str
    household: int
    part: int = 1
    parts: int = 1
    contents: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """An answer sheet as it is kept."""

    id: int
    serial: int
    pack: int
    student: int
    lesson: int
    page: int
    pages: int
    is_revoked: bool


SheetPlace = tuple[str, int, int, int, int]
"""Consignment, student, lesson, page and number of pages."""


def allot_run(
    connection: Connection,
    batch: Batch,
    today: date,
    now: datetime,
    layout: Layout = Layout.SINGLE,
) -> RunRow:
    """Return the run of a batch, giving it the next number of the week the first time.

    Made again it keeps its number, and has the layout that is wished now.
    """
    take_turn(connection, f"print_run:{batch.week}")
    c = print_run.c
    last = connection.scalar(select(func.max(c.number)).where(c.week == batch.week))
    row = {
        "key": batch.key,
        "week": batch.week,
        "number": (last or 0) + 1,
        "channel": batch.channel,
        "printed_on": today,
        "is_ready": False,
        "made_at": now,
        "layout": layout.value,
    }
    insert_new(connection, print_run, [row], ["key"])
    change = update(print_run).where(
        print_run.c.key == batch.key, print_run.c.layout != layout.value
    )
    connection.execute(change.values(layout=layout.value))
    return next(one for one in read_runs(connection, batch.week) if one.key == batch.key)


def allot_packs(
    connection: Connection,
    run: RunRow,
    packs: Sequence[tuple[Any, ...]],
    draw: Draw = secrets.randbelow,
) -> list[PackRow]:
    """Return a row for each ``PackPlace``, in packing order; known ones stay as they are.

    A part that an earlier making did not have comes after all that were numbered then.
    """
    wanted = [PackPlace(*one) for one in packs]
    known = {one.name: one.place for one in read_packs(connection, run=run.id)}
    fresh = count(max(known.values(), default=0) + 1)
    rows = [
        {
            "run_id": run.id,
            "consignment": one.name,
            "week": run.week,
            "household_id": one.household,
            "channel": run.channel,
            "print_id": _print_id(draw),
            "part": one.part,
            "parts": one.parts,
            "place": next(fresh),
            "pages": 0,
            "sheets": 0,
            "grams": 0,
            "sha256": "",
            "state": PackState.PREPARED.value,
            "contents": list(one.contents),
        }
        for one in wanted
        if one.name not in known
    ]
    insert_new(connection, pack, rows, ["consignment"])
    return read_packs(connection, consignments=[one.name for one in wanted])


def _print_id(draw: Draw) -> str:
    letters = "".join(_LETTERS[draw(len(_LETTERS))] for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def allot_sheets(
    connection: Connection,
    packs: Mapping[str, int],
    wanted: Sequence[SheetPlace],
    draw: Draw = secrets.randbelow,
) -> dict[tuple[int, int, int, int], SheetRow]:
    """Return a sheet for each place, by pack, student, lesson and page; known serials stay."""
    rows = [
        {
            "serial": serial,
            "pack_id": packs[consignment],
            "student_id": student,
            "lesson_id": lesson,
            "page": page,
            "pages": pages,
            "is_revoked": False,
        }
        for serial, (consignment, student, lesson, page, pages) in zip(
            _fresh_serials(connection, len(wanted), draw), wanted, strict=True
        )
    ]
    insert_new(connection, sheet, rows, ["pack_id", "student_id", "lesson_id", "page"])
    found = read_sheets(connection, packs=packs.values())
    return {(one.pack, one.student, one.lesson, one.page): one for one in found}


def _fresh_serials(connection: Connection, count: int, draw: Draw) -> list[int]:
    """Draw serials that no sheet has: after some years of school two draws do meet."""
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        more = {draw(MOST_SERIALS): None for _ in range(count - len(drawn))}
        taken = {one.serial for one in read_sheets(connection, serials=more)}
        drawn |= {serial: None for serial in more if serial not in taken}
    return list(drawn)


def finish_packs(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what finished packs hold and weigh; each row names its pack as ``number``."""
    if rows:
        change = update(pack).where(pack.c.id == bindparam("number"))
        connection.execute(change, [dict(one) for one in rows])


def left_behind(connection: Connection, run: int, kept: Iterable[int]) -> list[int]:
    """Return the packs of a run that nobody took yet and that are not among those it has now."""
    c = pack.c
    waiting = select(c.id).where(c.run_id == run, c.state == PackState.PREPARED.value)
    return sorted(set(connection.scalars(waiting)) - set(kept))


def leave_out(connection: Connection, reasons: Mapping[int, str]) -> None:
    """Write down that packs are in no file of their run, by number the words why."""
    nothing = {"sha256": "", "stack": "", "pages": 0, "sheets": 0, "grams": 0, "contents": []}
    finish_packs(
        connection,
        [{"number": number, "held_back": why} | nothing for number, why in reasons.items()],
    )


def allot_reprint(
    connection: Connection,
    number: int,
    page: int,
    now: datetime,
    draw: Draw = secrets.randbelow,
) -> str:
    """Give a second copy of a pack, or of one page of it (0 stands for all), a number."""
    row = {"pack_id": number, "print_id": _print_id(draw), "page": page, "made_at": now}
    connection.execute(reprint.insert().values(row))
    return str(row["print_id"])


def read_pack_codes(connection: Connection, codes: Iterable[str]) -> dict[str, int]:
    """Return the pack of each code at the foot of a page, also of a second copy's."""
    wanted = list(codes)
    printed = select(pack.c.print_id, pack.c.id).where(among(pack.c.print_id, wanted))
    c = reprint.c
    copies = select(c.print_id, c.pack_id).where(among(c.print_id, wanted))
    rows = connection.execute(printed.union_all(copies))
    return {row.print_id: row.id for row in rows}


def finish_run(connection: Connection, run: int, notes: Mapping[str, Any]) -> None:
    """Write down that every file of a run is there, and what a person is told of it."""
    change = update(print_run).where(print_run.c.id == run)
    connection.execute(change.values(is_ready=True, notes=dict(notes)))


def read_notes(connection: Connection, runs: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Return what a person is told of runs; of those made before it was kept there is nothing."""
    c = print_run.c
    rows = connection.execute(select(c.id, c.notes).where(among(c.id, runs)))
    return {row.id: row.notes for row in rows if row.notes}


def move_packs(
    connection: Connection, numbers: Iterable[int], befores: Iterable[PackState], after: PackState
) -> int:
    """Move packs on that still stand in one of these states; return how many did."""
    c = pack.c
    stands = c.state.in_([one.value for one in befores])
    done = connection.execute(
        update(pack).where(among(c.id, numbers), stands).values(state=after.value)
    )
    return done.rowcount


def read_runs(connection: Connection, week: str) -> list[RunRow]:
    """Return the runs of a week in the order of their numbers."""
    c = print_run.c
    rows = connection.execute(
        select(c.id, c.key, c.week, c.number, c.channel, c.printed_on, c.is_ready, c.layout)
        .where(c.week == week)
        .order_by(c.number)
    )
    return [RunRow(*row[:-1], Layout(row.layout)) for row in rows]


def kept_layout(connection: Connection, key: str) -> Layout | None:
    """Return how the lessons of a run are laid; None where it was never made."""
    found = connection.scalar(select(print_run.c.layout).where(print_run.c.key == key))
    return Layout(found) if found else None


def read_packs(
    connection: Connection,
    week: str | None = None,
    run: int | None = None,
    consignments: Iterable[str] | None = None,
    households: Iterable[int] | None = None,
    numbers: Iterable[int] | None = None,
) -> list[PackRow]:
    """Return packs in packing order; ``consignments`` are their names, ``numbers`` their keys."""
    c = pack.c
    query = select(pack).order_by(c.run_id, c.place)
    if week is not None:
        query = query.where(c.week == week)
    if run is not None:
        query = query.where(c.run_id == run)
    if consignments is not None:
        query = query.where(among(c.consignment, consignments))
    if households is not None:
        query = query.where(among(c.household_id, households))
    if numbers is not None:
        query = query.where(among(c.id, numbers))
    return _packs_of(connection, query)


def read_school_packs(connection: Connection, school: int, week: str) -> list[PackRow]:
    """Return the packs of a week for the homes of one school, in packing order."""
    c = pack.c
    query = select(pack).where(c.week == week, c.household_id.in_(homes_of(school)))
    return _packs_of(connection, query.order_by(c.run_id, c.place))


def read_own_runs(connection: Connection, school: int, week: str) -> list[RunRow]:
    """Return the runs of a week with packs for homes of one school and of no other."""
    c = pack.c
    here = select(c.run_id).where(c.week == week, c.household_id.in_(homes_of(school)))
    runs = set(connection.scalars(here.distinct()))
    others = select(c.run_id).where(among(c.run_id, runs), c.household_id.not_in(homes_of(school)))
    own = runs - set(connection.scalars(others.distinct()))
    return [one for one in read_runs(connection, week) if one.id in own]


def homes_of(school: int) -> Select[int]:
    """Return the question which homes a school has: no list of them goes to the database."""
    return select(household.c.id).where(household.c.school_id == school)


def _packs_of(connection: Connection, query: Select[Any]) -> list[PackRow]:
    return [
        PackRow(
            id=row.id,
            run=row.run_id,
            name=row.consignment,
            week=row.week,
            household=row.household_id,
            channel=row.channel,
            print_id=row.print_id,
            place=row.place,
            pages=row.pages,
            sheets=row.sheets,
            grams=row.grams,
            sha256=row.sha256,
            state=PackState(row.state),
            contents=tuple(row.contents),
            part=row.part,
            parts=row.parts,
            stack=row.stack,
            first_page=row.first_page,
            held_back=row.held_back,
            postal=row.postal,
        )
        for row in connection.execute(query)
    ]


def read_sheets(
    connection: Connection,
    packs: Iterable[int] | None = None,
    serials: Iterable[int] | None = None,
) -> list[SheetRow]:
    """Return answer sheets by pack or by serial."""
    c = sheet.c
    query = select(
        c.id, c.serial, c.pack_id, c.student_id, c.lesson_id, c.page, c.pages, c.is_revoked
    ).order_by(c.id)
    if packs is not None:
        query = query.where(among(c.pack_id, packs))
    if serials is not None:
        query = query.where(among(c.serial, serials))
    return [SheetRow(*row) for row in connection.execute(query)]


def has_sheets(connection: Connection) -> bool:
    """Say whether any answer sheet ever got its number here."""
    return connection.scalar(select(sheet.c.id).limit(1)) is not None
