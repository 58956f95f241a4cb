"""The director's side over HTTP: people, their acts, faults, the clock and the ledger.

A bot token opens none of it, so the product cannot read what people really saw.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from jetkiz.i18n import N_
from jetkiz.rehearsal.bot_api.parameters import Parameters, read_parameters
from jetkiz.rehearsal.director.acts import read_act
from jetkiz.rehearsal.people import deeds, ledger
from jetkiz.rehearsal.people.groups import GroupAct, NewGroup, find_group, group_facts
from jetkiz.rehearsal.running.faults import FaultScript, read_script
from jetkiz.rehearsal.running.stages import STAGES, stage_of
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError, in_plain_words

LONGEST_STEP = 366 * 86_400
EVERYWHERE = {"deactivate"}  # an account is gone for every bot

Handler = Callable[[web.Request], Awaitable[Any]]


def check_origin(request: web.Request) -> None:
    """A page from elsewhere in the same browser must not play people."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise RehearsalError(
            N_("This request comes from another site."), N_("Use the rehearsal's own page."), 403
        )


async def given_parameters(request: web.Request) -> Parameters:
    check_origin(request)
    return await read_parameters(request)


def as_json(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await handler(request))
        except RehearsalError as refusal:
            return told(refusal)
        except ApiRefusal as refusal:
            return told(in_plain_words(refusal))

    return answer


def told(refusal: RehearsalError) -> web.Response:
    words = {
        "error": refusal.sentence.format(**refusal.facts),
        "remedy": refusal.remedy.format(**refusal.facts),
    }
    return web.json_response(words, status=refusal.status)


async def add_person(request: web.Request) -> Any:
    given = await given_parameters(request)
    return request.app[STAGES].add_person(
        given.text("key") or "", given.text("name") or "", given.text("language") or "kk"
    )


async def add_bot(request: web.Request) -> Any:
    given = await given_parameters(request)
    stage = request.app[STAGES].join(given.text("token") or "", given.text("name") or "Jetkiz")
    return stage.world.bot.as_user()


async def list_bots(request: web.Request) -> Any:
    return request.app[STAGES].bots()


async def list_people(request: web.Request) -> Any:
    return ledger.people_facts(stage_of(request).world)


async def perform(request: web.Request) -> Any:
    return perform_act(request, request.match_info["act"], await given_parameters(request))


def perform_act(request: web.Request, name: str, given: Parameters) -> Any:
    person = request.match_info["person"]
    act = read_act(name, given)
    stages = request.app[STAGES].by_number.values() if name in EVERYWHERE else [stage_of(request)]
    results = [stage.act(person, name, given.text("key"), act) for stage in stages]
    return results[0]


async def chat(request: web.Request) -> Any:
    world = stage_of(request).world
    person = deeds.find(world, request.match_info["person"])
    answers = [
        press["answer"]
        for press in world.presses.values()
        if press["person"] == person.key and "answer" in press
    ]
    return deeds.person_facts(person) | {
        "messages": ledger.seen_by(world, person.key),
        "answers": answers,
    }


async def make_group(request: web.Request) -> Any:
    given = await given_parameters(request)
    members = given.structure("members") or []
    fits = isinstance(members, list) and all(isinstance(member, str) for member in members)
    privacy = given.flag("privacy") if given.text("privacy") else True
    names = members if fits else [""]
    asked = NewGroup(given.text("key") or "", given.text("title") or "", names, privacy)
    return stage_of(request).make_group(asked)


async def list_groups(request: web.Request) -> Any:
    return ledger.groups_facts(stage_of(request).world)


async def change_group(request: web.Request) -> Any:
    given = await given_parameters(request)
    name = request.match_info["act"]
    if name not in set(GroupAct):
        raise RehearsalError(
            N_("There is no act {name}."), N_("Look into the guide for the acts."), 404, name=name
        )
    key, person = request.match_info["group"], given.text("person") or ""
    return stage_of(request).change_group(key, GroupAct(name), person)


async def group_chat(request: web.Request) -> Any:
    world = stage_of(request).world
    group = find_group(world, request.match_info["group"])
    return group_facts(group) | {"messages": ledger.seen_in(world, group.chat_id)}


async def show_ledger(request: web.Request) -> Any:
    after = request.query.get("after", "0")
    return ledger.full_ledger(stage_of(request).world, int(after) if after.isdecimal() else 0)


async def show_transcript(request: web.Request) -> Any:
    return ledger.transcript(stage_of(request).world)


async def set_faults(request: web.Request) -> Any:
    given = await given_parameters(request)
    return request.app[STAGES].set_faults(read_script(given.values))


async def show_faults(request: web.Request) -> Any:
    return stage_of(request).faults.report()


async def clear_faults(request: web.Request) -> Any:
    check_origin(request)
    return request.app[STAGES].set_faults(FaultScript())


async def set_clock(request: web.Request) -> Any:
    """To a point in time, some seconds on (with `limits` for limits and waits too), or stopped."""
    given = await given_parameters(request)
    clock = stage_of(request).clock
    if given.text("stopped"):
        (clock.stop if given.flag("stopped") else clock.go)()
    elif given.text("advance"):
        clock.advance(read_seconds(given.text("advance")), given.flag("limits"))
    else:
        clock.set(read_moment(given.text("now")))
    return {"now": clock.now().isoformat()}


def read_moment(given: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(given or "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RehearsalError(
            N_("This is no point in time."), N_("Write it like 2026-01-26T08:00:00+05:00."), 400
        )
    return moment


def read_seconds(given: str | None) -> float:
    try:
        seconds = float(given or "")
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < LONGEST_STEP:
        raise RehearsalError(
            N_("The clock cannot go on by {given} seconds."),
            N_("Give a number of seconds above 0, at most a year."),
            400,
            given=given,
        )
    return seconds


async def show_clock(request: web.Request) -> Any:
    return {"now": stage_of(request).now().isoformat()}


async def show_file(request: web.Request) -> web.StreamResponse:
    """A picture is shown; anything else is only saved, as it may contain a script."""
    world = stage_of(request).world
    file = world.paths.get(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    if file.mime != "image/jpeg":
        headers["Content-Disposition"] = "attachment"
    body = world.contents[file.sha256]
    return web.Response(body=body, content_type=file.mime, headers=headers)


def add_rehearsal_routes(app: web.Application) -> None:
    for method, path, handler in (
        ("POST", "bots", add_bot),
        ("GET", "bots", list_bots),
        ("POST", "people", add_person),
        ("GET", "people", list_people),
        ("GET", "people/{person}/chat", chat),
        ("POST", "people/{person}/{act}", perform),
        ("POST", "groups", make_group),
        ("GET", "groups", list_groups),
        ("GET", "groups/{group}/chat", group_chat),
        ("POST", "groups/{group}/{act}", change_group),
        ("GET", "ledger", show_ledger),
        ("GET", "transcript", show_transcript),
        ("POST", "faults", set_faults),
        ("GET", "faults", show_faults),
        ("DELETE", "faults", clear_faults),
        ("POST", "clock", set_clock),
        ("GET", "clock", show_clock),
    ):
        app.router.add_route(method, f"/rehearsal/{path}", as_json(handler))
    app.router.add_get("/rehearsal/files/{path:.+}", show_file)
