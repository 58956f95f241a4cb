"""Lessons that bring their own pages: what the teacher is told, and what the pack gets."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from jetkiz.errors import JetkizError
from jetkiz.lessons.model import LessonFile, Question, Task
from jetkiz.lessons.reading import ReadLesson, read_folder
from jetkiz.lessons.ready_pages import ready_pdf as asking
from jetkiz.lessons.ready_pages.cleaning import clean_pages
from jetkiz.roster.reading.findings import Findings, Level
from jetkiz.storage.files import FileStore
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.set_pages import LessonPages
from scheduler.problem import pages_of
from tests.lesson_folders import swapped, write_lesson
from tests.print_school import a_lesson
from tests.ready_pdfs import changed, page_picture, ready_pdf, with_everything_that_acts


def read(home: Path) -> tuple[list[ReadLesson], list[tuple[Level, str, str]]]:
    findings = Findings()
    lessons = read_folder(home, findings)
    messages = findings.messages()
    return lessons, [(one.level, one.places[0].file, one.sentence) for one in messages]


def text_of(pages: LessonPages) -> str:
    with pypdfium2.PdfDocument(pages.pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_pages_beside_the_text_belong_to_its_language(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "w05")
    (home / "ru.pages.pdf").write_bytes(ready_pdf())
    lessons, said = read(home)
    assert said == []
    files = {one.language: sorted(one.files) for one in lessons}
    assert files == {"kk": ["img/01.jpg"], "ru": ["img/01.jpg", "ru.pages.pdf"]}


def test_a_computer_that_cannot_look_into_pages_takes_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = write_lesson(tmp_path / "w05", ru=None)
    (home / "kk.pages.pdf").write_bytes(ready_pdf())
    monkeypatch.setattr(asking, "find_spec", lambda _: None)
    lessons, said = read(home)
    assert sorted(lessons[0].files) == ["img/01.jpg"]
    (told,) = [one for one in said if one[1] == "w05/kk.pages.pdf"]
    assert told[0] == Level.WARNING
    assert told[2].startswith("The PDF is left out")


def test_what_is_kept_is_clean_and_a_change_is_seen_by_what_was_brought(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "w05", ru=None)
    plain = read(home)[0][0]
    hostile = changed(ready_pdf(pages=3), with_everything_that_acts)
    (home / "kk.pages.pdf").write_bytes(hostile)
    first, again = read(home)[0][0], read(home)[0][0]
    kept = first.files["kk.pages.pdf"]
    assert b"Launch" in hostile
    assert clean_pages(kept).dropped == ()
    assert (first.pages_of("kk.pages.pdf"), first.pages_of("img/01.jpg")) == (3, 0)
    assert first.content_hash == again.content_hash != plain.content_hash
    (home / "kk.pages.pdf").write_bytes(ready_pdf(pages=3))
    assert read(home)[0][0].content_hash != first.content_hash


def test_the_plan_counts_the_pages_that_are_there() -> None:
    task = Task("Ответь.", date(2026, 1, 29), pages=2)
    text = "Слово " * 2000
    ready = LessonFile("ru.pages.pdf", "0" * 64, 1, pages=3)
    assert pages_of(a_lesson(text=text, task=task, files=(ready,))) == 3 + 2
    unseen = replace(ready, pages=0)
    assert pages_of(a_lesson(text=text, task=task, files=(unseen,))) == 8 + 2


def test_what_paper_will_not_show_is_told_at_its_file(tmp_path: Path) -> None:
    def at_the_edge(document: pikepdf.Pdf) -> None:
        with_everything_that_acts(document)
        document.pages[0].contents_add(document.make_stream(b"0 0 595 841 re S"))

    home = write_lesson(tmp_path / "w05")
    (home / "kk.pages.pdf").write_bytes(changed(ready_pdf(), at_the_edge))
    lessons, said = read(home)
    assert len(lessons) == 2, "warnings stop nothing"
    assert {file for _, file, _ in said} == {"w05/kk.pages.pdf"}
    assert [(level, words.split()[0]) for level, _, words in said] == [
        (Level.WARNING, "Page"),
        (Level.WARNING, "Notes,"),
        (Level.NOTE, "What"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7 junk", "The PDF is broken"), (b"MZ", "This is no PDF, no sound")],
)
def test_pages_that_cannot_be_printed_are_an_error(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    home = write_lesson(tmp_path / "w05")
    (home / "kk.pages.pdf").write_bytes(content)
    ((level, file, words),) = read(home)[1]
    assert (level, file) == (Level.ERROR, "w05/kk.pages.pdf")
    assert sentence in words


def test_a_task_with_an_emoji_is_pointed_out_where_it_stands(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "w05", swapped("Үш түсті жаз.", "Үш түсті жаз 🍎."))
    findings = Findings()
    read_folder(home, findings)
    (one,) = findings.messages()
    assert (one.level, one.places[0].file, one.places[0].column, one.places[0].value) == (
        *(Level.ERROR, "w05/lesson.toml", "task.kk", "🍎"),
    )


def test_pages_without_a_text_are_pointed_out(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "w05", ru=None)
    (home / "ru.pages.pdf").write_bytes(ready_pdf())
    assert ("w05/ru.pages.pdf", "There are pages for paper, but no text in this language.") in [
        (file, words) for _, file, words in read(home)[1]
    ]


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def ready_file(files: FileStore, content: bytes) -> LessonFile:
    return LessonFile("ru.pages.pdf", files.put(content), len(content))


def typeset(
    files: FileStore, *ready: LessonFile, large: bool = False, **more: object
) -> LessonPages:
    lesson = a_lesson(text="Наш текст.", files=ready, **more)
    return set_lesson(lesson, files, files.folder.parent / "cache", large=large)


def test_the_pack_gets_the_teachers_pages_and_large_print_the_text(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = ready_pdf(pages=2)
    ready = ready_file(files, pdf)

    pages = typeset(files, ready)

    assert pages.pages == 2
    assert "Қазақ беті 2" in text_of(pages)
    assert page_picture(pages.pdf).tobytes() == page_picture(pdf).tobytes()
    assert "Наш текст" in text_of(typeset(files, ready, large=True))
    monkeypatch.setattr(asking, "LimitedProcess", None)
    assert typeset(files, ready) == pages, "cleaned once"


def test_a_quiz_stands_behind_the_teachers_pages(files: FileStore) -> None:
    quiz = (Question("2³ = ?", ("6", "8"), (1,)),)
    pages = typeset(files, ready_file(files, ready_pdf()), quiz=quiz)
    assert pages.pages == 2
    assert "1. 2³ = ?" in text_of(pages)
    with pikepdf.open(io.BytesIO(pages.pdf)) as document:
        assert {round(float(page.mediabox[2])) for page in document.pages} == {595}


def test_pages_that_were_harmed_on_the_disk_are_a_sentence(files: FileStore) -> None:
    with pytest.raises(JetkizError, match="broken or is no PDF"):
        typeset(files, ready_file(files, b"%PDF-1.7"))
