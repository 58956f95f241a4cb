"""How somebody changes the own password: the old one is asked, other browsers are signed out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web import accounts, login, sessions
from jetkiz.web.rendering import page
from jetkiz.web.visits import form, look, now, run, viewer


@dataclass(frozen=True, slots=True)
class Exchange:
    """A new password in the place of the one that is kept, and the session that goes on."""

    kept: str
    new: str
    token: str
    at: datetime


async def show(request: web.Request) -> web.StreamResponse:
    """Ask for the old password and the new one."""
    return _form(request, saved=request.query.get("saved", ""))


def _form(
    request: web.Request, status: int = 200, error: JetkizError | None = None, saved: str = ""
) -> web.StreamResponse:
    return page(
        request,
        "own_password.html",
        status=status,
        error=error,
        saved=saved,
        shortest=accounts.SHORTEST_PASSWORD,
        longest=accounts.LONGEST_PASSWORD,
    )


async def change(request: web.Request) -> web.StreamResponse:
    """Keep the new password if the old one is right."""
    fields, who = await form(request), viewer(request)
    wait = login.begin_try(request, who.login)
    if wait:
        return _form(request, 429, _too_often(wait))
    kept = await look(request, accounts.password_hash, who.login)
    if not kept or not await login.is_right(request, who.login, kept, fields.get("old", "")):
        await run(request, write_down, [_entry(who, "refused")], now(request))
        return _form(request, 403, _WRONG)
    try:
        new = await asyncio.to_thread(accounts.hashed_password, _checked(fields))
    except JetkizError as error:
        return _form(request, 400, error)
    exchange = Exchange(kept, new, sessions.new_token(), now(request))
    if not await run(request, exchange_password, who, exchange):
        return _form(request, 403, _WRONG)
    response = web.Response(status=303, headers={"Location": "/password?saved=1"})
    login.keep_cookie(request, response, login.session_cookie(request), exchange.token)
    return response


_WRONG = JetkizError(
    N_("The old password is wrong."),
    N_("Nothing was changed. If you have forgotten it, the coordinator can give you a new one."),
)


def _too_often(minutes: int) -> JetkizError:
    return JetkizError(
        N_("Too many wrong passwords."), N_("Minutes to wait: {minutes}."), minutes=minutes
    )


def _checked(fields: Mapping[str, str]) -> str:
    new = fields.get("new", "")
    if new != fields.get("again", ""):
        raise JetkizError(
            N_("The two new passwords are not the same."), N_("Type the new one twice.")
        )
    if new == fields.get("old", ""):
        raise JetkizError(
            N_("The new password is the old one."), N_("Choose one that nobody knows.")
        )
    return new


def exchange_password(connection: Connection, who: Viewer, wanted: Exchange) -> bool:
    """Put the new password in the place of the old; every session but a new one ends.

    False when the password was changed by somebody else meanwhile.
    """
    if not accounts.replace_password(connection, who.account, wanted.kept, wanted.new):
        return False
    sessions.close_all(connection, who.account)
    sessions.open_session(connection, who.account, wanted.token, wanted.at)
    write_down(connection, [_entry(who, "own")], wanted.at)
    return True


def _entry(who: Viewer, detail: str) -> Entry:
    return Entry(who.login, Act.NEW_PASSWORD, who.school, detail=detail)
