"""Who asks for a page: the browser, the account behind it, and in which language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.i18n import Translator, translator
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.viewers import SchoolHead
from jetkiz.storage.workplace import Workplace
from jetkiz.web.csrf import form_token, is_ours

P = ParamSpec("P")
R = TypeVar("R")

WORKPLACE: Final = web.AppKey("workplace", Workplace)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: ``cookie`` is the secret of this browser, ``viewer`` who signed in.

    ``has_ended`` when the browser still shows the cookie of a session that is over.
    """

    cookie: str
    is_new: bool
    language: str
    viewer: Viewer | None = None
    school: SchoolHead | None = None
    has_ended: bool = False

    @property
    def t(self) -> Translator:
        """The words of the page."""
        return translator(self.language)

    @property
    def form_token(self) -> str:
        """What every form of the page carries."""
        return form_token(self.cookie)


_VISIT: Final = web.RequestKey("visit", Visit)


def remember(request: web.Request, visit: Visit) -> None:
    """Give a request its visit."""
    request[_VISIT] = visit


def visit_of(request: web.Request) -> Visit | None:
    """Return the visit, or None while nobody has looked who asks."""
    return request.get(_VISIT)


def visit(request: web.Request) -> Visit:
    """Return the visit of a request."""
    return request[_VISIT]


def viewer(request: web.Request) -> Viewer:
    """Return who signed in; without a sign-in there is no such page."""
    found = visit(request).viewer
    if found is None:
        raise web.HTTPNotFound
    return found


def now(request: web.Request) -> datetime:
    """Return the moment by the workplace's clock."""
    return request.app[WORKPLACE].clock()


def zone(request: web.Request) -> ZoneInfo:
    """Return the school's time zone."""
    school = visit(request).school
    return ZoneInfo(school.zone if school else request.app[WORKPLACE].settings.zone)


def today(request: web.Request) -> date:
    """Return the day at the school."""
    return now(request).astimezone(zone(request)).date()


def require_ours(request: web.Request, token: str) -> None:
    """Refuse a form that one of our own pages did not send."""
    origin = request.headers.get("Origin")
    if not is_ours(visit(request).cookie, token, origin=origin, host=request.host):
        raise web.HTTPForbidden


async def look(
    request: web.Request,
    function: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Read from the database in a thread."""
    return await request.app[WORKPLACE].database.look(function, *args, **kwargs)


async def run(
    request: web.Request,
    function: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Change the database in a thread."""
    return await request.app[WORKPLACE].database.run(function, *args, **kwargs)


def number(request: web.Request, name: str) -> int:
    """Return a number of the address; routes admit digits only."""
    return int(request.match_info[name])


def week(request: web.Request) -> str:
    """Return the week of the address."""
    text = request.match_info["week"]
    parse_week(text)
    return text


async def form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form as text, the last of each name."""
    fields = await _fields(request)
    return {name: value for name, value in fields if isinstance(value, str)}


async def chosen(request: web.Request, name: str) -> list[str]:
    """Return every value that a form gives under one name, such as the boxes that are ticked."""
    fields = await _fields(request)
    return [value for field, value in fields if field == name and isinstance(value, str)]


async def _fields(request: web.Request) -> list[tuple[str, Any]]:
    try:
        fields = await request.post()
    except (ValueError, LookupError, AssertionError) as error:
        # A broken browser or a program: the library has no one word for what it cannot read.
        raise web.HTTPBadRequest from error
    # A zero byte is no letter: nobody types it, and PostgreSQL refuses it.
    return [(name, _without_zeros(value)) for name, value in fields.items()]


def _without_zeros(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value
