"""However a child's tasks lie, nobody is nagged: the limits hold on every day of every term."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.words.reminders import LATER, WORDS
from scheduler.rules.reminders import (
    AFTER,
    AHEAD,
    BEFORE,
    BEHIND,
    FRESH_AFTER,
    SUNDAY,
    WORDINGS,
    OpenTask,
    Told,
    next_reminder,
)

MONDAY = date(2026, 1, 26)
WEDNESDAY = MONDAY + timedelta(days=2)


@st.composite
def terms(draw: st.DrawFn) -> list[OpenTask]:
    tasks = []
    for number in range(draw(st.integers(1, 12))):
        given_on = MONDAY + timedelta(days=draw(st.integers(0, 20)))
        due = given_on + timedelta(days=draw(st.integers(0, 6)))
        tasks.append(OpenTask(number, given_on, due))
    return tasks


def lived(tasks: list[OpenTask], done: dict[int, date], looks: int = 2) -> list[Told]:
    """Ask several times every day, as the clock does, and hand work in now and then."""
    told: list[Told] = []
    for days in range(35):
        today = MONDAY + timedelta(days=days)
        still = [one for one in tasks if one.given <= today < done.get(one.lesson, date.max)]
        for _ in range(looks):
            new = next_reminder(still, told, today)
            if new:
                told.append(new)
    return told


@given(terms(), st.dictionaries(st.integers(0, 11), st.integers(0, 30)))
@example([OpenTask(n, MONDAY, WEDNESDAY) for n in range(12)], {})
def test_the_limits_hold_in_every_term(tasks: list[OpenTask], ends: dict[int, int]) -> None:
    done = {lesson: MONDAY + timedelta(days=day) for lesson, day in ends.items()}
    told = lived(tasks, done)
    assert max(Counter(one.day for one in told).values(), default=0) <= 1
    assert max(Counter(one.lesson for one in told).values(), default=0) <= 2
    assert all(n == 1 for n in Counter((one.lesson, one.number) for one in told).values())
    by_lesson = {one.lesson: one for one in tasks}
    for place, one in enumerate(told):
        task = by_lesson[one.lesson]
        assert one.day < done.get(one.lesson, date.max), "never for who has handed in"
        assert one.day > task.given
        assert one.day.weekday() != SUNDAY
        if one.number == BEFORE:
            assert task.due - AHEAD <= one.day <= task.due
        else:
            assert one.number == AFTER
            assert task.due < one.day <= task.due + BEHIND
        for older in told[:place]:
            assert older.wording != one.wording or one.day - older.day >= FRESH_AFTER


@given(terms(), st.randoms(use_true_random=False))
def test_the_order_of_the_tasks_decides_nothing(tasks: list[OpenTask], random: object) -> None:
    mixed = list(tasks)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert lived(mixed, {}) == lived(tasks, {})


def test_a_single_task_is_called_to_mind_before_and_after() -> None:
    told = lived([OpenTask(7, MONDAY, WEDNESDAY)], {})
    assert [(one.number, one.day) for one in told] == [
        (BEFORE, MONDAY + timedelta(days=1)),
        (AFTER, MONDAY + timedelta(days=3)),
    ]


def test_who_handed_in_hears_nothing_more() -> None:
    task = OpenTask(7, MONDAY, WEDNESDAY)
    assert [one.number for one in lived([task], {7: WEDNESDAY})] == [BEFORE]
    assert lived([task], {7: MONDAY}) == []


def test_the_task_that_is_due_first_comes_first() -> None:
    later, sooner = OpenTask(1, MONDAY, WEDNESDAY), OpenTask(2, MONDAY, MONDAY + AHEAD)
    found = next_reminder([later, sooner], [], MONDAY + AHEAD)
    assert found
    assert found.lesson == 2


def test_on_a_sunday_and_long_after_nothing_comes() -> None:
    saturday = MONDAY + timedelta(days=5)
    task = OpenTask(1, MONDAY, saturday)
    assert next_reminder([task], [], saturday + timedelta(days=1)) is None
    assert next_reminder([task], [], saturday + BEHIND) is not None
    assert next_reminder([task], [], saturday + BEHIND + timedelta(days=1)) is None


def test_a_clock_that_ran_back_reminds_of_nothing_more() -> None:
    task = OpenTask(1, MONDAY, WEDNESDAY)
    told = [Told(9, BEFORE, WEDNESDAY, "before-1")]
    assert next_reminder([task], told, MONDAY + AHEAD) is None


def test_every_wording_has_words_and_none_is_left_over() -> None:
    assert set(WORDS) == {name for some in WORDINGS.values() for name in some} | {LATER}
