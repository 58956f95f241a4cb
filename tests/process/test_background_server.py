"""A server beside a program: it opens, says in words why it cannot, ends cleanly and once."""

import asyncio
import socket
import threading
from concurrent.futures import CancelledError, Future

import pytest

from jetkiz.background import BackgroundServer
from jetkiz.errors import JetkizError
from jetkiz.rehearsal import Options, RehearsalServer
from jetkiz.rehearsal.state.refusals import RehearsalError


class Pretended(BackgroundServer):
    """Opens nothing, and may fail on the way."""

    name = "pretended"

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.failure = failure
        self.closed = 0

    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        if self.failure:
            raise self.failure
        opened.set_result(4711)
        await enough.wait()
        self.closed += 1


def test_it_runs_until_it_is_told_to_end_and_ends_once() -> None:
    with Pretended() as server:
        assert (server.port, server.is_running) == (4711, True)
        assert server.loop
        server.stop()
        assert (server.is_running, server.loop) == (False, None)
    server.stop()
    assert server.closed == 1
    assert "pretended" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("failure", [JetkizError("No room here."), OSError(13, "not allowed")])
def test_what_keeps_it_from_starting_is_told_to_who_started_it(failure: Exception) -> None:
    server = Pretended(failure)
    with pytest.raises(type(failure), match=r"No room|not allowed"):
        server.start()
    # Its thread goes a moment later: no other test is to find it.
    server.wait()
    assert not server.is_running


def test_who_waits_for_one_that_breaks_off_waits_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda what: told.append(what.exc_type))
    server = Pretended(RuntimeError("nobody had thought of it"))
    with pytest.raises(CancelledError):
        server.start()
    server.wait()
    assert told == [RuntimeError]


def test_it_can_be_waited_for() -> None:
    server = Pretended().start()
    threading.Timer(0.05, server.stop).start()
    server.wait()
    assert server.closed == 1


def test_one_that_never_began_ends_without_a_word() -> None:
    server = Pretended()
    server.stop()
    server.wait()
    assert not server.is_running


def test_it_can_begin_again() -> None:
    server = Pretended()
    for _ in range(2):
        server.start()
        server.stop()
    assert server.closed == 2


def test_a_taken_port_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = Options(port=taken.getsockname()[1])
        with pytest.raises(RehearsalError, match="cannot listen"):
            RehearsalServer(options).start()
