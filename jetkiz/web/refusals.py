"""What somebody is shown when a page cannot be: what happened, that nothing is lost, what to do."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.web import login
from jetkiz.web.rendering import page
from jetkiz.web.visits import remember, visit_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger(__name__)

NOT_THERE: Final = JetkizError(
    N_("There is no such page, or it is not for you."),
    N_("Go back to the first page; the coordinator knows who may see what."),
)
NOT_OURS: Final = JetkizError(
    N_("This form has grown old, or came from another site."),
    N_("Nothing was changed. Open the page again and repeat the step."),
)
ENDED: Final = JetkizError(
    N_("Your sign-in has ended, so this was not saved."),
    N_("Go back in the browser and copy what you typed; then sign in and send it again."),
)
NOT_THIS_WAY: Final = JetkizError(
    N_("This address only takes what a form sends."),
    N_("Nothing was changed. Go to the first page and begin from there."),
)
TOO_LARGE: Final = JetkizError(
    N_("That was more than a form may hold."), N_("Shorten the text and repeat the step.")
)
UNREADABLE: Final = JetkizError(
    N_("The browser sent something that cannot be read."),
    N_("Nothing was changed. Open the page again and repeat the step."),
)
NO_ANSWER: Final = JetkizError(
    N_("The data cannot be reached right now."),
    N_("Nothing was lost. Wait a minute and repeat; if it stays so, run jetkiz doctor."),
)
BY_STATUS: Final = {404: NOT_THERE, 403: NOT_OURS, 405: NOT_THIS_WAY, 413: TOO_LARGE}


@web.middleware
async def answer_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal and every fault into a page that says what is wrong and what to do."""
    try:
        return await handler(request)
    except JetkizError as error:
        return _refusal(request, 400, error)
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        return _refusal(request, error.status, _sentence(request, error), dict(error.headers))
    except (SQLAlchemyError, OSError):
        log.exception("A page could not be made: %s %s", request.method, request.path)
        return _refusal(request, 503, NO_ANSWER)
    except Exception:  # the last place where a fault can still become a sentence
        reference = secrets.token_hex(3).upper()
        log.exception("Fault %s: %s %s", reference, request.method, request.path)
        return _refusal(request, 500, _fault(reference))


def _sentence(request: web.Request, error: web.HTTPException) -> JetkizError:
    found = visit_of(request)
    if error.status == web.HTTPForbidden.status_code and found and found.has_ended:
        return ENDED
    return BY_STATUS.get(error.status, UNREADABLE)


def _fault(reference: str) -> JetkizError:
    return JetkizError(
        N_("Something happened here that nobody had thought of."),
        N_(
            "What was saved before is safe. Go back, look whether the last step was saved, and"
            " repeat it if not. If this page comes again, tell who looks after the computer this"
            " number, which is also in the log: {reference}."
        ),
        reference=reference,
    )


def came_from(request: web.Request) -> str:
    """Return the page of ours that sent somebody here, such as that of the form, or "".

    What the browser says of another site is not followed, nor a page that led to itself.
    """
    try:
        said = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if said.scheme not in {"http", "https"} or said.netloc != request.host:
        return ""
    target = login.local_target(urlunsplit(("", "", said.path, said.query, "")))
    is_same = request.method == "GET" and target == request.path_qs
    return "" if is_same or target == "/" else target


def _refusal(
    request: web.Request, status: int, error: JetkizError, headers: dict[str, str] | None = None
) -> web.StreamResponse:
    if visit_of(request) is None:
        remember(request, login.stranger(request))
    allowed = {"Allow": headers["Allow"]} if headers and "Allow" in headers else {}
    if request.method == "HEAD" or request.path == "/health":
        return web.Response(status=status, headers=allowed)
    answer = page(request, "refusal.html", status=status, error=error, back=came_from(request))
    answer.headers.update(allowed)
    return answer
