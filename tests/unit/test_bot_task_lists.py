"""A list of tasks says of each how it stands, and gives a button to what can be handed in."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chats.links import Child
from bot.chats.reading import StudentLesson, in_turns, newest_first
from bot.words import homework
from bot.words.cards import Card
from bot.words.keyboards import Verb, read_press
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.homework.standing import Standing
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.model import Lesson, LessonKind, Licence, Task

TODAY = date(2026, 1, 30)
ALICE = Child(5, "Alice", "2A", "guardian")
RULES = ("accept", "flag", "closed")
LESSON = Lesson(
    id=7,
    code="w05-7",
    language="kk",
    week="2026-W05",
    day=TODAY,
    order=1,
    subject="mathematics",
    grades=(2,),
    title="Adding",
    kind=LessonKind.TEXT,
    minutes=15,
    needs_picture=False,
    weight=1.0,
    text="# Adding\n\nTwo and two.",
    licence=Licence("CC BY 4.0"),
    task=Task("Count to ten.", TODAY),
)


def task(
    number: int = 7,
    age: int = 0,
    due: int = 0,
    state: State = State.DISPATCHED,
    work: Standing | None = None,
) -> StudentLesson:
    """A task of a lesson so many days old, due so many days from today."""
    wanted = Task("Count to ten.", TODAY + timedelta(days=due))
    lesson = replace(LESSON, id=number, day=TODAY - timedelta(days=age), task=wanted)
    stands = LessonState(5, number, 0, "telegram", ChoiceReason.BEST_VALUE, 1, state)
    return StudentLesson(lesson, stands, work)


TASKS = st.lists(
    st.builds(
        task,
        age=st.integers(0, 11),
        due=st.integers(-9, 5),
        state=st.sampled_from([State.DISPATCHED, State.RETURNED, State.MARKED]),
        work=st.sampled_from([None, *Standing]),
    ),
    max_size=50,
).map(lambda some: [_numbered(one, number) for number, one in enumerate(some, 1)])


def _numbered(one: StudentLesson, number: int) -> StudentLesson:
    return replace(one, lesson=replace(one.lesson, id=number))


def offered(cards: list[Card]) -> list[int]:
    assert not any(card.rows for card in cards[:-1])
    presses = [read_press(one.data) for row in cards[-1].rows for one in row]
    assert all(press and press.verb == Verb.HAND_IN for press in presses)
    return [press.numbers[1] for press in presses if press]


def line_of(one: StudentLesson, rule: str, language: str = "en") -> str:
    [card] = homework.task_list(ALICE, [one], TODAY, translator(language), rule)
    return card.text.splitlines()[1]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("flag", "late, it was due on Thursday, 29 January"),
        ("accept", "still taken, it was due on Thursday, 29 January"),
        ("closed", "no longer taken, it was due on Thursday, 29 January"),
    ],
)
def test_what_is_overdue_says_so_by_the_rule_of_the_class(rule: str, words: str) -> None:
    assert line_of(task(due=-1), rule).endswith(words)


@pytest.mark.parametrize("rule", RULES)
def test_the_due_day_itself_is_in_time(rule: str) -> None:
    assert line_of(task(due=0), rule).endswith("hand in by Friday, 30 January")
    asked_again = task(due=-1, state=State.MARKED, work=Standing.ONCE_MORE)
    assert line_of(asked_again, rule).endswith("please do it once more")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_standing_has_its_own_words(language: str) -> None:
    late = {line_of(task(due=-1), rule, language) for rule in RULES}
    back = {line_of(task(work=one), "flag", language) for one in Standing}
    assert len(late | back | {line_of(task(due=0), "flag", language)}) == 7


@given(TASKS, st.sampled_from(RULES), st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_no_newer_task_is_without_a_button_while_an_older_has_one(
    found: list[StudentLesson], rule: str, language: str
) -> None:
    t = translator(language)
    listed = homework.task_list(ALICE, found, TODAY, t, rule)
    pressed = offered(listed)
    wanted = [one for one in found if one.is_open_task]
    assert set(pressed) <= {one.lesson.id for one in wanted}
    assert pressed == sorted(pressed), "the buttons stand in the order of the list"
    assert len(pressed) == min(len(wanted), homework.MOST_BUTTONS)
    left_out = [one.lesson.day for one in wanted if one.lesson.id not in pressed]
    has_one = [one.lesson.day for one in wanted if one.lesson.id in pressed]
    assert not left_out or max(left_out) <= min(has_one)
    said = any(t(homework.ELSEWHERE) in card.text for card in listed)
    assert said == bool(left_out), "nobody looks for a button that is not there"


@given(st.lists(st.integers(0, 8), max_size=4), st.integers(0, 12))
def test_in_turns_nobody_is_left_out_while_another_has_two(sizes: list[int], most: int) -> None:
    mine = [[(child, number) for number in range(size)] for child, size in enumerate(sizes)]
    turns = in_turns(mine)
    assert sorted(turns) == [one for some in mine for one in some]
    counts = Counter(child for child, _ in turns[:most])
    for child, size in enumerate(sizes):
        assert counts[child] == size or counts[child] >= max(counts.values(), default=0) - 1
        assert [n for one, n in turns if one == child] == list(range(size)), "each in its order"


def test_the_newest_day_comes_first_and_a_day_keeps_its_order() -> None:
    found = [task(1, age=3), task(2, age=0), task(3, age=3), task(4, age=0)]
    assert [one.lesson.id for one in newest_first(found)] == [2, 4, 1, 3]
