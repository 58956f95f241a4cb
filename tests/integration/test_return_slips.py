"""The page on top of what comes back, and the one that stays at home, wait for nobody."""

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from jetkiz.codes import Corner, SheetCode, encode
from jetkiz.demo.handwriting import printed_page
from jetkiz.errors import JetkizError
from jetkiz.homework.returns import read_returns
from jetkiz.roster.link_codes import set_link_address
from jetkiz.storage.workplace import Workplace
from print_packs.issuer import read_issuer
from print_packs.model import AnswerSheet, ChildPart, HomeCode, Pack
from print_packs.page_plan import PageKind, plan_pages
from print_packs.records import read_sheets
from print_packs.runs.run_pdf import draw_run
from print_packs.scans.chat_sheets import ChatSheets
from print_packs.scans.deciding import read_queue, typed_sheet
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import filed_sheet, scan_page
from tests.factories import WEEK
from tests.print_school import a_lesson, a_pack
from tests.scan_desk import PrintedSchool, as_bytes, half_size, laid_aside, results, scan

GUIDE = 1
BOT = "https://t.me/AulBot"


def nothing_waits(desk: Workplace, school: PrintedSchool) -> bool:
    with desk.database.read() as connection:
        return not read_queue(connection, school.people.school) and not laid_aside(desk)


def page_of(pack: Pack, page: int, codes: Callable[[int], dict[Corner, str]]) -> Image.Image:
    return printed_page(draw_run([pack], {}, codes).pdf, page).convert("L")


def slip_of(pack: Pack, codes: Callable[[int], dict[Corner, str]]) -> Image.Image:
    kinds = [one.kind for one in plan_pages(pack, {})]
    return page_of(pack, kinds.index(PageKind.SLIP), codes)


def small_pack(link: str = f"{BOT}?start=k1_0123456789012345678901") -> Pack:
    lesson = a_lesson()
    code = HomeCode(link, "ABCD-EFGH-J", "t.me/AulBot")
    sheets = (AnswerSheet(77, lesson, 1, 1),)
    return a_pack(ChildPart(1, "Айша", "2А", 2, "kk", False, (), (), sheets, code=code))


@pytest.fixture
def slip(scan_desk: Workplace) -> Image.Image:
    """The last page of Alice's pack but its empty back."""
    file = scan_desk.settings.data / "packs" / WEEK / "run-1" / "h1.pdf"
    with pypdfium2.PdfDocument(file) as document:
        last = len(document) - 1
    return printed_page(file, last - 1).convert("L")


def test_a_slip_ends_quietly_and_files_no_sheet_also_when_it_is_scanned_again(
    scan_desk: Workplace, printed_school: PrintedSchool, slip: Image.Image
) -> None:
    content = as_bytes(half_size(slip))

    assert results(scan(scan_desk, a__jpg=content)) == [ScanResult.SLIP]
    assert results(scan(scan_desk, b__jpg=content)) == [ScanResult.SLIP]

    turned = as_bytes(slip.rotate(180))
    assert results(scan(scan_desk, c__jpg=turned)) == [ScanResult.SLIP]
    assert nothing_waits(scan_desk, printed_school)
    with scan_desk.database.read() as connection:
        assert read_returns(connection, students=[printed_school.people.alice]) == []
        assert connection.scalars(select(filed_sheet.c.sheet_id)).all() == []
        assert connection.scalars(select(scan_page.c.serial)).all() == [None, None]


def test_of_a_pile_with_its_slip_on_top_the_sheets_are_filed(
    scan_desk: Workplace, printed_school: PrintedSchool, slip: Image.Image
) -> None:
    pages = [slip, *printed_school.sheets[:2]]
    pile = as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:], resolution=200)

    filed = ScanResult.FILED
    assert results(scan(scan_desk, pile__pdf=pile)) == [ScanResult.SLIP, filed, filed]
    assert nothing_waits(scan_desk, printed_school)


def beside(left: Image.Image, right: Image.Image) -> bytes:
    both = Image.new("L", (left.width + right.width, left.height), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return as_bytes(both)


def test_a_sheet_beside_its_slip_is_filed(
    scan_desk: Workplace, printed_school: PrintedSchool, slip: Image.Image
) -> None:
    photo = beside(slip, printed_school.sheets[0])

    assert results(scan(scan_desk, both__jpg=photo)) == [ScanResult.FILED]


def test_what_lies_beside_a_slip_without_marks_that_can_be_read_waits_for_a_person(
    scan_desk: Workplace, slip: Image.Image
) -> None:
    """It may be work: no slip may hide it."""
    exercise = Image.effect_mandelbrot(slip.size, (-2, -1.5, 1, 1.5), 60)

    assert results(scan(scan_desk, a__jpg=beside(half_size(slip), half_size(exercise)))) == [
        ScanResult.UNREADABLE
    ]
    assert laid_aside(scan_desk) == ["unreadable"]


def test_the_slips_of_others_and_forged_ones_wait_for_a_person(scan_desk: Workplace) -> None:
    own = read_issuer(scan_desk.settings.data / "keys")
    theirs = own.number % 100 + 1

    def sealed(issuer: int) -> Callable[[int], dict[Corner, str]]:
        return lambda serial: {
            one: encode(SheetCode(1, issuer, serial, one), {1: b"stolen"}) for one in Corner
        }

    slips = [
        as_bytes(half_size(slip_of(small_pack(), sealed(one)))) for one in (own.number, theirs)
    ]

    found = scan(scan_desk, a__jpg=slips[0], b__jpg=slips[1])

    assert results(found) == [ScanResult.FOREIGN, ScanResult.OTHER_ISSUER]
    assert laid_aside(scan_desk) == ["foreign", "other_issuer"]


@pytest.mark.parametrize(
    ("link", "result"),
    [
        (f"{BOT}?start=k1_0123456789012345678901", ScanResult.STAYS_HOME),
        ("https://t.me/AulBotOfAnother?start=k1_01234567890", ScanResult.FOREIGN),
    ],
)
def test_the_page_for_the_adult_is_known_by_links_of_our_own_bot_only(
    scan_desk: Workplace, link: str, result: ScanResult
) -> None:
    with scan_desk.database.write() as connection:
        set_link_address(connection, "telegram", BOT)
    own = read_issuer(scan_desk.settings.data / "keys")
    guide = half_size(page_of(small_pack(link), GUIDE, own.codes))

    assert results(scan(scan_desk, guide__jpg=as_bytes(guide))) == [result]
    assert (laid_aside(scan_desk) == []) == (result == ScanResult.STAYS_HOME)


def test_the_code_of_a_slip_that_somebody_types_files_nothing(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    own = read_issuer(scan_desk.settings.data / "keys")
    school = printed_school.people.school
    with scan_desk.database.read() as connection:
        first = read_sheets(connection)[0]
        codes = own.codes(first.serial)
        with pytest.raises(JetkizError, match="return slip"):
            typed_sheet(connection, own, codes[Corner.SLIP], school)
        assert typed_sheet(connection, own, codes[Corner.TOP_RIGHT], school) == first


def test_a_photo_of_the_slip_in_a_chat_is_no_sheet(scan_desk: Workplace, slip: Image.Image) -> None:
    """The chat treats it as any other photo."""
    chats = ChatSheets(scan_desk)
    assert chats.look(as_bytes(slip)) is None


def test_a_pack_from_which_nothing_comes_back_has_a_page_without_a_code() -> None:
    pack = small_pack()
    quiet = replace(pack, children=tuple(replace(one, sheets=()) for one in pack.children))

    assert slip_of(quiet, lambda _: {}).crop((1300, 60, 1600, 260)).getextrema()[0] > 240
