"""Addresses that are corrected or let pass, and what a school's lists say of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.incoming import Subject
from jetkiz.roster.model import Household
from jetkiz.roster.register import read_households
from jetkiz.roster.tables import school
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.post_desk import back_to_desk
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.visits import form, now, run
from print_packs.post.address_report import let_pass
from print_packs.post.senders import checked_sender, save_sender

CORRECTED: Final = (
    *("street", "house", "flat", "settlement", "district"),
    *("region_kato", "index6", "index7", "care_of"),
)


def _own_home(connection: Connection, who: Viewer, fields: Mapping[str, str]) -> Household:
    text = fields.get("household", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    home = read_households(connection, [number]).get(number)
    if home is None or home.school != who.school:
        raise web.HTTPNotFound
    return home


def pass_address(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Write down that an address is right as it is, and who says so."""
    home = _own_home(connection, who, fields)
    flaws = let_pass(connection, home, who.login, fields.get("note", ""), at)
    detail = f"{home.key}: {', '.join(flaws)}"
    write_down(connection, [Entry(who.login, Act.PASS_ADDRESS, who.school, detail=detail)], at)


def correct_address(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Correct the parts of an address that were typed anew; an emptied part is cleared."""
    home = _own_home(connection, who, fields)
    here = connection.execute(
        select(school.c.sourced_id).where(school.c.id == who.school)
    ).scalar_one()
    changed = [
        (name, fields[name].strip())
        for name in CORRECTED
        if name in fields and fields[name].strip() != getattr(home.address, name)
    ]
    for value in changed:
        edit_by_hand(connection, Subject.HOUSEHOLD, (here, home.key), value, by=who.login, at=at)
    detail = f"{home.key}: {', '.join(name for name, _ in changed)}"
    write_down(connection, [Entry(who.login, Act.EDIT_HOME, who.school, detail=detail)], at)


def set_sender(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Keep what the lists of the school say of it."""
    save_sender(connection, who.school, checked_sender(fields))
    entry = Entry(who.login, Act.SIGN_LISTS, who.school, detail="sender of lists")
    write_down(connection, [entry], at)


async def passed(request: web.Request) -> web.StreamResponse:
    """Let an address pass."""
    who, fields = only_coordinators(request), await form(request)
    if "household" not in fields:
        return back_to_desk("")
    await run(request, pass_address, who, fields, now(request))
    return back_to_desk("passed")


async def corrected(request: web.Request) -> web.StreamResponse:
    """Correct an address."""
    who, fields = only_coordinators(request), await form(request)
    if "household" not in fields:
        return back_to_desk("")
    await run(request, correct_address, who, fields, now(request))
    return back_to_desk("address")


async def name_sender(request: web.Request) -> web.StreamResponse:
    """Keep what the lists of the school say of it."""
    who, fields = only_coordinators(request), await form(request)
    if "bin" not in fields:
        return back_to_desk("")
    await run(request, set_sender, who, fields, now(request))
    return back_to_desk("sender")
