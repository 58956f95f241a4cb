"""How the bots stand, what did not arrive, and whose phones are linked; for the coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot import bots
from bot.bots import KnownBot
from bot.chats import links, staff
from bot.chats.alarms import Alarm, open_alarms, see_alarm
from bot.coordinator_cards import ALARM_WORDS, LANE_WORDS
from bot.emergencies import open_of_school
from bot.family_access import cut_family
from bot.receiving import inbox
from bot.receiving.inbox import PutAside
from bot.resending import send_again
from bot.sending.standing_model import Standing
from bot.sending.undelivered import Undelivered, undelivered
from bot.staff_access import NewCode, Person, cut_person, give_code, read_people
from bot.standing import rate_in_force, read_standing
from bot.words.refusals import by_meaning
from jetkiz.calendar.school_weeks import week_of
from jetkiz.config import Settings
from jetkiz.roster.link_codes import CodeHash
from jetkiz.roster.model import Name
from jetkiz.roster.register import read_names
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer, may_see_school
from jetkiz.staff.viewers import Seen, visible_numbers, visible_students
from jetkiz.storage.workplace import wall_clock
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, now, run, today, viewer, zone

SAVED: Final = frozenset({"cut", "again", "letter", "family"})


@dataclass(frozen=True, slots=True)
class BotView:
    """One bot of the school and what stands behind it."""

    known: KnownBot
    standing: Standing
    rate: float
    dead: Sequence[PutAside]

    @property
    def refused(self) -> list[tuple[str, int]]:
        """What Telegram refused, in words that are still to be translated."""
        return by_meaning(self.standing.refused)


@dataclass(frozen=True, slots=True)
class LinkedFamily:
    """A student whose lessons go to phones."""

    seen: Seen
    name: Name
    phones: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What did not reach one student of a class."""

    seen: Seen
    name: Name
    told: Undelivered


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """An alarm with the student it is about."""

    alarm: Alarm
    seen: Seen
    name: Name


@dataclass(frozen=True, slots=True)
class TelegramPage:
    """What the page shows."""

    bots: Sequence[BotView]
    missing: Sequence[Missing]
    people: Sequence[Person]
    families: Sequence[LinkedFamily]
    alarms: Sequence[ToLookAt]
    emergencies: int
    week: str

    @property
    def to_resend(self) -> int:
        """To how many students the same could go once more."""
        return sum(1 for one in self.missing if one.told.phones)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of a look: by the school's clock, and since when "today" lasts by the wall's."""

    at: datetime
    wall: datetime
    midnight: datetime
    week: str


def read_page(
    connection: Connection, who: Viewer, settings: Settings, moment: Moment
) -> TelegramPage:
    """Return how everything stands; whose messages failed is written down as read."""
    students = visible_numbers(connection, who)
    found = undelivered(connection, students, moment.week)
    entries = [
        Entry(who.login, Act.READ_UNDELIVERED, who.school, one.student, moment.week)
        for one in found
    ]
    write_down(connection, entries, moment.at)
    phones = {one: len(chats) for one, chats in links.phones_of(connection, students).items()}
    seen = visible_students(connection, who)
    names = read_names(connection, students)
    return TelegramPage(
        bots=[_bot(connection, who, one, settings, moment) for one in _bots_of(connection, who)],
        missing=[Missing(seen[one.student], names[one.student], one) for one in found],
        people=read_people(connection, who.school),
        families=[
            LinkedFamily(one, names[number], phones[number])
            for number, one in seen.items()
            if phones[number]
        ],
        alarms=[
            ToLookAt(one, seen[one.student], names[one.student])
            for one in _alarms(connection, who)
            if one.student in seen
        ],
        emergencies=len(open_of_school(connection, who.school, moment.at)),
        week=moment.week,
    )


def _alarms(connection: Connection, who: Viewer) -> list[Alarm]:
    return [
        alarm for one in _bots_of(connection, who) for alarm in open_alarms(connection, one.number)
    ]


def _bots_of(connection: Connection, who: Viewer) -> list[KnownBot]:
    return [one for one in bots.in_use(connection) if one.school in {None, who.school}]


def _letters(connection: Connection, who: Viewer, bot: int) -> list[PutAside]:
    """Return what was put aside, but for what came from chats of other schools only."""
    return [
        letter
        for letter in inbox.dead_letters(connection, bot)
        if not (of := staff.schools_of(connection, bot, letter.chat_id)) or who.school in of
    ]


def _bot(
    connection: Connection, who: Viewer, one: KnownBot, settings: Settings, moment: Moment
) -> BotView:
    number = one.number
    allowed = (settings.telegram_rate, settings.telegram_chat_rate)
    return BotView(
        known=one,
        standing=read_standing(connection, number, moment.midnight, moment.wall),
        rate=rate_in_force(connection, number, *allowed, moment.wall),
        dead=_letters(connection, who, number),
    )


def _only_coordinators(request: web.Request) -> Viewer:
    who = viewer(request)
    if not may_see_school(who):
        raise web.HTTPNotFound
    return who


def _moment(request: web.Request) -> Moment:
    wall = wall_clock()
    midnight = datetime.combine(wall.astimezone(zone(request)).date(), time(), zone(request))
    return Moment(now(request), wall, midnight, week_of(today(request)))


async def _page(request: web.Request, code: NewCode | None = None) -> web.Response:
    settings = request.app[WORKPLACE].settings
    found = await run(request, read_page, viewer(request), settings, _moment(request))
    saved = request.query.get("saved", "")
    return page(
        request,
        "telegram.html",
        found=found,
        code=code,
        saved=saved if saved in SAVED else "",
        lane_words=LANE_WORDS,
        alarm_words=ALARM_WORDS,
    )


async def show(request: web.Request) -> web.StreamResponse:
    """Show how everything stands."""
    _only_coordinators(request)
    return await _page(request)


def _number(fields: dict[str, str], name: str) -> int:
    """Return a number of a form; a word that is none is nobody's number."""
    text = fields.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def find_person(connection: Connection, who: Viewer, number: int) -> Person | None:
    """Return somebody of the own school."""
    people = read_people(connection, who.school)
    return next((one for one in people if one.account == number), None)


def new_code(
    connection: Connection, who: Viewer, number: int, at: datetime, hashed: CodeHash
) -> NewCode | None:
    """Make a code for somebody of the own school."""
    person = find_person(connection, who, number)
    return give_code(connection, person, who.login, at, hashed) if person else None


async def make_code(request: web.Request) -> web.StreamResponse:
    """Make a code and show it, this once."""
    who = _only_coordinators(request)
    number = _number(await form(request), "account")
    hashed = request.app[WORKPLACE].files.hash_of_code
    code = await run(request, new_code, who, number, now(request), hashed)
    if code is None:
        return _done("", is_ours=False)
    return await _page(request, code)


def cut_somebody(connection: Connection, who: Viewer, number: int, at: datetime) -> bool:
    """Cut the phones of somebody of the own school."""
    person = find_person(connection, who, number)
    if person is None:
        return False
    cut_person(connection, person, who.login, at)
    return True


async def cut_staff(request: web.Request) -> web.StreamResponse:
    """Cut the phones and codes of a teacher or coordinator."""
    who = _only_coordinators(request)
    number = _number(await form(request), "account")
    return _done("cut", is_ours=await run(request, cut_somebody, who, number, now(request)))


def cut_student(connection: Connection, who: Viewer, number: int, at: datetime) -> bool:
    """Cut the phones and codes of a student of the own school."""
    if number not in visible_numbers(connection, who):
        return False
    cut_family(connection, number, at)
    write_down(connection, [Entry(who.login, Act.CUT_PHONE, who.school, number)], at)
    return True


async def cut_phones(request: web.Request) -> web.StreamResponse:
    """Cut the phones and codes of a student."""
    who = _only_coordinators(request)
    number = _number(await form(request), "student")
    return _done("family", is_ours=await run(request, cut_student, who, number, now(request)))


def see_to_letter(connection: Connection, who: Viewer, number: int, act: str) -> bool:
    """Try an update that was put aside again, or close it; only one of the school's bots."""
    letters = {
        letter.id
        for one in _bots_of(connection, who)
        for letter in _letters(connection, who, one.number)
    }
    if number not in letters:
        return False
    if act == "again":
        return inbox.try_again(connection, number, wall_clock())
    return act == "close" and inbox.close(connection, number, wall_clock())


async def see_to(request: web.Request) -> web.StreamResponse:
    """Try an update that was put aside again, or close it."""
    who, fields = _only_coordinators(request), await form(request)
    number, act = _number(fields, "number"), fields.get("act", "")
    return _done("letter", is_ours=await run(request, see_to_letter, who, number, act))


def see_to_alarm(connection: Connection, who: Viewer, number: int) -> bool:
    """Note that somebody saw to an alarm about a student of the own school."""
    seen = visible_numbers(connection, who)
    mine = {one.id for one in _alarms(connection, who) if one.student in seen}
    return number in mine and see_alarm(connection, number, wall_clock())


async def seen_alarm(request: web.Request) -> web.StreamResponse:
    """Note that somebody saw to an alarm."""
    who = _only_coordinators(request)
    number = _number(await form(request), "number")
    return _done("letter", is_ours=await run(request, see_to_alarm, who, number))


async def resend(request: web.Request) -> web.StreamResponse:
    """Send again what was refused this week, to all or to one student."""
    who, fields = _only_coordinators(request), await form(request)
    one = _number(fields, "student")
    students = [one] if "student" in fields else None
    await run(request, send_again, who, week_of(today(request)), students, now(request))
    return _done("again", is_ours=True)


def _done(what: str, *, is_ours: bool) -> web.Response:
    """Go back to the page; of what is not the school's, or is done already, it says nothing."""
    address = f"/telegram?saved={what}" if is_ours else "/telegram"
    return web.Response(status=303, headers={"Location": address})
