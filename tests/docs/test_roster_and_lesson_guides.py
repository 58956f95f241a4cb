"""The guides to rosters and lessons name every column, fact and entry, and their examples work."""

import re
from pathlib import Path

from jetkiz.lessons.lesson_head import DAYS, MARKS
from jetkiz.lessons.model import LessonKind
from jetkiz.lessons.reading import read_folder
from jetkiz.lessons.subjects import SUBJECTS
from jetkiz.roster.access_profile import FactKind, Source
from jetkiz.roster.model import DeliveryMode, Need
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.own_workbook import SHEETS
from jetkiz.roster.template import EXPLAINED
from tests.lesson_folders import write_lesson
from tests.rosters import said

ROSTER = Path("docs/howto/import-a-roster.md").read_text("utf-8")
LESSON = Path("docs/howto/write-a-lesson.md").read_text("utf-8")


def test_every_sheet_and_column_is_named_and_explained() -> None:
    columns = {column for shape in SHEETS for column in shape.columns}
    assert {name for name in columns if f"`{name}`" not in ROSTER} == set()
    assert {shape.name for shape in SHEETS if f"`{shape.name}`" not in ROSTER} == set()
    assert columns == set(EXPLAINED)


def test_every_fact_source_mode_and_need_is_named() -> None:
    words = {*FactKind, *(s.name.lower() for s in Source), *DeliveryMode, *Need}
    assert {str(word) for word in words if f"`{word}`" not in ROSTER} == set()


def test_the_values_of_the_guide_are_accepted() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \| (`[^|]+) \|$", ROSTER, re.MULTILINE)
    facts = [row for row in rows if row[0].strip("`").split("`")[0] in set(FactKind)]
    assert len(facts) == 6
    for names, values in facts:
        for name in re.findall(r"`(\w+)`", names):
            for value in re.findall(r"`([^`]+)`", values):
                assert cells.fact_value(FactKind(name), value) == value


def test_the_example_of_a_lesson_is_read(tmp_path: Path) -> None:
    head, quiz = re.findall(r"```toml\n(.*?)```", LESSON, re.DOTALL)
    home = write_lesson(tmp_path / "colours", head)
    (home / "sheet.pdf").write_bytes(b"%PDF-1.7")
    (home / "kk.ogg").write_bytes(b"OggS")
    (home / "colours.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (home / "kk.quiz.toml").write_text(quiz, "utf-8")
    findings = Findings()
    lessons = read_folder(home, findings)
    assert said(findings) == []
    assert [lesson.language for lesson in lessons] == ["kk", "ru"]
    assert [len(lesson.quiz) for lesson in lessons] == [1, 0]
    assert all(lesson.goal for lesson in lessons)


def test_every_word_of_a_head_is_named() -> None:
    words = {*DAYS, *MARKS, *LessonKind, *SUBJECTS}
    assert {str(word) for word in words if not re.search(rf"\b{word}\b", LESSON)} == set()
