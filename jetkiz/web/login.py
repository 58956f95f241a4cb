"""How somebody signs in and out: one answer for every wrong try, and a wait after many."""

import asyncio
import math
from datetime import datetime
from typing import Final
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.i18n import LANGUAGES
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.web import accounts, languages, sessions
from jetkiz.web.rate_limits import WrongTries
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, Visit, form, look, now, run, viewer, visit

WRONG_TRIES: Final = web.AppKey("wrong_tries", WrongTries)
AT_ONCE: Final = web.AppKey("at_once", asyncio.Semaphore)
# Each comparison takes 64 MB for a moment: more than two at once would not be kind to the machine.
MOST_AT_ONCE: Final = 2
_YEAR: Final = 365 * 24 * 3600


def session_cookie(request: web.Request) -> str:
    """Return the name of the cookie; browsers guard the prefix behind https."""
    return "__Host-jetkiz" if _is_secure(request) else "jetkiz"


def visit_cookie(request: web.Request) -> str:
    """Return the name of the cookie of somebody who has not signed in."""
    return "__Host-jetkiz-visit" if _is_secure(request) else "jetkiz-visit"


def _is_secure(request: web.Request) -> bool:
    return request.app[WORKPLACE].settings.console_secure


def keep_cookie(
    request: web.Request,
    response: web.StreamResponse,
    name: str,
    value: str,
    age: int | None = None,
) -> None:
    """Give the browser a cookie that no script can read and no other site can send."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_secure(request),
    )


def stranger(request: web.Request) -> Visit:
    """Return the visit of somebody who has not signed in."""
    cookie = request.cookies.get(visit_cookie(request), "")
    cookie = cookie if sessions.is_token(cookie) else ""
    language = languages.page_language(
        account=None,
        chosen=request.cookies.get(languages.COOKIE),
        accepted=request.headers.get("Accept-Language", ""),
        default=request.app[WORKPLACE].settings.language,
    )
    return Visit(cookie or sessions.new_token(), is_new=not cookie, language=language)


def ask_to_sign_in(request: web.Request) -> web.StreamResponse:
    """Send somebody to the sign-in page; a part of a page reloads the whole."""
    target = f"/sign-in?next={quote(request.path_qs)}" if request.method == "GET" else "/sign-in"
    if request.headers.get("HX-Request"):
        # The page around the part opens again, which leads to the sign-in and back.
        return web.Response(status=204, headers={"HX-Refresh": "true"})
    return web.Response(status=303, headers={"Location": target})


def local_target(text: str) -> str:
    """Return where to go next; only a page of ours."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_ours and text.isprintable() else "/"


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """Ask for login and password."""
    if visit(request).viewer:
        return web.Response(status=303, headers={"Location": "/"})
    target = local_target(request.query.get("next", "/"))
    return page(request, "sign_in.html", login="", target=target, wait=0, wrong=False)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Open a session if login and password are right."""
    fields = await form(request)
    login, target = accounts.folded(fields.get("login", "")), local_target(fields.get("next", "/"))
    wait = begin_try(request, login)
    if wait:
        return page(
            request,
            "sign_in.html",
            status=429,
            login=login,
            target=target,
            wait=wait,
            wrong=False,
        )
    kept = await look(request, accounts.password_hash, login)
    if not await is_right(request, login, kept, fields.get("password", "")):
        refused = Entry(login[:64], Act.SIGN_IN_REFUSED)
        await run(request, write_down, [refused], now(request))
        return page(
            request, "sign_in.html", status=403, login=login, target=target, wait=0, wrong=True
        )
    return await _opened(request, login, target)


def begin_try(request: web.Request, login: str) -> int:
    """Count a try at an account, or return how many minutes this browser must wait for it.

    It is counted before anything is looked up: a hundred tries sent at once are a hundred.
    """
    tries, address, at = request.app[WRONG_TRIES], _address(request), now(request)
    wait = tries.wait(address, login, at)
    if not wait:
        tries.count(address, login, at)
    return math.ceil(wait.total_seconds() / 60)


async def is_right(request: web.Request, login: str, kept: str | None, password: str) -> bool:
    """Compare a password with what is kept of it; a right one takes its try back."""
    async with request.app[AT_ONCE]:
        right = await asyncio.to_thread(accounts.is_right, kept, password)
    if right:
        request.app[WRONG_TRIES].forgive(_address(request), login, now(request))
    return right


async def _opened(request: web.Request, login: str, target: str) -> web.StreamResponse:
    token = sessions.new_token()
    await run(request, _open, login, token, now(request))
    kept = request.cookies.get(session_cookie(request), "")
    if sessions.is_token(kept):
        await run(request, sessions.close_session, kept)
    response = web.Response(status=303, headers={"Location": target})
    keep_cookie(request, response, session_cookie(request), token)
    return response


def _open(connection: Connection, login: str, token: str, moment: datetime) -> None:
    found = accounts.find_account(connection, login)
    if found:
        sessions.open_session(connection, found.id, token, moment)
        write_down(connection, [Entry(login, Act.SIGN_IN, found.school)], moment)


def _address(request: web.Request) -> str:
    # Behind our own https proxy every request comes from the proxy; it names the sender last.
    forwarded = request.headers.get("X-Forwarded-For", "")
    if _is_secure(request) and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.remote or ""


async def sign_out(request: web.Request) -> web.StreamResponse:
    """Close the session on the server; a kept cookie opens nothing any more."""
    entry = Entry(viewer(request).login, Act.SIGN_OUT, viewer(request).school)
    await run(request, _close, visit(request).cookie, entry, now(request))
    response = web.Response(status=303, headers={"Location": "/sign-in"})
    response.del_cookie(session_cookie(request), path="/", secure=_is_secure(request))
    return response


def _close(connection: Connection, token: str, entry: Entry, moment: datetime) -> None:
    sessions.close_session(connection, token)
    write_down(connection, [entry], moment)


async def choose_language(request: web.Request) -> web.StreamResponse:
    """Remember the language of an account, or of a browser before sign-in."""
    fields = await form(request)
    language = fields.get("language", "")
    response = web.Response(status=303, headers={"Location": local_target(fields.get("next", "/"))})
    if language in LANGUAGES:
        keep_cookie(request, response, languages.COOKIE, language, _YEAR)
        somebody = visit(request).viewer
        if somebody:
            await run(request, accounts.change_language, somebody.account, language)
    return response
