"""The lists for the post and for signing: taken, refused, signed for, brought back; addresses."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.calendar.school_weeks import week_of
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.regions import REGIONS, Region
from jetkiz.roster.register import read_households, read_school_numbers
from jetkiz.roster.tables import school
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.storage.many_values import among
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, now, run, today, visit, zone
from print_packs.model import PackState
from print_packs.post.address_checks import AddressState, CheckedAddress
from print_packs.post.address_report import check_addresses
from print_packs.post.address_words import told_all
from print_packs.post.addresses import household_letter
from print_packs.post.kazpost_registry import Carrier
from print_packs.post.labels import SHAPE_WORDS
from print_packs.post.senders import (
    CATEGORY_WORDS,
    PAYMENT_WORDS,
    ListSender,
    read_senders,
)
from print_packs.post.tables import refused_item
from print_packs.postage.in_force import are_verified
from print_packs.postage.weighing import ENOUGH, Calibration, calibrations
from print_packs.records import PackRow, read_packs, read_school_packs
from print_packs.runs.hand_over import came_back, hand_over, not_refused, refused, signed
from print_packs.runs.lists import ListRecord, read_lists
from print_packs.runs.pack_dates import read_dates
from print_packs.runs.scales import OnScales, to_weigh
from print_packs.s10.allotment import numbers_of
from print_packs.s10.ranges import Range, read_ranges
from print_packs.tracking.event_kinds import KIND_WORDS, USUAL
from print_packs.tracking.overdue import OverduePack, read_overdue
from print_packs.transit.post_dates import clock_of, haste, next_chance

LONGEST: Final = 200
SAVED: Final = {
    "taken": N_("Noted: the list was taken."),
    "signed": N_("Noted: these packs were signed for."),
    "not-refused": N_(
        "Noted: not refused. Lessons that got another way meanwhile keep it; what comes first "
        "counts."
    ),
    "back": N_("Noted: these packs came back. Their lessons go another way."),
    "passed": N_("Noted. The address is printed as it is."),
    "address": N_("The address is corrected. Packs that are printed already keep the old one."),
    "numbers": N_("Noted: these postal numbers stand on the packs."),
    "roll": N_("Noted: packs get the numbers of this roll from the next run on."),
    "weights": N_("Noted: what these packs weigh."),
    "rules": N_("Noted: the rules were compared with the post."),
    "sender": N_("Saved. Lists made from now on show it."),
}
CARRIER_WORDS: Final = {
    Carrier.POST: N_("for the post office"),
    Carrier.HAND: N_("brought round, against signature"),
    Carrier.PICK_UP: N_("fetched at the school, against signature"),
}
_Act = Callable[[Connection, Viewer, Mapping[str, str], datetime], None]
# So many addresses are shown at once; the rest comes when these are put right.
_MOST_SHOWN: Final = 50
_WEEKS_BACK: Final = 6
_ROWS: Final = re.compile(r"[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*")


class ItemOnDesk(NamedTuple):
    """An item of a posted list: its row, the code of the pack, and its postal number or ""."""

    row: int
    code: str
    s10: str


@dataclass(frozen=True, slots=True)
class ListOnDesk:
    """A list, how many of its packs stand where, and the rows that the counter did not take.

    ``post_on`` is the last day on which it can be posted so that every lesson in it still helps,
    ``send_by`` the first and the last day that slips in it ask answers by. ``items`` are those of
    a list for the post, with the numbers that they have.
    """

    week: str
    record: ListRecord
    states: Mapping[PackState, int]
    refused: tuple[tuple[int, str], ...]
    post_on: date | None = None
    send_by: tuple[date, date] | None = None
    items: tuple[ItemOnDesk, ...] = ()

    @property
    def name(self) -> str:
        """What is printed at its head."""
        return f"{self.week}/{self.record.number}"

    @property
    def is_posted(self) -> bool:
        """True for a list that goes to the counter."""
        return self.record.carrier == Carrier.POST

    @property
    def waits(self) -> bool:
        """True while somebody still has to take it or to sign."""
        if self.is_posted:
            return self.record.confirmed_at is None
        return self.states.get(PackState.SIGNED, 0) < len(self.record.packs)


@dataclass(frozen=True, slots=True)
class PostDesk:
    """What the page shows."""

    lists: Sequence[ListOnDesk]
    returned: Sequence[tuple[PackRow, str]]
    overdue: Sequence[tuple[OverduePack, str]]
    addresses: Sequence[CheckedAddress]
    counts: Mapping[AddressState, int]
    sender: ListSender
    week: str
    weeks: Sequence[str]
    may_sign: bool
    rolls: Sequence[Range]
    scales: Sequence[OnScales] = ()
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> Sequence[ListOnDesk]:
        """The lists that somebody still has to take or to sign: they stand first."""
        return [one for one in self.lists if one.waits]

    @property
    def finished(self) -> Sequence[ListOnDesk]:
        """The lists of this week and later ones with which nothing is left to do."""
        return [one for one in self.lists if not one.waits]


def read_post_desk(connection: Connection, who: Viewer, today: date, at: datetime) -> PostDesk:
    """Return the lists of this week and later ones, and the addresses that are to be looked at."""
    current = week_of(today)
    checked = check_addresses(connection, schools=[who.school])
    shown = [one for one in checked if one.state != AddressState.OK]
    known = sorted(read_weeks(connection, who.school, {current}))
    # What was posted comes back weeks later.
    weeks = [*[w for w in known if w < current][-_WEEKS_BACK:], *[w for w in known if w >= current]]
    packs = {week: own_packs(connection, who, week) for week in weeks}
    lists = [one for week in weeks for one in _lists(connection, week, packs[week])]
    lists = [one for one in lists if one.week >= current or one.waits]
    homes = read_households(connection, schools=[who.school])
    back = [
        (one, homes[one.household].addressee if one.household in homes else "")
        for week in weeks
        for one in packs[week].values()
        if one.state == PackState.RETURNED_TO_SENDER
    ]
    newest = max((week for week in weeks if packs[week]), default=current)
    may_sign = is_only_school(connection)
    rolls = [one for one in read_ranges(connection) if one.school in {None, who.school}]
    counts = {state: sum(one.state == state for one in checked) for state in AddressState}
    sender = read_senders(connection, [who.school]).get(who.school, ListSender())
    late = [
        (one, homes[one.household].addressee or homes[one.household].key)
        for one in read_overdue(connection, today, weeks, who.school)
        if one.household in homes
    ]
    if shown or back or late:
        # Each of these is a name on the page.
        detail = f"{len(shown)} addresses, {len(back)} returned, {len(late)} overdue"
        write_down(connection, [Entry(who.login, Act.READ_LISTS, who.school, detail=detail)], at)
    scales = to_weigh(connection, list(packs[newest].values())) if newest in packs else []
    stocks = {one.pack.postal["stock"] for one in scales}
    factors = {name: one for name, one in calibrations(connection).items() if name in stocks}
    return PostDesk(
        *(lists, back, late, shown[:_MOST_SHOWN], counts, sender, newest, weeks, may_sign, rolls),
        scales=scales,
        calibrations=factors,
        places=list_places(connection, [one.pack for one in scales]),
    )


def own_packs(connection: Connection, who: Viewer, week: str) -> dict[str, PackRow]:
    """Return the packs of a week for homes of the own school, by their name."""
    return {one.name: one for one in read_school_packs(connection, who.school, week)}


def is_only_school(connection: Connection) -> bool:
    """Return whether there is one school: of several, none signs for the others."""
    return len(connection.execute(select(school.c.id).limit(2)).all()) == 1


def _lists(connection: Connection, week: str, packs: Mapping[str, PackRow]) -> list[ListOnDesk]:
    c = refused_item.c
    numbers = [one.id for one in packs.values()]
    rows = connection.execute(select(c.pack_id, c.note).where(among(c.pack_id, numbers)))
    notes = {row.pack_id: row.note for row in rows}
    dates = read_dates(connection, week, numbers)
    s10 = {number: one.text for number, one in numbers_of(connection, numbers).items()}
    found = []
    for one in read_lists(connection, week, runs={one.run for one in packs.values()}):
        if packs.keys() >= set(one.packs):
            mine = [packs[name] for name in one.packs]
            states = {s: sum(p.state == s for p in mine) for s in PackState}
            told = [(n, notes[p.id]) for n, p in enumerate(mine, start=1) if p.id in notes]
            said = [dates[p.id] for p in mine if p.id in dates]
            last = min((p.post_on for p in said if p.is_posted), default=None)
            back = [p.send_by for p in said if p.overdue_from]
            by = (min(back), max(back)) if back else None
            items = [ItemOnDesk(n, p.print_id, s10.get(p.id, "")) for n, p in enumerate(mine, 1)]
            if one.carrier != Carrier.POST:
                items = []
            found.append(ListOnDesk(week, one, states, tuple(told), last, by, tuple(items)))
    return found


def list_places(connection: Connection, rows: Sequence[PackRow]) -> dict[str, str]:
    """Return list and row of packs as they stand on paper, such as 1/4, by their name."""
    found: dict[str, str] = {}
    for week in {one.week for one in rows}:
        runs = {one.run for one in rows if one.week == week}
        for one in read_lists(connection, week, runs=runs):
            found |= {name: f"{one.number}/{n}" for n, name in enumerate(one.packs, start=1)}
    return found


def own_list(connection: Connection, who: Viewer, week: str, number: int) -> ListRecord:
    """Return a list of the own school; of another's nothing is said but that it is not there."""
    found = next(iter(read_lists(connection, week, numbers=[number])), None)
    packs = read_packs(connection, consignments=found.packs) if found else []
    schools = read_school_numbers(connection, {one.household for one in packs})
    own = {one.name for one in packs if schools.get(one.household) == who.school}
    if found is None or not own >= set(found.packs):
        raise web.HTTPNotFound
    return found


async def show(request: web.Request) -> web.StreamResponse:
    """Show the desk."""
    who = only_coordinators(request)
    found = await run(request, read_post_desk, who, today(request), now(request))
    settings = request.app[WORKPLACE].settings
    is_verified = await run(request, are_verified, settings.data, today(request))
    clock = clock_of(settings)
    return page(
        request,
        "post_desk.html",
        found=found,
        is_verified=is_verified,
        saved=SAVED.get(request.query.get("saved", "")),
        told_all=told_all,
        letter_of=household_letter,
        carriers=CARRIER_WORDS,
        shapes=SHAPE_WORDS,
        payments=PAYMENT_WORDS,
        categories=CATEGORY_WORDS,
        chance=next_chance(clock, now(request).astimezone(zone(request))),
        closes=clock.closes,
        haste=haste,
        today=today(request),
        enough=ENOUGH,
        event_kinds={one: KIND_WORDS[one] for one in USUAL},
        regions={key: _named(one, request) for key, one in REGIONS.items()},
    )


def _named(region: Region, request: web.Request) -> str:
    return region.kazakh if visit(request).language == "kk" else region.russian


def note_taken(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Record that a list was taken but for the rows that were refused."""
    week, number = fields["week"], int(fields["number"])
    own_list(connection, who, week, number)
    rows = _rows(fields.get("rows", ""))
    if rows:
        why = (who.login, fields.get("note", "").strip()[:LONGEST])
        refused(connection, week, [f"{number}/{rows}"], why, at)
    hand_over(connection, week, [number], at)
    detail = f"{week}/{number}" + (f" but {rows}" if rows else "")
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def note_signed(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Record that rows of a list were signed for; no row means all of them."""
    week, number = fields["week"], int(fields["number"])
    one = own_list(connection, who, week, number)
    rows = _rows(fields.get("rows", "")) or f"1-{len(one.packs)}"
    signed(connection, week, [f"{number}/{rows}"], at)
    detail = f"{week}/{number}: {rows}"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def note_not_refused(
    connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime
) -> None:
    """Take back that the counter refused rows of a list."""
    week, number = fields["week"], int(fields["number"])
    own_list(connection, who, week, number)
    rows = _rows(fields.get("rows", ""))
    not_refused(connection, week, [f"{number}/{rows}"], at)
    detail = f"{week}/{number}: {rows} not refused"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def note_back(connection: Connection, who: Viewer, fields: Mapping[str, str], at: datetime) -> None:
    """Record which packs the post brought back: by list and row, home, or code of the pack."""
    week, said = fields["week"], fields.get("packs", "").replace(";", " ").split()
    if not said:
        raise JetkizError(
            N_("It is not clear which packs came back."),
            N_("Write the code at the foot of a page, such as K3X8-EHD7, or list and row: 1/4."),
        )
    came_back(connection, week, said, at, who.school)
    detail = f"{week}: {' '.join(said)}"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], at)


def _rows(text: str) -> str:
    """Return rows as they are typed: "3, 7" and "1-5 8" mean the same as with commas."""
    rows = re.sub(r"\s*-\s*", "-", text.strip())
    rows = re.sub(r"[\s,;]+", ",", rows).strip(",")
    if rows and not _ROWS.fullmatch(rows):
        raise JetkizError(
            N_("{rows} are no rows of a list."),
            N_("Write the numbers at the beginning of the rows, such as 3, 7 or 1-5."),
            rows=text.strip()[:40],
        )
    return rows


async def taken(request: web.Request) -> web.StreamResponse:
    """Record that the office took a list."""
    return await _note(request, note_taken, "taken")


async def signed_for(request: web.Request) -> web.StreamResponse:
    """Record who signed."""
    return await _note(request, note_signed, "signed")


async def taken_back(request: web.Request) -> web.StreamResponse:
    """Take back a refusal."""
    return await _note(request, note_not_refused, "not-refused")


async def returned(request: web.Request) -> web.StreamResponse:
    """Record what the post brought back."""
    return await _note(request, note_back, "back")


async def _note(request: web.Request, act: _Act, what: str) -> web.StreamResponse:
    who, fields = only_coordinators(request), await form(request)
    number = fields.get("number", "")
    is_named = number.isascii() and number.isdecimal() and len(number) <= 4
    if "week" not in fields or not (is_named or what == "back"):
        return back_to_desk("")
    await run(request, act, who, fields, now(request))
    return back_to_desk(what)


def back_to_desk(what: str, place: str = "") -> web.Response:
    """Go back to the page or a place on it, with a word on what was saved."""
    address = f"/paper/post?saved={what}" if what else "/paper/post"
    address += f"#{place}" if place else ""
    return web.Response(status=303, headers={"Location": address})
