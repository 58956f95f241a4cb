"""Sheets that come back: each page has one end, nothing is filed twice, no scan stops another."""

import io
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from sqlalchemy import update

from jetkiz.codes import Corner, SheetCode, encode
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.demo.handwriting import AnswerSheet, answer_sheets, filled_in, phone_photo, scanned_pdf
from jetkiz.errors import JetkizError
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.issuer import read_issuer
from print_packs.scans.return_scans import file_scans
from print_packs.scans.scan_pages import ScannedPage, pages_of
from print_packs.scans.scan_results import Incomplete, ScanResult, ScanSummary
from print_packs.tables import sheet
from tests.factories import WEEK, People
from tests.print_school import NOW, printed, workplace_in
from tests.scan_desk import PrintedSchool, waiting_picture


@pytest.fixture
def workplace(scan_desk: Workplace) -> Workplace:
    return scan_desk


@pytest.fixture
def people(printed_school: PrintedSchool) -> People:
    return printed_school.people


@pytest.fixture
def sheets(workplace: Workplace) -> list[AnswerSheet]:
    """Alice's sheets: three tasks of two pages."""
    found = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")
    assert [one.whose for one in found] == ["Alice, 2A"] * 6
    return found


def filed(workplace: Workplace, *contents: bytes) -> ScanSummary:
    folder = workplace.settings.data / "scans"
    folder.mkdir(exist_ok=True)
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"scan{number}")
        files[-1].write_bytes(content)
    return file_scans(workplace, files, NOW)


def results(summary: ScanSummary) -> list[ScanResult]:
    return [one.result for one in summary.pages]


def as_bytes(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def page_with(codes: Iterable[str]) -> Image.Image:
    """A page that carries one code after the other."""
    page = Image.new("L", (1000, 1400), 255)
    for number, text in enumerate(codes):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
        image = memoryview(code.to_image(scale=8))
        picture = Image.frombytes("L", image.shape[::-1], image.tobytes())
        page.paste(picture, (300, 80 + 300 * number))
    ImageDraw.Draw(page).text((200, 1200), "Answer " * 20, fill=0)
    return page


def test_a_scan_of_all_sheets_is_filed_and_handed_in(
    workplace: Workplace, people: People, sheets: list[AnswerSheet]
) -> None:
    summary = filed(workplace, scanned_pdf(sheets[::-1], "a"))

    assert summary.filed == 6
    assert set(summary.handed_in) == {(people.alice, number) for number in people.lessons}
    with workplace.database.read() as connection:
        works = read_returns(connection, students=[people.alice])
        states = lesson_states(connection, WEEK, [people.alice])
    assert {one.state for one in works} == {ReturnState.HANDED_IN}
    assert [[page.number for page in one.pages] for one in works] == [[1, 2]] * 3
    assert {one.channel for work in works for one in work.pages} == {"post"}
    assert {one.state for one in states} == {State.RETURNED}


def test_scanning_again_files_nothing_twice(
    workplace: Workplace, people: People, sheets: list[AnswerSheet]
) -> None:
    scan = scanned_pdf(sheets[:2], "a")
    filed(workplace, scan)
    again = filed(workplace, scan)
    photo = filed(workplace, phone_photo(sheets[0], "b"))

    assert results(again) == [ScanResult.DUPLICATE] * 2
    assert again.pages[0].earlier == "scan0, 1"
    assert results(photo) == [ScanResult.DUPLICATE]
    assert photo.pages[0].earlier == "scan0, 1"
    with workplace.database.read() as connection:
        assert len(read_returns(connection, students=[people.alice])) == 1


def test_a_missing_sheet_is_named_and_its_arrival_closes_the_work(
    workplace: Workplace, people: People, sheets: list[AnswerSheet]
) -> None:
    first = filed(workplace, phone_photo(sheets[1], "b"))
    assert first.incomplete == (Incomplete(people.alice, people.lessons[0], (1,)),)
    assert first.handed_in == ()

    second = filed(workplace, phone_photo(sheets[0], "b"))
    assert second.handed_in == ((people.alice, people.lessons[0]),)


def test_work_left_open_by_a_crash_is_closed_by_the_next_round(
    workplace: Workplace,
    people: People,
    sheets: list[AnswerSheet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan = scanned_pdf(sheets[:2], "a")
    with monkeypatch.context() as patch:
        patch.setattr("print_packs.scans.return_scans.close_works", lambda *_: ([], []))
        filed(workplace, scan)

    assert filed(workplace, scan).handed_in == ((people.alice, people.lessons[0]),)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_page_is_filed_upright(
    workplace: Workplace, people: People, sheets: list[AnswerSheet], angle: int
) -> None:
    upright = filled_in(sheets[0], "a")
    turned = upright.rotate(angle, expand=True)

    assert results(filed(workplace, as_bytes(turned, "JPEG", quality=85))) == [ScanResult.FILED]
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    with Image.open(io.BytesIO(workplace.files.get(work.pages[0].sha256))) as kept:
        shown = ImageOps.exif_transpose(kept)
        assert shown.size == upright.size
        difference = shown.convert("L").resize((60, 80)).tobytes()
        wanted = upright.convert("L").resize((60, 80)).tobytes()
    assert sum(abs(a - b) for a, b in zip(difference, wanted, strict=True)) / len(wanted) < 6


@pytest.mark.parametrize("damage", ["fax", "small", "soft", "slanted", "cut", "noisy"])
def test_bad_pictures_are_still_read(
    workplace: Workplace, sheets: list[AnswerSheet], damage: str
) -> None:
    picture = filled_in(sheets[0], "a").convert("L")
    if damage == "fax":
        picture = picture.resize((1240, 1754)).convert("1")
    elif damage == "small":
        picture = picture.resize((760, 1075))
    elif damage == "soft":
        picture = picture.filter(ImageFilter.GaussianBlur(2.2))
    elif damage == "slanted":
        picture = picture.rotate(33, expand=True, fillcolor=255)
    elif damage == "cut":
        picture = picture.crop((0, picture.height // 2, picture.width, picture.height))
    else:
        grain = Image.effect_noise(picture.size, 90)
        picture = Image.blend(picture, grain, 0.35)

    assert results(filed(workplace, as_bytes(picture))) == [ScanResult.FILED]


def test_two_sheets_in_one_photo_are_both_filed(
    workplace: Workplace, people: People, sheets: list[AnswerSheet]
) -> None:
    both = Image.new("L", (3400, 2400), 120)
    for number in (0, 1):
        both.paste(filled_in(sheets[number], "a").convert("L"), (20 + 1690 * number, 20))

    summary = filed(workplace, as_bytes(both, "JPEG", quality=80))

    assert results(summary) == [ScanResult.FILED]
    assert summary.handed_in == ((people.alice, people.lessons[0]),)


def test_every_page_of_a_tiff_is_looked_at(workplace: Workplace, sheets: list[AnswerSheet]) -> None:
    first, second = (filled_in(one, "a").convert("1") for one in sheets[:2])
    scan = as_bytes(first, "TIFF", save_all=True, append_images=[second], compression="group4")

    assert results(filed(workplace, scan)) == [ScanResult.FILED] * 2


def test_a_page_that_is_no_single_picture_is_drawn(
    workplace: Workplace, sheets: list[AnswerSheet]
) -> None:
    with pikepdf.open(sheets[0].file) as pack, pikepdf.new() as scan:
        scan.pages.append(pack.pages[sheets[0].page])
        out = io.BytesIO()
        scan.save(out)

    assert results(filed(workplace, out.getvalue())) == [ScanResult.FILED]


def test_blank_backs_are_told_apart_from_what_cannot_be_read(workplace: Workplace) -> None:
    blank = Image.effect_noise((1240, 1754), 6).point(lambda value: 235 + value // 16)
    cat = Image.effect_mandelbrot((700, 900), (-2, -1.5, 1, 1.5), 60)

    assert results(filed(workplace, as_bytes(blank), as_bytes(cat))) == [
        ScanResult.BLANK,
        ScanResult.UNREADABLE,
    ]
    assert waiting_picture(workplace) == as_bytes(cat)


def test_the_blank_back_of_our_own_sheet_is_blank(
    workplace: Workplace, sheets: list[AnswerSheet]
) -> None:
    with pikepdf.open(sheets[0].file) as pack, pikepdf.new() as scan:
        scan.pages.append(pack.pages[-1])
        assert len(pack.pages) % 2 == 0
        out = io.BytesIO()
        scan.save(out)

    assert results(filed(workplace, out.getvalue())) == [ScanResult.BLANK]


def test_strangers_are_never_filed(workplace: Workplace, people: People) -> None:
    own = read_issuer(workplace.settings.data / "keys")
    other = SheetCode(1, (own.number + 1) % 100, 5, Corner.TOP_RIGHT)
    forged = encode(SheetCode(1, own.number, 5, Corner.TOP_RIGHT), {1: b"stolen"})
    unknown = own.codes(5)[Corner.TOP_RIGHT]

    summary = filed(
        workplace,
        as_bytes(page_with([encode(other, {1: b"theirs"})])),
        as_bytes(page_with([forged])),
        as_bytes(page_with(["WIFI:S:SCHOOL;;"])),
        as_bytes(page_with([unknown])),
    )

    assert results(summary) == [
        ScanResult.OTHER_ISSUER,
        ScanResult.FOREIGN,
        ScanResult.FOREIGN,
        ScanResult.UNKNOWN_SERIAL,
    ]
    with workplace.database.read() as connection:
        assert read_returns(connection, students=[people.alice]) == []


def test_a_sheet_beside_a_strange_code_is_filed(
    workplace: Workplace, sheets: list[AnswerSheet]
) -> None:
    picture = filled_in(sheets[0], "a").convert("L")
    strange = page_with(["HTTP://BILIM.KZ"]).crop((290, 70, 560, 330))
    picture.paste(strange, (700, 1500))

    assert results(filed(workplace, as_bytes(picture))) == [ScanResult.FILED]


def test_a_void_pack_is_not_filed(workplace: Workplace, sheets: list[AnswerSheet]) -> None:
    with workplace.database.write() as connection:
        connection.execute(update(sheet).values(is_revoked=True))

    assert results(filed(workplace, phone_photo(sheets[0], "a"))) == [ScanResult.REVOKED]


def test_a_broken_file_stops_no_other(workplace: Workplace, sheets: list[AnswerSheet]) -> None:
    summary = filed(workplace, b"%PDF-1.7 and then nothing", phone_photo(sheets[0], "a"))

    assert results(summary) == [ScanResult.FILED]
    assert "cannot be read" in str(summary.refused[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no picture"),
        (b"Dear teacher, here is my homework", "no picture"),
        (b"%PDF-1.4\n%%EOF", "broken"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "broken|no picture"),
        (as_bytes(Image.new("L", (9, 9)), "GIF"), "unknown"),
    ],
)
def test_what_is_no_scan_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(content)

    with pytest.raises(JetkizError, match=words):
        list(pages_of(file))


def test_a_locked_pdf_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "locked.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(file, encryption=pikepdf.Encryption(owner="a", user="b"))

    with pytest.raises(JetkizError, match="password"):
        list(pages_of(file))


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="cannot be opened"):
        list(pages_of(tmp_path / "nothing.pdf"))


@pytest.mark.parametrize(("name", "most"), [("MOST_PAGES", 1), ("MOST_BYTES", 10)])
def test_a_scan_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(f"print_packs.scans.scan_pages.{name}", most)
    file = tmp_path / "long.pdf"
    pages = [Image.new("L", (900, 900), 255)] * 2
    file.write_bytes(as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:]))

    with pytest.raises(JetkizError, match=r"too many|too large"):
        list(pages_of(file))


def test_an_enormous_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    file = tmp_path / "bomb.png"
    file.write_bytes(as_bytes(Image.new("1", (400, 400))))

    with pytest.raises(JetkizError, match="enormous"):
        list(pages_of(file))


def test_the_jpeg_of_a_scanner_is_taken_as_it_is(tmp_path: Path) -> None:
    picture = Image.effect_noise((900, 1200), 30)
    file = tmp_path / "scan.pdf"
    file.write_bytes(as_bytes(picture, "PDF", quality=60))

    (page,) = pages_of(file)

    assert page.media_type == "image/jpeg"
    with pikepdf.open(file) as document:
        (image,) = dict(document.pages[0].resources["/XObject"]).values()
        assert image.read_raw_bytes() == page.content


SCAN = as_bytes(Image.effect_noise((700, 700), 30), "PDF", quality=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SCAN) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_pdf_gives_pages_or_a_sentence(tmp_path: Path, at: int, junk: bytes) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(SCAN[:at] + junk + SCAN[at + len(junk) :])

    with suppress(JetkizError):
        assert all(isinstance(page, ScannedPage) for page in pages_of(file))


def test_sheets_find_their_way_home_on_both_databases(database: Database, tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path, database)
    people = printed(workplace)
    (first, *_) = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")
    photos = [phone_photo(first, seed) for seed in "ab"]

    summary = filed(workplace, *photos)

    assert results(summary) == [ScanResult.FILED, ScanResult.DUPLICATE]
    assert summary.handed_in == ((people.alice, people.lessons[0]),)
