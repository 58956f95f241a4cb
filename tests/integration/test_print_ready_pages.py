"""A teacher's own pages from the folder to the pack, and a lesson whose pages cannot be printed."""

from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from jetkiz.lessons.tables import lesson, lesson_file
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from tests.factories import WEEK
from tests.lesson_folders import write_lesson
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in
from tests.ready_pdfs import changed, difference, page_picture, ready_pdf, with_everything_that_acts
from tests.spoken import Jetkiz


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, sqlite_database)


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


def with_pages(workplace: Workplace, contents: list[bytes]) -> None:
    """Publish a week whose first lessons have pages of their own."""
    with workplace.database.write() as connection:
        print_school(connection)
        rows = connection.execute(select(lesson.c.id, lesson.c.language).order_by(lesson.c.id))
        for row, content in zip(rows, contents, strict=False):
            file = {
                "lesson_id": row.id,
                "name": f"{row.language}.pages.pdf",
                "sha256": workplace.files.put(content),
                "size": len(content),
            }
            connection.execute(lesson_file.insert().values(file))
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)


def test_the_pages_are_in_the_pack_as_their_teacher_made_them(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    with_pages(workplace, [ready_pdf(pages=2)])

    jetkiz.run("packs", "make", WEEK)

    pack = (jetkiz.folder / "packs" / WEEK / "run-1" / "h1.pdf").read_bytes()
    with pypdfium2.PdfDocument(pack) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    (place,) = [number for number, text in enumerate(texts) if "Қазақ беті 2" in text]
    assert "Қазақ беті 1" in texts[place - 1]
    # Only the mark at the foot is added.
    picture, own = page_picture(pack, place), page_picture(ready_pdf(pages=2), 1)
    above = (0, 0, own.width, own.height - 24)
    assert difference(picture.crop(above), own.crop(above)) < 0.1


def test_pages_that_cannot_be_printed_leave_out_one_lesson(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    with_pages(workplace, [b"%PDF-1.7 harmed on the disk", ready_pdf()])

    status, said, complaint = jetkiz.ends("packs", "make", WEEK)

    assert status == 0
    assert "2 packs" in said
    assert "Left out: w05-0: The PDF is broken or is no PDF." in complaint
    pack = (jetkiz.folder / "packs" / WEEK / "run-1" / "h1.pdf").read_bytes()
    with pypdfium2.PdfDocument(pack) as document:
        assert any("Қазақ беті 1" in p.get_textpage().get_text_range() for p in document)


def test_a_teacher_reads_at_import_what_paper_will_not_show(
    workplace: Workplace, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    assert workplace
    home = write_lesson(tmp_path / "w05-colours")
    (home / "kk.pages.pdf").write_bytes(changed(ready_pdf(), with_everything_that_acts))

    said = jetkiz.run("lessons", "import", str(home))

    assert "w05-colours/kk.pages.pdf: Notes, stamps and form fields of page 1" in said
    assert "2 added" in said
    (home / "kk.pages.pdf").write_bytes(b"%PDF-1.7")
    status, said, complaint = jetkiz.ends("lessons", "check", str(home))
    assert status == 1
    assert "w05-colours/kk.pages.pdf: The PDF is broken" in said
    assert "have errors" in complaint
