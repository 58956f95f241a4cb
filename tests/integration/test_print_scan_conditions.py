"""Paper as it really comes back: turned, grey, torn, photographed, stuck together, not ours."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

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
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel
from print_packs.pages.page_layout import WIDTH
from print_packs.scans.return_scans import file_scans
from print_packs.scans.scan_results import Incomplete, ScanResult
from print_packs.tables import pack, sheet
from tests.factories import WEEK, People
from tests.print_school import NOW, all_deliveries
from tests.scan_desk import (
    PrintedSchool,
    as_bytes,
    half_size,
    laid_aside,
    results,
    scan,
    waiting_picture,
)

Spoil = Callable[[Image.Image], Image.Image]
PER_MM = 1654 / WIDTH
"""Pixels in a millimetre of a sheet that was drawn at 200 dpi."""


@pytest.fixture
def workplace(scan_desk: Workplace) -> Workplace:
    return scan_desk


@pytest.fixture
def people(printed_school: PrintedSchool) -> People:
    return printed_school.people


@pytest.fixture
def sheets(printed_school: PrintedSchool) -> tuple[Image.Image, ...]:
    return printed_school.sheets


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
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...], condition: str
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
    workplace: Workplace, sheets: tuple[Image.Image, ...], corners: tuple[str, str]
) -> None:
    picture = torn(sheets[0], corners)

    assert results(scan(workplace, a__jpg=as_bytes(picture))) == [ScanResult.FILED]


def test_a_sheet_without_its_corners_waits_for_a_person(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
) -> None:
    picture = as_bytes(torn(sheets[0], list(CORNERS)))

    summary = scan(workplace, a__jpg=picture)

    assert results(summary) == [ScanResult.UNREADABLE]
    assert waiting_picture(workplace) == picture
    with workplace.database.read() as connection:
        assert read_returns(connection, students=[people.alice]) == []


def test_pages_that_stuck_together_are_named_by_their_numbers(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
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


def test_a_second_picture_of_a_sheet_says_where_the_first_lies(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
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


def test_a_sheet_of_another_school_in_the_pile_stops_nothing(
    workplace: Workplace, tmp_path: Path, sheets: tuple[Image.Image, ...]
) -> None:
    """The neighbours' sheets look the same; only the number inside the seal differs."""
    keys = workplace.settings.data / "keys" / "sheet_codes.json"
    own = keys.read_text()
    other = json.loads(own) | {"issuer": json.loads(own)["issuer"] % 100 + 1}
    keys.write_text(json.dumps(other))
    theirs = scan(workplace, a__jpg=as_bytes(sheets[0]))
    keys.write_text(own)

    ours = scan(workplace, b__jpg=as_bytes(sheets[1]))

    assert results(theirs) == [ScanResult.OTHER_ISSUER]
    assert results(ours) == [ScanResult.FILED]
    assert laid_aside(workplace) == ["other_issuer"]
    assert tmp_path


def test_a_sheet_whose_record_is_lost_waits_and_the_picture_is_kept(
    workplace: Workplace, sheets: tuple[Image.Image, ...]
) -> None:
    with workplace.database.write() as connection:
        connection.execute(delete(sheet))

    assert results(scan(workplace, a__jpg=as_bytes(sheets[0]))) == [ScanResult.UNKNOWN_SERIAL]
    assert laid_aside(workplace) == ["unknown_serial"]


def test_a_photo_of_a_void_and_a_good_sheet_files_the_good_one(
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
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
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
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
    workplace: Workplace, people: People, sheets: tuple[Image.Image, ...]
) -> None:
    place = workplace.settings.data / "late.pdf"
    place.write_bytes(as_bytes(sheets[0], "PDF", save_all=True, append_images=[sheets[1]]))

    file_scans(workplace, [place], NOW + timedelta(days=30))

    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    assert (work.state, work.is_late) == (ReturnState.HANDED_IN, True)


@pytest.mark.parametrize(("days", "is_late"), [(1, False), (5, False), (6, True)])
def test_paper_is_late_after_the_day_on_the_cover(
    workplace: Workplace,
    people: People,
    sheets: tuple[Image.Image, ...],
    days: int,
    is_late: bool,
) -> None:
    """Another task of the pack may take longer, and all sheets come back in one envelope."""
    with workplace.database.write() as connection:
        cover = (NOW + timedelta(days=5)).date()
        others = lesson_table.c.id != people.lessons[0]
        connection.execute(lesson_table.update().values(task_due=NOW.date()))
        connection.execute(lesson_table.update().where(others).values(task_due=cover))
    place = workplace.settings.data / "day.pdf"
    place.write_bytes(as_bytes(sheets[0], "PDF", save_all=True, append_images=[sheets[1]]))
    file_scans(workplace, [place], NOW + timedelta(days=days))
    with workplace.database.read() as connection:
        (work,) = read_returns(connection, students=[people.alice])
    assert work.is_late == is_late


def test_sheets_are_drawn_at_the_size_these_tests_believe(sheets: tuple[Image.Image, ...]) -> None:
    assert {one.size for one in sheets} == {(1654, 2339)}
    assert isinstance(AnswerSheet(Path("a"), 0).page, int)
