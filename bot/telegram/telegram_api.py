"""How one request to Telegram is made, and whether it surely never left.

Raw aiohttp with a JSON body: no aiogram, so that the sender starts at once and stays small.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from bot.telegram.pieces import Pieces
from bot.telegram.telegram_errors import Kind, Outcome, classify
from jetkiz import bot_tokens

CONNECT_TIMEOUT: Final = 10.0
ANSWER_TIMEOUT: Final = 30.0
# The end of a file waits in the system's buffers, for a line of so many bytes a second; then
# Telegram stores the file before it answers.
BUFFERED: Final = 4 * 1024 * 1024
SLOWEST_LINE: Final = 16 * 1024
STORED_A_SECOND: Final = 500_000
LONGEST_DOWNLOAD: Final = 3600.0
LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024
bot_number = bot_tokens.bot_number
# A file that cannot be had is asked for again as long as the network is at fault.
_LATER: Final = frozenset({Kind.NOT_SENT, Kind.UNKNOWN, Kind.FLOODED, Kind.WRONG_TOKEN})


def _limit(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECT_TIMEOUT)


def _patient(seconds: float, total: float | None = None) -> aiohttp.ClientTimeout:
    """Return a limit for each silence of Telegram's and not for the whole: lines are slow."""
    return aiohttp.ClientTimeout(total=total, connect=CONNECT_TIMEOUT, sock_read=seconds)


_LIMIT: Final = _limit(ANSWER_TIMEOUT)


class TooLargeError(Exception):
    """A file is larger than Telegram lets a bot download."""


class DownloadError(Exception):
    """A file could not be fetched just now; it may be fetched later."""


class BrokenOffError(DownloadError):
    """Telegram could be asked, but the file did not come whole."""


class FileGoneError(Exception):
    """Telegram says that it does not have this file, or not any more."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that travels inside a request."""

    part: str
    name: str
    content: bytes


class TelegramApi:
    """One bot's line to the Bot API."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._urls: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_note_sent)
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT)
        self._session = aiohttp.ClientSession(timeout=timeout, trace_configs=[trace])
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session."""
        if self._session is None:
            raise RuntimeError("the line to Telegram is not open")
        return self._session

    async def ask(
        self,
        method: str,
        payload: Mapping[str, Any],
        uploads: tuple[Upload, ...] = (),
        timeout: float = ANSWER_TIMEOUT,  # noqa: ASYNC109 - aiohttp's own
    ) -> Outcome:
        """Call a method and say what came of it; never raises for what a network can do."""
        if self.session.closed:
            return Outcome(Kind.NOT_SENT, detail="the line to Telegram is closed")
        mark = SimpleNamespace(left=False, has_files=bool(uploads))
        limit = _LIMIT if timeout == ANSWER_TIMEOUT else _limit(timeout)
        if uploads:
            limit = _patient(timeout + _last_of(uploads))
        data = _form(payload, uploads, mark) if uploads else _json(payload)
        try:
            async with self.session.post(
                self._url(method), data=data, timeout=limit, trace_request_ctx=mark
            ) as answer:
                return classify(answer.status, _read(await answer.read()))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            kind = Kind.UNKNOWN if mark.left else Kind.NOT_SENT
            return Outcome(kind, detail=type(error).__name__)

    def _url(self, method: str) -> URL:
        """Return the address of a method; taking it apart costs more than writing the body."""
        if method not in self._urls:
            self._urls[method] = URL(f"{self._address}/bot{self._token}/{method}")
        return self._urls[method]

    async def download(self, file_id: str) -> bytes:
        """Fetch a file that a person sent, whole."""
        found = await self.ask("getFile", {"file_id": file_id})
        if "too big" in found.detail:
            raise TooLargeError
        if found.kind in _LATER:
            is_reached = found.kind == Kind.UNKNOWN
            raise (BrokenOffError if is_reached else DownloadError)(found.detail)
        facts = found.result if isinstance(found.result, dict) else {}
        if found.kind != Kind.SENT or not facts.get("file_path"):
            raise FileGoneError(found.detail)
        content = await self._fetch(str(facts["file_path"]))
        if len(content) != (facts.get("file_size") or len(content)):
            raise BrokenOffError("only a part of the file came")
        return content

    async def _fetch(self, path: str) -> bytes:
        try:
            async with self.session.get(
                f"{self._address}/file/bot{self._token}/{path}",
                timeout=_patient(ANSWER_TIMEOUT, LONGEST_DOWNLOAD),
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientConnectorError as error:
            raise DownloadError(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BrokenOffError(type(error).__name__) from error
        if 400 <= answer.status < 500:
            raise FileGoneError(f"HTTP {answer.status}")
        if answer.status != 200:
            raise BrokenOffError(f"HTTP {answer.status}")
        return content


async def _note_sent(
    _session: aiohttp.ClientSession,
    context: Any,
    _facts: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    mark = context.trace_request_ctx
    # A request with files is nothing to Telegram before the last of them is there.
    if mark is not None and not mark.has_files:
        mark.left = True


def _json(payload: Mapping[str, Any]) -> aiohttp.BytesPayload:
    """Write a body; Kazakh letters as they are take two bytes instead of six."""
    words = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return aiohttp.BytesPayload(words.encode(errors="replace"), content_type="application/json")


def _last_of(uploads: tuple[Upload, ...]) -> float:
    """Return how many seconds pass on a slow line after the last piece was handed over."""
    size = sum(len(one.content) for one in uploads)
    return min(size, BUFFERED) / SLOWEST_LINE + size / STORED_A_SECOND


def _form(
    payload: Mapping[str, Any], uploads: tuple[Upload, ...], mark: SimpleNamespace
) -> aiohttp.FormData:
    def at_last() -> None:
        mark.left = True

    form = aiohttp.FormData()
    for name, value in payload.items():
        is_plain = isinstance(value, str)
        form.add_field(name, value if is_plain else json.dumps(value, ensure_ascii=False))
    for one in uploads:
        pieces = Pieces(one.content, at_last if one is uploads[-1] else None)
        form.add_field(one.part, pieces, filename=one.name)
    return form


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def run_alone(address: str, token: str, method: str) -> Outcome:
    """Make a single request from synchronous code."""

    async def once() -> Outcome:
        async with TelegramApi(address, token) as api:
            return await api.ask(method, {})

    return asyncio.run(once())
