"""Folders of lessons: good ones are read whole, each fault is a sentence, never a traceback."""

import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.lessons.lesson_files import read_attachment, read_picture
from jetkiz.lessons.lesson_text import check_text, first_heading
from jetkiz.lessons.reading import ReadLesson, read_folder
from jetkiz.lessons.subjects import SUBJECTS, subject_words
from jetkiz.roster.reading.findings import Findings, Place
from tests.lesson_folders import HEAD, TEXT, picture, swapped, write_lesson
from tests.rosters import said

PLACE = Place("kk.md")


def lessons_of(folder: Path) -> tuple[list[ReadLesson], list[str]]:
    findings = Findings()
    lessons = read_folder(folder, findings)
    return lessons, said(findings)


def test_a_good_lesson_is_one_for_each_language(tmp_path: Path) -> None:
    lessons, words = lessons_of(write_lesson(tmp_path / "colours"))
    assert words == []
    assert [lesson.language for lesson in lessons] == ["kk", "ru"]
    kk = lessons[0]
    assert (kk.title, kk.head.day, kk.task_due) == ("Түстер", date(2026, 1, 26), date(2026, 1, 28))
    assert kk.task_text == "Үш түсті жаз."
    assert list(kk.files) == ["img/01.jpg"]
    assert kk.head.grades == (1, 2)
    assert kk.content_hash != lessons[1].content_hash


def test_a_folder_of_lessons_leaves_other_folders_alone(tmp_path: Path) -> None:
    write_lesson(tmp_path / "a")
    write_lesson(tmp_path / "b", swapped("w05-colours", "w05-shapes"))
    (tmp_path / "LICENSES").mkdir()
    lessons, words = lessons_of(tmp_path)
    assert len(lessons) == 4
    assert words == []


def test_small_heads_have_defaults(tmp_path: Path) -> None:
    head = """
format = "jetkiz-lesson/1"
code = "w05-own"
week = "2026-W05"
day = 2026-01-30
subject = "nature"
grades = [0]
kind = "pictures"
licence = {name = "own work"}
"""
    lessons, words = lessons_of(write_lesson(tmp_path / "own", head))
    assert words == []
    kk = lessons[0]
    assert (kk.title, kk.task_text, kk.task_due) == ("Түстер", None, None)
    assert (kk.head.minutes, kk.head.order, kk.head.weight) == (15, 1, 1.0)
    assert kk.head.needs_picture


@pytest.mark.parametrize(
    ("said", "signed"), [("true", ["kk", "ru"]), ('["ru"]', ["ru"]), ("[]", []), ("false", [])]
)
def test_an_interpreter_is_in_the_film_of_some_languages_or_of_all(
    tmp_path: Path, said: str, signed: list[str]
) -> None:
    """What is not said changes nothing: lessons of before keep the hash they had."""
    plain, _ = lessons_of(write_lesson(tmp_path / "plain"))
    head = swapped("order = 1", f"order = 1\nsign_language = {said}")
    found, words = lessons_of(write_lesson(tmp_path / "signed", head))

    assert words == []
    assert [one.language for one in found if one.is_signed] == signed
    changed = [
        now.language
        for one, now in zip(plain, found, strict=True)
        if one.content_hash != now.content_hash
    ]
    assert changed == signed


def test_due_days_jump_over_the_week_end(tmp_path: Path) -> None:
    lessons, _words = lessons_of(write_lesson(tmp_path / "l", swapped('"mon"', '"fri"')))
    assert lessons[0].task_due == date(2026, 2, 3)


FAULTS = [
    ("format", 'format = "jetkiz-lesson/1"', 'format = "2"', "column format"),
    ("no code", 'code = "w05-colours"', "", "column code: This entry is missing."),
    ("Kazakh code", "w05-colours", "түстер", "«түстер»"),
    ("week", "2026-W05", "2026-5", "«2026-5»"),
    ("day", '"mon"', '"дс"', "«дс»: This value does not fit here."),
    ("day as a text", '"mon"', '"2026-01-26"', "or a date, as in 2026-01-26."),
    (
        "day of another week",
        '"mon"',
        "2026-02-02",
        "not in week 2026-W05. Write a date from 2026-01",
    ),
    ("subject", '"english"', '"English language"', "«English language»"),
    ("no grades", "[1, 2]", "[]", "«[]»"),
    ("grade 13", "[1, 2]", "[13]", "«[13]»"),
    ("grades in words", "[1, 2]", '["one"]', "column grades"),
    ("minutes", "minutes = 15", "minutes = 0", "from 1 to 180"),
    ("minutes in words", "minutes = 15", 'minutes = "15"', "column minutes"),
    ("kind", '"pictures"', '"film"', "«film»"),
    ("needs_picture", "needs_picture = true", 'needs_picture = "yes"', "column needs_picture"),
    ("sign_language", "order = 1", 'order = 1\nsign_language = ["kz"]', '["kk", "ru"]'),
    ("weight", "weight = 1.0", "weight = 0", "column weight"),
    ("order", "order = 1", "order = true", "column order"),
    ("title of a language", 'kk = "Түстер"', 'kz = "Түстер"', "title.kz"),
    ("title in a line", "[title]", "title = 5\n[titles]", "[title] on a line"),
    ("marks", 'marks = "five"', 'marks = "ten"', "«ten»"),
    ("due", "due_days = 2", "due_days = -1", "from 0 to 60"),
    ("no task text", "[task.text]", "[task.texts]", "column task.text"),
    ("long task", 'ru = "Напиши три цвета."', f'ru = "{"Напиши. " * 500}"', "is too long"),
    ("task of one language", 'ru = "Напиши три цвета."', "", "task is not written"),
    ("no licence", "[licence]", "[license]", "on which terms"),
    ("nameless licence", 'name = "CC BY 4.0"', "", "own work"),
    ("files", "order = 1", "order = 1\nfiles = 5", "column files"),
    ("kind of file", "[licence]", '[files]\nfilm = ["a.mp4"]\n[licence]', "files.film"),
    ("missing file", "[licence]", '[files]\npdf = "a.pdf"\n[licence]', "«a.pdf»"),
    ("TOML", "[licence]", "[licence", "head cannot be read"),
]


@pytest.mark.parametrize(
    ("old", "new", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_fault_of_the_head_is_few_messages(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    _lessons, found = lessons_of(write_lesson(tmp_path / "l", swapped(old, new)))
    assert any(words in line for line in found), found
    assert len(found) <= 2, found


def test_a_subject_without_a_name_is_taken_and_pointed_out(tmp_path: Path) -> None:
    """One word for a whole folder, however many lessons and languages it has."""
    for name in ("a", "b"):
        head = swapped('"english"', '"maths"').replace("w05-colours", name * 3)
        write_lesson(tmp_path / name, head)
    lessons, words = lessons_of(tmp_path)
    assert {one.head.subject for one in lessons} == {"maths"}
    (line,) = words
    assert "«maths»: This subject has no name" in line
    assert "mathematics" in line


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_subject_has_a_name_of_its_own(language: str) -> None:
    t = translator(language)
    names = {t(subject_words(subject)) for subject in SUBJECTS}
    assert len(names) == len(SUBJECTS)
    assert not names & set(SUBJECTS.values())


def test_an_unknown_entry_is_pointed_out(tmp_path: Path) -> None:
    lessons, words = lessons_of(write_lesson(tmp_path / "l", "colour = 1\n" + HEAD))
    assert len(lessons) == 2
    assert "no such entry" in words[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "text is empty"),
        ("# A\n\n![](img/01.jpg)\n", "no description"),
        ("# A\n\n![x](img/02.jpg)\n", "The file is not there"),
        ("# A\n\n![x](../lesson.toml)\n", "outside"),
        ("# A\n\n![x](https://example.org/a.jpg)\n", "outside"),
        ("# A\n\n<script>alert(1)</script>\n", "Raw HTML"),
        ("# A\n\nA <b>word</b>.\n", "Raw HTML"),
    ],
)
def test_a_fault_of_the_text_is_one_message(tmp_path: Path, text: str, words: str) -> None:
    _lessons, found = lessons_of(write_lesson(tmp_path / "l", kk=text))
    assert [words in line for line in found] == [True], found
    assert "l/kk.md" in found[0]


def test_a_text_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "l")
    (home / "ru.md").write_bytes("# Цвета".encode("cp1251"))
    lessons, words = lessons_of(home)
    assert [lesson.language for lesson in lessons] == ["kk"]
    assert "not UTF-8" in words[0]


def test_a_lesson_without_text_or_title(tmp_path: Path) -> None:
    _lessons, words = lessons_of(write_lesson(tmp_path / "a", kk=None, ru=None))
    assert ["has no text" in line for line in words] == [True]
    _lessons, words = lessons_of(write_lesson(tmp_path / "b", kk=None))
    assert ["There is a title, but no text" in line for line in words] == [True]
    head = swapped('kk = "Түстер"', "")
    _lessons, words = lessons_of(write_lesson(tmp_path / "c", head, kk="Red.\n"))
    assert ["no title in this language" in line for line in words] == [True]


def test_two_lessons_of_one_code(tmp_path: Path) -> None:
    write_lesson(tmp_path / "a")
    write_lesson(tmp_path / "b")
    _lessons, words = lessons_of(tmp_path)
    assert ["Two lessons have this code" in line for line in words] == [True]


@pytest.mark.parametrize(
    ("terms", "count"), [("CC BY-NC 4.0", 1), ("CC BY-NC-ND 4.0", 2), ("CC BY-SA 4.0", 0)]
)
def test_terms_that_bind_are_pointed_out(tmp_path: Path, terms: str, count: int) -> None:
    lessons, words = lessons_of(write_lesson(tmp_path / "l", swapped("CC BY 4.0", terms)))
    assert len(lessons) == 2
    assert len(words) == count


def test_a_lesson_on_a_holiday_is_pointed_out(tmp_path: Path) -> None:
    _lessons, words = lessons_of(write_lesson(tmp_path / "l", swapped('"mon"', '"sun"')))
    assert ["2026-02-01, which is no school day" in line for line in words] == [True]
    _lessons, words = lessons_of(write_lesson(tmp_path / "m", swapped("2026-W05", "2030-W45")))
    assert ["no calendar for the school year" in line for line in words] == [True]


def at_the_break_of_grade_1(grades: str) -> str:
    head = swapped("2026-W05", "2026-W06").replace('"mon"', '"fri"')
    return head.replace("[1, 2]", grades)


@pytest.mark.parametrize(
    ("grades", "due"),
    [("[2, 3]", date(2026, 2, 10)), ("[1]", date(2026, 2, 17)), ("[1, 2]", date(2026, 2, 17))],
)
def test_a_task_waits_for_the_break_of_its_grade(tmp_path: Path, grades: str, due: date) -> None:
    lessons, words = lessons_of(write_lesson(tmp_path / "l", at_the_break_of_grade_1(grades)))
    assert words == []
    assert {lesson.task_due for lesson in lessons} == {due}


def test_a_lesson_in_the_break_of_its_grade_is_pointed_out(tmp_path: Path) -> None:
    head = swapped("2026-W05", "2026-W07")
    _lessons, words = lessons_of(write_lesson(tmp_path / "l", head))
    assert ["on 2026-02-09, when grade 1 has its break" in line for line in words] == [True]
    _lessons, words = lessons_of(write_lesson(tmp_path / "m", head.replace("[1, 2]", "[2, 3]")))
    assert words == []


def test_what_is_no_folder_of_lessons(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="holds no lesson"):
        read_folder(tmp_path, Findings())
    with pytest.raises(JetkizError, match="no folder"):
        read_folder(tmp_path / "nothing", Findings())


def test_pictures_are_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.png").write_bytes(picture("PNG"))
    (tmp_path / "cut.jpg").write_bytes(picture(size=300)[:-200])
    (tmp_path / "film.jpg").write_bytes(b"\x00\x00 no picture")
    findings = Findings()
    assert read_picture(tmp_path, "good.png", PLACE, findings)
    assert read_picture(tmp_path, "cut.jpg", PLACE, findings) is None
    assert read_picture(tmp_path, "film.jpg", PLACE, findings) is None
    monkeypatch.setattr("jetkiz.lessons.lesson_files.MOST_POINTS", 10)
    assert read_picture(tmp_path, "good.png", PLACE, findings) is None
    monkeypatch.setattr("jetkiz.lessons.lesson_files.LARGEST_PICTURE", 10)
    assert read_picture(tmp_path, "good.png", PLACE, findings) is None
    (no_picture, too_large) = said(findings)
    assert "no picture that can be printed" in no_picture
    assert "larger than" in too_large


def test_pictures_may_have_the_names_that_teachers_give_them(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "a", ru="# Цвета\n\n![Шар](<img/қызыл доп.jpg>)\n")
    (home / "img" / "01.jpg").rename(home / "img" / "қызыл доп.jpg")
    write_lesson(home, ru="# Цвета\n\n![Шар](<img/қызыл доп.jpg>)\n")
    (_, ru), words = lessons_of(home)
    assert words == []
    assert list(ru.files) == ["img/қызыл доп.jpg"]


def test_hidden_answers_are_checked_like_the_rest(tmp_path: Path) -> None:
    answer = "# Цвета\n\nTry.\n\n```answer\n![A ball](img/01.jpg)\n\n$\\foo$ <b>x</b>\n```\n"
    (_, ru), words = lessons_of(write_lesson(tmp_path / "a", ru=answer))
    assert list(ru.files) == ["img/01.jpg"]
    assert any("command is not known" in one for one in words)
    assert any("Raw HTML" in one for one in words)
    assert all("ru.md" in one for one in words)


def test_a_picture_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bomb.png").write_bytes(picture("PNG", 100))
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)
    assert read_picture(tmp_path, "bomb.png", PLACE, Findings()) is None


def test_attachments_are_pdf_sound_or_film(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "a.mp3").write_bytes(b"ID3 sound")
    (tmp_path / "a.exe").write_bytes(b"MZ")
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (tmp_path / "b.mp3").write_bytes(b"OggS")
    findings = Findings()
    assert read_attachment(tmp_path, "a.pdf", PLACE, findings)
    assert read_attachment(tmp_path, "a.mp3", PLACE, findings)
    assert read_attachment(tmp_path, "a.exe", PLACE, findings) is None
    assert read_attachment(tmp_path, "a.mp4", PLACE, findings)
    assert read_attachment(tmp_path, "b.mp3", PLACE, findings)
    assert "no PDF, no sound and no film" in said(findings)[0]
    assert "the ending .ogg: phones go by it" in said(findings)[1]


def test_attachments_of_a_lesson_are_in_every_language(tmp_path: Path) -> None:
    files = '[files]\npdf = ["a.pdf"]\naudio = "a.mp3"\n[licence]'
    home = write_lesson(tmp_path / "l", swapped("[licence]", files))
    (home / "a.pdf").write_bytes(b"%PDF-1.7")
    (home / "a.mp3").write_bytes(b"ID3")
    lessons, words = lessons_of(home)
    assert words == []
    assert [sorted(lesson.files) for lesson in lessons] == [["a.mp3", "a.pdf", "img/01.jpg"]] * 2


def test_the_content_hash_sees_every_change(tmp_path: Path) -> None:
    first = lessons_of(write_lesson(tmp_path / "a"))[0][0].content_hash
    assert lessons_of(write_lesson(tmp_path / "b"))[0][0].content_hash == first
    for n, (old, new) in enumerate([("due_days = 2", "due_days = 3"), ("[1, 2]", "[1]")]):
        changed = lessons_of(write_lesson(tmp_path / f"c{n}", swapped(old, new)))[0][0]
        assert changed.content_hash != first
    home = write_lesson(tmp_path / "d")
    (home / "img" / "01.jpg").write_bytes(picture(size=9))
    assert lessons_of(home)[0][0].content_hash != first


def test_every_sample_lesson_is_good() -> None:
    lessons, words = lessons_of(Path("jetkiz/demo/lessons"))
    assert len(lessons) > 50
    # A note lies on a teacher's own page, so that the sample week shows that it is not printed.
    (told,) = words
    assert "ru.pages.pdf: Notes, stamps and form fields of page 1 are not printed" in told


def test_headings() -> None:
    assert first_heading("text\n\n# A **bold** title\n") == "A **bold** title"
    assert first_heading("## Small\n") == ""


@given(st.text(max_size=200))
def test_any_text_is_checked_without_a_traceback(text: str) -> None:
    findings = Findings()
    for found in check_text(PLACE, text, findings):
        assert isinstance(found.name, str)
    assert all(said(findings))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutated_lessons(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Path(tmp_path_factory.getbasetemp()) / "mutated"
    shutil.rmtree(home, ignore_errors=True)
    write_lesson(home)
    name = data.draw(st.sampled_from(["lesson.toml", "kk.md", "img/01.jpg"]))
    content = bytearray((home / name).read_bytes())
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (home / name).write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(JetkizError):
        _lessons, words = lessons_of(home)
        assert all(words)


@settings(max_examples=60, deadline=None)
@given(values=st.dictionaries(st.sampled_from(HEAD.split()), st.integers() | st.booleans()))
def test_heads_of_other_types(
    values: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Path(tmp_path_factory.getbasetemp()) / "typed"
    lines = [f"{name} = {str(v).lower()}" for name, v in values.items() if name.isidentifier()]
    write_lesson(home, "\n".join(lines), kk=TEXT.format(title="A"))
    with suppress(JetkizError):
        _lessons, words = lessons_of(home)
        assert words
