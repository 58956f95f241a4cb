"""How long our own packs took, which replaces the table as soon as ten of them tell it.

Out: from the first that says the post took a pack (a list taken at the counter, or tracking) to the
first that says the home has it (a signature, or tracking). Back: from the day on which the home
posted its answers, which a person read from the postmark, to the first scanned sheet. A scan alone
measures nothing: nobody knows how long the pack lay with a child who worked on it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, delete, func, select

from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.roster.tables import household, household_identity, postal_experience
from jetkiz.storage.bulk_load import bulk_load
from jetkiz.storage.turns import take_turn
from print_packs.tables import filed_sheet, pack, pack_event, scan_page, sheet
from print_packs.transit.post_dates import PostClock
from print_packs.transit.transit_days import percentile_80

LEAST_PACKS: Final = 10
# Half a year: longer ago the roads and the timetable of the post were others.
_LOOKS_BACK: Final = timedelta(days=182)
_DISTRICT: Final = 4
SENT_BACK: Final = "sent_back"
_TURN: Final = "postal_experience"


@dataclass(frozen=True, slots=True)
class Trip:
    """One way of one pack: whose school, which index its home has, from when to when."""

    school: int
    index: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """The days within which four of five packs came, and how many told it; None if too few did."""

    days: int | None
    packs: int


def measure(connection: Connection, clock: PostClock, zone: ZoneInfo, now: datetime) -> int:
    """Write down what past packs took to each office and district; return how many places.

    Two who measure at once take turns: each writes the whole table anew.
    """
    take_turn(connection, _TURN)
    since = now - _LOOKS_BACK
    out = _measured(_out_trips(connection, since), clock, zone)
    back = _measured(_back_trips(connection, since), clock, zone)
    nothing = Measured(None, 0)
    rows = []
    for school, place in sorted(out.keys() | back.keys()):
        there = out.get((school, place), nothing)
        again = back.get((school, place), nothing)
        rows.append(
            {
                "school_id": school,
                "place": place,
                "out_days": there.days,
                "out_packs": there.packs,
                "back_days": again.days,
                "back_packs": again.packs,
                "measured_at": now,
            }
        )
    connection.execute(delete(postal_experience))
    bulk_load(connection, postal_experience, rows)
    return len(rows)


def _measured(
    trips: Iterable[Trip], clock: PostClock, zone: ZoneInfo
) -> dict[tuple[int, str], Measured]:
    """Count trips by school and place; a place is an office, and the district it lies in."""
    taken: dict[tuple[int, str], list[int]] = defaultdict(list)
    for one in trips:
        days = clock.days_between(_day(one.start, zone), _day(one.end, zone))
        for place in {one.index, one.index[:_DISTRICT]}:
            taken[one.school, place].append(days)
    return {
        place: Measured(percentile_80(days) if len(days) >= LEAST_PACKS else None, len(days))
        for place, days in taken.items()
    }


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _out_trips(connection: Connection, since: datetime) -> list[Trip]:
    c = receipt.c
    taken = func.min(case((c.state == int(State.DISPATCHED), c.at))).label("taken")
    there = func.min(case((c.state == int(State.DELIVERED), c.at))).label("there")
    told = (
        select(c.consignment, taken, there)
        .where(
            c.channel == "post",
            c.state.in_([int(State.DISPATCHED), int(State.DELIVERED)]),
            c.recorded_at >= since,
        )
        .group_by(c.consignment)
        .subquery()
    )
    query = (
        select(*_PLACE, told.c.taken, told.c.there)
        .select_from(pack)
        .join(told, told.c.consignment == pack.c.consignment)
    )
    return _trips(connection, query, told.c.taken, told.c.there)


def _back_trips(connection: Connection, since: datetime) -> list[Trip]:
    sent = (
        select(pack_event.c.pack_id, func.min(pack_event.c.at).label("sent"))
        .where(pack_event.c.kind == SENT_BACK, pack_event.c.recorded_at >= since)
        .group_by(pack_event.c.pack_id)
        .subquery()
    )
    scanned = (
        select(sheet.c.pack_id, func.min(scan_page.c.scanned_at).label("came"))
        .join_from(sheet, filed_sheet)
        .join(scan_page, filed_sheet.c.scan_id == scan_page.c.id)
        .where(scan_page.c.scanned_at >= since)
        .group_by(sheet.c.pack_id)
        .subquery()
    )
    query = (
        select(*_PLACE, sent.c.sent, scanned.c.came)
        .select_from(pack)
        .join(sent, sent.c.pack_id == pack.c.id)
        .join(scanned, scanned.c.pack_id == pack.c.id)
    )
    return _trips(connection, query, sent.c.sent, scanned.c.came)


_PLACE: Final = (household.c.school_id, household_identity.c.address["index6"].as_string())


def _trips(connection: Connection, query: Any, start: Any, end: Any) -> list[Trip]:
    """Return the trips of packs whose home has an index, and whose end is known and not before."""
    rows = connection.execute(
        query.join(household, household.c.id == pack.c.household_id)
        .join(household_identity, household_identity.c.household_id == household.c.id)
        .where(start.is_not(None), end.is_not(None), end >= start)
    )
    return [Trip(school, index, begun, ended) for school, index, begun, ended in rows if index]
