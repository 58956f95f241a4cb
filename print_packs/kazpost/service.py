"""How Kazpost's services are reached: with patience, over a safe line, and never twice by itself.

What is refused before a byte leaves: a line on which the key could be read. What is told apart
after: a service that says no, and one of which nobody knows whether it did what it was asked.
"""

import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any, Final
from urllib.parse import urlsplit

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.kazpost.envelopes import MOST_BYTES, Field, Reply, envelope, garbled, read_reply

SECONDS: Final = 30.0
_PIECE: Final = 65_536


class RefusedError(JetkizError):
    """The service answered that it did not do it."""


class UnclearError(JetkizError):
    """Nobody knows whether the service did it: no answer came, or none that can be read."""


class BusyError(UnclearError):
    """The service asks for less: later is better than now."""


@dataclass(frozen=True, slots=True)
class Service:
    """Kazpost's delivery service at one address."""

    address: str
    plain_http: bool = False
    seconds: float = SECONDS

    def ask(self, operation: str, fields: Iterable[Field], *, with_key: bool) -> Reply:
        """Return the answer to one operation; it is never asked a second time from here."""
        require_safe(self.address, self.plain_http or not with_key)
        content = envelope(operation, fields)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        request = urllib.request.Request(self.address, content, headers)  # noqa: S310 - checked
        try:
            reply = read_reply(fetch(request, self.seconds), operation)
        except (RefusedError, UnclearError):
            raise
        except JetkizError as error:
            raise UnclearError(error.sentence, error.remedy, **error.facts) from error
        if not reply.is_success:
            raise RefusedError(
                N_("Kazpost's service said no: {words} (code {code})."),
                N_("Correct what it names, and ask again."),
                words=reply.words[:200],
                code=reply.code[:40],
            )
        return reply


def service_of(settings: Settings) -> Service:
    """Return the service that the settings name; empty means that the school uses none."""
    if not settings.kazpost_service:
        raise JetkizError(
            N_("Kazpost's network services are switched off here."),
            N_("Write their address in the setting kazpost_service, after an agreement with them."),
        )
    return Service(settings.kazpost_service, settings.kazpost_plain_http)


def require_safe(address: str, may_be_plain: bool) -> None:
    """Refuse an address over which a key would travel for everybody to read."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and may_be_plain and _is_here(parts.hostname):
        return
    raise JetkizError(
        N_("Kazpost's services are asked over https only; {address} is not."),
        N_("Ask Kazpost for an address with https: over http the key could be read on the way."),
        address=f"{parts.scheme}://{parts.hostname or ''}",
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _NoWayRound(urllib.request.HTTPRedirectHandler):
    """Who is sent elsewhere would take the key along."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoWayRound)


def fetch(request: urllib.request.Request, seconds: float) -> bytes:
    """Return what a server answers, up to a limit; no answer is said in a sentence."""
    try:
        with _OPENER.open(request, timeout=seconds) as answer:
            content = _read(answer, time.monotonic() + 2 * seconds)
    except urllib.error.HTTPError as error:
        with error:
            kind = BusyError if error.code in {429, 503} else UnclearError
            raise kind(
                N_("Kazpost's service answered with the error {code}."),
                N_("Try again later."),
                code=error.code,
            ) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UnclearError(
            N_("Kazpost's service did not answer ({reason})."),
            N_("Look at the network, and try again later."),
            reason=type(error).__name__,
        ) from None
    if len(content) > MOST_BYTES:
        raise garbled()
    return content


def _read(answer: IO[bytes], until: float) -> bytes:
    """Read to the end or the limit; a server that drips letter by letter is given up."""
    parts: list[bytes] = []
    size = 0
    while size <= MOST_BYTES and (part := answer.read(_PIECE)):
        parts.append(part)
        size += len(part)
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)


def track(address: str, number: str, seconds: float = SECONDS) -> dict[str, Any]:
    """Return what Kazpost's tracking says of a number; no key is needed, and none is sent."""
    require_safe(address, may_be_plain=True)
    place = f"{address.rstrip('/')}/api/v2/{number}/events"
    request = urllib.request.Request(place, headers={"Accept": "application/json"})  # noqa: S310
    content = fetch(request, seconds)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise garbled() from None
    if not isinstance(found, dict):
        raise garbled()
    return found
