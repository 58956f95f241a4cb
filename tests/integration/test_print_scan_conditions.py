"""Paper as it really comes back: turned, grey, torn, photographed, stuck together, not ours."""

import io
import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from sqlalchemy import delete, select, update

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_batch, save_batch
from jetkiz.delivery.model import Batch, Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.demo.handwriting import AnswerSheet, answer_sheets, filled_in
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.i18n import translator
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel
from print_packs.page_layout import WIDTH
from print_packs.return_scans import (
    FOR_A_PERSON,
    RESULT_WORDS,
    Incomplete,
    PageOutcome,
    ScanResult,
    ScanSummary,
    file_scans,
)
from print_packs.scan_pages import pages_of
from print_packs.tables import pack, scan_page, sheet
from tests.factories import WEEK, People
from tests.print_school import NOW, all_deliveries, printed, workplace_in

Spoil = Callable[[Image.Image], Image.Image]
PER_MM = 1654 / WIDTH
"""Pixels in a millimetre of a sheet that was drawn at 200 dpi."""


@pytest.fixture(scope="module")
def master(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, People, list[Image.Image]]:
    """A school whose week is printed once: three tasks of two pages for Alice."""
    folder = tmp_path_factory.mktemp("master")
    shutil.copy(migrated_sqlite, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    people = printed(workplace_in(folder, database), pages=2)
    database.close()
    found = answer_sheets(folder / "packs" / WEEK / "run-1" / "h1.pdf")
    return folder, people, [filled_in(one, str(one.page)).convert("L") for one in found]


@pytest.fixture
def workplace(
    master: tuple[Path, People, list[Image.Image]], tmp_path: Path
) -> "pytest.Generator[Workplace]":
    """A copy of that school to file scans in."""
    folder = tmp_path / "school"
    shutil.copytree(master[0], folder)
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    yield workplace_in(folder, database)
    database.close()


@pytest.fixture
def people(master: tuple[Path, People, list[Image.Image]]) -> People:
    return master[1]


@pytest.fixture
def sheets(master: tuple[Path, People, list[Image.Image]]) -> list[Image.Image]:
    """Alice's six sheets as pictures at 200 dpi, written on."""
    return master[2]


def as_bytes(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scan(workplace: Workplace, **files: bytes) -> ScanSummary:
    """File scans under their names; a name keeps its ending after two underscores."""
    folder = workplace.settings.data / "scans"
    folder.mkdir(exist_ok=True)
    places = [folder / name.replace("__", ".") for name in files]
    for place, content in zip(places, files.values(), strict=True):
        place.write_bytes(content)
    return file_scans(workplace, places, NOW)


def results(summary: ScanSummary) -> list[ScanResult]:
    return [one.result for one in summary.pages]


def laid_aside(workplace: Workplace) -> list[str]:
    """The reasons under which pictures wait for a person."""
    folder = workplace.settings.data / "returns" / "to-look-at"
    return sorted(file.parent.name for file in folder.rglob("*.*"))


def half_size(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))


def skewed(degrees: float) -> Spoil:
    return lambda picture: picture.rotate(
        degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=245
    )


def from_the_side(picture: Image.Image) -> Image.Image:
    """A phone held over the near edge of the table: the far edge is a sixth shorter."""
    table = Image.new("L", (picture.width + 240, picture.height + 240), 90)
    table.paste(picture, (120, 120))
    wide, high = table.size
    quad = (-wide * 0.09, -high * 0.03, 0, high, wide, high, wide * 1.09, -high * 0.03)
    seen = table.transform(table.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    seen.thumbnail((1500, 2000))
    return seen


def washed_out(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 150 + value * 105 // 255)


def on_grey_paper(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: value * 170 // 255)


def in_shadow(picture: Image.Image) -> Image.Image:
    light = Image.linear_gradient("L").resize(picture.size).point(lambda v: 70 + v * 185 // 255)
    return ImageChops.multiply(picture, light)


def creased(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    pen.line((0, copy.height // 2, copy.width, copy.height // 2 + 12), fill=120, width=5)
    pen.line((copy.width // 2, 0, copy.width // 2 - 9, copy.height), fill=140, width=5)
    return copy


def two_sided(picture: Image.Image) -> Image.Image:
    """Thin paper: the back shines through, mirrored."""
    back = ImageOps.mirror(picture).point(lambda value: 215 + value * 40 // 255)
    return ImageChops.darker(picture, back)


SPOILT: dict[str, Spoil] = {
    "upside down": lambda picture: picture.rotate(180),
    "on its side": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "askew by 5 degrees": skewed(5),
    "askew by 5 degrees the other way": skewed(-5),
    "askew and upside down": skewed(184),
    "150 dpi": half_size,
    "150 dpi, askew and soft": lambda p: skewed(4)(half_size(p)).filter(
        ImageFilter.GaussianBlur(0.8)
    ),
    "from the side": from_the_side,
    "washed out": washed_out,
    "on grey paper": on_grey_paper,
    "in shadow": in_shadow,
    "creased": creased,
    "thin paper": two_sided,
    "beside the glass": lambda picture: ImageOps.expand(picture, 160, 20),
}


@pytest.mark.parametrize("condition", SPOILT)
def test_a_sheet_in_any_condition_is_filed_to_its_child_task_and_page(
    workplace: Workplace, people: People, sheets: list[Image.Image], condition: str
) -> None:
    picture = SPOILT[condition](sheets[3])

    summary = scan(workplace, photo__jpg=as_bytes(picture, quality=70))

    assert results(summary) == [ScanResult.FILED]
    assert summary.incomplete == (Incomplete(people.alice, people.lessons[1], (1,)),)
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    assert (work.lesson, work.state) == (people.lessons[1], ReturnState.DRAFT)
    assert [(page.number, page.note) for page in work.pages] == [(2, "photo.jpg, 1")]
    assert laid_aside(workplace) == []


CORNERS = {
    "top right": (WIDTH - 36, 4, WIDTH, 40),
    "bottom left": (0, 258, 36, 297),
    "bottom right": (WIDTH - 36, 258, WIDTH, 297),
}


def torn(picture: Image.Image, corners: Sequence[str]) -> Image.Image:
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    for corner in corners:
        pen.rectangle([round(edge * PER_MM) for edge in CORNERS[corner]], fill=60)
    return copy


@pytest.mark.parametrize("corners", list(permutations(CORNERS, 2)))
def test_one_whole_corner_of_three_is_enough(
    workplace: Workplace, sheets: list[Image.Image], corners: tuple[str, str]
) -> None:
    picture = torn(sheets[0], corners)

    assert results(scan(workplace, a__jpg=as_bytes(picture))) == [ScanResult.FILED]


def test_a_sheet_without_its_corners_waits_for_a_person(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    picture = as_bytes(torn(sheets[0], list(CORNERS)))

    summary = scan(workplace, a__jpg=picture)

    assert results(summary) == [ScanResult.UNREADABLE]
    (kept,) = (workplace.settings.data / "returns" / "to-look-at" / "unreadable").iterdir()
    assert kept.read_bytes() == picture
    with workplace.database.read() as connection:
        assert read_returns(connection, students=[people.alice]) == []


def test_pages_that_stuck_together_are_named_by_their_numbers(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    pages = [sheets[n] for n in (0, 2, 3, 5)]
    content = as_bytes(pages[0], "PDF", save_all=True, append_images=pages[1:], quality=60)

    summary = scan(workplace, feeder__pdf=content)

    first, second, third = people.lessons
    assert summary.filed == 4
    assert summary.handed_in == ((people.alice, second),)
    assert set(summary.incomplete) == {
        Incomplete(people.alice, first, (2,)),
        Incomplete(people.alice, third, (1,)),
    }
    later = scan(workplace, rest__jpg=as_bytes(sheets[4]))
    assert later.handed_in == ((people.alice, third),)
    assert later.incomplete == ()


def test_a_hundred_pages_of_all_kinds_come_to_their_ends(
    workplace: Workplace, sheets: list[Image.Image]
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


def test_a_second_picture_of_a_sheet_says_where_the_first_lies(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    scan(workplace, monday__jpg=as_bytes(sheets[0]))
    again = scan(
        workplace, copy__jpg=as_bytes(sheets[0]), photo__jpg=as_bytes(from_the_side(sheets[0]))
    )

    assert results(again) == [ScanResult.DUPLICATE] * 2
    assert {one.earlier for one in again.pages} == {"monday.jpg, 1"}
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
        assert len(work.pages) == 1


def test_the_same_file_named_twice_is_filed_once(
    workplace: Workplace, sheets: list[Image.Image]
) -> None:
    place = workplace.settings.data / "twice.jpg"
    place.write_bytes(as_bytes(sheets[0]))

    summary = file_scans(workplace, [place, place], NOW)

    assert results(summary) == [ScanResult.FILED, ScanResult.DUPLICATE]


@pytest.mark.parametrize("name", ["scan__pdf", "scan__jpg", "scan__tif", "scan", "scan__docx"])
def test_the_ending_of_a_name_means_nothing(
    workplace: Workplace, sheets: list[Image.Image], name: str
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
    workplace: Workplace, sheets: list[Image.Image], kind: str, mode: str
) -> None:
    picture = sheets[0].convert("RGB").convert(mode)

    assert results(scan(workplace, a=as_bytes(picture, kind))) == [ScanResult.FILED]


def test_a_camera_that_only_notes_how_it_was_held_is_understood(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = sheets[0].transpose(Image.Transpose.ROTATE_90)

    assert results(scan(workplace, a__jpg=as_bytes(lying, exif=exif))) == [ScanResult.FILED]
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    with Image.open(workplace.files.path(work.pages[0].sha256)) as kept:
        upright = ImageOps.exif_transpose(kept)
    assert upright.height > upright.width


def test_a_photo_that_was_cut_off_on_its_way_waits_for_a_person(
    workplace: Workplace, people: People, sheets: list[Image.Image]
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
    workplace: Workplace, sheets: list[Image.Image]
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
    workplace: Workplace, sheets: list[Image.Image], kind: str, share: float
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
    workplace: Workplace, sheets: list[Image.Image], user: str
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(as_bytes(sheets[0], "PDF"))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="office", user=user))

    summary = scan(workplace, locked__pdf=out.getvalue(), open__jpg=as_bytes(sheets[1]))

    assert summary.filed == (1 if user else 2)
    assert [("password" in str(one)) for one in summary.refused] == [True] * bool(user)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_the_pdf_turns_is_filed(
    workplace: Workplace, sheets: list[Image.Image], turn: int
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


def test_a_sheet_of_another_school_in_the_pile_stops_nothing(
    workplace: Workplace, tmp_path: Path, sheets: list[Image.Image]
) -> None:
    """The neighbours' sheets look the same; only the number inside the seal differs."""
    keys = workplace.settings.data / "keys" / "sheet_codes.json"
    own = keys.read_text()
    keys.unlink()
    theirs = scan(workplace, a__jpg=as_bytes(sheets[0]))
    keys.write_text(own)

    ours = scan(workplace, b__jpg=as_bytes(sheets[1]))

    assert results(theirs) == [ScanResult.OTHER_ISSUER]
    assert results(ours) == [ScanResult.FILED]
    assert laid_aside(workplace) == ["other_issuer"]
    assert tmp_path


def test_a_sheet_whose_record_is_lost_waits_and_the_picture_is_kept(
    workplace: Workplace, sheets: list[Image.Image]
) -> None:
    with workplace.database.write() as connection:
        connection.execute(delete(sheet))

    assert results(scan(workplace, a__jpg=as_bytes(sheets[0]))) == [ScanResult.UNKNOWN_SERIAL]
    assert laid_aside(workplace) == ["unknown_serial"]


def test_a_photo_of_a_void_and_a_good_sheet_files_the_good_one(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    with workplace.database.write() as connection:
        first = connection.scalars(select(sheet.c.id).order_by(sheet.c.id)).first()
        connection.execute(update(sheet).where(sheet.c.id == first).values(is_revoked=True))
    both = Image.new("L", (3400, 2400), 120)
    for number in (0, 2):
        both.paste(sheets[number], (20 + 830 * number, 20))

    summary = scan(workplace, a__jpg=as_bytes(both))

    assert results(summary) == [ScanResult.FILED]
    with workplace.database.read() as connection:
        works = read_returns(connection, students=[people.alice])
    assert [one.lesson for one in works] == [people.lessons[1]]


def test_pages_of_two_packs_of_a_home_make_one_work(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    """The first pack got wet after page 1: page 2 was written on the sheet of the second."""
    lesson = people.lessons[0]
    channel = InPersonChannel(workplace)
    with workplace.database.write() as connection:
        choice = Choice("in_person", ChoiceReason.TEACHER)
        plan = StudentPlan(people.alice, (lesson,), (choice,))
        ledger.replace_attempt(connection, WEEK, 1, plan, people.school)
        wanted = [one for one in all_deliveries(connection) if one.channel == "in_person"]
        batch = Batch("by hand", "in_person", WEEK, tuple(channel.prepare(wanted)))
        saved = read_batch(connection, save_batch(connection, batch, NOW, NOW))
    channel.dispatch(saved, NOW)
    second = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-2" / "h1.pdf")

    first = scan(workplace, wet__jpg=as_bytes(sheets[0]))
    rest = scan(workplace, dry__jpg=as_bytes(filled_in(second[1], "dry")))

    assert first.incomplete == (Incomplete(people.alice, lesson, (2,)),)
    assert rest.handed_in == ((people.alice, lesson),)
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
        assert len(set(connection.scalars(select(pack.c.id)))) == 3
    assert [(page.number, page.channel) for page in work.pages] == [(1, "post"), (2, "in_person")]


def test_late_work_is_filed_and_called_late(
    workplace: Workplace, people: People, sheets: list[Image.Image]
) -> None:
    place = workplace.settings.data / "late.pdf"
    place.write_bytes(as_bytes(sheets[0], "PDF", save_all=True, append_images=[sheets[1]]))

    file_scans(workplace, [place], NOW + timedelta(days=30))

    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    assert (work.state, work.is_late) == (ReturnState.HANDED_IN, True)


def test_strangers_and_blank_pages_leave_nothing_among_the_works(
    workplace: Workplace, sheets: list[Image.Image]
) -> None:
    """A photo that is no sheet may show anybody: it is kept only where a person looks at it."""
    before = set(workplace.files.folder.rglob("*"))
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60)

    scan(workplace, cat__png=as_bytes(cat, "PNG"), back__jpg=as_bytes(Image.new("L", (800, 1100))))

    assert set(workplace.files.folder.rglob("*")) == before
    assert sheets


def test_a_file_that_cannot_be_read_leaves_no_trace_and_can_come_again(
    workplace: Workplace, sheets: list[Image.Image]
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
    assert (result in FOR_A_PERSON) == (
        result not in {ScanResult.FILED, ScanResult.DUPLICATE, ScanResult.BLANK}
    )


def test_sheets_are_drawn_at_the_size_these_tests_believe(sheets: list[Image.Image]) -> None:
    assert {one.size for one in sheets} == {(1654, 2339)}
    assert isinstance(AnswerSheet(Path("a"), 0).page, int)
