"""The page on which a person plays a student or guardian: sees the chat, writes, presses, sends."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from jetkiz.i18n import LANGUAGES, Translator, translator
from jetkiz.rehearsal.chat_page.facts import (
    Sight,
    chat_facts,
    group_entries,
    list_entries,
    version_of,
)
from jetkiz.rehearsal.chat_page.shown_blocks import shown_blocks
from jetkiz.rehearsal.chat_page.shown_text import rich_text
from jetkiz.rehearsal.director.api import given_parameters, perform_act
from jetkiz.rehearsal.running.stages import STAGES, stage_of
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError, in_plain_words
from jetkiz.rehearsal.texts.keyboards import is_disabled

TEMPLATES: Final = Environment(
    loader=PackageLoader("jetkiz.rehearsal.chat_page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["rich"] = rich_text
TEMPLATES.filters["blocks"] = shown_blocks
TEMPLATES.tests["disabled"] = is_disabled
LANGUAGE_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
MOST_BESIDE: Final = 4
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
        "img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
    )
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def show_people(
    request: web.Request, refusal: RehearsalError | None, given: Mapping[str, str]
) -> web.Response:
    stages, stage = request.app[STAGES], stage_of(request)
    t = translator(language_of(request, browser_language(request)))
    bot = request.query.get("bot", "")
    query = "?" + urlencode({"lang": t.language, **({"bot": bot} if bot else {})})
    return page(
        "people.html",
        t,
        status=refusal.status if refusal else 200,
        bot=stage.world.bot,
        bots=[each.world.bot for each in stages.by_number.values()],
        entries=list_entries(stage, query),
        groups=group_entries(stage, query),
        given=given,
        query=query,
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
    query = f"?{request.query_string}" if "bot" in request.query else ""
    raise web.HTTPSeeOther(f"/chat/{key}{query}")


def sight_of(request: web.Request) -> Sight | None:
    """The chat that an address means, or nothing when nobody of that name is there."""
    stage = stage_of(request)
    world = stage.world
    person = world.people.get(request.match_info["person"])
    asked = request.query.get("group", "")
    group = world.group_chats.get(asked)
    if person is None or (asked and (group is None or person.key not in group.members)):
        return None
    language = language_of(request, person.language)
    return Sight(stage, person, group, language, request.query.get("bot", ""))


async def chat_page(request: web.Request) -> web.Response:
    return show_chat(request, None)


def show_chat(request: web.Request, refusal: RehearsalError | None) -> web.Response:
    sight = sight_of(request)
    if sight is None:
        raise web.HTTPSeeOther("/")
    t = translator(sight.language)
    return page(
        "chat.html",
        t,
        status=refusal.status if refusal else 200,
        refusal=t.error(refusal) if refusal else "",
        standing=standing_words(t)[sight.person.standing],
        standings=standing_words(t),
        entries=list_entries(sight.stage, sight.list_query),
        **chat_facts(sight, request.query.get("reply", "")),
    )


async def chat_messages(request: web.Request) -> web.Response:
    """The messages alone, for the page's own refreshing; 204 when nothing changed."""
    sight = sight_of(request)
    if sight is None:
        raise web.HTTPNotFound
    if request.query.get("version") == version_of(sight):
        return web.Response(status=204)
    return page("messages.html", translator(sight.language), **chat_facts(sight, ""))


async def side_page(request: web.Request) -> web.Response:
    """Several chats next to each other, each in a frame of its own."""
    stages = request.app[STAGES]
    language = language_of(request, browser_language(request))
    frames = []
    for chosen in request.query.getall("chat", [])[:MOST_BESIDE]:
        key, _, bot = chosen.partition("@")
        stage = stages.numbered(bot) if bot in {"", *stages.by_number} else None
        person = stage.world.people.get(key) if stage else None
        if stage and person:
            query = urlencode({"lang": language, **({"bot": bot} if bot else {})})
            title = f"{person.name} - {stage.world.bot.name}"
            frames.append({"title": title, "address": f"/chat/{key}?{query}"})
    if not frames:
        raise web.HTTPSeeOther(f"/?lang={language}")
    return page("side.html", translator(language), bot=stages.first.world.bot, frames=frames)


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
    app.router.add_get("/side", side_page)
    app.router.add_post("/people", add_person)
    app.router.add_get("/chat/{person}", chat_page)
    app.router.add_get("/chat/{person}/messages", chat_messages)
    app.router.add_post("/chat/{person}/{act}", act)
