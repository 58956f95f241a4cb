"""What a crowd asks for is made once, and what takes long holds up nobody else."""

import asyncio
import threading
from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.broadcast import shelf as shelves
from jetkiz.web.pages.broadcast.shelf import Shelf
from tests.factories import NOW


@pytest.fixture
def shelf(sqlite_url: str, tmp_path: Path) -> Shelf:
    database = Database(sqlite_url)
    files = FileStore(tmp_path / "files")
    return Shelf(Workplace(Settings(data=tmp_path), database, files, lambda: NOW))


async def test_a_crowd_waits_for_one_making(shelf: Shelf) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return 7

    found = await asyncio.gather(*(shelf.answer("one", make) for _ in range(4)))
    assert found == [7] * 4
    assert made == [1]


async def test_what_takes_long_holds_up_nobody_else(shelf: Shelf) -> None:
    enough = threading.Event()
    slow = asyncio.ensure_future(shelf.answer("slow", enough.wait))
    await asyncio.sleep(0)
    assert await shelf.answer("quick", lambda: "here") == "here"
    assert not slow.done()
    enough.set()
    assert await slow is True


async def test_a_reader_who_leaves_takes_nothing_from_those_who_wait(shelf: Shelf) -> None:
    enough = threading.Event()
    first = asyncio.ensure_future(shelf.answer("page", enough.wait))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(shelf.answer("page", enough.wait))
    await asyncio.sleep(0)
    first.cancel()
    enough.set()
    assert await second is True


async def test_what_failed_is_tried_again(shelf: Shelf) -> None:
    with pytest.raises(ZeroDivisionError):
        await shelf.answer("one", lambda: 1 // 0)
    assert await shelf.answer("one", lambda: 2) == 2


async def test_what_nobody_asks_for_makes_room(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MOST_ANSWERS", 2)
    made: list[str] = []

    async def ask(key: str) -> None:
        await shelf.answer(key, lambda: made.append(key))

    for key in ("a", "b", "a", "c", "a", "b"):
        await ask(key)
    assert made == ["a", "b", "c", "b"]
