"""The page on which a person plays a student or guardian: sees the chat, writes, presses, sends."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from jetkiz.i18n import LANGUAGES, Translator, translator
from jetkiz.rehearsal import ledger
from jetkiz.rehearsal.keyboards import is_disabled
from jetkiz.rehearsal.model import Json, Person
from jetkiz.rehearsal.refusals import ApiRefusal, RehearsalError, in_plain_words
from jetkiz.rehearsal.rehearsal_api import given_parameters, perform_act
from jetkiz.rehearsal.rich_page import shown_blocks
from jetkiz.rehearsal.rich_text import rich_text
from jetkiz.rehearsal.stage import Stage
from jetkiz.rehearsal.stages import STAGES, stage_of

TEMPLATES: Final = Environment(
    loader=PackageLoader("jetkiz.rehearsal"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["rich"] = rich_text
TEMPLATES.filters["blocks"] = shown_blocks
TEMPLATES.tests["disabled"] = is_disabled
LANGUAGE_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LONGEST_SIGHT = 200
NOTHING_GIVEN: Final = {"key": "", "name": "", "language": ""}


def language_of(request: web.Request, fallback: str) -> str:
    asked = request.query.get("lang", "")
    return asked if asked in LANGUAGES else fallback


def browser_language(request: web.Request) -> str:
    """The first of our languages that the browser asks for."""
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.partition(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "kk"


def page(template: str, t: Translator, status: int = 200, **facts: Any) -> web.Response:
    nonce = secrets.token_urlsafe(12)
    text = TEMPLATES.get_template(template).render(
        t=t, nonce=nonce, languages=LANGUAGE_NAMES, **facts
    )
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def show_people(
    request: web.Request, refusal: RehearsalError | None, given: Mapping[str, str]
) -> web.Response:
    world = stage_of(request).world
    t = translator(language_of(request, browser_language(request)))
    entries = [
        {
            "person": person,
            "count": sum(not m.deleted for m in world.messages_of(person.chat_id)),
        }
        for person in world.people.values()
    ]
    return page(
        "people.html",
        t,
        status=refusal.status if refusal else 200,
        bot=world.bot,
        entries=entries,
        given=given,
        refusal=t.error(refusal) if refusal else "",
        standings=standing_words(t),
    )


def standing_words(t: Translator) -> Mapping[str, str]:
    return {
        "stranger": t("has not pressed Start yet"),
        "member": t("talks with the bot"),
        "blocked": t("has blocked the bot"),
        "deactivated": t("has deleted the account"),
    }


async def people_page(request: web.Request) -> web.Response:
    return show_people(request, None, NOTHING_GIVEN)


async def add_person(request: web.Request) -> web.Response:
    try:
        given = await given_parameters(request)
    except RehearsalError as refusal:
        return show_people(request, refusal, NOTHING_GIVEN)
    words = {name: str(given.values.get(name, "")) for name in NOTHING_GIVEN}
    stage = stage_of(request)
    key = words["key"].strip() or f"person-{len(stage.world.people) + 1}"
    try:
        request.app[STAGES].add_person(key, words["name"].strip(), words["language"])
    except RehearsalError as refusal:
        return show_people(request, refusal, words)
    raise web.HTTPSeeOther(f"/chat/{key}")


def chat_facts(stage: Stage, person: Person, reply_to: str) -> Json:
    seen = [m for m in ledger.seen_by(stage.world, person.key) if not m["deleted_at"]]
    shown = [with_time(stage, message) for message in seen[-LONGEST_SIGHT:]]
    by_number = {message["message_id"]: message for message in seen}
    last = (person.chat_id, seen[-1]["message_id"]) if seen else None
    keyboard = stage.world.messages[last].keyboard if last else None
    return {
        "person": person,
        "bot": stage.world.bot,
        "messages": shown,
        "paths": {
            file.file_id: f"/rehearsal/files/{file.path}" for file in stage.world.files.values()
        },
        "votes": {poll: cast.get(person.key, []) for poll, cast in stage.world.votes.items()},
        "by_number": by_number,
        "answer": last_answer(stage, person),
        "keyboard": (keyboard or {}).get("keyboard", []),
        "reply": by_number.get(int(reply_to)) if reply_to.isdecimal() else None,
        "version": version_of(stage, person),
    }


def with_time(stage: Stage, message: Json) -> Json:
    at = datetime.fromisoformat(message["at"]).astimezone(stage.zone)
    changed = len(message["history"]) > 1
    return message | {"clock": at.strftime("%H:%M"), "day": at.strftime("%d.%m"), "new": changed}


def last_answer(stage: Stage, person: Person) -> Json:
    """What the bot answered to the person's last press, shown under that message."""
    own = [p for p in stage.world.presses.values() if p["person"] == person.key]
    answer = own[-1].get("answer") if own else None
    return {"message_id": own[-1]["message_id"], **answer} if answer and answer["text"] else {}


def version_of(stage: Stage, person: Person) -> str:
    """Changes whenever the person would see something new."""
    lines = stage.world.chat_lines.get(person.chat_id, ())
    answers = sum("answer" in press for press in stage.world.presses.values())
    return f"{len(lines)}-{answers}-{person.standing}"


async def chat_page(request: web.Request) -> web.Response:
    return show_chat(request, None)


def show_chat(request: web.Request, refusal: RehearsalError | None) -> web.Response:
    stage = stage_of(request)
    person = stage.world.people.get(request.match_info["person"])
    if person is None:
        raise web.HTTPSeeOther("/")
    language = language_of(request, person.language)
    t = translator(language)
    facts = chat_facts(stage, person, request.query.get("reply", ""))
    return page(
        "chat.html",
        t,
        status=refusal.status if refusal else 200,
        refusal=t.error(refusal) if refusal else "",
        standing=standing_words(t)[person.standing],
        query=f"?{urlencode({'lang': language})}",
        **facts,
    )


async def chat_messages(request: web.Request) -> web.Response:
    """The messages alone, for the page's own refreshing; 204 when nothing changed."""
    stage = stage_of(request)
    person = stage.world.people.get(request.match_info["person"])
    if person is None:
        raise web.HTTPNotFound
    if request.query.get("version") == version_of(stage, person):
        return web.Response(status=204)
    language = language_of(request, person.language)
    facts = chat_facts(stage, person, "")
    query = f"?{urlencode({'lang': language})}"
    return page("messages.html", translator(language), query=query, **facts)


async def act(request: web.Request) -> web.Response:
    try:
        given = await given_parameters(request)
        perform_act(request, request.match_info["act"], given)
    except ApiRefusal as refusal:
        return show_chat(request, in_plain_words(refusal))
    except RehearsalError as refusal:
        return show_chat(request, refusal)
    raise web.HTTPSeeOther(f"{request.path.rpartition('/')[0]}?{request.query_string}")


async def no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)


def add_page_routes(app: web.Application) -> None:
    app.router.add_get("/favicon.ico", no_icon)
    app.router.add_get("/", people_page)
    app.router.add_post("/people", add_person)
    app.router.add_get("/chat/{person}", chat_page)
    app.router.add_get("/chat/{person}/messages", chat_messages)
    app.router.add_post("/chat/{person}/{act}", act)
