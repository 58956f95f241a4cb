"""Which pages the console has, and what every request must pass before it reaches one."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace
from jetkiz.web import csrf, languages, login, sessions
from jetkiz.web.pages import PAGES
from jetkiz.web.permissions import Viewer
from jetkiz.web.rate_limits import WrongTries
from jetkiz.web.rendering import STATIC, page
from jetkiz.web.security_headers import headers_for
from jetkiz.web.viewers import SchoolHead, read_school, read_viewer
from jetkiz.web.visits import WORKPLACE, form, look, now, remember, run, visit, visit_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_FORM: Final = 64 * 1024
OPEN_TO_ALL: Final = ("/sign-in", "/language", "/health")
log = logging.getLogger(__name__)


def make_app(workplace: Workplace) -> web.Application:
    """Build the console on a workplace."""
    app = web.Application(
        middlewares=[
            _give_cookie,
            _answer_in_words,
            _know_the_visitor,
            _only_our_forms,
            _only_signed_in,
        ],
        client_max_size=LARGEST_FORM,
    )
    app[WORKPLACE] = workplace
    app[login.WRONG_TRIES] = WrongTries()
    app.on_response_prepare.append(_add_headers)
    app.router.add_static("/static", STATIC)
    app.add_routes(PAGES)
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
async def _answer_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal into a page that says what is wrong and what to do."""
    try:
        return await handler(request)
    except JetkizError as error:
        return _refusal(request, 400, error)
    except web.HTTPNotFound:
        return _refusal(request, 404, NOT_THERE)
    except web.HTTPForbidden:
        return _refusal(request, 403, NOT_OURS)
    except web.HTTPRequestEntityTooLarge:
        return _refusal(request, 413, TOO_LARGE)
    except (SQLAlchemyError, OSError):
        log.exception("A page could not be made: %s %s", request.method, request.path)
        return _refusal(request, 503, NO_ANSWER)


NOT_THERE: Final = JetkizError(
    N_("There is no such page, or it is not for you."),
    N_("Go back to the first page; the coordinator knows who may see what."),
)
NOT_OURS: Final = JetkizError(
    N_("This form has grown old, or came from another site."),
    N_("Nothing was changed. Open the page again and repeat the step."),
)
TOO_LARGE: Final = JetkizError(
    N_("That was more than a form may hold."), N_("Shorten the text and repeat the step.")
)
NO_ANSWER: Final = JetkizError(
    N_("The data cannot be reached right now."),
    N_("Nothing was lost. Wait a minute and repeat; if it stays so, run jetkiz doctor."),
)


def _refusal(request: web.Request, status: int, error: JetkizError) -> web.StreamResponse:
    if visit_of(request) is None:
        remember(request, login.stranger(request))
    if request.method == "HEAD" or request.path == "/health":
        return web.Response(status=status)
    return page(request, "refusal.html", status=status, error=error)


@web.middleware
async def _know_the_visitor(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the browser's session and the account behind it."""
    if request.path.startswith("/static/") or request.path == "/health":
        return await handler(request)
    stranger = login.stranger(request)
    remember(request, stranger)
    token = request.cookies.get(login.session_cookie(request), "")
    found = await look(request, _who, token, now(request)) if token else None
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
    if request.method in {"GET", "HEAD"}:
        return await handler(request)
    token = request.headers.get(csrf.HEADER) or (await form(request)).get(csrf.FIELD, "")
    origin = request.headers.get("Origin")
    if not csrf.is_ours(visit(request).cookie, token, origin=origin, host=request.host):
        raise web.HTTPForbidden
    return await handler(request)


@web.middleware
async def _only_signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send everybody else to the sign-in page, and back afterwards."""
    is_open = request.path in OPEN_TO_ALL or request.path.startswith("/static/")
    if is_open or visit(request).viewer:
        return await handler(request)
    return login.ask_to_sign_in(request)
