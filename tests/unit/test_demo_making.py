"""The scripts that made the demo: from a small source folder to lesson folders, byte for byte."""

import io
import json
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from jetkiz.demo.making import lessons
from jetkiz.demo.making.lesson_sources import load_entries
from jetkiz.demo.making.stable_files import (
    Sheet,
    csv_text,
    workbook_bytes,
    write_if_changed,
    zip_bytes,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source folder with as many stories, sentences and words as the week asks for."""
    folder = tmp_path / "source"
    entries = load_entries()
    (folder / "kk").mkdir(parents=True)
    (folder / "img").mkdir()
    Image.new("RGB", (546, 300), "white").save(folder / "img" / "one.jpg")
    stories = sorted({entry["story"] for entry in entries if "story" in entry})
    texts = sorted({entry["text"] for entry in entries if "text" in entry})
    words = sorted({word for entry in entries for word in entry.get("words", ())})
    _write(folder / "lessons.json", [_story(story) for story in stories])
    _write(
        folder / "kk" / "texts.json",
        [{"id": text, "sentences": [f"Сөйлем {n}." for n in range(1, 51)]} for text in texts],
    )
    _write(folder / "kk" / "vocabulary.json", [_word(word) for word in words])
    for original in lessons.LICENCES.values():
        (folder / original).write_text("terms", encoding="utf-8")
    return folder


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _story(name: str) -> dict[str, object]:
    count = {"asp-0001": 11, "asp-0006": 6, "asp-0156": 5, "asp-0210": 11}.get(name, 8)
    pages = [
        {"n": n, "ru": f"Строка {n}.", "en": f"Line {n}.", "image": "img/one.jpg"}
        for n in range(1, count + 1)
    ]
    return {
        "id": name,
        "title": {"ru": "Рассказ", "en": "Story"},
        "license": "CC BY 4.0",
        "text_by": "Writer",
        "illustration_by": "Painter",
        "translation_ru_by": "Translator",
        "pages": pages,
    }


def _word(word: str) -> dict[str, object]:
    kk, _, en = word.partition("/")
    return {
        "kk": kk,
        "ru": "Слово",
        "en": en or "word",
        "meaning_kk": "Мағына",
        "example": {"kk": "Мысал.", "ru": "Пример.", "en": "Example."},
    }


def test_a_source_folder_becomes_all_lessons(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "lessons"
    assert lessons.main([str(source), str(target)]) == 0
    assert "53 lessons" in capsys.readouterr().out
    folders = {path.name for path in target.iterdir()}
    assert folders == {entry["code"] for entry in load_entries()} | {"LICENSES"}
    picture = target / "w05-g14-nature-fire" / "img" / "08.jpg"
    with Image.open(picture) as opened:
        assert opened.width == lessons.PICTURE_WIDTH


def test_making_twice_changes_no_byte_and_clears_old_lessons(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "lessons"
    lessons.main([str(source), str(target)])
    first = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    (target / "w05-old").mkdir()
    lessons.main([str(source), str(target)])
    assert first == {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert not (target / "w05-old").exists()


def test_a_story_names_its_makers_and_translators(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "lessons"
    lessons.main([str(source), str(target)])
    told = {
        code: tomllib.loads((target / code / "lesson.toml").read_text(encoding="utf-8"))["licence"]
        for code in (
            "w05-g14-nature-fire",
            "w05-ru-g59-reading-anansi",
            "w05-g79-english-anansi",
        )
    }
    translators = [one["translation_by"] for one in told.values()]
    assert translators == ["Translator (ru), Jetkiz (kk)", "Translator (ru)", ""]
    assert {one["pictures_by"] for one in told.values()} == {"Painter"}


def test_excerpts_mark_what_was_left_out(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "lessons"
    lessons.main([str(source), str(target)])
    page = (target / "w05-kk-g79-reading-abai-25" / "kk.md").read_text(encoding="utf-8")
    assert page.count("\n\n[…]\n\n") == 2
    assert page.endswith("Сөйлем 31.\n")


def test_misprints_are_put_right(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "lessons"
    lessons.main([str(source), str(target)])
    page = (target / "w05-ru-g59-reading-tingi" / "ru.md").read_text(encoding="utf-8")
    assert "вышли из укрытия" in page
    assert "Строка 10." not in page


def test_without_a_source_folder_the_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert lessons.main([]) == 2
    assert "SOURCE" in capsys.readouterr().err


def test_by_default_the_lessons_of_the_product_are_written(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "LESSONS", tmp_path / "kept")
    assert lessons.main([str(source)]) == 0
    assert (tmp_path / "kept" / "LICENSES" / "CC0-1.0.txt").read_text() == "terms"


def test_a_workbook_keeps_text_as_text_and_numbers_as_numbers() -> None:
    header = tuple(f"column{n}" for n in range(28))
    row = ("010000", 3, 0.6, "<&\"'>", "", *(["x"] * 23))
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes([Sheet("one", header, (row,))])))
    sheet = book["one"]
    assert sheet["A2"].value == "010000"
    assert sheet["B2"].value == 3
    assert sheet["C2"].value == 0.6
    assert sheet["D2"].value == "<&\"'>"
    assert sheet["E2"].value is None
    assert sheet["AB1"].value == "column27"
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"


def test_a_zip_depends_on_its_content_alone() -> None:
    first = zip_bytes({"a.csv": "x", "b.csv": "ә"})
    assert first == zip_bytes({"a.csv": "x", "b.csv": "ә"})
    assert first != zip_bytes({"a.csv": "x", "b.csv": "é"})
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {2026}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_csv_quotes_what_needs_quoting() -> None:
    assert csv_text(["a", "b"], [["x,y", 1]]) == 'a,b\r\n"x,y",1\r\n'


def test_a_file_is_written_only_when_it_differs(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    assert write_if_changed(path, b"one")
    assert not write_if_changed(path, b"one")
    assert write_if_changed(path, b"two")
