"""A LibreTime on this computer: keeps shows, instances and schedule, and takes only what it would.

Which fields each item has is told by tests/data/libretime_fields.json, the facts of its OpenAPI
document in words of ours. Like the real one it has no rule against two equal items.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FIELDS = json.loads((Path(__file__).parent / "data" / "libretime_fields.json").read_text("utf-8"))
KEY = "secret"
SILENCE = object()
_DURATION = re.compile(r"(\d+ )?\d\d:\d\d:\d\d(\.\d+)?")


class LibreTimeStandIn:
    """What the station has; ``fail_at`` loses the answer of one changing request by its number.

    ``answers`` says what is answered to a request such as "GET shows", whatever stands there.
    """

    def __init__(self) -> None:
        self.items: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in (*FIELDS, "files")}
        self.version: object = {"api_version": "2.0.0"}
        self.changes: list[str] = []
        self.fail_at = 0
        self.loses_request = False
        self.answers: Mapping[str, tuple[int, object]] = {}
        self.address = ""
        self._next = 1

    def file(self, name: str, length: str = "0:15:00.040000") -> int:
        """Upload a file."""
        known = {"filepath": f"imported/1/{name}.mp3", "name": name, "length": length}
        return self.keep("files", known)

    def keep(self, kind: str, item: dict[str, Any]) -> int:
        """Put an item there, as somebody at the station would."""
        number, self._next = self._next, self._next + 1
        self.items[kind][number] = item | {"id": number}
        return number

    def airings(self) -> list[tuple[str, str, str]]:
        """What is played when: start, name of the show and path of the file."""
        found = []
        for one in self.items["schedule"].values():
            show = self.items["shows"][self.items["show-instances"][one["instance"]]["show"]]
            place = self.items["files"][one["file"]]["filepath"]
            found.append((one["starts_at"], show["name"], place))
        return sorted(found)

    def wrong(self, kind: str, given: dict[str, Any], *, whole: bool) -> dict[str, str]:
        """Say what the real one would refuse."""
        fields = FIELDS[kind]
        faults = {name: "unknown" for name in given if name not in fields}
        for name, rule in fields.items():
            if name in given:
                fault = self._fault(rule, given[name])
                faults |= {name: fault} if fault else {}
            elif whole and rule.get("required"):
                faults[name] = "This field is required."
        return faults

    def _fault(self, rule: dict[str, Any], value: Any) -> str:
        match rule["type"]:
            case "id":
                return "" if value in self.items[rule["of"]] else "Invalid pk"
            case "boolean":
                return "" if isinstance(value, bool) else "no boolean"
            case "integer":
                return "" if isinstance(value, int) else "no integer"
            case "date-time":
                return "" if datetime.fromisoformat(value).tzinfo else "no zone"
            case "duration":
                return "" if _DURATION.fullmatch(value) else "no duration"
        return "" if isinstance(value, str) and len(value) <= rule["longest"] else "too long"


class _Handler(BaseHTTPRequestHandler):
    station: LibreTimeStandIn

    def log_message(self, *_told: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answered(self._read)

    def do_POST(self) -> None:
        self._answered(self._change)

    def do_PATCH(self) -> None:
        self._answered(self._change)

    def do_DELETE(self) -> None:
        self._answered(self._change)

    def _answered(self, act: Any) -> None:
        if self.headers["Authorization"] != f"Api-Key {KEY}":
            self._say(403, {"detail": "Authentication credentials were not provided."})
            return
        parts = urlsplit(self.path)
        place = f"{self.command} {parts.path.removeprefix('/api/v2/')}"
        if place in self.station.answers:
            self._say(*self.station.answers[place])
            return
        _empty, _api, _v2, kind, *rest = parts.path.split("/")
        act(kind, int(rest[0]) if rest else None, parse_qs(parts.query))

    def _read(self, kind: str, _number: int | None, query: dict[str, list[str]]) -> None:
        if kind == "version":
            self._say(200, self.station.version)
            return
        since = query.get("starts_at__gte", query.get("starts_after", [""]))[0]
        until = query.get("starts_at__lte", query.get("starts_before", [""]))[0]
        items = [
            one
            for one in self.station.items[kind].values()
            if not since or _between(since, one["starts_at"], until)
        ]
        self._say(200, items)

    def _change(self, kind: str, number: int | None, _query: dict[str, list[str]]) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        station = self.station
        station.changes.append(f"{self.command} {kind}")
        lost = len(station.changes) == station.fail_at
        if lost and station.loses_request:
            self._say(500, {})
            return
        table = station.items[kind]
        if number is not None and number not in table:
            self._say(404, {"detail": "Not found."})
            return
        faults = station.wrong(kind, given, whole=self.command == "POST")
        if faults:
            self._say(400, faults)
            return
        if self.command == "DELETE":
            del table[number or 0]
        elif number is None:
            number = station.keep(kind, given)
        else:
            table[number] |= given
        if lost:
            self._say(502, {})
        else:
            self._say(200, table.get(number))

    def _say(self, status: int, told: Any) -> None:
        if told is SILENCE:
            self.close_connection = True
            return
        content = json.dumps(told).encode()
        self.send_response(status)
        if status in {301, 302, 307, 308}:
            self.send_header("Location", str(told))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _between(since: str, at: str, until: str) -> bool:
    moments = [datetime.fromisoformat(one) for one in (since, at, until)]
    return moments[0] <= moments[1] <= moments[2]


@contextmanager
def libretime() -> Iterator[LibreTimeStandIn]:
    """Give a station that answers on a port of its own."""
    station = LibreTimeStandIn()
    handler = type("Handler", (_Handler,), {"station": station})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        station.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield station
        server.shutdown()
        thread.join()
