"""A school whose week is printed once, and a desk on which its sheets are scanned."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from jetkiz.demo.handwriting import answer_sheets, filled_in
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.scans.return_scans import file_scans
from print_packs.scans.scan_results import ScanResult, ScanSummary
from print_packs.tables import scan_page
from tests.factories import WEEK, People
from tests.print_school import NOW, printed, workplace_in


@dataclass(frozen=True)
class PrintedSchool:
    """Where the school lies, its people, and Alice's six sheets at 200 dpi, written on."""

    folder: Path
    people: People
    sheets: tuple[Image.Image, ...]


@pytest.fixture(scope="session")
def printed_school(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> PrintedSchool:
    """A school whose week is printed once: three tasks of two pages for Alice."""
    folder = tmp_path_factory.mktemp("printed")
    shutil.copy(migrated_sqlite, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    people = printed(workplace_in(folder, database), pages=2)
    database.close()
    found = answer_sheets(folder / "packs" / WEEK / "run-1" / "h1.pdf")
    drawn = tuple(filled_in(one, str(one.page)).convert("L") for one in found)
    return PrintedSchool(folder, people, drawn)


@pytest.fixture(scope="session")
def printed_week(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, People]:
    """A school whose week is printed once: a page for each task."""
    folder = tmp_path_factory.mktemp("week")
    shutil.copy(migrated_sqlite, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    people = printed(workplace_in(folder, database))
    database.close()
    return folder, people


@pytest.fixture
def copied_week(printed_week: tuple[Path, People], sqlite_url: str, tmp_path: Path) -> People:
    """A copy of that school in the folder of the test, at the address of its database."""
    folder, people = printed_week
    assert sqlite_url.endswith(str(tmp_path / "jetkiz.sqlite3"))
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return people


@pytest.fixture
def scan_desk(printed_school: PrintedSchool, tmp_path: Path) -> Iterator[Workplace]:
    """A copy of that school to file scans in."""
    folder = tmp_path / "school"
    shutil.copytree(printed_school.folder, folder)
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    yield workplace_in(folder, database)
    database.close()


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
    c = scan_page.c
    with workplace.database.read() as connection:
        rows = connection.execute(select(c.result, c.stored).where(c.stored != "")).all()
    assert all(workplace.files.has(one.stored) for one in rows)
    return sorted(one.result for one in rows)


def waiting_picture(workplace: Workplace) -> bytes:
    """The one picture that waits for a person."""
    with workplace.database.read() as connection:
        [name] = connection.scalars(select(scan_page.c.stored).where(scan_page.c.stored != ""))
    return workplace.files.get(name)


def half_size(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))
