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
            return int(self._ask("POST", step.kind, fields)["id"])
        if fields is None:
            self._ask("DELETE", f"{step.kind}/{step.id}")
            return None
        self._ask("PATCH", f"{step.kind}/{step.id}", fields)
        return step.id

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
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
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
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                text = answer.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if error.code == 404 and method == "DELETE":
                return None  # somebody took it away before us
            raise self._refused(f"{method} {place}", error) from error
        except (OSError, HTTPException, ValueError) as error:
            raise self._no_answer(str(error)) from error

    def _refused(self, what: str, error: urllib.error.HTTPError) -> JetkizError:
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
