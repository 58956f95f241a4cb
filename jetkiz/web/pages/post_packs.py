"""One pack at the post desk: found by number, code or row; its number given, taken off or void."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.errors import JetkizError
from jetkiz.roster.model import Household
from jetkiz.roster.register import read_households, read_school_numbers
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.pages.post_desk import LONGEST, back_to_desk, list_places
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.rendering import page
from jetkiz.web.visits import form, now, run, today
from print_packs.model import STATE_WORDS, PackDates
from print_packs.postage.weighing import Weighed, read_weighed
from print_packs.records import PackRow, read_pack_codes, read_packs
from print_packs.runs.pack_choice import choose_packs
from print_packs.runs.pack_dates import read_dates
from print_packs.runs.scales import weigh
from print_packs.s10.allotment import (
    NUMBER_WORDS,
    Issued,
    NumberState,
    Way,
    enter,
    find,
    history_of,
    make_void,
    nobodys,
    numbers_of,
    take_back,
)
from print_packs.s10.numbers import LENGTH, bare
from print_packs.tables import pack_event
from print_packs.tracking.event_kinds import KIND_WORDS, EventKind

_WEEKS_BACK: Final = 6
# The code of a pack has eight letters; whatever is nearly as long as a number is one.
_LIKE_A_NUMBER: Final = LENGTH - 2


class Told(NamedTuple):
    """What was told of a pack: which, when, by whom."""

    kind: EventKind
    code: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class PackCard:
    """A pack with everything that the desk knows of it; ``place`` is its list and row, or ""."""

    row: PackRow
    home: Household | None
    place: str
    number: Issued | None
    history: Sequence[tuple[NumberState, str, str, datetime]]
    told: Sequence[Told]
    dates: PackDates | None
    weighed: Weighed | None

    @property
    def may_void(self) -> bool:
        """True for a number that stands on paper, or will, and that no office has."""
        return bool(self.number and self.number.state != NumberState.POSTED)

    @property
    def may_take_off(self) -> bool:
        """True for a number that somebody typed."""
        return bool(self.number and self.number.way == Way.COUNTER)


def find_packs(connection: Connection, who: Viewer, week: str, said: str) -> list[PackRow]:
    """Return the packs of the own school that are meant; a number is believed if it was issued."""
    if len(bare(said)) < _LIKE_A_NUMBER or "/" in said:
        chosen = choose_packs(connection, week, said.split(), who.school)
        return [*chosen.of_homes, *chosen.by_number]
    issued = find(connection, said)
    found = own(connection, who, read_packs(connection, numbers=_numbers(issued)))
    if not found:
        raise nobodys(issued.number)
    return found


def _numbers(issued: Issued) -> list[int]:
    return [] if issued.pack is None else [issued.pack]


def own(connection: Connection, who: Viewer, rows: Sequence[PackRow]) -> list[PackRow]:
    """Return those of the packs that are for homes of the own school."""
    schools = read_school_numbers(connection, {one.household for one in rows})
    return [one for one in rows if schools.get(one.household) == who.school]


def own_pack(connection: Connection, who: Viewer, code: str) -> PackRow:
    """Return the pack of the own school with this code; of another's nothing is said."""
    numbers = read_pack_codes(connection, [code.strip().upper()]).values()
    found = own(connection, who, read_packs(connection, numbers=numbers))
    if not found:
        raise web.HTTPNotFound
    return found[0]


def read_cards(
    connection: Connection, who: Viewer, asked: tuple[str, str], at: datetime
) -> list[PackCard]:
    """Return what is known of the packs that are meant by week and words; it is written down."""
    rows = find_packs(connection, who, *asked)
    detail = f"{asked[0]}: {', '.join(one.print_id for one in rows[:8])}"
    write_down(connection, [Entry(who.login, Act.READ_LISTS, who.school, detail=detail)], at)
    keys = [one.id for one in rows]
    homes = read_households(connection, {one.household for one in rows})
    numbers, weighed = numbers_of(connection, keys), read_weighed(connection, keys)
    places = list_places(connection, rows)
    cards = []
    for one in rows:
        number = numbers.get(one.id)
        cards.append(
            PackCard(
                row=one,
                home=homes.get(one.household),
                place=places.get(one.name, ""),
                number=number,
                history=history_of(connection, number) if number else (),
                told=_told(connection, one.id),
                dates=read_dates(connection, one.week, [one.id]).get(one.id),
                weighed=weighed.get(one.id),
            )
        )
    return cards


def _told(connection: Connection, number: int) -> list[Told]:
    c = pack_event.c
    rows = connection.execute(
        select(c.kind, c.code, c.at, c.source).where(c.pack_id == number).order_by(c.at, c.id)
    )
    return [Told(EventKind(row.kind), row.code, row.at, row.source) for row in rows]


def change_number(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> str:
    """Give a pack its number, take a mistyped one off it, or make a spoilt one void."""
    row = own_pack(connection, who, fields.get("code", ""))
    note = fields.get("note", "").strip()[:LONGEST]
    act, said = fields.get("act", ""), fields.get("number", "")
    if act == "give":
        enter(connection, row.id, said, Way.COUNTER, (who.login, at))
    else:
        has = numbers_of(connection, [row.id]).get(row.id)
        if has is None or has.number.text != bare(said):
            raise web.HTTPNotFound
        change = make_void if act == "void" else take_back
        change(connection, said, note, who.login, at)
    detail = f"{row.print_id}: postal number {act}"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)
    return row.week


def note_weights(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> int:
    """Write down what packs weigh; fields that are empty or say what is known change nothing."""
    typed = {
        name.removeprefix("g-"): said.strip()
        for name, said in fields.items()
        if name.startswith("g-") and said.strip()
    }
    meant = read_pack_codes(connection, typed)
    rows = own(connection, who, read_packs(connection, numbers=meant.values()))
    if len(rows) < len(typed):
        raise web.HTTPNotFound
    known = read_weighed(connection, [one.id for one in rows])
    before = {number: str(one.grams) for number, one in known.items()}
    of_pack = {meant[code]: said for code, said in typed.items()}
    fresh = [one for one in rows if before.get(one.id) != of_pack[one.id]]
    for one in fresh:
        weigh(connection, one, of_pack[one.id], who.login, at)
    if fresh:
        detail = f"{len(fresh)} packs weighed"
        write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)
    return len(fresh)


async def show(request: web.Request) -> web.StreamResponse:
    """Show the packs that are meant."""
    who = only_coordinators(request)
    said = request.query.get("said", "").strip()[:LONGEST]
    week = _week(request)
    weeks = sorted(await run(request, read_weeks, who.school, {week_of(today(request)), week}))
    cards: list[PackCard] = []
    trouble: JetkizError | None = None
    try:
        cards = await run(request, read_cards, who, (week, said), now(request)) if said else []
    except JetkizError as error:
        trouble = error
    return page(
        request,
        "post_packs.html",
        cards=cards,
        trouble=trouble,
        said=said,
        week=week,
        weeks=weeks,
        saved=request.query.get("saved", ""),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "states": STATE_WORDS,
        "number_words": NUMBER_WORDS,
        "kind_words": KIND_WORDS,
    }


def _week(request: web.Request) -> str:
    asked = request.query.get("week", "")
    if not asked:
        return week_of(today(request))
    parse_week(asked)
    return asked


async def numbered(request: web.Request) -> web.StreamResponse:
    """Change the number of a pack."""
    who, fields = only_coordinators(request), await form(request)
    if fields.get("act") not in {"give", "void", "off"}:
        return back_to_desk("")
    week = await run(request, change_number, who, fields, now(request))
    asked = {"week": week, "said": fields["code"].strip(), "saved": fields["act"]}
    address = f"/paper/post/packs?{urlencode(asked)}"
    return web.Response(status=303, headers={"Location": address})


async def weighed(request: web.Request) -> web.StreamResponse:
    """Keep what packs weigh."""
    who, fields = only_coordinators(request), await form(request)
    count = await run(request, note_weights, who, fields, now(request))
    return back_to_desk("weights" if count else "", "weigh")
