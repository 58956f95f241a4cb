"""What everybody reads of the air without a sign-in: only what is published, nothing of anybody."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar
from lxml import etree
from sqlalchemy import event

from broadcast.plan.model import AiringStatus
from broadcast.revisions import keep_draft, publish
from broadcast.tables import airing
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.broadcast.shelf import FRESH, SHELF
from tests.console import Browser, Hands, one_database, open_browser
from tests.factories import NOW, WEEK
from tests.two_clocks_week import air_plan, air_problem, publish_air

PAGE = "/air/now/kk/3"


@pytest.fixture
async def reader(web_workplace: Workplace, web_clock: Hands) -> AsyncIterator[Browser]:
    """A browser of somebody whom nobody knows, while a week is published."""
    with web_workplace.database.write() as connection:
        publish_air(connection)
    async with open_browser(web_workplace, web_clock) as opened:
        yield opened


@one_database
async def test_a_grade_reads_its_week_and_where_a_lesson_comes_again(reader: Browser) -> None:
    await reader.open(PAGE, **{"Accept-Language": "en"})
    assert reader.status == 200
    for said in ("Абай. Қыс (1)", "Balapan", "10:00", "18:15"):
        assert said in reader.text
    assert "Test" not in reader.text
    assert 'lang="kk"' in reader.text
    assert reader.response
    assert not reader.response.cookies


@one_database
async def test_the_words_are_those_of_the_lessons_unless_others_are_asked_for(
    reader: Browser,
) -> None:
    await reader.open(PAGE, **{"Accept-Language": "ru"})
    assert '<html lang="kk">' in reader.text
    await reader.open(f"{PAGE}?words=ru")
    assert '<html lang="ru">' in reader.text
    assert "3 класс" in reader.text
    await reader.open(f"{PAGE}?words=xx")
    assert '<html lang="kk">' in reader.text


@one_database
async def test_the_choice_leads_to_every_grade(reader: Browser) -> None:
    await reader.open("/air?words=en")
    for address in ("/air/now/kk/1", "/air/now/kk/3", "/air/now/ru/3"):
        assert address in reader.text
        await reader.open(address)
        assert reader.status == 200
        await reader.open("/air?words=en")


@one_database
async def test_a_region_has_its_own_clock(reader: Browser) -> None:
    await reader.open(f"{PAGE}?words=en&place=east")
    assert "11:00" in reader.text
    assert "Шалқар" in reader.text
    await reader.open(f"{PAGE}?words=en&place=" + "x" * 4000)
    assert reader.status == 200


@one_database
@pytest.mark.parametrize(
    "address",
    ["/air/now/uz/3", "/air/now/kk/12", "/air/2026-W06/kk/3", "/air/kk/12.ics", "/air/nothing"],
)
async def test_what_is_not_published_is_not_there(reader: Browser, address: str) -> None:
    await reader.open(address)
    assert reader.status == 404
    assert "Traceback" not in reader.text


@one_database
@pytest.mark.parametrize("address", ["/air/2026-W60/kk/3", "/air/2026-W60/kk/3.pdf"])
async def test_a_week_that_does_not_exist_is_told_in_the_readers_words(
    reader: Browser, address: str
) -> None:
    await reader.open(f"{address}?words=ru", **{"Accept-Language": "en"})
    assert reader.status == 404
    assert '<html lang="ru">' in reader.text
    assert "/air?words=ru" in reader.text


async def test_a_draft_is_seen_by_nobody_until_it_is_published(
    reader: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    await reader.open(PAGE)
    problem = air_problem()
    plan = air_plan(problem)
    first = min(plan.airings, key=lambda one: one.start)
    moved = replace(first, start=first.start + timedelta(hours=2), sequence=1)
    others = tuple(one for one in plan.airings if one.id != first.id)
    with web_workplace.database.write() as connection:
        changed = replace(plan, parent=1, airings=(moved, *others))
        number = keep_draft(connection, WEEK, problem, changed, NOW)
    web_clock.moment += FRESH
    await reader.open("/air/now/kk/1")
    assert "<time datetime" in reader.text
    assert ">11:00<" not in reader.text
    with web_workplace.database.write() as connection:
        publish(connection, WEEK, number, "efir", NOW + FRESH)
    web_clock.moment += FRESH
    await reader.open("/air/now/kk/1?words=en")
    assert ">11:00<" in reader.text
    said = " ".join(reader.text.split())
    assert "Hours have changed since this week was first published" in said
    assert said.count("New hour.") == 1
    assert re.search(r"It was .* 09:00, Balapan\.", said)
    await reader.open("/air/now/kk/3?words=en")
    assert "New hour" not in reader.text
    assert "Hours have changed" not in reader.text


@one_database
async def test_a_week_that_is_over_lies_open(reader: Browser, web_clock: Hands) -> None:
    await reader.open(PAGE)
    assert "<details open>" not in reader.text
    web_clock.moment += timedelta(days=9)
    await reader.open(f"/air/{WEEK}/kk/3")
    assert "<details open>" in reader.text


async def test_what_fell_out_is_told_without_a_new_timetable(
    reader: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    await reader.open("/air/now/ru/3")
    assert "<s>" not in reader.text
    with web_workplace.database.write() as connection:
        lost = airing.update().where(airing.c.code == "3-reading-1.ru-first")
        connection.execute(lost.values(status=AiringStatus.MISSED, changed_at=NOW + FRESH))
    web_clock.moment += FRESH
    await reader.open("/air/now/ru/3")
    assert "<s>09:00</s>" in reader.text


@one_database
async def test_nothing_is_published_and_the_page_says_so(visitor: Browser) -> None:
    await visitor.open("/air?words=en")
    assert "No timetable is published yet" in visitor.text
    await visitor.open(PAGE)
    assert visitor.status == 404


@one_database
async def test_the_calendar_keeps_numbers_and_says_when_nothing_is_new(reader: Browser) -> None:
    await reader.open("/air/kk/3.ics")
    assert reader.response
    tag, day = reader.response.headers["ETag"], reader.response.headers["Last-Modified"]
    calendar = Calendar.from_ical(reader.text)
    events = calendar.walk("VEVENT")
    assert len(events) == len({str(one["UID"]) for one in events}) == 9
    assert {str(one["STATUS"]) for one in events} == {"CONFIRMED", "CANCELLED"}
    for header in ({"If-None-Match": tag}, {"If-Modified-Since": day}):
        await reader.open("/air/kk/3.ics", **header)
        assert reader.status == 304
    await reader.open("/air/kk/3.ics", **{"If-None-Match": '"another"', "If-Modified-Since": day})
    assert reader.status == 200


@one_database
async def test_the_guide_names_every_channel(reader: Browser) -> None:
    answer = await reader.client.get("/air/guide.xml")
    found = etree.fromstring(await answer.read())
    assert answer.content_type == "application/xml"
    assert [one.get("id") for one in found.findall("channel")] == [
        *("balapan.kz", "el-arna.kz", "shalqar.kz")
    ]
    standing = [one for one in air_plan(air_problem()).airings if one.stands]
    assert len(found.findall("programme")) == len(standing)


@one_database
async def test_a_crowd_costs_one_making_and_no_question_to_the_database(
    reader: Browser, web_workplace: Workplace
) -> None:
    await reader.open(PAGE)
    asked: list[str] = []
    event.listen(
        web_workplace.database.engine,
        "before_cursor_execute",
        lambda *some: asked.append(some[2]),
    )
    answers = [await reader.client.get(PAGE) for _ in range(50)]
    assert {one.status for one in answers} == {200}
    # The console looks after its scanner meanwhile; of the air it has to ask nothing.
    assert [one for one in asked if "timetable" in one or "airing" in one] == []
    assert len({one.headers["ETag"] for one in answers}) == 1
    assert "public" in answers[0].headers["Cache-Control"]


@one_database
async def test_a_slow_line_gets_it_packed(reader: Browser) -> None:
    plain = await reader.client.get(PAGE, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    async with reader.client.session.get(
        reader.client.make_url(PAGE), headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as packed:
        body = await packed.read()
    assert gzip.decompress(body) == await plain.read()
    assert len(body) < len(await plain.read()) / 2


@one_database
async def test_the_week_is_printed_and_known_when_nothing_is_new(reader: Browser) -> None:
    answer = await reader.client.get(f"/air/{WEEK}/kk/3.pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert (await answer.read()).startswith(b"%PDF")
    tag = answer.headers["ETag"]
    again = await reader.client.get(f"/air/{WEEK}/kk/3.pdf", headers={"If-None-Match": tag})
    assert again.status == 304
    assert (await reader.client.get(f"/air/{WEEK}/kk/11.pdf")).status == 404


@one_database
async def test_search_engines_read_the_airings_of_the_page(reader: Browser) -> None:
    answer = await reader.client.get(PAGE)
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', await answer.text(), re.DOTALL
    )
    assert found
    events = json.loads(found[1])
    assert {one["@type"] for one in events} == {"BroadcastEvent"}
    assert len(events) == 8


@one_database
async def test_a_word_in_an_address_makes_no_page_of_its_own(reader: Browser) -> None:
    shelf = reader.client.app[SHELF]
    for address in (f"{PAGE}?", "/air/kk/3.ics?"):
        await reader.open(f"{address}place=west")
        await reader.open(address)
        kept = len(shelf._answers)
        for word in ("nowhere", "x" * 300, "%3Cb%3E"):
            await reader.open(f"{address}place={word}")
            assert reader.status == 200
        assert len(shelf._answers) == kept


@one_database
async def test_the_last_known_timetable_is_told_while_the_database_is_silent(
    reader: Browser, web_workplace: Workplace, web_clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader.open(PAGE)

    async def silent(*_: object) -> None:
        raise OSError("no answer")

    monkeypatch.setattr(web_workplace.database, "look", silent)
    web_clock.moment += FRESH
    await reader.open(PAGE)
    assert reader.status == 200
    await reader.open("/air/now/ru/3")
    assert reader.status == 200


@one_database
async def test_a_database_that_was_always_silent_is_said_to_be(
    visitor: Browser, web_workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object) -> None:
        raise OSError("no answer")

    monkeypatch.setattr(web_workplace.database, "look", silent)
    await visitor.open(PAGE)
    assert visitor.status == 503
    assert "Nothing was lost" in visitor.text
