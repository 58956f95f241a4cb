"""What the coordinator corrects of a home: its phone, and what it can receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.incoming import Subject
from jetkiz.roster.model import Home
from jetkiz.roster.reading.cells import CellError, fact_value
from jetkiz.roster.register import learn, read_homes, read_households
from jetkiz.roster.tables import access_fact, school
from jetkiz.web.audit import Act, Entry, write_down
from jetkiz.web.permissions import Right, Viewer, may
from jetkiz.web.viewers import places
from jetkiz.web.visits import form, now, number, run, today, viewer, week

PHONE: Final = "household_phone"
# Before the name of a field: what the page showed in it.
SHOWN: Final = "shown_"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed: facts by kind, and the phone of the home.

    ``shown`` is what the page had said of them, so that a page opened long ago takes nothing back.
    """

    facts: Mapping[FactKind, str]
    phone: str | None
    shown: Mapping[str, str]
    today: date
    at: datetime


def read_correction(fields: Mapping[str, str], today: date, at: datetime) -> Correction:
    """Read what was changed in the form; a fact's field is named after its kind."""
    shown = {
        name.removeprefix(SHOWN): text.strip()
        for name, text in fields.items()
        if name.startswith(SHOWN)
    }
    typed = {name: text.strip() for name, text in fields.items() if text.strip() != shown.get(name)}
    facts = {kind: typed[kind] for kind in FactKind if typed.get(kind)}
    return Correction(facts, typed.get(PHONE), shown, today, at)


def correct_home(
    connection: Connection, who: Viewer, student: int, given: Correction
) -> list[str] | None:
    """Keep what differs from what is known; return the names of the fields, None if not allowed."""
    place = places(connection, [student]).get(student)
    if place is None or not may(who, Right.EDIT_HOME, place):
        return None
    (home,) = read_homes(connection, [student])
    changed = [*_learn_facts(connection, home, given), *_set_phone(connection, who, home, given)]
    if changed:
        entry = Entry(who.login, Act.EDIT_HOME, who.school, student, ", ".join(changed))
        write_down(connection, [entry], given.at)
    return changed


def _learn_facts(connection: Connection, home: Home, given: Correction) -> list[str]:
    own = set(
        connection.scalars(
            select(access_fact.c.kind).where(access_fact.c.student_id == home.student.id)
        )
    )
    changed = []
    for kind, text in given.facts.items():
        value = _checked(kind, text)
        known = home.profile.fact(kind)
        if known is None or known.value != value:
            _require_as_shown(given, kind, known.value if known else "")
            fact = Fact(kind, value, Source.COORDINATOR, given.today)
            student = home.student.id if kind.value in own else None
            learn(connection, home.student.household, fact, student, given.at)
            changed.append(kind.value)
    return changed


def _require_as_shown(given: Correction, name: str, known: str) -> None:
    if given.shown.get(name, known) != known:
        raise JetkizError(
            N_("Somebody else has corrected this home since the page was opened."),
            N_("Nothing was saved. Open the page again, look, and correct what is still wrong."),
        )


def _checked(kind: FactKind, text: str) -> str:
    try:
        return fact_value(kind, text)
    except CellError as error:
        raise JetkizError(error.sentence, error.remedy, **error.facts) from error


def _set_phone(connection: Connection, who: Viewer, home: Home, given: Correction) -> list[str]:
    number = home.student.household
    household = read_households(connection, [number])[number]
    if given.phone is None or given.phone == household.phone:
        return []
    _require_as_shown(given, PHONE, household.phone)
    c = school.c
    here = connection.execute(select(c.sourced_id).where(c.id == who.school)).scalar_one()
    row, value = (here, household.key), ("phone", given.phone)
    edit_by_hand(connection, Subject.HOUSEHOLD, row, value, by=who.login, at=given.at)
    return ["household phone"]


async def correct(request: web.Request) -> web.StreamResponse:
    """Keep the corrections of the form."""
    student = number(request, "student")
    given = read_correction(await form(request), today(request), now(request))
    changed = await run(request, correct_home, viewer(request), student, given)
    if changed is None:
        raise web.HTTPNotFound
    address = f"/students/{student}/{week(request)}?saved=home#home"
    return web.Response(status=303, headers={"Location": address})
