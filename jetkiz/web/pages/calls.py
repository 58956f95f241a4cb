"""The call list: whom to telephone because nothing is known to have reached them; made to print."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.reports.progress import EmptyHanded, read_week_report
from jetkiz.roster.register import read_households, read_names
from jetkiz.roster.tables import guardian
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.staff.viewers import Seen, places, visible_numbers, visible_students
from jetkiz.storage.many_values import among
from jetkiz.web.rendering import page
from jetkiz.web.visits import now, run, today, viewer, week


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the list."""

    seen: Seen
    name: str
    told: EmptyHanded
    addressee: str
    phones: tuple[str, ...]


def read_calls(connection: Connection, who: Viewer, shown: str, at: datetime) -> list[Call]:
    """Return the list of the homes somebody may see; each home on it is written down."""
    students = visible_numbers(connection, who)
    report = read_week_report(connection, shown, students, each_lesson=False)
    told = {one.student: one for one in (*report.nothing, *report.no_sign)}
    allowed = [
        number
        for number, place in places(connection, told).items()
        if may(who, Right.SEE_HOME, place)
    ]
    seen = visible_students(connection, who, allowed)
    names = read_names(connection, allowed)
    homes = read_households(connection, {one.household for one in seen.values()})
    phones = _phones(connection, set(homes))
    entries = [
        Entry(who.login, Act.EXPORT_CALLS, who.school, number, f"{shown}, phone")
        for number in sorted(seen)
    ]
    write_down(connection, entries, at)
    return [
        Call(
            seen=seen[number],
            name=names[number].full,
            told=one,
            addressee=homes[seen[number].household].addressee,
            phones=_all_phones(homes[seen[number].household].phone, phones[seen[number].household]),
        )
        for number, one in told.items()
        if number in seen
    ]


def _phones(connection: Connection, households: set[int]) -> dict[int, list[str]]:
    c = guardian.c
    found: dict[int, list[str]] = defaultdict(list)
    rows = connection.execute(
        select(c.household_id, c.phone).where(among(c.household_id, households)).order_by(c.id)
    )
    for row in rows:
        found[row.household_id].append(row.phone)
    return found


def _all_phones(first: str, others: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phone for phone in (first, *others) if phone))


async def show(request: web.Request) -> web.StreamResponse:
    """Show the list."""
    found = await run(request, read_calls, viewer(request), week(request), now(request))
    printed: date = today(request)
    return page(request, "calls.html", calls=found, week=week(request), printed=printed)
