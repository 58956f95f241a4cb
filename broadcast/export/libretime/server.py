"""What is said to a LibreTime and what it answers; a refusal becomes a sentence."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

from broadcast.export.libretime.steps import FILES, INSTANCES, SCHEDULE, SHOWS, Found, Step
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_TIMEOUT: Final = 30.0
_VERSION: Final = "2."
_MOST_WORDS: Final = 300
_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})
_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where a LibreTime is, and the key it is asked with."""

    address: str
    key: str = field(repr=False)

    def found(self, since: datetime, until: datetime) -> Found:
        """Return shows, files and what is planned from one moment to another."""
        self._check_version()
        span = {"starts_at__gte": since.isoformat(), "starts_at__lte": until.isoformat()}
        played = {"starts_after": since.isoformat(), "starts_before": until.isoformat()}
        return Found(
            shows=self._list(SHOWS),
            instances=self._list(INSTANCES, span),
            schedule=self._list(SCHEDULE, played),
            files=self._list(FILES),
        )

    def do(self, step: Step, fields: dict[str, Any] | None) -> int | None:
        """Do a step with its links filled in; return the id of what was made or changed."""
        if step.id is None:
            return self._made(step, self._ask("POST", step.kind, fields))
        if fields is None:
            self._ask("DELETE", f"{step.kind}/{step.id}")
            return None
        self._ask("PATCH", f"{step.kind}/{step.id}", fields)
        return step.id

    def _made(self, step: Step, answer: Any) -> int:
        number = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise self._no_answer(f"{step.kind}: {str(answer)[:_MOST_WORDS]}")
        return number

    def _check_version(self) -> None:
        told = self._ask("GET", "version")
        version = str(told.get("api_version", "")) if isinstance(told, dict) else ""
        if not version.startswith(_VERSION):
            raise JetkizError(
                N_("{address} speaks version {version} of the LibreTime API; 2 is needed."),
                N_("Update LibreTime to release 4 or later."),
                address=self.address,
                version=version or "?",
            )

    def _list(self, kind: str, query: dict[str, str] | None = None) -> list[dict[str, Any]]:
        place = f"{kind}?{urllib.parse.urlencode(query)}" if query else kind
        told = self._ask("GET", place)
        if not isinstance(told, list) or not all(_is_item(kind, one) for one in told):
            raise self._no_answer(f"{kind}: {str(told)[:_MOST_WORDS]}")
        return told

    def _ask(self, method: str, place: str, fields: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at before
            f"{_base(self.address)}/api/v2/{place}",
            data=None if fields is None else json.dumps(fields).encode(),
            headers={"Authorization": f"Api-Key {self.key}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with _OPENER.open(request, timeout=_TIMEOUT) as answer:
                text = answer.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if error.code == 404 and method == "DELETE":
                return None  # somebody took it away before us
            raise self._refused(f"{method} {place}", error) from error
        except (OSError, HTTPException, ValueError) as error:
            raise self._no_answer(str(error)) from error

    def _refused(self, what: str, error: urllib.error.HTTPError) -> JetkizError:
        if error.code in _ELSEWHERE:
            return JetkizError(
                N_("{address} sends us on to {place}: the key does not go there."),
                N_("Write the address where LibreTime itself answers in libretime_address."),
                address=self.address,
                place=error.headers.get("Location") or "?",
            )
        if error.code == 404 and what == "GET version":
            return JetkizError(
                N_("No LibreTime of release 4 or later answers at {address}."),
                N_("Look at libretime_address: the address without /api behind it."),
                address=self.address,
            )
        if error.code in {401, 403}:
            return JetkizError(
                N_("LibreTime at {address} does not accept the key."),
                N_("Copy api_key from its configuration into libretime_key."),
                address=self.address,
            )
        return JetkizError(
            N_("LibreTime refused {what} with {status}: {words}"),
            N_("Mend it there and repeat: what stands already is not sent again."),
            what=what,
            status=error.code,
            words=error.read().decode(errors="replace")[:_MOST_WORDS],
        )

    def _no_answer(self, reason: str) -> JetkizError:
        return JetkizError(
            N_("LibreTime at {address} does not answer: {reason}."),
            N_("Look whether it runs, then repeat: what stands already is not sent again."),
            address=self.address,
            reason=reason,
        )


def _is_item(kind: str, one: Any) -> bool:
    """Return whether an item is one of LibreTime's: it has a number, and its hours can be read."""
    if not isinstance(one, dict) or not isinstance(one.get("id"), int):
        return False
    try:
        return kind != INSTANCES or all(
            datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at")
        )
    except (KeyError, TypeError, ValueError):
        return False


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """Who is sent on would carry the key along, and turn what is to be made into a question."""

    def redirect_request(self, *_request: Any) -> None:
        """Follow nothing."""


_OPENER: Final = urllib.request.build_opener(_NoWayOn)


def _base(address: str) -> str:
    """The key travels with each request: over plain http only to this computer."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return address.rstrip("/")
    raise JetkizError(
        N_("{address} is no address of a LibreTime: the key would travel unprotected."),
        N_("Write it as https://radio.example in libretime_address."),
        address=address or "-",
    )
