"""A run is laid as it was asked for, and stays so when it is made again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import update

from jetkiz.config import load_settings
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson_grade
from jetkiz.storage.database import Database
from jetkiz.storage.whole_files import UnwritableError
from jetkiz.storage.workplace import Workplace
from print_packs.layout import Layout
from print_packs.records import read_packs, read_runs
from print_packs.runs.remaking import make_week
from tests.factories import WEEK
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in
from tests.spoken import Jetkiz


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return in_grade(workplace_in(tmp_path, sqlite_database), 7)


def in_grade(workplace: Workplace, grade: int) -> Workplace:
    with workplace.database.write() as connection:
        print_school(connection)
        connection.execute(update(lesson_grade).values(grade=grade))
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)
    return workplace


def files_of(workplace: Workplace) -> dict[str, bytes]:
    folder = workplace.settings.data / "packs" / WEEK / "run-1"
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def test_a_run_keeps_the_layout_that_was_asked_for(database: Database, tmp_path: Path) -> None:
    workplace = in_grade(workplace_in(tmp_path, database), 7)
    (single,) = make_week(workplace, WEEK)
    before = files_of(workplace)
    (small,) = make_week(workplace, WEEK, Layout.TWO_UP)
    after = files_of(workplace)

    assert sum(one.sheets for one in small.packs) < sum(one.sheets for one in single.packs)
    assert sum(one.grams for one in small.packs) < sum(one.grams for one in single.packs)
    assert all(one.pages % 2 == 0 for one in small.packs)
    ids = [one.pack.print_id for one in single.packs]
    assert [one.pack.print_id for one in small.packs] == ids
    job = json.loads(after["job.json"])
    assert (job["layout"], job["released"]) == ("2up", True)
    assert job["sheets"] == sum(one.sheets for one in small.packs)
    with PdfDocument(after["run.pdf"]) as document:
        assert len(document) == 2 * (job["files"][0]["sheets"])
    make_week(workplace, WEEK)
    assert files_of(workplace) == after, "made again without a word it stays as it is"
    make_week(workplace, WEEK, Layout.SINGLE)
    assert files_of(workplace) == before, "and goes back when that is asked"


def test_a_run_that_was_cut_off_goes_on_as_it_was_asked_for(workplace: Workplace) -> None:
    in_the_way = workplace.settings.data / "packs" / WEEK / "run-1" / "run.pdf"
    in_the_way.mkdir(parents=True)
    with pytest.raises(UnwritableError):
        make_week(workplace, WEEK, Layout.BOOKLET)
    in_the_way.rmdir()
    make_week(workplace, WEEK)

    with workplace.database.read() as connection:
        (run,) = read_runs(connection, WEEK)
        packs = read_packs(connection, run=run.id)
    assert (run.layout, run.is_ready) == (Layout.BOOKLET, True)
    assert json.loads(files_of(workplace)["job.json"])["layout"] == "booklet"
    assert all(one.sheets * 2 == one.pages for one in packs)


def test_the_setting_holds_where_nobody_asks(workplace: Workplace) -> None:
    settings = replace(workplace.settings, print_layout="2up")
    make_week(replace(workplace, settings=settings), WEEK)

    assert json.loads(files_of(workplace)["job.json"])["layout"] == "2up"
    with pytest.raises(JetkizError, match="print_layout"):
        load_settings(workplace.settings.data, {}, print_layout="a5")


def test_a_grade_that_needs_its_letters_is_told_and_printed(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace = in_grade(workplace_in(tmp_path, sqlite_database), 2)
    jetkiz = Jetkiz(sqlite_url, tmp_path, capsys)
    plain = jetkiz.run("packs", "make", WEEK)

    status, out, told = jetkiz.ends("packs", "make", WEEK, "--layout", "booklet")

    assert (status, out) == (0, plain), "nothing else is different"
    assert "To know: Grade 2: letters may not be smaller than 16 points" in told
    job = json.loads(files_of(workplace)["job.json"])
    assert (job["released"], job["problems"], job["layout"]) == (True, [], "booklet")


def test_one_side_with_two_pages_is_printed_again(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace = in_grade(workplace_in(tmp_path, sqlite_database), 7)
    jetkiz = Jetkiz(sqlite_url, tmp_path, capsys)
    jetkiz.run("packs", "make", WEEK, "--layout", "2up")

    jetkiz.run("packs", "reprint", "h1", "--page", "4")

    (copy,) = (workplace.settings.data / "packs" / WEEK / "reprints").iterdir()
    with PdfDocument(copy) as document, PdfDocument(files_of(workplace)["h1.pdf"]) as whole:
        text = document[0].get_textpage().get_text_range()
        before = whole[3].get_textpage().get_text_range()
    assert len(text) > len(before)
    assert copy.stem.removeprefix("h1-") in text
