"""How many readers a second are answered who look at the week of their grade on the air.

The published week has 600 lessons. Readers are 16 connections of another process that ask one
after the other; they share the machine with the console, so a real one answers more.
"""

import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

WEEK = "2026-W05"
NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
CONNECTIONS = 16
ROUNDS = 250
TIMES = 5
MADE = 30


def run(record: Callable[..., None]) -> None:
    """Publish the week, look at it many times, and make the page many times beside that."""
    from jetkiz.config import Settings
    from jetkiz.storage.workplace import open_workplace
    from jetkiz.web.server import ConsoleServer

    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), data=Path(folder), console_port=0)
        workplace = open_workplace(settings, lambda: NOW)
        publish_week(workplace.database)
        with ConsoleServer(workplace) as server:
            found = statistics.median(answered(server.port) for _ in range(TIMES))
        made = made_anew(workplace.database)
        workplace.database.close()
    peer = f"{made:.0f} a second, were each made anew"
    name = "broadcast.public_pages_per_s"
    record(name=name, value=found, unit="pages/s", peer=peer, ratio=found / made)


def answered(port: int) -> float:
    """Return how many pages a second another process gets."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    reader = context.Process(target=read_on, args=(theirs, port))
    reader.start()
    seconds = float(mine.recv())
    reader.join()
    return CONNECTIONS * ROUNDS / seconds


def read_on(told: Any, port: int) -> None:
    """Ask over and over on some connections and tell how long it took."""
    path = "/air/now/kk/5"
    asks = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    open_ones = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    # The first answer is the one that is made.
    read_answer(ask(open_ones[0], asks))
    begin = time.perf_counter()
    for _ in range(ROUNDS):
        for one in open_ones:
            ask(one, asks)
        for one in open_ones:
            read_answer(one)
    told.send(time.perf_counter() - begin)


def ask(connection: socket.socket, asks: bytes) -> socket.socket:
    """Send a request."""
    connection.sendall(asks)
    return connection


def read_answer(connection: socket.socket) -> None:
    """Read one answer to its end; anything but the page is a fault of the measurement."""
    content = b""
    while b"\r\n\r\n" not in content:
        content += connection.recv(65536)
    head, _, body = content.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head.decode())
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def made_anew(database: Any) -> float:
    """Return how many pages a second can be made from a timetable that is in memory."""
    from broadcast.export.rows import export_rows
    from broadcast.revisions import read_kept
    from broadcast.standing import Standing
    from jetkiz.web.pages.broadcast.public_pages import Asked, week_page
    from jetkiz.web.pages.broadcast.shelf import AirWeek

    with database.read() as connection:
        kept = read_kept(connection, WEEK)
    rows = tuple(export_rows(kept.problem, kept.plan))
    week = AirWeek(WEEK, Standing(1, NOW), kept, rows)
    asked = Asked(WEEK, "kk", 5, "kk", "", date(2026, 1, 27))
    begin = time.perf_counter()
    for _ in range(MADE):
        week_page(week, asked, [WEEK])
    return MADE / (time.perf_counter() - begin)


def publish_week(database: Any) -> None:
    """Plan the drawn week of 600 lessons and publish it."""
    from broadcast.problem.lesson_ids import lesson_id
    from broadcast.revisions import keep_draft, publish
    from broadcast.solver.solving import solve
    from jetkiz.storage.schema import upgrade
    from tests.broadcast_problems import week_600
    from tests.two_clocks_week import add_air_lessons

    drawn = week_600(iterations=5_000)
    spoken = {one.id: one.language for one in drawn.streams}
    lessons = [replace(one, id=lesson_id(one.id, spoken[one.stream])) for one in drawn.lessons]
    problem = replace(drawn, meta=replace(drawn.meta, id=WEEK), lessons=tuple(lessons))
    upgrade(database)
    with database.write() as connection:
        add_air_lessons(connection, problem)
        number = keep_draft(connection, WEEK, problem, solve(problem), NOW)
        publish(connection, WEEK, number, "benchmark", NOW)
