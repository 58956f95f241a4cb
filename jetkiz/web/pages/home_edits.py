"""What the coordinator corrects of a home: its phone, and what it can receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.access_profile import UNKNOWN, Fact, FactKind, Source
from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.incoming import Subject
from jetkiz.roster.model import Home
from jetkiz.roster.reading.cells import CellError, fact_value, phone
from jetkiz.roster.register import learn, read_homes, read_households
from jetkiz.roster.tables import access_fact, school
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.staff.viewers import places
from jetkiz.web.pages import students
from jetkiz.web.visits import chosen, form, look, now, number, run, today, viewer, week

PHONE: Final = "household_phone"
# Before the name of a field: what the page showed in it.
SHOWN: Final = "shown_"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed: facts by kind, and the phone of the home.

    ``shown`` is what the page had said of them, so that a page opened long ago takes nothing back;
    ``problems`` says by field what cannot be kept.
    """

    facts: Mapping[FactKind, str]
    phone: str | None
    shown: Mapping[str, str]
    problems: Mapping[str, JetkizError]
    today: date
    at: datetime


def read_correction(
    fields: Mapping[str, str], tv_names: Mapping[str, str], today: date, at: datetime
) -> Correction:
    """Read what was changed in the form; a fact's field is named after its kind."""
    shown = {
        name.removeprefix(SHOWN): text.strip()
        for name, text in fields.items()
        if name.startswith(SHOWN)
    }
    typed = {name: text.strip() for name, text in fields.items() if text.strip() != shown.get(name)}
    facts: dict[FactKind, str] = {}
    problems: dict[str, JetkizError] = {}
    try:
        if typed.get(PHONE):
            typed[PHONE] = phone(typed[PHONE])
    except CellError as error:
        problems[PHONE] = _in_words(error)
    for kind in FactKind:
        try:
            # Boxes of which none is ticked say nothing; an empty field leaves what is known.
            if typed.get(kind) or (tv_names and kind == FactKind.TV and kind in typed):
                facts[kind] = _checked(kind, typed[kind], tv_names)
        except CellError as error:
            problems[kind] = _in_words(error)
    return Correction(facts, typed.get(PHONE), shown, problems, today, at)


def _checked(kind: FactKind, text: str, tv_names: Mapping[str, str]) -> str:
    if not text:
        raise CellError(
            N_("No box is ticked here."), N_("Tick the channels, or only one of the last two.")
        )
    value = fact_value(kind, text)
    if kind != FactKind.TV or not tv_names:
        return value
    ticked = value.split(",")
    alone = {"none", UNKNOWN} & set(ticked)
    if alone and len(ticked) > 1:
        raise CellError(
            N_("This says both that there is a channel and that there is none."),
            N_("Tick the channels, or only one of the last two."),
        )
    strange = set(ticked) - set(tv_names) - alone
    if strange:
        raise CellError(
            N_("No lessons are shown on a channel {strange}."),
            N_("Tick only channels that carry lessons."),
            strange=", ".join(sorted(strange)),
        )
    return value


def _in_words(error: CellError) -> JetkizError:
    return JetkizError(error.sentence, error.remedy, **error.facts)


def may_correct(connection: Connection, who: Viewer, student: int) -> bool:
    """True for who may change what is known of the home of a student."""
    place = places(connection, [student]).get(student)
    return place is not None and may(who, Right.EDIT_HOME, place)


def correct_home(
    connection: Connection, who: Viewer, student: int, given: Correction
) -> list[str] | None:
    """Keep what differs from what is known; return the names of the fields, None if not allowed."""
    if not may_correct(connection, who, student):
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
    for kind, value in given.facts.items():
        known = home.profile.fact(kind)
        if known is None or not _is_same(known.value, value):
            _require_as_shown(given, kind, known.value if known else "")
            fact = Fact(kind, value, Source.COORDINATOR, given.today)
            student = home.student.id if kind.value in own else None
            learn(connection, home.student.household, fact, student, given.at)
            changed.append(kind.value)
    return changed


def _is_same(one: str, other: str) -> bool:
    """The order in which channels are named says nothing."""
    return set(one.split(",")) == set(other.split(","))


def _require_as_shown(given: Correction, name: str, known: str) -> None:
    if not _is_same(given.shown.get(name, known), known):
        raise JetkizError(
            N_("Somebody else has corrected this home since the page was opened."),
            N_("Nothing was saved. Open the page again, look, and correct what is still wrong."),
        )


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
    """Keep the corrections of the form; with a mistake in it, show it again as it was typed."""
    student = number(request, "student")
    if not await look(request, may_correct, viewer(request), student):
        raise web.HTTPNotFound
    typed = await form(request)
    if FactKind.TV in typed:
        ticked = await chosen(request, FactKind.TV)
        typed[FactKind.TV] = ",".join(one for one in ticked if one)
    tv_names = await students.read_tv_names(request)
    given = read_correction(typed, tv_names, today(request), now(request))
    if given.problems:
        return await students.answer(request, students.Mistyped(typed, given.problems))
    if await run(request, correct_home, viewer(request), student, given) is None:
        raise web.HTTPNotFound
    address = f"/students/{student}/{week(request)}?saved=home#home"
    return web.Response(status=303, headers={"Location": address})
