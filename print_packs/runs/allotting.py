"""What a run gives out before anything is drawn: numbers of packs and sheets, codes for homes.

First the packs are composed and put into envelopes, then in one transaction everything gets its
number. Killed at any point and run again, everything gets the number that it had.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jetkiz.delivery.model import Batch, Consignment
from jetkiz.engine.failpoints import failpoint
from jetkiz.lessons.model import Lesson
from jetkiz.storage.workplace import Workplace
from print_packs.layout import Layout
from print_packs.model import MailCategory, Pack, Postal
from print_packs.postage.choosing import Postage, postal_of
from print_packs.print_run import RunRow
from print_packs.quizzes.proposals import keep_printed
from print_packs.records import (
    PackPlace,
    PackRow,
    SheetRow,
    allot_packs,
    allot_run,
    allot_sheets,
    read_packs,
)
from print_packs.runs.composing import (
    Allotted,
    code_places,
    compose,
    gather,
    numbered,
    sheet_places,
)
from print_packs.runs.earlier_work import claim_for_packs, waiting_for, with_earlier
from print_packs.runs.link_codes import allot_codes
from print_packs.runs.parting import Counts, Inside, sheets_of
from print_packs.runs.tv_hours import with_tv_hours
from print_packs.s10.allotment import Wanted
from print_packs.s10.allotment import allot as allot_s10
from print_packs.s10.ranges import Use

BY: Final = "jetkiz"
"""Who is written down for what a run does by itself."""


def local_day(workplace: Workplace, now: datetime) -> date:
    """Return the school's date."""
    return now.astimezone(ZoneInfo(workplace.settings.zone)).date()


@dataclass(frozen=True, slots=True)
class Outline:
    """The packs of a batch before they have numbers, and how they were parted before."""

    packs: tuple[Pack, ...]
    before: Mapping[str, tuple[Inside, ...]]


def outline(workplace: Workplace, batch: Batch, consignments: Sequence[Consignment]) -> Outline:
    """Read what the packs of a batch are made of."""
    with workplace.database.read() as connection:
        bare = gather(connection, replace(batch, consignments=tuple(consignments)))
        facts = with_tv_hours(connection, workplace, bare)
        composed = compose(facts, consignments)
        packs = with_earlier(composed, waiting_for(connection, composed))
        return Outline(tuple(packs), _before(connection, batch.week, packs))


def _before(
    connection: Connection, week: str, packs: Sequence[Pack]
) -> dict[str, tuple[Inside, ...]]:
    wanted = {one.consignment for one in packs}
    homes = {one.household for one in packs}
    found: dict[str, list[PackRow]] = defaultdict(list)
    for row in read_packs(connection, week=week, households=homes):
        if row.consignment in wanted:
            found[row.consignment].append(row)
    return {
        name: tuple(_inside(one) for one in sorted(rows, key=lambda one: one.part))
        for name, rows in found.items()
    }


def _inside(row: PackRow) -> Inside:
    return frozenset(
        (content["student"], lesson)
        for content in row.contents
        for lesson in (*content["lessons"], *content.get("tasks", ()))
    )


@dataclass(frozen=True, slots=True)
class Numbered:
    """The packs of a run with all their numbers; rows and postage by name.

    ``without_s10`` counts the packs for which the rolls of the office had no number left.
    """

    run: RunRow
    packs: tuple[Pack, ...]
    rows: Mapping[str, int]
    postal: Mapping[str, Postal]
    without_s10: int = 0


def allot(
    workplace: Workplace,
    batch: Batch,
    packs: Sequence[Pack],
    counts: Counts,
    postage: Postage,
    now: datetime,
) -> Numbered:
    """Give every pack its number, every sheet and child a code, and what is posted its S10."""
    places = [
        PackPlace(one.name, one.household, one.part, one.parts, contents_of(one)) for one in packs
    ]
    with workplace.database.write() as connection:
        layout = packs[0].layout if packs else Layout.SINGLE
        run = allot_run(connection, batch, local_day(workplace, now), now, layout)
        rows = {one.name: one for one in allot_packs(connection, run, places)}
        numbers = {name: row.id for name, row in rows.items()}
        sheets = allot_sheets(connection, numbers, sheet_places(packs))
        packs = claim_for_packs(connection, packs, now)
        keep_printed(connection, _quizzes(packs, numbers, sheets))
        schools, hashed = code_places(packs), workplace.files.hash_of_code
        codes = allot_codes(connection, schools, now, hashed)
        done = numbered(packs, Allotted(rows, sheets, codes))
        postal = {one.name: postal_of(one, sheets_of(one, counts), postage) for one in done}
        wanted = _wanted(done, numbers, postal)
        given = allot_s10(connection, wanted, BY, now)
        failpoint("before_numbers_commit")
    for one in done:
        issued = given.numbers.get(numbers[one.name])
        if issued:
            postal[one.name] = replace(postal[one.name], s10=issued.text)
    return Numbered(run, tuple(done), numbers, postal, len(given.without))


def _wanted(
    packs: Sequence[Pack], numbers: Mapping[str, int], postal: Mapping[str, Postal]
) -> list[Wanted]:
    """Return what needs a postal number: registered letters and parcels, in packing order."""
    uses = {MailCategory.REGISTERED: Use.REGISTERED, MailCategory.ORDINARY_PARCEL: Use.PARCEL}
    return [
        Wanted(numbers[one.name], one.school, uses[postal[one.name].category])
        for one in packs
        if one.by_post and postal[one.name].category in uses
    ]


def _quizzes(
    packs: Sequence[Pack],
    numbers: Mapping[str, int],
    sheets: Mapping[tuple[int, int, int, int], SheetRow],
) -> dict[int, Lesson]:
    """Return the lesson whose quiz stands on a sheet, by the number of the sheet."""
    return {
        sheets[numbers[one.name], child.student, sheet.lesson.id, sheet.page].id: sheet.lesson
        for one in packs
        for child in one.children
        for sheet in child.sheets
        if sheet.quiz
    }


def contents_of(pack: Pack) -> list[dict[str, Any]]:
    """Return what is kept of a pack's inside: lessons, and tasks of which only the sheet is in."""
    return [
        {
            "student": child.student,
            "attempt": child.attempt,
            "lessons": [one.id for one in child.lessons],
            "tasks": sorted({one.lesson.id for one in child.sheets}),
        }
        for child in pack.children
    ]
