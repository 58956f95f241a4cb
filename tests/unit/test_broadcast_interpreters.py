"""Who needs sign language is told as numbers in which no child can be known."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadcast.capacity.interpreters import interpreted, interpreted_lines
from broadcast.problem.model import SMALL_CELL, Lesson, Medium, Meta, Problem, Stream
from jetkiz.i18n import LANGUAGES, translator
from tests.examples import drawing

GRADES = (1, 2, 3)
ENGLISH = translator("en")


def _problem(*grades: int) -> Problem:
    """Two lessons a grade, the second with an interpreter; the last grade listens as well."""
    streams = [Stream(f"kk-{n}", "kk", (n,), ("39",), students=90) for n in grades]
    streams.append(replace(streams[-1], id=f"kk-{grades[-1]}.radio", medium=Medium.RADIO))
    lessons = [
        Lesson(f"{one.id}-{n}", one.id, "math", n, 15, sign_language=n == 2)
        for one in streams
        for n in (1, 2)
    ]
    meta = Meta("w", "Asia/Almaty", date(2026, 1, 26), 5)
    return Problem(meta, {"39": "Asia/Almaty"}, (), tuple(streams), tuple(lessons))


def _said(problem: Problem, cells: dict[tuple[str, int], int]) -> list[str]:
    return interpreted_lines(interpreted(problem, cells), ENGLISH)


def test_a_grade_with_many_is_told_with_the_lessons_that_lack_an_interpreter() -> None:
    cells = {("kk", 1): 7, ("kk", 2): 4, ("kk", 3): 3, ("ru", 2): 50}
    assert _said(_problem(*GRADES), cells) == [
        "kk-1: 7 students need sign language; 1 of 2 lessons on TV have no interpreter.",
        "  Without one: kk-1-1",
        (
            "All others together: 7 students need sign language; "
            "2 of 4 lessons on TV have no interpreter."
        ),
        "  Without one: kk-2-1, kk-3-1",
    ]


def test_a_single_child_is_told_with_the_next_larger_grades() -> None:
    """The child of the third grade hides among those of the second, whose grade is not named."""
    cells = {("kk", 1): 9, ("kk", 2): 6, ("kk", 3): 1}
    said = _said(_problem(*GRADES), cells)
    assert [line for line in said if "kk-2:" in line or "kk-3:" in line] == []
    assert said[2].startswith("All others together: 7 students")


def test_where_there_are_few_in_all_not_even_their_number_is_told() -> None:
    said = _said(_problem(*GRADES), {("kk", 2): 1})
    assert said[0].startswith("Fewer than five students need sign language; 3 of 6 lessons")
    assert len(said) == 2
    assert _said(_problem(*GRADES), {}) == []


def test_where_every_lesson_has_an_interpreter_none_is_listed() -> None:
    problem = _problem(1)
    signed = tuple(replace(one, sign_language=True) for one in problem.lessons)
    found = interpreted(replace(problem, lessons=signed), {("kk", 1): 6})
    for language in LANGUAGES:
        (line,) = interpreted_lines(found, translator(language))
        assert "0" in line
        assert "2" in line


@drawing(40)
@given(st.dictionaries(st.sampled_from([("kk", n) for n in range(1, 7)]), st.integers(0, 8)))
def test_no_number_below_five_is_ever_told_and_nobody_is_left_out(
    cells: dict[tuple[str, int], int],
) -> None:
    found = interpreted(_problem(1, 2, 3, 4, 5, 6), cells)
    assert sum(one.students for one in found) == sum(cells.values())
    if sum(cells.values()) >= SMALL_CELL:
        assert all(one.students >= SMALL_CELL for one in found)
    else:
        assert all(len(one.streams) == 6 for one in found)
    named = [name for one in found for name in one.streams]
    assert len(set(named)) == len(named)
