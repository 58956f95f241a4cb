"""Scans as files: any kind and name, cut off, locked, turned, hundreds of pages, hostile."""

import io
import random
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageOps
from sqlalchemy import select

from jetkiz.homework.returns import read_returns
from jetkiz.i18n import translator
from jetkiz.storage.workplace import Workplace
from print_packs.scans.return_scans import file_scans
from print_packs.scans.scan_pages import pages_of
from print_packs.scans.scan_results import FOR_A_PERSON, RESULT_WORDS, PageOutcome, ScanResult
from print_packs.tables import scan_page
from tests.factories import People
from tests.print_school import NOW
from tests.scan_desk import PrintedSchool, as_bytes, half_size, laid_aside, results, scan


@pytest.fixture
def workplace(scan_desk: Workplace) -> Workplace:
    return scan_desk


@pytest.fixture
def people(printed_school: PrintedSchool) -> People:
    return printed_school.people


@pytest.fixture
def sheets(printed_school: PrintedSchool) -> tuple[Image.Image, ...]:
    return printed_school.sheets


@pytest.mark.parametrize("name", ["scan__pdf", "scan__jpg", "scan__tif", "scan", "scan__docx"])
def test_the_ending_of_a_name_means_nothing(
    workplace: Workplace, sheets: tuple[Image.Image, ...], name: str
) -> None:
    assert results(scan(workplace, **{name: as_bytes(sheets[0])})) == [ScanResult.FILED]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("JPEG", "CMYK"),
        ("TIFF", "RGBA"),
        ("TIFF", "1"),
    ],
)
def test_every_way_to_keep_colours_is_read(
    workplace: Workplace, sheets: tuple[Image.Image, ...], kind: str, mode: str
) -> None:
    picture = sheets[0].convert("RGB").convert(mode)

    assert results(scan(workplace, a=as_bytes(picture, kind))) == [ScanResult.FILED]


def test_a_camera_that_only_notes_how_it_was_held_is_understood(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = sheets[0].transpose(Image.Transpose.ROTATE_90)

    assert results(scan(workplace, a__jpg=as_bytes(lying, exif=exif))) == [ScanResult.FILED]
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    with Image.open(io.BytesIO(workplace.files.get(work.pages[0].sha256))) as kept:
        upright = ImageOps.exif_transpose(kept)
    assert upright.height > upright.width


def test_a_photo_that_was_cut_off_on_its_way_waits_for_a_person(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
) -> None:
    whole = as_bytes(sheets[0])
    half = whole[: len(whole) // 2]

    summary = scan(workplace, half__jpg=half, whole__jpg=whole)

    assert results(summary) == [ScanResult.DAMAGED, ScanResult.FILED]
    assert laid_aside(workplace) == ["damaged"]
    assert results(scan(workplace, again__jpg=half)) == [ScanResult.DAMAGED]
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    assert [page.note for page in work.pages] == ["whole.jpg, 1"]


def test_a_page_that_breaks_off_inside_a_scan_stops_no_other(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    content = as_bytes(sheets[0], "PDF", save_all=True, append_images=[sheets[2]], quality=60)
    with pikepdf.open(io.BytesIO(content)) as document:
        (image,) = dict(document.pages[0].resources["/XObject"]).values()
        raw = image.read_raw_bytes()
        image.write(raw[: len(raw) // 3], filter=pikepdf.Name.DCTDecode)
        out = io.BytesIO()
        document.save(out)

    assert results(scan(workplace, a__pdf=out.getvalue())) == [
        ScanResult.DAMAGED,
        ScanResult.FILED,
    ]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PDF", "TIFF"])
def test_a_file_that_ends_too_early_comes_to_an_end_with_a_reason(
    workplace: Workplace, sheets: tuple[Image.Image, ...], kind: str, share: float
) -> None:
    content = as_bytes(half_size(sheets[0]), kind)

    summary = scan(workplace, cut=content[: int(len(content) * share)])

    assert len(summary.pages) + len(summary.refused) == 1
    assert results(summary) in ([], [ScanResult.DAMAGED], [ScanResult.FILED])


def test_a_pdf_without_pages_is_refused(workplace: Workplace) -> None:
    with pikepdf.new() as document:
        out = io.BytesIO()
        document.save(out)

    summary = scan(workplace, empty__pdf=out.getvalue())

    assert "it has no pages" in translator("en").error(summary.refused[0])
    assert "нет страниц" in translator("ru").error(summary.refused[0])


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_locked_scan_is_read_if_everybody_may_read_it(
    workplace: Workplace, sheets: tuple[Image.Image, ...], user: str
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(as_bytes(sheets[0], "PDF"))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="office", user=user))

    summary = scan(workplace, locked__pdf=out.getvalue(), open__jpg=as_bytes(sheets[1]))

    assert summary.filed == (1 if user else 2)
    assert [("password" in str(one)) for one in summary.refused] == [True] * bool(user)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_the_pdf_turns_is_filed(
    workplace: Workplace, sheets: tuple[Image.Image, ...], turn: int
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(as_bytes(sheets[0], "PDF"))) as document:
        document.pages[0].obj["/Rotate"] = turn
        document.save(out)

    assert results(scan(workplace, a__pdf=out.getvalue())) == [ScanResult.FILED]


def test_a_page_whose_size_is_absurd_is_drawn_small(tmp_path: Path) -> None:
    place = tmp_path / "wide.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(14_000, 14_000))
        document.save(place)

    (page,) = pages_of(place)

    with page.picture() as picture:
        assert picture.width * picture.height <= 36_100_000


def test_strangers_and_blank_pages_leave_nothing_among_the_works(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    """A photo that is no sheet may show anybody: it is kept only where a person looks at it."""
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)

    scan(workplace, cat__png=as_bytes(cat, "PNG"), back__jpg=as_bytes(Image.new("L", (800, 1100))))

    with workplace.database.read() as connection:
        waiting = set(
            connection.scalars(select(scan_page.c.stored).where(scan_page.c.stored != ""))
        )
        assert read_returns(connection) == []
    stored = {place.name.removesuffix(".sealed") for place in workplace.files.stored()}
    assert stored == waiting
    assert len(waiting) == 2
    assert sheets


def test_a_file_that_cannot_be_read_leaves_no_trace_and_can_come_again(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    good = as_bytes(sheets[0], "PDF")

    assert scan(workplace, a__pdf=good[:200]).refused
    with workplace.database.read() as connection:
        assert connection.scalars(select(scan_page.c.id)).all() == []
    assert results(scan(workplace, a__pdf=good)) == [ScanResult.FILED]


@pytest.mark.parametrize("result", ScanResult)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_end_has_words_in_the_language_of_the_school(
    result: ScanResult, language: str
) -> None:
    assert translator(language)(RESULT_WORDS[result]) != RESULT_WORDS[result]
    quiet = {ScanResult.BLANK, ScanResult.SLIP, ScanResult.STAYS_HOME}
    ended = {ScanResult.FILED, ScanResult.DUPLICATE, ScanResult.NOT_OURS} | quiet
    assert (result in FOR_A_PERSON) == (result not in ended)


def test_a_hundred_pages_of_all_kinds_come_to_their_ends(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    """Six sheets among blank backs, a cat and the same cat again."""
    small = [half_size(one) for one in sheets]
    back = Image.new("L", small[0].size, 248)
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)
    pages = [back] * 92 + small + [cat] * 2
    random.Random(4).shuffle(pages)
    content = as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:], quality=60)
    told: list[PageOutcome] = []

    place = workplace.settings.data / "hundred.pdf"
    place.write_bytes(content)
    summary = file_scans(workplace, [place], NOW, told.append)

    assert summary.counts == Counter(
        {ScanResult.BLANK: 92, ScanResult.FILED: 6, ScanResult.UNREADABLE: 2}
    )
    assert [one.place for one in summary.pages] == list(range(1, 101))
    assert tuple(told) == summary.pages
    assert len(summary.handed_in) == 3
    assert laid_aside(workplace) == ["unreadable"]


def test_the_same_file_named_twice_is_filed_once(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    place = workplace.settings.data / "twice.jpg"
    place.write_bytes(as_bytes(sheets[0]))

    summary = file_scans(workplace, [place, place], NOW)

    assert results(summary) == [ScanResult.FILED, ScanResult.DUPLICATE]
