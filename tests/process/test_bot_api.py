"""One request to Telegram: what surely never left, what is unknown, and files that cannot come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.talking.session import OutboxSession
from bot.telegram.telegram_api import DownloadError, FileGoneError, TelegramApi, TooLargeError
from bot.telegram.telegram_errors import Kind
from tests.bot_school import TOKEN, Stage, open_stage, picture


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as opened:
        yield opened


async def test_a_refused_connection_never_left() -> None:
    async with TelegramApi("http://127.0.0.1:9", TOKEN) as api:
        assert (await api.ask("getMe", {})).kind == Kind.NOT_SENT


async def test_a_slow_answer_is_unknown(stage: Stage) -> None:
    async with TelegramApi(stage.server.url, TOKEN) as api:
        # On a line that is open already: what is held before it is has never left.
        assert (await api.ask("getMe", {})).kind == Kind.SENT
        stage.players.faults([{"kind": "hang", "seconds": 3600, "method": "getMe"}])
        assert (await api.ask("getMe", {}, timeout=0.3)).kind == Kind.UNKNOWN


@pytest.mark.parametrize(("body", "kind"), [("<html>", Kind.UNKNOWN), ("[]", Kind.UNKNOWN)])
async def test_the_page_of_a_proxy_is_unknown(body: str, kind: Kind) -> None:
    async def proxy(_request: web.Request) -> web.Response:
        return web.Response(text=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", proxy)
    async with TestServer(app) as server, TelegramApi(str(server.make_url("")), TOKEN) as api:
        assert (await api.ask("getMe", {})).kind == kind


def send_photo(stage: Stage) -> str:
    stage.link("alice", stage.people.alice)
    stage.players.photos("alice", [picture()])
    chat = stage.players.chat("alice")
    return str(chat[-1]["media"][0]["file_id"])


async def test_a_photo_is_fetched_whole(stage: Stage) -> None:
    file_id = send_photo(stage)
    async with TelegramApi(stage.server.url, TOKEN) as api:
        assert await api.download(file_id) == picture()


async def test_a_file_that_is_not_there_is_gone_for_good(stage: Stage) -> None:
    async with TelegramApi(stage.server.url, TOKEN) as api:
        with pytest.raises(FileGoneError):
            await api.download("nothing")


async def test_a_file_that_is_too_large_is_told_apart(stage: Stage) -> None:
    words = "Bad Request: file is too big"
    stage.players.faults([{"kind": "refuse", "description": words, "method": "getFile"}])
    async with TelegramApi(stage.server.url, TOKEN) as api:
        with pytest.raises(TooLargeError):
            await api.download("large")


@pytest.mark.parametrize(("gone", "told"), [("404", FileGoneError), ("cut", DownloadError)])
async def test_a_download_that_breaks_off_is_told_from_a_file_that_is_gone(
    gone: str, told: type[Exception]
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_path": "photos/1.jpg"}})

    async def file(request: web.Request) -> web.Response:
        if gone == "404":
            raise web.HTTPNotFound
        assert request.transport
        request.transport.abort()
        return web.Response()

    app = web.Application()
    app.router.add_post("/bot1:test/getFile", answer)
    app.router.add_get("/file/{path:.*}", file)
    async with TestServer(app) as server, TelegramApi(str(server.make_url("")), TOKEN) as api:
        with pytest.raises(told):
            await api.download("x")


def test_a_line_that_is_not_open_says_so() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        _ = TelegramApi("http://127.0.0.1:9", TOKEN).session


def test_handlers_get_no_files_from_the_network() -> None:
    session = OutboxSession(5, "k", lambda _message: None)
    with pytest.raises(RuntimeError, match="fetches nothing"):
        session.stream_content("http://127.0.0.1:9")
