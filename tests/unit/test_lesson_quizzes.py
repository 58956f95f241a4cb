"""The quiz, the goal and the files of a lesson: read, refused with what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.i18n import translator
from jetkiz.lessons.model import FileKind, LessonFile, Question
from jetkiz.lessons.quiz_reading import read_quiz
from jetkiz.lessons.reading import read_folder
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.report import message_lines
from tests.lesson_folders import HEAD, write_lesson

GOOD = """
[[question]]
text = "$2^3$ нешеге тең?"
options = ["6", "8", "$\\\\frac{1}{2}$"]
right = ["8"]
explanation = "2 · 2 · 2 = 8."

[[question]]
text = "Жұп сандар?"
options = ["1", "2", "4"]
right = ["4", "2"]
"""


def quiz(home: Path, text: str) -> tuple[tuple[Question, ...], list[str]]:
    """Return a quiz and what is said about it."""
    (home / "kk.quiz.toml").write_text(text, "utf-8")
    findings = Findings()
    read = read_quiz(home, "w05", "kk", findings)
    return read, message_lines(translator("en"), findings.messages())


def test_a_quiz_is_read_with_its_formulas_in_plain_letters(tmp_path: Path) -> None:
    read, said = quiz(tmp_path, GOOD)
    assert said == []
    assert read == (
        Question("2³ нешеге тең?", ("6", "8", "½"), (1,), "2 · 2 · 2 = 8."),
        Question("Жұп сандар?", ("1", "2", "4"), (1, 2)),
    )
    assert read[1].is_answered_by([2, 1])
    assert not read[1].is_answered_by([2])
    assert read_quiz(tmp_path, "w05", "ru", Findings()) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('right = ["8"]', 'right = ["7"]', "none of the options"),
        ('right = ["8"]', "right = [8]", "none of the options"),
        ('right = ["8"]', "right = []", "none of the options"),
        ('right = ["8"]', "", "none of the options"),
        ('options = ["1", "2", "4"]', 'options = ["1"]', "2 to 10 different options"),
        ('options = ["1", "2", "4"]', 'options = ["1", "1"]', "2 to 10 different options"),
        ('options = ["1", "2", "4"]', "options = [1, 2]", "2 to 10 different options"),
        ('options = ["1", "2", "4"]', f'options = ["1", "{"a" * 97}"]', "at most 96 letters"),
        ('text = "Жұп сандар?"', 'text = ""', "at most 280 letters"),
        ('text = "Жұп сандар?"', "text = 5", "at most 280 letters"),
        ('text = "Жұп сандар?"', f'text = "{"a" * 281}"', "at most 280 letters"),
        ('"2 · 2 · 2 = 8."', f'"{"a" * 201}"', "at most 200 letters"),
        ("Жұп сандар?", r"$\\foo$", r"\foo"),
        ("explanation", "explain", "no such entry"),
        ("[[question]]", "[question", "cannot be read"),
        (GOOD, "", "no questions"),
        (GOOD, "question = [1]", "no question"),
        (GOOD, GOOD * 11, "too many"),
    ],
)
def test_what_is_wrong_with_a_quiz_is_said(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    _, said = quiz(tmp_path, GOOD.replace(old, new, 1))
    assert expected in "\n".join(said)


@given(st.lists(st.sets(st.integers(0, 3)), max_size=5), st.sets(st.integers(0, 3), min_size=1))
def test_only_all_right_options_and_no_other_are_right(
    tries: list[set[int]], right: set[int]
) -> None:
    question = Question("?", ("a", "b", "c", "d"), tuple(sorted(right)))
    assert [question.is_answered_by(one) for one in tries] == [one == right for one in tries]


def test_a_goal_and_a_quiz_change_a_lesson_and_their_lack_does_not(tmp_path: Path) -> None:
    home = write_lesson(tmp_path / "w05")
    bare = {one.language: one.content_hash for one in read_folder(home, Findings())}
    goal = '[goal]\nkk = "Түсті  атаймын, $x^2$."\n\n[task]'
    write_lesson(home, HEAD.replace("[task]", goal, 1))
    with_goal = {one.language: one for one in read_folder(home, Findings())}
    assert with_goal["kk"].goal == "Түсті атаймын, x²."
    assert with_goal["kk"].content_hash != bare["kk"]
    assert with_goal["ru"].content_hash == bare["ru"]
    (home / "ru.quiz.toml").write_text(GOOD, "utf-8")
    with_quiz = {one.language: one for one in read_folder(home, Findings())}
    assert len(with_quiz["ru"].quiz) == 2
    assert with_quiz["ru"].content_hash != bare["ru"]


def test_a_goal_of_three_lines_is_refused(tmp_path: Path) -> None:
    long = f'[goal]\nkk = "{"a" * 161}"\n\n[task]'
    findings = Findings()
    read_folder(write_lesson(tmp_path / "w05", HEAD.replace("[task]", long, 1)), findings)
    assert "two lines of a phone" in "".join(message_lines(translator("en"), findings.messages()))


def test_a_title_and_a_task_speak_plain_letters(tmp_path: Path) -> None:
    head = HEAD.replace('"Түстер"', '"$x^2$ бар"').replace("Үш түсті жаз.", "Шеш: $x^2 = 4$.")
    findings = Findings()
    read = {one.language: one for one in read_folder(write_lesson(tmp_path, head), findings)}
    assert (read["kk"].title, read["kk"].task_text) == ("x² бар", "Шеш: x² = 4.")
    bad = HEAD.replace("Үш түсті жаз.", r"Шеш: $\\foo$.")
    read_folder(write_lesson(tmp_path, bad), findings)
    assert r"\foo" in "".join(message_lines(translator("en"), findings.messages()))


def test_a_file_is_what_its_ending_says() -> None:
    names = ("a.OGG", "b.mp3", "c.mp4", "d.pdf", "e.png", "f.wav", "g")
    kinds = [LessonFile(name, "", 1).kind for name in names]
    assert kinds == [
        FileKind.VOICE,
        FileKind.AUDIO,
        FileKind.VIDEO,
        FileKind.PDF,
        FileKind.PICTURE,
        FileKind.OTHER,
        FileKind.OTHER,
    ]
