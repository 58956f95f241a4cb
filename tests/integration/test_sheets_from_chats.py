"""What photos and PDFs of printed sheets from a chat become: filed, waiting, or a new version."""

import pytest
from PIL import Image
from sqlalchemy import select, update

from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import AGAIN, HomeworkReturn, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.homework.sheets_in_chats import Sending, SheetsCame, Unfiled, load_paper_desk
from jetkiz.limited_process import TooCostlyError
from jetkiz.storage.workplace import Workplace
from print_packs.scans import chat_sheets
from print_packs.scans.chat_sheets import ChatSheets
from print_packs.scans.deciding import find_page, read_queue, suggestions
from print_packs.scans.page_reader import PageReader, scan_process
from print_packs.scans.scan_files import CHAT, read_files, read_recent
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import scan_file, scan_page, sheet
from tests.print_school import NOW
from tests.scan_desk import PrintedSchool, as_bytes, half_size, scan


@pytest.fixture(scope="module")
def small(printed_school: PrintedSchool) -> list[Image.Image]:
    """Alice's sheets, as small as a messenger makes them."""
    return [half_size(one) for one in printed_school.sheets]


@pytest.fixture
def alice(printed_school: PrintedSchool) -> int:
    return printed_school.people.alice


def comes(
    workplace: Workplace, content: bytes, *students: int, key: str = "k", note: str = ""
) -> SheetsCame | None:
    """Let a file come from a chat of these students' home; None when it shows no sheet."""
    found = ChatSheets(workplace, scan_process()).look(content)
    if found is None:
        return None
    sending = Sending(key, frozenset(students), note, workplace.files.put_sealed(content))
    with workplace.database.write() as connection:
        return found.file(connection, sending, NOW)


def work_of(workplace: Workplace, student: int) -> HomeworkReturn:
    with workplace.database.read() as connection:
        [work] = read_returns(connection, students=[student])
    return work


def test_two_sheets_in_one_photo_are_two_pages_and_the_words_go_along(
    scan_desk: Workplace, small: list[Image.Image], alice: int
) -> None:
    both = Image.new("L", (small[0].width * 2 + 20, small[0].height), 120)
    both.paste(small[0], (0, 0))
    both.paste(small[1], (small[0].width + 20, 0))
    came = comes(scan_desk, as_bytes(both), alice, note="for Mrs Omarova")
    assert came
    assert [(one.there, one.missing) for one in came.works] == [((1, 2), ())]
    work = work_of(scan_desk, alice)
    assert work.state == ReturnState.HANDED_IN
    assert {page.note for page in work.pages} == {"for Mrs Omarova"}
    shapes = {scan_desk.files.get(page.sha256)[:2] for page in work.pages}
    assert shapes == {b"\xff\xd8"}


def test_of_a_pdf_the_sheets_are_filed_and_what_shows_no_mark_waits(
    scan_desk: Workplace, small: list[Image.Image], alice: int, printed_school: PrintedSchool
) -> None:
    exercise = Image.effect_mandelbrot(small[0].size, (-2, -1.5, 1, 1.5), 60)
    blank = Image.new("L", small[0].size, 255)
    pages = [small[0], blank, exercise]
    pdf = as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:], quality=60)
    came = comes(scan_desk, pdf, alice)
    assert came
    assert [(one.there, one.missing) for one in came.works] == [((1,), (2,))]
    assert came.unread == 1
    with scan_desk.database.read() as connection:
        [waits] = read_queue(connection, printed_school.people.school)
        [file] = read_files(connection, scan_file.c.brought_by == CHAT)
        assert not read_recent(connection, printed_school.people.school, 9), "those are many"
    assert (waits.result, waits.place, waits.source) == (ScanResult.UNREADABLE, 3, "Telegram")
    assert (file.pages, file.stored != "") == (2, True)
    again = comes(scan_desk, pdf, alice, key="again")
    assert again
    assert again.was_known
    with scan_desk.database.read() as connection:
        assert len(read_queue(connection, printed_school.people.school)) == 1


@pytest.mark.parametrize(
    ("change", "why", "result"),
    [
        ({"is_revoked": True}, Unfiled.VOID, ScanResult.REVOKED),
        ({"serial": sheet.c.serial + 1_000_000}, Unfiled.UNKNOWN, ScanResult.UNKNOWN_SERIAL),
    ],
)
def test_an_old_or_unknown_sheet_waits_and_is_said(
    scan_desk: Workplace,
    small: list[Image.Image],
    printed_school: PrintedSchool,
    change: dict[str, object],
    why: Unfiled,
    result: ScanResult,
) -> None:
    with scan_desk.database.write() as connection:
        connection.execute(update(sheet).values(change))
    people = printed_school.people
    came = comes(scan_desk, as_bytes(small[0]), people.alice)
    assert came == SheetsCame(was_known=True, unfiled=frozenset({why}))
    with scan_desk.database.read() as connection:
        [waits] = read_queue(connection, people.school)
        assert not read_returns(connection, students=[people.alice])
    assert waits.result == result
    assert scan_desk.files.has(waits.stored)


def test_a_neighbours_photo_waits_with_its_sheet_as_first_suggestion(
    scan_desk: Workplace, small: list[Image.Image], printed_school: PrintedSchool
) -> None:
    people = printed_school.people
    came = comes(scan_desk, as_bytes(small[3]), people.charlie)
    assert came
    assert came.unfiled == {Unfiled.OTHER_HOME}
    assert not came.works
    with scan_desk.database.read() as connection:
        assert not read_queue(connection, people.other_school), "it is no matter of that school"
        [waits] = read_queue(connection, people.school)
        first = suggestions(connection, waits)[0]
        assert find_page(connection, people.other_school, waits.id) is None
    assert (first.student, first.lesson, first.page) == (people.alice, people.lessons[1], 2)


def test_the_own_sheet_beside_a_strangers_is_filed_alone(
    scan_desk: Workplace, small: list[Image.Image], printed_school: PrintedSchool
) -> None:
    people = printed_school.people
    with scan_desk.database.write() as connection:
        of_bob = update(sheet).where(sheet.c.lesson_id == people.lessons[2])
        connection.execute(of_bob.values(student_id=people.bob))
    both = Image.new("L", (small[0].width * 2 + 20, small[0].height), 120)
    both.paste(small[0], (0, 0))
    both.paste(small[5], (small[0].width + 20, 0))
    came = comes(scan_desk, as_bytes(both), people.alice)
    assert came
    assert [(one.student, one.there) for one in came.works] == [(people.alice, (1,))]
    assert came.unfiled == {Unfiled.OTHER_HOME}
    with scan_desk.database.read() as connection:
        assert not read_returns(connection, students=[people.bob])


def test_a_later_photo_takes_the_place_of_an_earlier_one_and_paper_that_of_both(
    scan_desk: Workplace, small: list[Image.Image], alice: int
) -> None:
    written = small[0].copy()
    written.paste(60, (300, 900, 800, 930))
    shown = []
    for number, picture in enumerate((small[0], written)):
        came = comes(scan_desk, as_bytes(picture), alice, key=f"k{number}")
        assert came
        assert not came.was_known
        shown.append([page.sha256 for page in work_of(scan_desk, alice).pages])
    assert shown[0] != shown[1]
    scan(scan_desk, paper__jpg=as_bytes(half_size(small[0])))
    shown.append([page.sha256 for page in work_of(scan_desk, alice).pages])
    assert shown[1] != shown[2]
    late = small[0].copy()
    late.paste(200, (300, 900, 800, 930))
    comes(scan_desk, as_bytes(late), alice, key="late")
    shown.append([page.sha256 for page in work_of(scan_desk, alice).pages])
    assert shown[3] == shown[2], "what lies at school is the work as it ended"
    assert [len(one) for one in shown] == [1, 1, 1, 1]


def test_after_the_mark_a_photo_of_the_sheet_is_work_for_a_new_version(
    scan_desk: Workplace, small: list[Image.Image], alice: int
) -> None:
    for number in (0, 1):
        comes(scan_desk, as_bytes(small[number]), alice, key=f"k{number}")
    work = work_of(scan_desk, alice)
    with scan_desk.database.write() as connection:
        give_feedback(connection, Marking(work.id, AGAIN, "Once more", "teacher", "m1"), NOW)
    better = small[0].copy()
    better.paste(60, (300, 900, 800, 930))
    came = comes(scan_desk, as_bytes(better), alice, key="again")
    assert came
    assert came.marked == ((alice, work.lesson),)
    assert not came.works
    assert work_of(scan_desk, alice).pages == work.pages


def test_what_is_no_sheet_or_cannot_be_read_is_left_to_the_chat(
    scan_desk: Workplace, small: list[Image.Image], alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cat = Image.effect_mandelbrot((320, 450), (-2, -1.5, 1, 1.5), 60)
    book = as_bytes(cat, "PDF", save_all=True, append_images=[cat] * 5)
    for content in (
        as_bytes(cat),
        book,
        b"%PDF-1.7 nothing",
        b"no picture",
        as_bytes(small[0])[:900],
    ):
        assert comes(scan_desk, content, alice) is None
    [keys] = (scan_desk.settings.data / "keys").glob("sheet_codes.json")
    away = keys.rename(keys.with_suffix(".away"))
    assert comes(scan_desk, as_bytes(small[0]), alice) is None
    away.rename(keys)

    def too_costly(*_given: object, **_more: object) -> bytes:
        raise TooCostlyError

    monkeypatch.setattr(PageReader, "read", too_costly)
    assert comes(scan_desk, as_bytes(small[0]), alice) is None
    with scan_desk.database.read() as connection:
        assert not connection.scalars(select(scan_page.c.id)).all()


def test_a_school_without_paper_reads_no_photo(
    scan_desk: Workplace, small: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_sheets, "has_sheets", lambda _connection: False)
    monkeypatch.setattr(PageReader, "read", None)
    assert ChatSheets(scan_desk).look(as_bytes(small[0])) is None


def test_where_nothing_is_installed_to_read_codes_photos_are_homework(
    scan_desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(load_paper_desk(scan_desk), ChatSheets)
    monkeypatch.setattr("jetkiz.homework.sheets_in_chats.PAPER_DESK", "no_such_package.x:Y")
    assert load_paper_desk(scan_desk) is None
