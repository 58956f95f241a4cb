"""Kazpost's services as this computer can play them: real HTTP on 127.0.0.1, and strict.

It refuses a question in the wrong unit, counts the numbers it gave, and loses, spoils or delays its
answers on demand. Every call for a number makes a new one, as the real service does.
"""

import base64
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree as ET

from print_packs.s10.numbers import Number

KEY = "0123456789abcdefABCDEF0123456789"
POS = "http://webservices.kazpost.kz/postratesws"
GRAMS = re.compile(r"[1-9][0-9]*")
KILOGRAMS = re.compile(r"[0-9]+\.[0-9]{3}")
PDF = b"%PDF-1.4 a label of A5"


@dataclass
class StandIn:
    """What the stand-in knows; ``moods`` are how the next answers go wrong, one each.

    ``listed`` are the numbers of the last form 103.
    """

    moods: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    orders: dict[str, list[str]] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    knows_orders: bool = True
    address: str = ""

    @property
    def given(self) -> int:
        """How many numbers it has given."""
        return sum(map(len, self.orders.values()))

    def answer(self, operation: str, texts: dict[str, str]) -> list[tuple[str, str]]:
        """Return what the real service would: code 0 and values, or another code."""
        judge = getattr(self, f"_{operation.lower()}", None)
        if judge is None:
            return _no("99", f"no such operation: {operation}")
        return judge(texts)

    def _getpostrate(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        if not GRAMS.fullmatch(texts.get("Weight", "")) or "Key" in texts:
            return _no("12", "Weight is in grams, and no key is asked for")
        return [("Sum", str(100 + int(texts["Weight"]))), ("ResponseCode", "0")]

    def _getparcelbarcode(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        wrong = self._wrong(texts)
        if wrong:
            return _no("13", wrong)
        return [("Barcode", self._new(texts["OrderNum"])), ("ResponseCode", "0")]

    def _getaddrletter(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        found = self._getparcelbarcode(texts)
        label = base64.b64encode(PDF).decode()
        return [("AddrLetPdf", label), *found] if found[0][0] == "Barcode" else found

    def _getbarcodeinfo(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        numbers = self.orders.get(texts.get("OrderNum", ""), [])
        if not self.knows_orders or not numbers:
            return _no("5", "not found")
        return [("Barcode", numbers[-1]), ("ResponseCode", "0")]

    def _cancelbarcode(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        known = [one for numbers in self.orders.values() for one in numbers]
        if texts.get("Barcode") not in known:
            return _no("5", "not found")
        return [("ResponseCode", "0")]

    def _getform103(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        return [("FormPdf", base64.b64encode(PDF).decode()), ("ResponseCode", "0")]

    def _searchcity(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        return [("PstIndex", "111911"), ("Address", texts["depname"]), ("ResponseCode", "0")]

    def _wrong(self, texts: dict[str, str]) -> str:
        checks = {
            "the key": texts.get("Key") == KEY,
            "Weight is in kilograms": bool(KILOGRAMS.fullmatch(texts.get("Weight", ""))),
            "SndrBIN": bool(re.fullmatch("[0-9]{12}", texts.get("SndrBIN", ""))),
            "RcpnIndex": bool(re.fullmatch("[0-9]{6}", texts.get("RcpnIndex", ""))),
            "RcpnName": 0 < len(texts.get("RcpnName", "")) <= 256,
            "RcpnPhone": bool(re.fullmatch("(7[0-9]{9})?", texts.get("RcpnPhone", ""))),
            "ProductCode": bool(re.fullmatch("P1[0-9]{2}", texts.get("ProductCode", ""))),
        }
        return ", ".join(name for name, holds in checks.items() if not holds)

    def _new(self, order: str) -> str:
        number = Number("RR", 1000 + self.given).text
        self.orders.setdefault(order, []).append(number)
        return number


def _no(code: str, words: str) -> list[tuple[str, str]]:
    return [("ResponseCode", code), ("ResponseText", words)]


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base names it so
        """Say nothing."""

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        body = ET.fromstring(self.rfile.read(size))[1][0]  # noqa: S314 - our own question
        operation = body.tag.rpartition("}")[2].removesuffix("Request")
        texts = {one.tag.rpartition("}")[2]: one.text or "" for one in body.iter() if not len(one)}
        stand_in = self.stand_in
        stand_in.asked[operation] += 1
        if operation == "GetForm103":
            barcodes = (one for one in body.iter() if one.tag.endswith("Barcode"))
            stand_in.listed = [one.text or "" for one in barcodes]
        values = stand_in.answer(operation, texts)
        inside = "".join(f"<ns2:{name}>{text}</ns2:{name}>" for name, text in values)
        answer = (
            '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<SOAP-ENV:Body><ns2:{operation}Response xmlns:ns2="{POS}">{inside}'
            f"</ns2:{operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        )
        self._send(answer.encode())

    def do_GET(self) -> None:
        self.stand_in.seen.append(self.path)
        number = self.path.split("/")[-2]
        found = self.stand_in.events.get(number, {"error": "not found"})
        self._send(json.dumps(found).encode())

    def _send(self, content: bytes) -> None:
        mood = self.stand_in.moods.pop(0) if self.stand_in.moods else ""
        if mood == "lost":
            self.close_connection = True
            return
        if mood.isdecimal():
            self.send_response(int(mood))
            self.send_header("Location", "http://127.0.0.1:9/stolen")
            self.end_headers()
            return
        content = {
            "garbage": b"<html>sorry",
            "half": content[: len(content) // 2],
            "other": b"<a/>",
            "bomb": BOMB,
            "huge": b"<a>" + b"x" * 5_000_000,
        }.get(mood, content)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True


BOMB = (
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><a>&j;</a>"
)


@contextmanager
def kazpost_stand_in() -> Iterator[StandIn]:
    """Run the stand-in while a test lasts."""
    stand_in = StandIn()
    handler = type("Handler", (_Handler,), {"stand_in": stand_in})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
