"""What a secretary brings from the counter: numbers of stickers, and a word on the rules."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.post_desk import LONGEST, back_to_desk, is_only_school, own_list
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.visits import WORKPLACE, form, now, run, today
from print_packs.post.kazpost_registry import Carrier
from print_packs.postage.in_force import sign_off
from print_packs.postage.rules import rules_on
from print_packs.records import read_packs
from print_packs.s10.allotment import Way, enter
from print_packs.s10.ranges import Range, Use, add_range, read_ends

_FIELD: Final = "row-"


def note_numbers(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Give items of a list the numbers that the counter stuck on; one wrong number changes none."""
    week, number = fields["week"], int(fields["number"])
    found = own_list(connection, who, week, number)
    if found.carrier != Carrier.POST:
        raise web.HTTPNotFound
    packs = {one.name: one.id for one in read_packs(connection, consignments=found.packs)}
    typed = 0
    for row, name in enumerate(found.packs, start=1):
        said = fields.get(f"{_FIELD}{row}", "").strip()
        if said:
            enter(connection, packs[name], said, Way.COUNTER, (who.login, at))
            typed += 1
    detail = f"{week}/{number}: {typed} postal numbers"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def note_roll(connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime) -> None:
    """Enter a roll of numbers that the office issued to the own school."""
    first, last = read_ends(fields["ends"].split())
    use = Use.PARCEL if first.prefix.startswith("C") else Use.REGISTERED
    office = fields.get("office", "").strip()[:LONGEST]
    add_range(connection, Range(first, last, office, use, who.school), who.login, at)
    detail = f"roll {first.text} - {last.text}"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def note_rules(
    connection: Connection, who: Viewer, note: str, at: datetime, day: date, data: Path
) -> None:
    """Write down that the rules in force were compared with the post, by whom and with whom."""
    if not is_only_school(connection):
        raise web.HTTPNotFound
    if not note.strip():
        raise JetkizError(
            N_("It is not said with whom the rules were compared."),
            N_("Write who told you at the office, and by which paper."),
        )
    rules, _ = rules_on(day, data)
    sign_off(connection, rules.file, who.login, note.strip()[:LONGEST], at)
    entry = Entry(who.login, Act.SIGN_LISTS, who.school, detail=f"rules {rules.file.name}")
    write_down(connection, [entry], at)


async def typed_back(request: web.Request) -> web.StreamResponse:
    """Keep the numbers of stickers."""
    who, fields = only_coordinators(request), await form(request)
    number = fields.get("number", "")
    if "week" not in fields or not (number.isascii() and number.isdecimal() and len(number) <= 4):
        return back_to_desk("")
    await run(request, note_numbers, who, fields, now(request))
    return back_to_desk("numbers")


async def roll_issued(request: web.Request) -> web.StreamResponse:
    """Keep a roll."""
    who, fields = only_coordinators(request), await form(request)
    if "ends" not in fields:
        return back_to_desk("")
    await run(request, note_roll, who, fields, now(request))
    return back_to_desk("roll")


async def signed_off(request: web.Request) -> web.StreamResponse:
    """Keep who compared the rules with the post."""
    who, fields = only_coordinators(request), await form(request)
    data = request.app[WORKPLACE].settings.data
    note = fields.get("note", "")
    await run(request, note_rules, who, note, now(request), today(request), data)
    return back_to_desk("rules")
