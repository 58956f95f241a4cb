"""Which pages the console has, and what every request must pass before it reaches one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.staff.permissions import AIR_DESK, Viewer, may_open
from jetkiz.staff.viewers import SchoolHead, read_school, read_viewer
from jetkiz.storage.workplace import Workplace
from jetkiz.web import csrf, languages, login, sessions
from jetkiz.web.pages import PAGES
from jetkiz.web.pages.broadcast import aired, shelf
from jetkiz.web.pages.broadcast.public_pages import is_public
from jetkiz.web.pages.scan_uploads import scan_intake, streams
from jetkiz.web.rate_limits import WrongTries
from jetkiz.web.refusals import answer_in_words
from jetkiz.web.rendering import STATIC
from jetkiz.web.security_headers import headers_for
from jetkiz.web.visits import (
    WORKPLACE,
    form,
    look,
    now,
    remember,
    require_ours,
    run,
    visit,
    visit_of,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_FORM: Final = 64 * 1024
OPEN_TO_ALL: Final = ("/sign-in", "/language", "/health")


def make_app(workplace: Workplace) -> web.Application:
    """Build the console on a workplace."""
    app = web.Application(
        middlewares=[
            _give_cookie,
            answer_in_words,
            _know_the_visitor,
            _only_our_forms,
            _only_signed_in,
        ],
        client_max_size=LARGEST_FORM,
    )
    app[WORKPLACE] = workplace
    app[login.WRONG_TRIES] = WrongTries()
    app[login.AT_ONCE] = asyncio.Semaphore(login.MOST_AT_ONCE)
    shelf.furnish(app)
    app[aired.WAITING] = aired.Waiting()
    app.on_response_prepare.append(_add_headers)
    app.router.add_static("/static", STATIC)
    app.add_routes(PAGES)
    app.cleanup_ctx.append(scan_intake)
    return app


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    settings = request.app[WORKPLACE].settings
    response.headers.update(headers_for(secure=settings.console_secure))
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "public, max-age=86400"


@web.middleware
async def _give_cookie(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give a browser that comes for the first time the secret that its forms depend on."""
    response = await handler(request)
    found = visit_of(request)
    if found and found.is_new:
        login.keep_cookie(request, response, login.visit_cookie(request), found.cookie)
    return response


@web.middleware
async def _know_the_visitor(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the browser's session and the account behind it."""
    is_same_for_all = is_public(request.path) or request.path == "/health"
    if is_same_for_all or request.path.startswith("/static/"):
        return await handler(request)
    stranger = login.stranger(request)
    remember(request, stranger)
    token = request.cookies.get(login.session_cookie(request), "")
    found = None
    if sessions.is_token(token):
        found = await look(request, _who, token, now(request))
    if token and not found:
        remember(request, replace(stranger, has_ended=True))
    if found:
        session, viewer, school = found
        language = languages.page_language(
            account=viewer.language, chosen=None, accepted="", default=stranger.language
        )
        remember(
            request,
            replace(
                stranger,
                cookie=token,
                is_new=False,
                language=language,
                viewer=viewer,
                school=school,
            ),
        )
        if session.needs_touch(now(request)):
            await run(request, sessions.touch, session, now(request))
    return await handler(request)


def _who(
    connection: Connection, token: str, moment: datetime
) -> tuple[sessions.Session, Viewer, SchoolHead] | None:
    session = sessions.find_session(connection, token, moment)
    viewer = read_viewer(connection, session.account) if session else None
    if session is None or viewer is None:
        return None
    return session, viewer, read_school(connection, viewer.school)


@web.middleware
async def _only_our_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nothing change unless one of our own pages asked for it."""
    found = visit_of(request)
    is_read = request.method in {"GET", "HEAD"}
    if is_read or found is None or streams(request) or aired.is_log(request):
        return await handler(request)
    token = request.headers.get(csrf.HEADER) or (await form(request)).get(csrf.FIELD, "")
    require_ours(request, token)
    return await handler(request)


@web.middleware
async def _only_signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send everybody else to the sign-in page, and back afterwards."""
    is_named = request.path in OPEN_TO_ALL or is_public(request.path)
    is_open = is_named or request.path.startswith("/static/")
    somebody = None if is_open else visit(request).viewer
    if somebody and not may_open(somebody, request.path):
        if request.path == "/":
            return web.Response(status=303, headers={"Location": AIR_DESK})
        raise web.HTTPNotFound
    if is_open or somebody:
        return await handler(request)
    return login.ask_to_sign_in(request)
