"""The scan desk: scans are brought, what no mark told is decided by a person, and undone."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import FormData
from PIL import Image, ImageDraw
from sqlalchemy import select

from jetkiz.codes import Corner, grouped
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.staff.audit import Act, read_entries
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages import scan_uploads
from print_packs.issuer import read_issuer
from print_packs.scans.intake import KEPT, ScanIntake, WatchedFolder, forget_old, spool, work_off
from print_packs.scans.return_scans import open_reader
from print_packs.scans.scan_files import FileState, ScanFile, read_files
from print_packs.tables import scan_file, scan_page, sheet
from tests.console import Browser, Hands, add_staff, open_browser
from tests.print_school import NOW
from tests.scan_desk import PrintedSchool, as_bytes, half_size, scan
from tests.waiting import until


@pytest.fixture
def staffed(scan_desk: Workplace, printed_school: PrintedSchool) -> Workplace:
    with scan_desk.database.write() as connection:
        add_staff(connection, printed_school.people)
    return scan_desk


@pytest.fixture
async def desk(staffed: Workplace) -> AsyncIterator[Browser]:
    async with open_browser(staffed, Hands(NOW)) as browser:
        await browser.sign_in("aigul")
        await browser.open("/paper/scans")
        yield browser


def without_codes(picture: Image.Image) -> Image.Image:
    """A sheet whose three corners were torn off."""
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    for box in ((1360, 0, 1654, 320), (0, 2020, 300, 2339), (1360, 2020, 1654, 2339)):
        pen.rectangle(box, fill=70)
    return copy


def files_of(workplace: Workplace) -> list[ScanFile]:
    with workplace.database.read() as connection:
        return read_files(connection, scan_file.c.id > 0)


def bring(workplace: Workplace, **files: bytes) -> None:
    """Scan files whose pages belong to the school, as if its coordinator had uploaded them."""
    scan(workplace, **files)
    with workplace.database.write() as connection:
        connection.execute(scan_page.update().values(school_id=1))


def page_of(workplace: Workplace, result: str) -> int:
    with workplace.database.read() as connection:
        return int(
            connection.scalars(select(scan_page.c.id).where(scan_page.c.result == result)).one()
        )


async def upload(browser: Browser, token: str, **files: bytes) -> int:
    form = FormData()
    form.add_field("csrf", token)
    for name, content in files.items():
        form.add_field("files", content, filename=name.replace("__", "."))
    answer = await browser.client.post("/paper/scans/upload", data=form)
    browser.text = await answer.text()
    return answer.status


async def read_whole(workplace: Workplace, count: int) -> list[ScanFile]:
    ended = (FileState.DONE, FileState.REFUSED)
    await until(lambda: sum(one.state in ended for one in files_of(workplace)) == count)
    await until(lambda: not any(spool(workplace).iterdir()))
    return files_of(workplace)


async def test_scans_are_brought_read_and_shown(
    desk: Browser, staffed: Workplace, printed_school: PrintedSchool
) -> None:
    first, *rest = (half_size(one) for one in printed_school.sheets)
    pile = as_bytes(first, "PDF", save_all=True, append_images=rest, quality=60)

    assert await upload(desk, desk.value("csrf"), pile__pdf=pile, cat__docx=b"a letter") == 200

    refused, done = await read_whole(staffed, 2)
    assert (done.name, done.pages, done.done, done.by) == ("pile.pdf", 6, 6, "aigul")
    assert refused.state == FileState.REFUSED
    assert staffed.files.get(done.stored) == pile
    await desk.open("/paper/scans")
    assert "6 of 6 pages" in desk.text
    assert "it is no picture" in desk.text
    assert "No page waits." in desk.text
    with staffed.database.read() as connection:
        works = read_returns(connection, students=[printed_school.people.alice])
    assert [one.state for one in works] == [ReturnState.HANDED_IN] * 3
    await desk.sign_out_and_in("outsider")
    await desk.open("/paper/scans")
    assert "pile.pdf" not in desk.text


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_an_upload_that_no_page_of_ours_sent_is_not_even_read(
    desk: Browser, staffed: Workplace, token: str
) -> None:
    assert await upload(desk, token, a__pdf=b"x" * 500_000) == 403
    assert files_of(staffed) == []
    assert not spool(staffed).exists()


async def test_an_upload_without_the_token_in_front_is_refused(
    desk: Browser, staffed: Workplace
) -> None:
    form = FormData()
    form.add_field("files", b"x", filename="a.pdf")
    form.add_field("csrf", desk.value("csrf"))

    answer = await desk.client.post("/paper/scans/upload", data=form)

    assert answer.status == 403
    assert files_of(staffed) == []


async def test_an_upload_that_is_too_large_leaves_nothing(
    desk: Browser, staffed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_uploads, "LARGEST_UPLOAD", 1_000)

    assert await upload(desk, desk.value("csrf"), a__pdf=b"x" * 5_000) == 400
    assert "larger than" in desk.text
    assert list(spool(staffed).iterdir()) == []


async def test_a_teacher_may_bring_nothing(desk: Browser, staffed: Workplace) -> None:
    await desk.sign_out_and_in("tamara")
    token = desk.value("csrf")

    assert await upload(desk, token, a__pdf=b"x") == 404
    assert files_of(staffed) == []


async def test_a_page_without_marks_is_filed_by_its_typed_code_and_taken_back(
    desk: Browser, staffed: Workplace, printed_school: PrintedSchool
) -> None:
    torn = without_codes(printed_school.sheets[0])
    bring(staffed, torn__jpg=as_bytes(torn), good__jpg=as_bytes(printed_school.sheets[1]))
    number = page_of(staffed, "unreadable")
    await desk.open(f"/paper/scans/{number}")
    assert "no mark could be read" in desk.text
    with staffed.database.read() as connection:
        serial = connection.scalars(select(sheet.c.serial).order_by(sheet.c.id)).first()
    code = read_issuer(staffed.settings.data / "keys").codes(int(serial or 0))[Corner.TOP_RIGHT]

    await desk.send("/paper/scans", page=str(number), act="code", code="AAAA BBBB CCCC DDDD")
    assert "No sheet has this code." in desk.text
    await desk.open("/paper/scans")
    await desk.send("/paper/scans", page=str(number), act="code", code=grouped(code).lower())

    assert "The page is filed." in desk.text
    with staffed.database.read() as connection:
        (work,) = read_returns(connection, students=[printed_school.people.alice])
        assert Act.FILE_PAGE in {one.act for one in read_entries(connection, None, 9)}
    assert (work.state, [page.number for page in work.pages]) == (ReturnState.HANDED_IN, [1, 2])
    assert staffed.files.get(work.pages[0].sha256) == as_bytes(torn)

    await desk.send("/paper/scans", page=str(number), act="undo")
    assert "the page waits again" in desk.text
    with staffed.database.read() as connection:
        (work,) = read_returns(connection, students=[printed_school.people.alice])
    assert [page.number for page in work.pages] == [2]
    assert page_of(staffed, "unreadable") == number
    picture = await desk.client.get(f"/paper/scans/{number}/small")
    with Image.open(io.BytesIO(await picture.read())) as small:
        assert max(small.size) == 200


async def test_what_its_neighbours_miss_is_suggested_and_filed_at_a_press(
    desk: Browser, staffed: Workplace, printed_school: PrintedSchool
) -> None:
    sheets = [half_size(one) for one in printed_school.sheets]
    pages = [sheets[2], half_size(without_codes(printed_school.sheets[3])), sheets[4]]
    pile = as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:], quality=60)
    bring(staffed, pile__pdf=pile)
    number = page_of(staffed, "unreadable")

    await desk.open(f"/paper/scans/{number}")
    assert "It may be one of these" in desk.text
    chosen = desk.value("sheet")
    await desk.send("/paper/scans", page=str(number), act="sheet", sheet=chosen)

    with staffed.database.read() as connection:
        works = read_returns(connection, students=[printed_school.people.alice])
    second = [one for one in works if one.lesson == printed_school.people.lessons[1]]
    assert [page.number for page in second[0].pages] == [1, 2]


async def test_a_cat_is_put_aside_and_can_be_taken_back(desk: Browser, staffed: Workplace) -> None:
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)
    bring(staffed, cat__png=as_bytes(cat, "PNG"))
    number = page_of(staffed, "unreadable")

    await desk.open(f"/paper/scans/{number}")
    await desk.send("/paper/scans", page=str(number), act="aside")
    assert page_of(staffed, "not_ours") == number
    await desk.send("/paper/scans", page=str(number), act="undo")
    assert page_of(staffed, "unreadable") == number


async def test_nothing_is_decided_about_pages_of_another_school(
    desk: Browser, staffed: Workplace
) -> None:
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)
    bring(staffed, cat__png=as_bytes(cat, "PNG"))
    number = page_of(staffed, "unreadable")
    await desk.sign_out_and_in("outsider")

    await desk.send("/paper/scans", page=str(number), act="aside")

    assert page_of(staffed, "unreadable") == number
    assert (await desk.open(f"/paper/scans/{number}")).status == 404


async def test_a_class_is_chosen_and_then_the_sheet(
    desk: Browser, staffed: Workplace, printed_school: PrintedSchool
) -> None:
    bring(staffed, torn__jpg=as_bytes(without_codes(printed_school.sheets[0])))
    number = page_of(staffed, "unreadable")
    await desk.open(f"/paper/scans/{number}?room=1")

    assert desk.text.count("<option") == 6
    chosen = desk.text.split('<option value="')[1].split('"')[0]
    await desk.send("/paper/scans", page=str(number), act="sheet", sheet=chosen)

    assert "The page is filed." in desk.text
    assert (await desk.open(f"/paper/scans/{number}?room=x")).status == 200


def test_a_scanner_writes_into_a_folder_and_the_file_is_taken_when_it_is_whole(
    staffed: Workplace, printed_school: PrintedSchool, tmp_path: Path
) -> None:
    folder = tmp_path / "scanner"
    folder.mkdir()
    watched = WatchedFolder(staffed, folder)
    place = folder / "scan0001.jpg"
    whole = as_bytes(printed_school.sheets[0])
    (folder / "next.pdf.part").write_bytes(b"half")
    (folder / "notes").mkdir()
    (folder / "notes" / "letter.pdf").write_bytes(b"somebody's")
    place.write_bytes(whole[:1000])
    assert watched.take() == 0
    place.write_bytes(whole)
    assert watched.take() == 0

    assert watched.take() == 1
    assert not place.exists()
    assert (folder / "done" / "scan0001.jpg").read_bytes() == whole
    assert (folder / "notes" / "letter.pdf").exists()
    assert work_off(staffed, open_reader(staffed)) == 1
    place.write_bytes(whole)
    assert [watched.take(), watched.take(), watched.take()] == [0, 1, 0]
    assert (folder / "done" / "scan0001 (2).jpg").exists()
    assert work_off(staffed, open_reader(staffed)) == 1
    with staffed.database.read() as connection:
        (work,) = read_returns(connection)
    assert len(work.pages) == 1


def test_what_a_kill_broke_off_is_read_again(
    staffed: Workplace, printed_school: PrintedSchool, tmp_path: Path
) -> None:
    """Copied and written down, half read, then the power went."""
    place = tmp_path / "a.jpg"
    place.write_bytes(as_bytes(printed_school.sheets[0]))
    watched = WatchedFolder(staffed, tmp_path)
    watched.take()
    watched.take()
    with staffed.database.write() as connection:
        connection.execute(scan_file.update().values(state="reading", done=3))

    intake = ScanIntake(
        replace(staffed, settings=replace(staffed.settings, scan_folder=str(tmp_path)))
    )
    intake._round()

    [file] = files_of(staffed)
    assert (file.state, file.done) == (FileState.DONE, 1)
    with staffed.database.read() as connection:
        assert len(read_returns(connection)) == 1


def test_a_waiting_file_that_is_gone_is_a_sentence(staffed: Workplace, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    watched = WatchedFolder(staffed, tmp_path)
    watched.take()
    watched.take()
    shutil.rmtree(spool(staffed))

    work_off(staffed, open_reader(staffed))

    [file] = files_of(staffed)
    assert "is gone" in str(file.refusal)


def test_uploads_and_what_was_put_aside_are_let_go_after_a_while(
    staffed: Workplace, printed_school: PrintedSchool
) -> None:
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)
    bring(staffed, cat__png=as_bytes(cat, "PNG"))
    with staffed.database.write() as connection:
        forget_old(connection, NOW + 2 * KEPT)
    number = page_of(staffed, "unreadable")
    with staffed.database.write() as connection:
        stored = connection.scalars(select(scan_page.c.stored)).one()
        assert stored
        connection.execute(scan_page.update().values(result="not_ours", decided_at=NOW))
        forget_old(connection, NOW + KEPT)
        assert connection.scalars(select(scan_page.c.stored)).one() == ""
    assert number
    assert asyncio.iscoroutinefunction(until)
    assert printed_school.sheets


async def test_one_goes_on_to_the_next_page_and_is_told_when_somebody_was_quicker(
    desk: Browser, staffed: Workplace
) -> None:
    for seed in (60, 61):
        cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), seed)
        bring(staffed, **{f"cat{seed}__png": as_bytes(cat, "PNG")})
    with staffed.database.read() as connection:
        first, second = connection.scalars(select(scan_page.c.id).order_by("id"))

    await desk.open(f"/paper/scans/{first}")
    await desk.send("/paper/scans", page=str(first), act="aside")
    assert "cat61.png, page 1" in desk.text
    assert "can be taken back" in desk.text
    await desk.send("/paper/scans", page=str(second), act="sheet", sheet="999")
    assert "Choose another one" in desk.text
    await desk.send("/paper/scans", page=str(first), act="aside")
    assert "already" in desk.text
    await desk.send("/paper/scans", page=str(second), act="undo")
    assert "already" in desk.text


async def test_files_beyond_the_most_are_counted_and_those_before_a_large_one_are_read(
    desk: Browser, staffed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_uploads, "_MOST_FILES", 2)
    names = {f"p{n}__jpg": b"x%d" % n for n in range(5)}
    assert await upload(desk, desk.value("csrf"), **names) == 200
    assert "3 did not come in" in desk.text
    await read_whole(staffed, 2)
    monkeypatch.setattr(scan_uploads, "LARGEST_UPLOAD", 1_000)

    assert await upload(desk, desk.value("csrf"), good__jpg=b"y", big__jpg=b"z" * 5_000) == 400

    await read_whole(staffed, 3)
