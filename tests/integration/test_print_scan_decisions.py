"""Decisions about scanned pages: nobody sees another school's children, nothing is lost by undo."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from jetkiz.demo.handwriting import answer_sheets, phone_photo
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.homework.tables import return_page
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.scans.deciding import (
    Waiting,
    assign,
    find_page,
    find_sheet,
    hold_page,
    missing_sheets,
    put_aside,
    read_queue,
    suggestions,
    undo,
)
from print_packs.scans.filing import Filing, Ready
from print_packs.scans.page_reader import ReadPage
from print_packs.scans.return_scans import open_reader
from print_packs.scans.scan_files import FOLDER, Brought, FileState, register
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import filed_sheet, scan_page, sheet
from tests.factories import WEEK
from tests.print_school import NOW, printed, workplace_in
from tests.scan_desk import PrintedSchool, as_bytes, half_size, results, scan


def cat() -> bytes:
    return as_bytes(Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60), "PNG")


def given_to(workplace: Workplace, school: int) -> Waiting:
    """The one page that waits, as if this school had brought it."""
    c = scan_page.c
    with workplace.database.write() as connection:
        waits = c.result == ScanResult.UNREADABLE.value
        connection.execute(scan_page.update().where(waits).values(school_id=school))
        (page,) = read_queue(connection, school)
    return page


def filed_by_hand(workplace: Workplace, page: Waiting, place: int = 0) -> int:
    """File a page to the sheet that stands at a place of those that are missing."""
    with workplace.database.write() as connection:
        number = missing_sheets(connection, school=1)[place].id
        one = find_sheet(connection, number, 1)
        assert one is not None
        assert assign(connection, page, one, "aigul", NOW) == ScanResult.FILED
    return number


def taken_back(workplace: Workplace, number: int) -> None:
    with workplace.database.write() as connection:
        page = find_page(connection, 1, number)
        assert page is not None
        assert undo(connection, page) is not None


def test_nobody_is_shown_what_children_of_another_school_owe(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    """In a pile of school 2 lies a sheet of school 1, and beside it a page that nothing tells."""
    known = half_size(printed_school.sheets[2])
    unknown = Image.effect_mandelbrot(known.size, (-2, -1.5, 1, 1.5), 60)
    scan(
        scan_desk,
        pile__pdf=as_bytes(known, "PDF", save_all=True, append_images=[unknown], quality=70),
    )

    for school, is_own in ((2, False), (1, True)):
        page = given_to(scan_desk, school)
        with scan_desk.database.read() as connection:
            assert bool(suggestions(connection, page)) == is_own


def test_the_sheet_that_came_meanwhile_takes_the_place_of_a_wrong_one(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    """A wrong page was filed by hand; the true sheet was scanned; then the mistake is undone."""
    people = printed_school.people
    true = as_bytes(printed_school.sheets[0])
    scan(scan_desk, cat__png=cat())
    wrong = given_to(scan_desk, 1)
    filed_by_hand(scan_desk, wrong)
    assert results(scan(scan_desk, true__jpg=true)) == [ScanResult.DUPLICATE]

    taken_back(scan_desk, wrong.id)

    with scan_desk.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
        counted = connection.scalar(select(func.count()).select_from(filed_sheet))
        page = find_page(connection, 1, wrong.id)
    assert [scan_desk.files.get(one.sha256) for one in work.pages] == [true]
    assert counted == 1
    assert page is not None
    assert (page.result, scan_desk.files.get(page.stored)) == (ScanResult.UNREADABLE, cat())
    second = as_bytes(printed_school.sheets[1])
    assert scan(scan_desk, second__jpg=second).handed_in == ((people.alice, people.lessons[0]),)


def test_without_another_picture_the_sheet_is_missing_again(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    scan(scan_desk, cat__png=cat())
    wrong = given_to(scan_desk, 1)
    number = filed_by_hand(scan_desk, wrong)

    taken_back(scan_desk, wrong.id)

    with scan_desk.database.read() as connection:
        assert number in {one.id for one in missing_sheets(connection, school=1)}
        (work,) = read_returns(connection, students=[printed_school.people.alice])
    assert (work.state, work.pages) == (ReturnState.DRAFT, ())


def test_of_two_desks_one_decides(database: Database, tmp_path: Path) -> None:
    """Both have the page before them, and each chooses another sheet for it."""
    workplace = workplace_in(tmp_path, database)
    printed(workplace, pages=2)
    scan(workplace, cat__png=cat())
    page = given_to(workplace, 1)
    with workplace.database.read() as connection:
        sheets = [one.id for one in missing_sheets(connection, school=1)]
    both, found = threading.Barrier(2), []

    def decide(number: int) -> Callable[[], None]:
        def work() -> None:
            both.wait(20)
            with workplace.database.write() as connection:
                held = hold_page(connection, 1, page.id)
                one = find_sheet(connection, number, 1)
                assert held is not None
                assert one is not None
                found.append((held.result, assign(connection, held, one, "desk", NOW)))

        return work

    desks = [threading.Thread(target=decide(number)) for number in sheets[:2]]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(20)

    filed, waits = ScanResult.FILED, ScanResult.UNREADABLE
    assert sorted(found) == sorted([(waits, filed), (filed, filed)])
    with workplace.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(filed_sheet)) == 1


def test_of_two_scanners_with_one_page_the_second_finds_it_filed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked, and nobody knew the page; then both want to file it."""
    workplace = workplace_in(tmp_path, database)
    printed(workplace, pages=2)
    first, *_ = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")
    photo = tmp_path / "a.jpg"
    photo.write_bytes(phone_photo(first, "a"))
    both = threading.Barrier(2)
    found: list[ScanResult] = []
    ready = Filing.ready

    def together(self: Filing, page: ReadPage, seen: str) -> Ready:
        both.wait(20)
        return ready(self, page, seen)

    monkeypatch.setattr(Filing, "ready", together)
    reader = open_reader(workplace)
    page = reader.read(photo, 1)

    def work() -> None:
        filing = Filing(workplace, reader, photo, "a.jpg", file.id, 1, NOW)
        found.append(filing.page(page)[0].result)

    with workplace.database.write() as connection:
        file = register(connection, Brought("k", "a.jpg", FOLDER), NOW, FileState.READING)
    scanners = [threading.Thread(target=work) for _ in range(2)]
    for one in scanners:
        one.start()
    for one in scanners:
        one.join(20)

    assert sorted(found) == [ScanResult.DUPLICATE, ScanResult.FILED]
    with workplace.database.read() as connection:
        assert connection.scalars(select(scan_page.c.result)).all() == [ScanResult.FILED.value]


def test_a_sheet_that_waits_is_filed_when_it_is_scanned_after_the_keys_came_back(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    keys = scan_desk.settings.data / "keys" / "sheet_codes.json"
    own = keys.read_text()
    keys.write_text(json.dumps(json.loads(own) | {"issuer": json.loads(own)["issuer"] % 100 + 1}))
    page = as_bytes(printed_school.sheets[0])
    assert results(scan(scan_desk, a__jpg=page)) == [ScanResult.OTHER_ISSUER]
    keys.write_text(own)

    assert results(scan(scan_desk, a__jpg=page)) == [ScanResult.FILED]

    with scan_desk.database.read() as connection:
        assert connection.scalars(select(scan_page.c.stored)).all() == [""]
        (work,) = read_returns(connection, students=[printed_school.people.alice])
    assert len(work.pages) == 1
    assert results(scan(scan_desk, a__jpg=page)) == [ScanResult.DUPLICATE]


def test_what_a_person_put_aside_is_not_taken_out_again(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    page = as_bytes(printed_school.sheets[0])
    with scan_desk.database.write() as connection:
        connection.execute(update(sheet).values(is_revoked=True))
    assert results(scan(scan_desk, a__jpg=page)) == [ScanResult.REVOKED]
    with scan_desk.database.write() as connection:
        connection.execute(scan_page.update().values(school_id=1))
        (waits,) = read_queue(connection, 1)
        put_aside(connection, waits, "aigul", NOW)
        connection.execute(update(sheet).values(is_revoked=False))

    assert results(scan(scan_desk, a__jpg=page)) == [ScanResult.NOT_OURS]


def test_a_scan_takes_the_place_of_a_page_that_a_person_filed(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    """No mark was read of that one; this one proves whose it is. Both are kept."""
    true = as_bytes(printed_school.sheets[0])
    scan(scan_desk, cat__png=cat())
    filed_by_hand(scan_desk, given_to(scan_desk, 1))
    scan(scan_desk, true__jpg=true)

    with scan_desk.database.read() as connection:
        (work,) = read_returns(connection, students=[printed_school.people.alice])
        kept = connection.scalar(select(func.count()).select_from(return_page))
    assert [scan_desk.files.get(one.sha256) for one in work.pages] == [true]
    assert kept == 2
