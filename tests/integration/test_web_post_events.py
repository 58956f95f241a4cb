"""The post desk takes pasted lines of the post: each is answered, no other school's pack moves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.delivery.tables import receipt
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from print_packs.model import PackState
from print_packs.records import read_packs
from print_packs.s10.allotment import Way, enter
from print_packs.tables import pack_event
from tests.console import Browser, Hands, add_staff, open_browser, workplace_for
from tests.factories import NOW
from tests.posted_packs import Posted, add_posted

NUMBER = "RR473124829KZ"
PASTE = "/paper/post/events"


@pytest.fixture
def clock() -> Hands:
    return Hands(datetime(2026, 2, 20, 9, tzinfo=UTC))


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path, clock: Hands) -> Workplace:
    return workplace_for(sqlite_url, tmp_path, clock, zone="Asia/Qostanay")


@pytest.fixture
def posted(empty: Workplace) -> Posted:
    with empty.database.write() as connection:
        found = add_posted(connection)
        add_staff(connection, found.people)
        enter(connection, found.packs[0].id, NUMBER, Way.COUNTER, ("aigul", NOW))
    return found


@pytest.fixture
def school(empty: Workplace, posted: Posted) -> Workplace:
    """A school whose first pack by post has a number."""
    assert posted.packs
    return empty


@pytest.fixture
async def desk(school: Workplace, clock: Hands) -> AsyncIterator[Browser]:
    async with open_browser(school, clock) as opened:
        await opened.sign_in("aigul")
        yield await opened.open("/paper/post")


def counts(place: Workplace) -> tuple[int, ...]:
    with place.database.read() as connection:
        return tuple(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (pack_event, receipt)
        )


async def test_every_pasted_line_is_answered_and_the_same_paste_changes_nothing(
    desk: Browser, school: Workplace, posted: Posted
) -> None:
    second = posted.packs[1].print_id
    pasted = "\n".join(
        [
            "Dear customer!",
            f"1. {NUMBER} 30.01.2026 14:05 Вручено адресату",
            "RR473124828KZ 30.01.2026",
            "RR000000155KZ 30.01.2026",
            f"30.01.2026 {second} RET_O",
            f"{second} 01.01.2027 <b>",
        ]
    )
    before = counts(school)
    await desk.send(PASTE, lines=pasted, what="in_transit")
    assert desk.status == 200
    for words in (
        "line 2",
        "Line 1 cannot be understood: Dear customer!",
        "The check digit of the postal number RR473124828KZ is wrong",
        "another school's, or it was not typed back yet",
        "given to the home",
        "brought back by the post",
        "lies in the future",
        "To be corrected and sent once more",
        f"\n{second} 01.01.2027 <b></textarea>",
    ):
        assert words in desk.text, words
    with school.database.read() as connection:
        packs = read_packs(connection, numbers=[one.id for one in posted.packs])
        assert [one.state for one in packs[:3]] == [
            PackState.SIGNED,
            PackState.RETURNED_TO_SENDER,
            PackState.PREPARED,
        ]
        assert "6 lines of the post, 2 recorded" in set(connection.scalars(select(audit.c.detail)))
        sources = set(connection.scalars(select(pack_event.c.source)))
    assert sources == {"console:aigul"}
    after = counts(school)
    assert after > before
    await desk.open("/paper/post")
    await desk.send(PASTE, lines=pasted, what="in_transit")
    assert "known before, nothing changes" in desk.text
    assert counts(school) == after


async def test_a_clerk_writes_for_no_other_school(
    desk: Browser, school: Workplace, posted: Posted
) -> None:
    before = counts(school)
    await desk.sign_out_and_in("outsider")
    await desk.open("/paper/post")
    await desk.send(PASTE, lines=f"{NUMBER}\n{posted.packs[1].print_id} lost", what="delivered")
    assert desk.text.count("no pack of ours has this number") == 3
    assert posted.packs[0].print_id not in desk.text
    assert counts(school) == before
    await desk.sign_out_and_in("tamara")
    await desk.send(PASTE, lines=NUMBER, what="delivered")
    assert desk.status == 404
    assert counts(school) == before


async def test_a_line_without_a_word_means_what_was_chosen(desk: Browser, posted: Posted) -> None:
    await desk.send(PASTE, lines=NUMBER, what="lost")
    assert "lost on the way" in desk.text
    assert "To be corrected" not in desk.text
    await desk.open("/paper/post")
    await desk.send(PASTE, lines=posted.packs[1].print_id, what="no such word")
    assert "given to the home" in desk.text
    await desk.open("/paper/post")
    await desk.send(PASTE, lines=" \n", what="lost")
    assert desk.status == 400
    assert "no line in the box" in desk.text
    await desk.open("/paper/post")
    await desk.send(PASTE, what="lost")
    assert desk.path == "/paper/post"
