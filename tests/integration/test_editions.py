"""The command for editions: every lesson for screens, and a week in Braille for who reads it."""

import io
from pathlib import Path

import pikepdf
import pytest
import typst
from PIL import Image
from sqlalchemy import update

from jetkiz.errors import JetkizError
from jetkiz.lessons.model import Lesson, LessonFile, Question
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from print_packs.lessons.screen_edition import screen_edition
from tests.factories import WEEK
from tests.print_school import a_lesson, print_school
from tests.spoken import Jetkiz

TEXT = """Кіріспе $x^2$ және

$$\\frac{1}{2}$${"жарты"}

#### Кіші тақырып

![Есік алдындағы бала](p.png)

- бір
- екі

| Күн | Сабақ |
| --- | --- |
| Дс | 5 |
"""


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


def tagged(node: pikepdf.Object, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the marks of a PDF in reading order, each with its words for who cannot see."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            tagged(one, found)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        found.append((str(node.S), str(node.get("/Alt", ""))))
        if "/K" in node:
            tagged(node.K, found)
    return found


def lesson_with_everything(files: FileStore) -> Lesson:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(out, "PNG")
    file = LessonFile("p.png", files.put(out.getvalue()), 1)
    quiz = (Question("2 + 2 = ?", ("4", "5"), (0,)),)
    return a_lesson(language="kk", title="Аяз", text=TEXT, files=(file,), quiz=quiz)


def test_the_screen_edition_says_all_that_pdf_ua_asks_for(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    pdf = screen_edition(lesson_with_everything(files), files, tmp_path / "cache")

    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert str(root.Lang) == "kk"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert told["dc:title"] == "Аяз"
        marks = tagged(root.StructTreeRoot.K, [])
    kinds = [kind for kind, _ in marks]
    assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2", "/H2", "/H2"]
    words = [(kind, alt) for kind, alt in marks if kind in {"/Formula", "/Figure"}]
    assert words == [
        ("/Formula", "икс квадраты"),
        ("/Formula", "жарты"),
        ("/Figure", "Есік алдындағы бала"),
    ]
    assert {"/Table", "/TH", "/TD", "/L", "/LI", "/P"} <= set(kinds)


def test_the_screen_edition_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = FileStore(tmp_path / "files")
    lesson = lesson_with_everything(files)
    first = screen_edition(lesson, files, tmp_path / "cache")
    monkeypatch.setattr(typst, "compile", None)
    assert screen_edition(lesson, files, tmp_path / "cache") == first


@pytest.mark.parametrize(
    ("change", "words"),
    [("![](p.png)", "missing alt text"), ("漢", "characters that cannot be printed: 漢")],
)
def test_what_has_no_words_stops_the_edition_of_its_lesson(
    tmp_path: Path, change: str, words: str
) -> None:
    files = FileStore(tmp_path / "files")
    whole = lesson_with_everything(files)
    lesson = a_lesson(text=change, files=whole.files)
    with pytest.raises(JetkizError, match=words):
        screen_edition(lesson, files, tmp_path / "cache")


def test_every_lesson_of_a_week_gets_its_file(sqlite_database: Database, jetkiz: Jetkiz) -> None:
    with sqlite_database.write() as connection:
        print_school(connection)
    said = jetkiz.run("editions", "screen", WEEK)
    folder = jetkiz.folder / "editions" / WEEK / "screen"
    written = sorted(folder.iterdir())
    assert f"{len(written)} lessons written" in said
    assert written
    before = [file.read_bytes() for file in written]
    jetkiz.run("editions", "screen", WEEK)
    assert [file.read_bytes() for file in written] == before


def test_a_lesson_that_cannot_be_made_stops_no_other(
    sqlite_database: Database, jetkiz: Jetkiz
) -> None:
    with sqlite_database.write() as connection:
        print_school(connection)
        numbers = connection.scalars(lesson_table.select().with_only_columns(lesson_table.c.id))
        first = min(numbers)
        broken = update(lesson_table).where(lesson_table.c.id == first).values(text="漢")
        connection.execute(broken)
    status, said, complaint = jetkiz.ends("editions", "screen", WEEK)
    assert status == 1
    assert "漢" in complaint
    written = list((jetkiz.folder / "editions" / WEEK / "screen").iterdir())
    assert f"{len(written)} lessons written" in said
    assert written


@pytest.mark.needs("lou_translate")
def test_who_reads_braille_gets_the_week_in_it(sqlite_database: Database, jetkiz: Jetkiz) -> None:
    with sqlite_database.write() as connection:
        people = print_school(connection)
        reads = update(student).where(student.c.id == people.alice).values(needs="braille")
        connection.execute(reads)
    said = jetkiz.run("editions", "braille", WEEK)
    folder = jetkiz.folder / "editions" / WEEK / "braille"
    (file,) = folder.glob("*.brf")
    assert file.name == f"h1-{people.alice}.brf"
    content = file.read_bytes()
    assert content.isascii()
    assert content.endswith(b"\f")
    assert "Files in Braille: 1, in" in said
    assert file.name in (folder / "report.txt").read_text("utf-8")
    jetkiz.run("editions", "braille", WEEK)
    assert file.read_bytes() == content


def test_where_nobody_reads_braille_nothing_is_needed(
    sqlite_database: Database, jetkiz: Jetkiz
) -> None:
    with sqlite_database.write() as connection:
        print_school(connection)
    assert "No child of the roster reads Braille" in jetkiz.run("editions", "braille", WEEK)
    assert not (jetkiz.folder / "editions").exists()
