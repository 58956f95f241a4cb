"""The gate for what leaves the printer: valid, readable, complete, in order, decodable."""

import csv
import hashlib
import io
import json
import re
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import update

from jetkiz.codes import Corner, Standing, judge
from jetkiz.roster.register import read_households, read_names
from jetkiz.roster.tables import school
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.issuer import read_issuer
from print_packs.post.list_form import both
from print_packs.records import read_packs, read_sheets
from tests.factories import WEEK, People
from tests.print_school import (
    NOW,
    post_deliveries,
    print_school,
    saved_batch,
    workplace_in,
)
from tests.scan_desk import PrintedSchool

QR = zxingcpp.barcode_formats_from_str("QRCodeModel2")
# Poppler 22 stumbles over an entry that typst writes; the page is right.
HARMLESS = re.compile(r"Suspects|^$")


@pytest.fixture
def workplace(scan_desk: Workplace) -> Workplace:
    return scan_desk


@pytest.fixture
def people(printed_school: PrintedSchool) -> People:
    return printed_school.people


@pytest.fixture
def folder(workplace: Workplace) -> Path:
    return workplace.settings.data / "packs" / WEEK / "run-1"


def pictures(file: Path, dpi: int) -> list[Image.Image]:
    with pypdfium2.PdfDocument(file) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def text_of(file: Path) -> str:
    with pypdfium2.PdfDocument(file) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def every_pdf(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.pdf"))


@pytest.mark.needs("qpdf")
def test_every_file_is_a_sound_pdf(folder: Path) -> None:
    for file in every_pdf(folder):
        told = subprocess.run(
            ["qpdf", "--check", file], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.needs("pdftoppm")
def test_a_printer_draws_every_page_without_a_word(folder: Path, tmp_path: Path) -> None:
    for file in every_pdf(folder):
        told = subprocess.run(
            ["pdftoppm", "-r", "40", file, tmp_path / "page"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert [line for line in told.stderr.splitlines() if not HARMLESS.search(line)] == []


def test_every_pack_has_whole_sheets_and_the_run_holds_them_all(folder: Path) -> None:
    job = json.loads((folder / "job.json").read_text("utf-8"))
    first = 3  # the sheet that says what follows, and its back
    for one in job["list"]:
        with pikepdf.open(folder / one["alone"]) as pack:
            assert len(pack.pages) == one["pages"] == 2 * one["sheets"]
        assert one["first_page"] == first
        first += one["pages"]
    with pikepdf.open(folder / "run.pdf") as run:
        assert len(run.pages) == first - 1


def test_every_name_and_address_can_be_read_again(
    workplace: Workplace, people: People, folder: Path
) -> None:
    with workplace.database.read() as connection:
        names = read_names(connection)
        home = next(h for h in read_households(connection).values() if h.key == "h1")
    text = text_of(folder / "h1.pdf")

    assert names[people.alice].given in text
    assert home.addressee in text
    assert "Орталық көше, 6-үй" in text
    assert "Қарасу ауылы" in text
    assert " ".join("011911") in text
    assert "Қостанай облысы" in text


def test_the_schools_own_address_and_telephone_are_on_the_pack(
    sqlite_database: Database, tmp_path: Path
) -> None:
    workplace = workplace_in(tmp_path, sqlite_database)
    with workplace.database.write() as connection:
        own = {"settlement": "Ақкөл", "settlement_type": "ауылы", "index6": "111908"}
        people = print_school(connection)
        connection.execute(update(school).values(address=own | {"phone": "+77145312345"}))
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    text = text_of(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")

    assert people.alice
    assert "Ақкөл ауылы" in text
    assert "+77145312345" in " ".join(text.split())


def test_the_number_a_family_is_told_stands_on_every_page_of_its_pack(
    workplace: Workplace, people: People, folder: Path
) -> None:
    for file, student in (("h1.pdf", people.alice), ("h2.pdf", people.bob)):
        with workplace.database.read() as connection:
            told = PostChannel(workplace).pack_numbers(connection, WEEK, student)
        assert set(told) == {(one, 1) for one in people.lessons[:2]}, "what is on paper"
        [number] = set(told.values())
        with pypdfium2.PdfDocument(folder / file) as document:
            for page in document:
                assert f"Пакет {number}" in page.get_textpage().get_text_range()


def test_no_surname_of_a_child_is_on_paper(folder: Path) -> None:
    assert "Test" not in text_of(folder / "run.pdf")


def test_only_addresses_stand_above_the_first_fold(folder: Path) -> None:
    with pypdfium2.PdfDocument(folder / "h1.pdf") as document:
        page = document[0]
        wide, high = page.get_size()
        above = page.get_textpage().get_text_bounded(0, high * 2 / 3, wide, high)
    assert "Әлиева" in above
    assert "Alice" not in above
    assert "2A" not in above


def test_three_codes_of_every_sheet_are_read_at_a_low_resolution(
    workplace: Workplace, folder: Path
) -> None:
    issuer = read_issuer(workplace.settings.data / "keys")
    with workplace.database.read() as connection:
        wanted = {one.serial for one in read_sheets(connection)}
    found: dict[int, set[Corner]] = {}
    for picture in pictures(folder / "run.pdf", 150):
        for one in zxingcpp.read_barcodes(picture, formats=QR):
            standing, code = judge(one.text, issuer.number, issuer.keys)
            assert standing == Standing.OURS
            assert code is not None
            found.setdefault(code.serial, set()).add(code.corner)

    slips = {serial for serial, corners in found.items() if Corner.SLIP in corners}
    three = {Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT}
    assert {serial: corners - {Corner.SLIP} for serial, corners in found.items()} == dict.fromkeys(
        wanted, three
    )
    with workplace.database.read() as connection:
        packs = {one.pack: one.serial for one in reversed(read_sheets(connection))}
    assert slips == set(packs.values()), "the first sheet of each pack"


def test_nothing_stands_near_the_codes_or_the_edge(folder: Path) -> None:
    for picture in pictures(folder / "run.pdf", 72):
        edge = round(7 / 25.4 * 72)
        inner = (edge, edge, picture.width - edge, picture.height - edge)
        frame = picture.copy()
        frame.paste(255, inner)
        frame.paste(255, (0, 0, edge, picture.height))  # the marks for folding
        assert frame.getextrema()[0] > 240


def test_the_order_of_the_packs_is_the_order_of_the_lists(
    workplace: Workplace, folder: Path
) -> None:
    with workplace.database.read() as connection:
        packs = read_packs(connection, week=WEEK)
    text = text_of(folder / "run.pdf")
    places = [text.index(one.print_id) for one in packs]
    lists = json.loads((folder / "post" / "registry.json").read_text("utf-8"))["lists"]
    noted = [row["note"] for one in lists for row in one["rows"]]

    assert places == sorted(places)
    assert noted == [one.print_id for one in packs if one.print_id in noted]


def test_four_formats_say_the_same_cell_by_cell(folder: Path) -> None:
    post = folder / "post"
    (one,) = json.loads((post / "registry.json").read_text("utf-8"))["lists"]
    rows = [list(row.values()) for row in one["rows"]]
    table = list(
        csv.reader(io.StringIO((post / "registry.csv").read_text("utf-8-sig")), delimiter=";")
    )
    sheet = load_workbook(post / "registry.xlsx").active
    cells = [
        ["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()
    ]
    drawn = re.sub(r"\s+", "", text_of(post / "registry.pdf"))

    assert [line[1:] for line in table[1:]] == rows
    first = next(n for n, line in enumerate(cells) if line[0] == "1")
    assert cells[first : first + len(rows)] == rows
    typed = {
        heading.value: {cell.data_type for cell in column if cell.value is not None}
        for heading, *column in sheet.iter_cols(min_row=first, max_row=first + len(rows))
    }
    numbers = {both(text) for text in ("No.", "Mass, g", "Fee, tg", "Estimate, g")}
    assert {name for name, kinds in typed.items() if kinds == {"n"}} <= numbers
    assert typed[both("No.")] == typed[both("Estimate, g")] == {"n"}
    assert all(kinds <= {"s"} for name, kinds in typed.items() if name not in numbers)
    for row in rows:
        for cell in row[:-1]:  # the estimate of the weight is not for the office
            assert re.sub(r"\s+", "", cell) in drawn


def test_the_index_keeps_its_zero_in_every_format(folder: Path) -> None:
    post = folder / "post"
    assert "011911" in (post / "registry.csv").read_text("utf-8-sig")
    assert "011911" in (post / "registry.json").read_text("utf-8")
    assert "011911" in text_of(post / "registry.pdf")
    sheet = load_workbook(post / "registry.xlsx").active
    assert any("011911" in str(c.value) and c.data_type == "s" for row in sheet for c in row)


def test_homes_that_sign_are_on_their_own_list(folder: Path) -> None:
    text = text_of(folder / "hand" / "signature_sheet.pdf")

    assert "Борисова" in text
    assert "Әлиева" not in text


def test_the_checksums_hold(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()

    for digest, name in (line.split("  ") for line in lines):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert len(lines) == sum(1 for file in folder.rglob("*") if file.is_file()) - 1


def test_the_ticket_for_the_print_shop_names_nobody(folder: Path) -> None:
    job = (folder / "job.json").read_text("utf-8")

    assert not any(name in job for name in ("Alice", "Bob", "Әлиева", "Орталық"))
