"""A log of what was aired at the desk: looked at first, recorded once, refused in words."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import FormData
from sqlalchemy import select

from broadcast.as_run.importing import LogFile
from broadcast.plan.model import AiringStatus
from broadcast.tables import airing
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.broadcast import aired
from tests.console import Browser, Hands, add_broadcaster, one_database, open_browser
from tests.factories import NOW, WEEK
from tests.two_clocks_week import publish_air

AIRED = f"/air-desk/{WEEK}/aired"
LOG = "airing;status\n1-reading-1.kk-first;aired\n1-mathematics-1.kk-first;missed\n9-none;aired\n"


@pytest.fixture
async def desk(web_workplace: Workplace, web_clock: Hands) -> AsyncIterator[Browser]:
    """A broadcaster at the desk in the evening of Monday."""
    with web_workplace.database.write() as connection:
        publish_air(connection)
        add_broadcaster(connection, "efir")
        add_broadcaster(connection, "arna", "el-arna")
    web_clock.moment = NOW + timedelta(hours=14)
    async with open_browser(web_workplace, web_clock) as opened:
        yield await opened.sign_in("efir")


async def bring(desk: Browser, content: bytes, csrf: str = "", **fields: str) -> Browser:
    """Choose a file in the form and send it."""
    if not csrf:
        csrf = (await desk.open(AIRED)).value("csrf")
    parts = FormData()
    parts.add_field("csrf", csrf)
    for name, value in fields.items():
        parts.add_field(name, value)
    parts.add_field("log", content, filename="monday.csv")
    return await desk._keep(await desk.client.post(f"{AIRED}/look", data=parts))


def standing(place: Workplace) -> dict[str, str]:
    with place.database.read() as connection:
        rows = connection.execute(select(airing.c.code, airing.c.status))
        return {row.code: row.status for row in rows}


@pytest.mark.usefixtures("desk")
async def test_a_log_that_has_not_come_stands_on_the_first_screen(
    web_workplace: Workplace, web_clock: Hands
) -> None:
    async with open_browser(web_workplace, web_clock) as school:
        await school.sign_in("aigul")
        assert "The log of what was aired has not come" in school.text
        assert f'href="{AIRED}"' in school.text
        web_clock.moment = NOW + timedelta(hours=10)
        await school.open(f"/weeks/{WEEK}")
        assert "has not come" not in school.text
        web_clock.moment = NOW + timedelta(hours=14)
    async with open_browser(web_workplace, web_clock) as school:
        await school.sign_in("tamara")
        assert "has not come" not in school.text


async def test_a_log_is_looked_at_recorded_and_told(
    desk: Browser, web_workplace: Workplace
) -> None:
    before = standing(web_workplace)
    await desk.open(AIRED)
    assert "no log" in desk.text
    await bring(desk, LOG.encode())
    assert "lines that fit no airing" in desk.text
    assert "These lines fit no airing: 4." in desk.text
    assert standing(web_workplace) == before
    key = desk.value("log")
    await desk.send(AIRED, log=key)
    assert "Recorded: 2 airings are known anew" in desk.text
    after = standing(web_workplace)
    assert after["1-reading-1.kk-first"] == AiringStatus.AIRED
    assert after["1-mathematics-1.kk-first"] == AiringStatus.MISSED
    assert "reported in part" in desk.text
    await desk.send(AIRED, log=key)
    assert "Recorded: 0 airings are known anew" in desk.text
    assert standing(web_workplace) == after
    with web_workplace.database.read() as connection:
        rows = connection.execute(select(audit.c.who).where(audit.c.act == "record_aired"))
        assert [row.who for row in rows] == ["efir", "efir"]
    await desk.open("/air/now/kk/1")
    assert "<s>09:15</s>" in desk.text


@one_database
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"nonsense", ""),
        (b"", "The log is empty."),
        ("канал;дата\n".encode("cp1251"), ""),
        (b"channel;date;start;status\nother-tv;2026-01-26;09:00;aired\n", "log of another channel"),
    ],
)
async def test_a_log_that_cannot_be_used_is_refused_in_words(
    desk: Browser, web_workplace: Workplace, content: bytes, said: str
) -> None:
    before = standing(web_workplace)
    await bring(desk, content)
    assert desk.status == 400
    assert "This did not work" in desk.text
    assert said in desk.text
    assert standing(web_workplace) == before


@one_database
async def test_a_log_of_another_broadcasters_channel_is_refused(
    desk: Browser, web_workplace: Workplace
) -> None:
    await bring(desk, LOG.encode())
    key = desk.value("log")
    await desk.sign_out_and_in("arna")
    before = standing(web_workplace)
    await bring(desk, LOG.encode())
    assert desk.status == 400
    assert "for which you do not answer" in desk.text
    await desk.open(AIRED)
    assert "Balapan" not in desk.text
    await desk.send(AIRED, log=key)
    assert "is not here any more" in desk.text
    assert standing(web_workplace) == before


@one_database
async def test_who_may_not_bring_a_log(desk: Browser, web_workplace: Workplace) -> None:
    before = standing(web_workplace)
    await desk.sign_out_and_in("aigul")
    assert "Bring a log" not in (await desk.open(AIRED)).text
    await bring(desk, LOG.encode())
    assert desk.status == 404
    await desk.open("/password")
    await desk.send("/sign-out")
    await desk.sign_in("efir")
    await bring(desk, LOG.encode(), csrf="0" * 64)
    assert desk.status == 403
    assert standing(web_workplace) == before


@one_database
async def test_a_log_that_is_too_large_is_not_read_to_its_end(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aired, "LARGEST_LOG", 1000)
    await bring(desk, LOG.encode() * 100)
    assert desk.status == 400
    assert "The log is larger" in desk.text


@one_database
async def test_a_form_without_a_file_leads_back(desk: Browser) -> None:
    await desk.send(f"{AIRED}/look")
    assert (desk.status, desk.path) == (200, AIRED)


def test_only_so_many_logs_wait() -> None:
    waiting = aired.Waiting()
    logs = [
        aired.Brought(WEEK, "efir", "jetkiz", LogFile(str(n).encode()))
        for n in range(aired.MOST_WAITING + 1)
    ]
    for one in logs:
        waiting.put(one)
    assert len(waiting.logs) == aired.MOST_WAITING
    assert waiting.find("efir", logs[-1].key) == logs[-1]
