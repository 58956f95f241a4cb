"""Many children, many tasks, long tasks: all of it stays on the paper, in letters that are read."""

from dataclasses import replace
from datetime import date

import pytest

from jetkiz.lessons.model import Task
from print_packs.model import AnswerSheet, ChildPart
from print_packs.page_plan import PageKind
from tests.printed_lines import assert_tidy
from tests.unit.test_print_extremes import drawn, in_a_run, part, tall

SENTENCE = "бұл ұзақ тапсырма мәтіні. "


@pytest.mark.parametrize("count", [1, 3, 8, 12, 30])
@pytest.mark.parametrize("tasks", [0, 2])
def test_every_child_of_a_large_family_stands_on_the_cover(count: int, tasks: int) -> None:
    children = [part(f"Бала{n}", "Аяз", tasks, student=n) for n in range(count)]

    (cover,) = drawn(in_a_run(*children))[PageKind.COVER]

    assert_tidy(cover)
    words = " ".join(line.text for line in cover)
    assert [n for n in range(count) if f"Бала{n}" not in words] == []
    assert tall(cover, "Бала") > 1.4
    assert ("Верните листы с ответами" in words) == bool(tasks)
    assert "Пакет 1234" in words


@pytest.mark.parametrize(("children", "tasks"), [(6, 20), (8, 15), (1, 60)])
def test_of_very_many_sheets_the_subjects_are_ticked(children: int, tasks: int) -> None:
    family = [part(f"Бала{n}", "Аяз", tasks, student=n) for n in range(children)]

    (slip,) = drawn(in_a_run(*family))[PageKind.SLIP]

    assert_tidy(slip)
    assert tall(slip, "Чтение") > 1.4
    words = " ".join(line.text for line in slip)
    assert words.count(f"{tasks} листов для ответов") == children
    assert "Мектеп" in words


def given(child: ChildPart, text: str) -> ChildPart:
    lesson = replace(child.sheets[0].lesson, task=Task(text, date(2026, 2, 2)))
    return replace(child, sheets=(AnswerSheet(1, lesson, 1, 1),))


@pytest.mark.parametrize(
    ("sentences", "is_whole"), [(1, True), (20, True), (120, True), (250, False)]
)
@pytest.mark.parametrize("large", [False, True])
def test_a_task_is_on_its_sheet_or_says_that_it_goes_on(
    sentences: int, *, is_whole: bool, large: bool
) -> None:
    child = given(part("Айша", "Аяз", 1, is_large=large), SENTENCE * sentences + "СОҢЫ")

    (sheet,) = drawn(in_a_run(child))[PageKind.ANSWER]

    assert_tidy(sheet)
    words = " ".join(line.text for line in sheet)
    assert ("СОҢЫ" in words) == is_whole
    assert ("…" in words) != is_whole


def test_a_task_in_large_print_takes_room_before_its_letters_shrink() -> None:
    text = SENTENCE * 20
    sheets = [
        drawn(in_a_run(given(part("Айша", "Аяз", 1, is_large=large), text)))[PageKind.ANSWER][0]
        for large in (True, False)
    ]

    large, usual = (tall(sheet, "тапсырма") for sheet in sheets)

    assert large > usual * 1.15
