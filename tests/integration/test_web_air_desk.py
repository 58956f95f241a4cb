"""The air desk: a move is looked at with what follows, kept as a draft, and published."""

import io
import zipfile
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from broadcast.confirming import read_confirmations
from broadcast.plan.model import PlannedAiring
from broadcast.revisions import keep_draft, publish, read_kept, read_published
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from tests.console import Browser, Hands, add_broadcaster, one_database, open_browser
from tests.factories import NOW, WEEK
from tests.two_clocks_week import add_air_lessons, air_plan, air_problem, publish_air

DESK = f"/air-desk/{WEEK}"
MATHS = "1-mathematics-2.kk-first"
AIRING = f"{DESK}/airings/{MATHS}"
# Thursday at 11:00, where nothing stands; the lesson is on Thursday at 9:15.
FREE = {"channel": "balapan", "day": "3", "at": "11:00"}


@pytest.fixture
async def desk(web_workplace: Workplace, web_clock: Hands) -> AsyncIterator[Browser]:
    """A broadcaster at the desk of a published week."""
    with web_workplace.database.write() as connection:
        publish_air(connection)
        add_broadcaster(connection, "efir")
        add_broadcaster(connection, "arna", "el-arna")
    async with open_browser(web_workplace, web_clock) as opened:
        yield await opened.sign_in("efir")


def airing(place: Workplace, number: str = MATHS) -> PlannedAiring:
    """Return an airing as the newest revision has it."""
    with place.database.read() as connection:
        return next(one for one in read_kept(connection, WEEK).plan.airings if one.id == number)


def newest(place: Workplace) -> int:
    with place.database.read() as connection:
        return read_kept(connection, WEEK).revision


def in_force(place: Workplace) -> int:
    with place.database.read() as connection:
        found = read_published(connection, WEEK)
    return found.revision if found else 0


def acts(place: Workplace) -> list[tuple[str, str]]:
    with place.database.read() as connection:
        rows = connection.execute(select(audit.c.who, audit.c.act).order_by(audit.c.id))
        return [(row.who, row.act) for row in rows if row.act != "sign_in"]


async def look(desk: Browser, **wish: str) -> Browser:
    query = "&".join(f"{name}={value}" for name, value in (FREE | wish).items())
    return await desk.open(f"{AIRING}?{query}")


async def keep(desk: Browser, **fields: str) -> Browser:
    await desk.open(AIRING)
    return await desk.send(AIRING, **(FREE | {"seen": "1"} | fields))


async def test_a_move_is_shown_kept_and_published(desk: Browser, web_workplace: Workplace) -> None:
    before = airing(web_workplace).start
    await look(desk)
    assert "What follows" in desk.text
    assert "Balapan, Thu 29 Jan 11:00" in desk.text
    assert newest(web_workplace) == 1
    await desk.send(AIRING, **FREE, seen=desk.value("seen"))
    assert desk.path == f"{DESK}/changes?kept=1"
    assert "first runs moved" in desk.text
    assert (newest(web_workplace), in_force(web_workplace)) == (2, 1)
    kept = airing(web_workplace)
    assert (kept.start - before).total_seconds() == 105 * 60
    assert kept.sequence == 1
    await desk.open("/air/now/kk/1")
    assert ">11:00<" not in desk.text
    await desk.open(f"{DESK}/changes")
    seen = {name: desk.value(name) for name in ("seen", "in_force")}
    await desk.send(f"{DESK}/publish", **seen)
    assert "Published." in desk.text
    assert in_force(web_workplace) == 2
    await desk.open("/air/now/kk/1")
    assert ">11:00<" in desk.text
    assert acts(web_workplace) == [("efir", "move_airing"), ("efir", "publish_air")]


@one_database
async def test_what_breaks_a_promise_is_refused_and_nothing_is_kept(
    desk: Browser, web_workplace: Workplace
) -> None:
    await look(desk, day="0", at="11:00")
    assert 'role="alert"' in desk.text
    # Nobody at a broadcaster knows the ids of lessons and channels.
    assert "kk 1, 2026-01-26: 2 lessons of Mathematics on one day" in desk.text
    await look(desk, at="17:00")
    said = desk.text.partition('id="follows"')[2]
    assert "«kk 1, Mathematics" in said
    assert "on Balapan" in said
    assert "mathematics-2.kk" not in said
    assert "Keep this as a draft" not in desk.text
    await keep(desk, at="17:00")
    assert desk.status == 400
    assert "«kk 1, Mathematics" in desk.text
    await keep(desk, day="0", at="11:00")
    assert desk.status == 400
    assert newest(web_workplace) == 1
    assert acts(web_workplace) == []


@one_database
@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"at": "eleven"}, "is no time"),
        ({"at": "25:99"}, "25:99 is no time"),
        ({"at": "30:00"}, "30:00 is no time"),
        ({"at": "25:30"}, "outside the hours of the channel"),
        ({"at": "9:15"}, "It stands there already"),
        ({"at": "11:07"}, "full steps"),
        ({"channel": "nowhere"}, "There is no channel nowhere"),
        ({"day": "99"}, ""),
        ({"at": "14:00"}, ""),
    ],
)
async def test_a_place_that_is_none_is_refused_in_words(
    desk: Browser, wish: dict[str, str], said: str
) -> None:
    await look(desk, **wish)
    assert desk.status == 200
    assert 'role="alert"' in desk.text
    assert said in desk.text


@one_database
async def test_a_move_on_a_timetable_that_changed_meanwhile_is_refused(
    desk: Browser, web_workplace: Workplace
) -> None:
    await keep(desk)
    assert newest(web_workplace) == 2
    await keep(desk, at="11:15")
    assert desk.status == 400
    assert "while you looked at revision 1" in desk.text
    assert newest(web_workplace) == 2
    await keep(desk, at="11:15", seen="2")
    assert newest(web_workplace) == 3


async def test_who_published_meanwhile_is_not_overruled(
    desk: Browser, web_workplace: Workplace
) -> None:
    await keep(desk)
    await desk.open(f"{DESK}/changes")
    seen = {name: desk.value(name) for name in ("seen", "in_force")}
    with web_workplace.database.write() as connection:
        publish(connection, WEEK, 2, "somebody", NOW)
    await desk.send(f"{DESK}/publish", **seen)
    assert desk.status == 200
    assert acts(web_workplace) == [("efir", "move_airing")]
    with web_workplace.database.write() as connection:
        again = air_plan(air_problem())
        keep_draft(connection, WEEK, air_problem(), again, NOW, "somebody")
    await desk.open(f"{DESK}/changes")
    await desk.send(f"{DESK}/publish", **seen)
    assert desk.status == 400
    assert "while you looked at revision 2" in desk.text
    assert in_force(web_workplace) == 2


@one_database
async def test_another_broadcasters_channel_is_neither_seen_nor_changed(
    desk: Browser, web_workplace: Workplace
) -> None:
    await keep(desk)
    await desk.sign_out_and_in("arna")
    await desk.open(DESK)
    assert "El Arna" in desk.text
    assert "Balapan" not in desk.text
    for address in (AIRING, f"{AIRING}?channel=el-arna&day=3&at=11:00"):
        await desk.open(address)
        assert desk.status == 404
    await desk.open("/password")
    await desk.send(AIRING, **FREE, seen="2")
    assert desk.status == 404
    await desk.open("/password")
    await desk.send(f"{DESK}/publish", seen="2", in_force="1")
    assert desk.status == 400
    assert "for which you do not answer" in desk.text
    assert (newest(web_workplace), in_force(web_workplace)) == (2, 1)


@one_database
async def test_the_coordinator_looks_and_changes_nothing(
    desk: Browser, web_workplace: Workplace
) -> None:
    await desk.sign_out_and_in("aigul")
    await desk.open(AIRING)
    assert desk.status == 200
    assert "Move it" not in desk.text
    token = desk.value("csrf")
    for address in (AIRING, f"{DESK}/publish"):
        await desk.send(address, csrf=token, seen="1", in_force="1", **FREE)
        assert desk.status == 404
    await desk.open("/password")
    assert newest(web_workplace) == 1


@one_database
async def test_no_count_below_five_is_told(desk: Browser) -> None:
    await desk.open(f"{DESK}/airings/3-nature-1.kk-first")
    assert "1,100" in desk.text
    await desk.open(f"{DESK}/airings/3-nature-1.ru-first")
    assert "fewer than 5" in desk.text


@one_database
async def test_the_grid_tells_kinds_apart_in_words(desk: Browser) -> None:
    await desk.open(f"{DESK}?channel=balapan")
    for said in ("repeat", "make-up airing", "first run", "kk 1", "Mathematics"):
        assert said in desk.text
    assert desk.text.count("/airings/") == 15
    await desk.open(f"{DESK}?day=99&channel=nothing")
    assert desk.status == 200
    await desk.open(f"{DESK}?revision=99")
    assert desk.status == 400


@one_database
async def test_the_desk_leads_to_the_week_that_matters(desk: Browser) -> None:
    await desk.open("/")
    assert desk.path == DESK
    await desk.open("/air-desk?week=2026-W09")
    assert desk.status == 400
    assert "There is no timetable for week 2026-W09" in desk.text


@one_database
async def test_a_desk_without_a_timetable_says_so(
    visitor: Browser, web_workplace: Workplace
) -> None:
    with web_workplace.database.write() as connection:
        add_broadcaster(connection, "efir")
    await visitor.sign_in("efir")
    assert visitor.path == "/air-desk"
    assert "There is no timetable yet" in visitor.text


@one_database
async def test_files_are_those_of_the_timetable_in_force(
    desk: Browser, web_workplace: Workplace
) -> None:
    await desk.open(f"{DESK}/files")
    assert f"{DESK}/files/playlist" in desk.text
    assert "hold your channels" not in desk.text
    for name, kind in (("xmltv", "application/xml"), ("ffplayout", "application/zip")):
        answer = await desk.client.get(f"{DESK}/files/{name}")
        assert (answer.status, answer.content_type) == (200, kind)
        assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        days = archive.namelist()
    assert {one.split("/")[1] for one in days} == {"balapan.kz", "el-arna.kz", "shalqar.kz"}
    assert acts(web_workplace) == [("efir", "take_air_files")] * 2


@one_database
async def test_a_profile_that_was_mended_counts_at_the_next_download(
    desk: Browser, web_workplace: Workplace
) -> None:
    folder = web_workplace.settings.data / "profiles"
    folder.mkdir(parents=True)
    text = '[playlist]\n[[playlist.column]]\nname = "Клип"\nvalue = "title"\n'
    for said in ("Клип", "Ролик"):
        (folder / "own.toml").write_text(text.replace("Клип", said), "utf-8")
        answer = await desk.client.get(f"{DESK}/files/playlist")
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            table = archive.read("timetable-own.csv").decode("utf-8-sig")
        assert table.splitlines()[0] == said
    (folder / "own.toml").write_text(text.replace("value", "valeu"), "utf-8")
    await desk.open(f"{DESK}/files/playlist")
    assert desk.status == 400
    assert "The profile own says valeu = title" in desk.text
    await desk.open(f"{DESK}/files/xmltv")
    assert desk.status == 200


@one_database
async def test_a_playout_of_another_broadcaster_is_not_given_away(desk: Browser) -> None:
    await desk.sign_out_and_in("arna")
    answer = await desk.client.get(f"{DESK}/files/all")
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        files = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert {one.split("/")[1] for one in files if one.startswith("ff")} == {"el-arna.kz"}
    for name in ("timetable.xml", "timetable.csv", "timetable-telvue.csv", "timetable.jsonld"):
        assert "el-arna" in files[name], "its own"
        assert "balapan" not in files[name], "and none of others"
    assert {"pages/el-arna.kz.pdf", "pages/kk-1.pdf", "calendars/kk-1.ics"} <= set(files)
    assert "pages/balapan.kz.pdf" not in files
    await desk.open(f"{DESK}/files")
    assert "hold your channels alone: El Arna." in desk.text


@one_database
async def test_there_are_no_files_before_anything_is_published(
    visitor: Browser, web_workplace: Workplace
) -> None:
    with web_workplace.database.write() as connection:
        add_broadcaster(connection, "efir")
        problem = air_problem()
        add_air_lessons(connection, problem)
        keep_draft(connection, WEEK, problem, air_plan(problem), NOW)
    await visitor.sign_in("efir")
    await visitor.open(f"{DESK}/files")
    assert "Files are there when the timetable is published" in visitor.text
    await visitor.open(f"{DESK}/files/xmltv")
    assert visitor.status == 400
    await visitor.open(f"{DESK}/files/nothing")
    assert visitor.status == 404
    await visitor.open(f"{DESK}/changes")
    await visitor.send(f"{DESK}/drop", seen="1")
    assert "could go back to" in visitor.text
    await visitor.open(f"{DESK}/changes")
    await visitor.send(f"{DESK}/publish", seen="1", in_force="0")
    assert "Published." in visitor.text
    await visitor.open(f"{DESK}/files/xmltv")
    assert visitor.status == 200


@one_database
async def test_what_families_lose_is_told_in_numbers_and_no_empty_frame_is_drawn(
    desk: Browser,
) -> None:
    await desk.open(f"{DESK}/families")
    assert "of lessons are lost" in desk.text
    assert "<svg" not in desk.text
    assert "No lesson is lost in these homes." in desk.text
    assert "2 children" in desk.text
    await keep(desk)
    await desk.open(f"{DESK}/families")
    assert "No lesson is lost in these homes." in desk.text


@one_database
async def test_a_timetable_is_taken_over_by_the_own_channels_alone(
    desk: Browser, web_workplace: Workplace
) -> None:
    await desk.sign_out_and_in("arna")
    await desk.open(f"{DESK}/files")
    assert "not yet" in desk.text
    await desk.send(f"{DESK}/files", seen="7")
    assert desk.status == 400
    await desk.open(f"{DESK}/files")
    await desk.send(f"{DESK}/files", seen="1")
    assert "taken over" in desk.text
    with web_workplace.database.read() as connection:
        assert set(read_confirmations(connection, WEEK)) == {(1, "el-arna")}
    assert acts(web_workplace)[-1] == ("arna", "accept_air")


@one_database
async def test_a_draft_is_dropped_and_what_families_have_comes_back(
    desk: Browser, web_workplace: Workplace
) -> None:
    before = airing(web_workplace).start
    await keep(desk)
    await desk.sign_out_and_in("arna")
    await desk.open("/password")
    await desk.send(f"{DESK}/drop", seen="2")
    assert "for which you do not answer" in desk.text
    await desk.sign_out_and_in("efir")
    await desk.open(f"{DESK}/changes")
    await desk.send(f"{DESK}/drop", seen="1")
    assert "while you looked at revision 1" in desk.text
    await desk.open(f"{DESK}/changes")
    await desk.send(f"{DESK}/drop", seen="2")
    assert "Dropped." in desk.text
    assert "families have this timetable" in desk.text
    assert "Publish revision" not in desk.text
    assert (newest(web_workplace), in_force(web_workplace)) == (3, 1)
    assert airing(web_workplace).start == before
    await keep(desk, seen="3")
    await desk.open(f"{DESK}/changes")
    await desk.send(f"{DESK}/publish", seen="4", in_force="1")
    assert in_force(web_workplace) == 4
