"""Answers the bot over HTTP as api.telegram.org does, faults of the script included."""

from typing import Any

from aiohttp import web

from jetkiz.rehearsal.bot_api.methods import POLLING, method_name
from jetkiz.rehearsal.bot_api.parameters import read_parameters
from jetkiz.rehearsal.running.faults import FaultKind, Moment, Rule
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.running.stages import STAGES
from jetkiz.rehearsal.state.refusals import ApiRefusal, flooded

CHANGE_WEBHOOK = {"setWebhook", "deleteWebhook"}


async def bot_method(request: web.Request) -> web.StreamResponse:
    try:
        result = await answer(request)
    except ApiRefusal as refusal:
        return web.json_response(refusal.envelope(), status=refusal.code)
    except LineCutError:
        return cut_line(request)
    return web.json_response({"ok": True, "result": result})


async def answer(request: web.Request) -> Any:
    stage = request.app[STAGES].with_token(request.match_info["token"])
    method = method_name(request.match_info["method"])
    parameters = await read_parameters(request)
    rule = stage.struck_by(method, parameters)
    if rule is not None and rule.kind == FaultKind.LATE:
        await stage.accept_late(method, parameters, rule)
        raise LineCutError
    if rule is not None and rule.moment == Moment.BEFORE:
        await misbehave(stage, rule)
    if method == POLLING:
        result = await stage.get_updates(parameters)
    else:
        result = stage.call(method, parameters)
    if method in CHANGE_WEBHOOK:
        request.app[STAGES].carry(stage)
    if rule is not None and rule.moment == Moment.AFTER:
        await misbehave(stage, rule)
    return result


class LineCutError(Exception):
    """The connection ends without an answer."""


async def misbehave(stage: Stage, rule: Rule) -> None:
    if rule.kind == FaultKind.REFUSE:
        raise ApiRefusal(rule.code, rule.description)
    if rule.kind == FaultKind.FLOOD:
        raise flooded(rule.retry_after)
    if rule.kind == FaultKind.ERROR:
        raise ApiRefusal(500, "Internal Server Error")
    if rule.kind in {FaultKind.HANG, FaultKind.SLOW}:
        await stage.clock.sleep(rule.seconds, stage.closing)
    if rule.kind in {FaultKind.HANG, FaultKind.RESET}:
        raise LineCutError


def cut_line(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def bot_file(request: web.Request) -> web.StreamResponse:
    try:
        stage = request.app[STAGES].with_token(request.match_info["token"])
    except ApiRefusal as refusal:
        return web.json_response(refusal.envelope(), status=refusal.code)
    file = stage.world.paths.get(request.match_info["path"])
    if file is None or file.size > stage.limits.download_bytes:
        return await not_found(request)
    body = stage.world.contents[file.sha256]
    return web.Response(body=body, content_type="application/octet-stream")


async def not_found(_request: web.Request) -> web.StreamResponse:
    return web.json_response(ApiRefusal(404, "Not Found").envelope(), status=404)


def add_bot_routes(app: web.Application) -> None:
    app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", bot_method)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", bot_file)
    app.router.add_route("*", "/bot{rest:.*}", not_found)
