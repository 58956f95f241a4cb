"""An emergency message from the console: one coordinator writes it, another lets it go out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot import bots, emergencies
from bot.emergencies import MOST_WORDS, Emergency, Proposal, Scope
from jetkiz.i18n import N_, Translator
from jetkiz.staff.permissions import Viewer, may_see_school
from jetkiz.web.rendering import page
from jetkiz.web.visits import form, now, run, viewer, visit

SCHOOL: Final = "school"
SAID: Final = {
    "asked": N_("The other coordinators are asked; one of them has to confirm it."),
    "sent": N_("The message goes out now."),
    "dropped": N_("It does not go out."),
    "over": N_("This message was sent already, was dropped, or waited too long."),
    "no-words": N_("Please write the message and choose to whom it goes."),
    "too-long": N_("The message is too long."),
    "another": N_("Another coordinator has to confirm it, not you."),
    "nobody": N_("There is no second coordinator who could confirm it."),
}
GOOD: Final = frozenset({"asked", "sent", "dropped"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its second coordinator; the writer may only drop it."""

    one: Emergency
    to_whom: str
    phones: int
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    """What the page offers: to whom a message can go, and what waits."""

    grades: Sequence[int]
    classes: Sequence[tuple[int, str]]
    waiting: Sequence[Waiting]
    key: str


def read_page(
    connection: Connection, who: Viewer, t: Translator, at: datetime, key: str
) -> EmergencyPage:
    """Return the classes of the school and the messages that wait."""
    classes = emergencies.read_classes(connection, who.school)
    return EmergencyPage(
        grades=sorted({grade for _, grade in classes.values() if grade}),
        classes=[(number, title) for number, (title, _) in classes.items()],
        waiting=[
            Waiting(
                one,
                emergencies.scope_words(connection, one.school, one.scope, t),
                len(emergencies.phones_of(connection, one.school, one.scope)),
                emergencies.second_coordinator([who], one) is not None,
            )
            for one in emergencies.open_of_school(connection, who.school, at)
        ],
        key=key,
    )


def _only_coordinators(request: web.Request) -> Viewer:
    who = viewer(request)
    if not may_see_school(who):
        raise web.HTTPNotFound
    return who


async def show(request: web.Request) -> web.StreamResponse:
    """Show the form and what waits."""
    who = _only_coordinators(request)
    t, key = visit(request).t, secrets.token_hex(16)
    found = await run(request, read_page, who, t, now(request), key)
    said = request.query.get("said", "")
    return page(
        request,
        "emergency.html",
        found=found,
        said=SAID.get(said, ""),
        is_good=said in GOOD,
        most=MOST_WORDS,
    )


def read_scope(text: str) -> Scope | None:
    """Return to whom a message goes: the school, "grade:3" or "class:17"."""
    kind, _, number = text.partition(":")
    if text == SCHOOL:
        return Scope()
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    return {"grade": Scope(grade=int(number)), "class": Scope(class_id=int(number))}.get(kind)


def propose(
    connection: Connection, who: Viewer, key: str, scope: Scope, words: str, at: datetime
) -> str:
    """Keep a message and ask the other coordinators; return what is said of it."""
    if not emergencies.has_second(connection, who):
        return "nobody"
    known = bots.bot_of_school(connection, who.school)
    new = Proposal(known.number if known else 0, key, scope, words)
    number = emergencies.propose(connection, who, new, at)
    one = emergencies.read_open(connection, number, at) if number else None
    if one is None:
        return "no-words"
    emergencies.ask_to_confirm(connection, one, emergencies.other_coordinators(connection, who))
    return "asked"


def _told(words: str, scope: Scope | None) -> str:
    """Return what tells two messages of one form apart, as after the browser's way back."""
    return sha256(f"{scope} {words}".encode()).hexdigest()[:16]


async def write(request: web.Request) -> web.StreamResponse:
    """Take a message; the same form sent twice is one."""
    who, fields = _only_coordinators(request), await form(request)
    words, scope = fields.get("words", "").strip(), read_scope(fields.get("scope", ""))
    key = f"emergency:console:{who.account}:{fields.get('key', '')[:32]}:{_told(words, scope)}"
    if not words or scope is None:
        return _back("no-words")
    if len(words) > MOST_WORDS:
        return _back("too-long")
    return _back(await run(request, propose, who, key, scope, words, now(request)))


def decide(connection: Connection, who: Viewer, number: int, act: str, at: datetime) -> str:
    """Let a message go out, or never; return what is said of it."""
    one = emergencies.read_open(connection, number, at)
    if one is None or one.school != who.school:
        return "over"
    if act == "drop":
        return "dropped" if emergencies.drop(connection, who, one, at) else "over"
    second = emergencies.second_coordinator([who], one)
    if second is None:
        return "another"
    emergencies.confirm(connection, second, one, at)
    return "sent"


async def decided(request: web.Request) -> web.StreamResponse:
    """Let a message go out, or never."""
    who, fields = _only_coordinators(request), await form(request)
    text, act = fields.get("number", ""), fields.get("act", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= 9
    if not is_number or act not in {"send", "drop"}:
        return _back("over")
    return _back(await run(request, decide, who, int(text), act, now(request)))


def _back(said: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/telegram/emergency?said={said}"})
