"""The print desk: what lies here to be printed, its files, the shelf, and a pack once more."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select, update

from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import household
from jetkiz.staff.tables import audit
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.postage.weights import Envelope, Stock
from print_packs.records import read_packs
from print_packs.runs.hand_over import hand_over
from print_packs.runs.paper_stock import OnShelf, consumption, keep_count, needed, read_stock
from print_packs.tables import pack, print_run
from tests.console import Hands, add_staff, open_browser, workplace_for
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch

SHELF = {"A4": 500, "DL": 3, "C9": 7, "C5": -1}


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> tuple[Workplace, People, Hands]:
    """A school whose packs of the week wait for their cut-off."""
    clock = Hands(NOW - timedelta(hours=2))
    place = workplace_for(sqlite_url, tmp_path, clock, zone="Asia/Qostanay")
    with place.database.write() as connection:
        people = print_school(connection)
        add_staff(connection, people)
        deliveries = post_deliveries(connection)
    saved_batch(place, deliveries)
    return place, people, clock


def make_packs(place: Workplace) -> None:
    with place.database.read() as connection:
        deliveries = post_deliveries(connection)
    PostChannel(place).dispatch(saved_batch(place, deliveries), NOW)


async def test_before_the_packs_are_made_the_page_says_until_when(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, _, clock = desk
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        shown = (await visitor.open("/paper")).text
        assert "Nothing lies here to be printed." in shown
        assert "Paper for this week closes on Thu 22 Jan at 15:00." in shown
        assert "They are made by themselves" in shown
        for language, words in (("kk", "Бүгін басылатыны"), ("ru", "Печатать сегодня")):
            await visitor.send("/language", language=language, next="/")
            assert words in (await visitor.open("/paper")).text


async def test_what_is_ready_is_shown_with_its_files_until_it_is_handed_over(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, _, clock = desk
    make_packs(place)
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        shown = (await visitor.open("/paper")).text
        assert "Print these files" in shown
        assert "slowest from the printer to the post" in shown
        answer = await visitor.client.get(f"/paper/runs/{WEEK}/1/run.pdf")
        assert (await answer.read()).startswith(b"%PDF")
        assert answer.headers["Cache-Control"] == "private, no-store"
        for name in ("h1.pdf", "../run-1/run.pdf", "%2e%2e/x", "missing.pdf", "job.json/x"):
            status = (await visitor.client.get(f"/paper/runs/{WEEK}/1/{name}")).status
            assert status == (200 if name == "h1.pdf" else 404), name
        with place.database.write() as connection:
            acts = connection.scalars(select(audit.c.detail).where(audit.c.act == "take_packs"))
            assert acts.all() == [f"{WEEK}, run.pdf", f"{WEEK}, h1.pdf"]
            hand_over(connection, WEEK, None, NOW)
        shown = (await visitor.open("/paper")).text
        assert "Nothing lies here to be printed." in shown
        assert "Files of this run" in shown
        await visitor.sign_out_and_in("outsider")
        assert "run.pdf" not in (await visitor.open("/paper")).text
        assert (await visitor.client.get(f"/paper/runs/{WEEK}/1/run.pdf")).status == 404
        await visitor.sign_out_and_in("tamara")
        assert (await visitor.open("/paper")).status == 404


async def test_what_is_left_out_and_what_is_to_know_stand_apart_in_the_readers_language(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, people, clock = desk
    with place.database.write() as connection:
        bad = update(lesson).where(lesson.c.id == people.lessons[0])
        connection.execute(bad.values(title="漢"))
    make_packs(place)
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        shown = (await visitor.open("/paper")).text
        left_out, _, to_know = shown.partition("To know:")
        assert "w05-0" in left_out.partition("Left out, and what to do:")[2]
        assert "were not verified with Kazpost" in to_know
        assert "not verified" not in left_out
        for language, words in (("kk", "Қазпоштада тексерілмеген"), ("ru", "не сверены")):
            await visitor.send("/language", language=language, next="/")
            assert words in (await visitor.open("/paper")).text
        await visitor.send("/language", language="en", next="/")
        with place.database.write() as connection:
            connection.execute(update(print_run).values(notes=None))
        job = place.settings.data / "packs" / WEEK / "run-1" / "job.json"
        told = json.loads(job.read_text("utf-8"))
        assert [one for one in told["notices"] if "Қазпошта" in one]
        job.write_text(json.dumps(told | {"problems": ["Lesson w05-0: {shorten} it."]}), "utf-8")
        assert "Lesson w05-0: {shorten} it." in (await visitor.open("/paper")).text, "made before"


async def test_a_run_with_homes_of_two_schools_is_nobodys(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, people, clock = desk
    make_packs(place)
    with place.database.write() as connection:
        other = update(household).where(household.c.sourced_id == "h2")
        connection.execute(other.values(school_id=people.other_school))
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        assert "run.pdf" not in (await visitor.open("/paper")).text


async def test_a_run_that_is_being_made_shows_how_far_it_is(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, _, clock = desk
    make_packs(place)
    with place.database.write() as connection:
        connection.execute(update(print_run).values(is_ready=False))
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        shown = (await visitor.open("/paper")).text
        assert "Being made: 2 of 2 packs." in shown
        assert "/paper/runs/" not in shown


async def test_the_shelf_is_counted_and_drawn_down(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, _, clock = desk
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        await visitor.open("/paper")
        shown = (await visitor.send("/paper/stock", A4="20", DL="", C5="1")).text
        assert "is taken off" in shown
        assert "sheets A4: 4 short" in shown, "two packs of twelve sheets wait"
        assert "envelopes C5: 1 short" in shown
        refused = await visitor.send("/paper/stock", A4="twenty")
        assert "twenty is not a number" in refused.text
        clock.moment = NOW + timedelta(hours=1)
        make_packs(place)
        assert "short" not in (await visitor.open("/paper")).text


async def test_a_pack_is_printed_again_for_a_home_of_the_school(
    desk: tuple[Workplace, People, Hands],
) -> None:
    place, _, clock = desk
    make_packs(place)
    async with open_browser(place, clock) as visitor:
        await visitor.sign_in("aigul")
        await visitor.open("/paper")
        with place.database.read() as connection:
            (first, _) = read_packs(connection, week=WEEK)
        for said, page, pages in ((" h1 ", "", first.pages), (first.print_id, "3", 1)):
            data = {"csrf": visitor.value("csrf"), "said": said, "week": WEEK, "page": page}
            answer = await visitor.client.post("/paper/reprint", data=data)
            with PdfDocument(await answer.read()) as copy:
                assert len(copy) == pages
        assert "Print one pack again" in (await visitor.send("/paper/reprint", said=" ")).text
        none = await visitor.send("/paper/reprint", said="h99", week=WEEK)
        assert "is no home, no pack and no row of a list" in none.text
        for page in ("0", "two"):
            refused = await visitor.send("/paper/reprint", said="h1", week=WEEK, page=page)
            assert f"{page} is not the number of a page" in refused.text
        await visitor.sign_out_and_in("outsider")
        await visitor.open("/paper")
        for said in ("h1", first.print_id, "1/1"):
            shown = await visitor.send("/paper/reprint", said=said, week=WEEK)
            assert f"{said} is no home" in shown.text or f"{said}: list 1" in shown.text


async def test_a_pack_of_this_week_is_printed_again_when_the_next_is_made(
    desk: tuple[Workplace, People, Hands],
) -> None:
    """A home in two envelopes comes as one file; the page of one is asked for by its code."""
    place, _, clock = desk
    small = replace(place, settings=replace(place.settings, pack_sheets=6))
    make_packs(small)
    with place.database.write() as connection:
        rows = [one for one in read_packs(connection, week=WEEK) if one.parts == 2]
        home = [one for one in rows if one.consignment == rows[0].consignment]
        key = connection.scalar(
            select(household.c.sourced_id).where(household.c.id == home[0].household)
        )
        later = select(pack).where(pack.c.id == home[0].id)
        again = dict(connection.execute(later).mappings().one())
        run = dict(connection.execute(select(print_run)).mappings().one())
        run |= {"id": 99, "key": "later", "week": "2026-W06"}
        connection.execute(print_run.insert().values(run))
        again |= {"id": 99, "run_id": 99, "week": "2026-W06", "print_id": "LATE-RONE"}
        again |= {"consignment": "later", "sha256": "another"}
        connection.execute(pack.insert().values(again))
    async with open_browser(small, clock) as visitor:
        await visitor.sign_in("aigul")
        shown = (await visitor.open("/paper")).text
        assert f'<option value="{WEEK}"' in shown.partition('id="copy-week"')[2]
        data = {"csrf": visitor.value("csrf"), "said": str(key), "week": WEEK}
        answer = await visitor.client.post("/paper/reprint", data=data)
        with PdfDocument(await answer.read()) as copy:
            assert len(copy) == sum(one.pages for one in home)
        refused = await visitor.send("/paper/reprint", said=str(key), week=WEEK, page="3")
        assert all(one.print_id in refused.text for one in home)


def test_what_is_used_after_the_count_is_taken_off(database: Database) -> None:
    before, after = NOW - timedelta(days=1), NOW + timedelta(days=1)
    with database.write() as connection:
        school = print_school(connection).school
        stock = Stock(envelopes=(Envelope.C5,))
        assert read_stock(connection, school, stock) == [
            OnShelf("A4", None, 0),
            OnShelf("C5", None, 0),
        ]
        assert keep_count(connection, school, SHELF, "aigul", before) == 2
        assert keep_count(connection, school, {"A4": 400}, "aigul", after) == 1
        told: dict[str, tuple[int | None, datetime | None]] = {
            one.kind: (one.left, one.counted_at)
            for one in read_stock(connection, school, stock)
            if one.left is not None
        }
    assert told == {"A4": (400, after), "DL": (3, before)}


def test_packs_that_wait_are_taken_to_be_like_those_before() -> None:
    assert consumption([4, 6, 80], Stock()) == {"A4": 90, "DL": 1, "C5": 1, "C4": 1}
    kraft = Stock(envelopes=tuple(Envelope))
    assert consumption([80], kraft)["C4-kraft"] == 1
    assert needed(3, [2, 5, 40], Stock()) == {"A4": 15, "DL": 3}
    assert needed(2, [], Stock()) == {"A4": 24, "C5": 2}
    assert needed(0, [2], Stock()) == {}
    assert OnShelf("A4", 5, 9).missing == 4
    assert OnShelf("A4", None, 9).missing == 0
