"""What the sample children make of a quiz: the diligent open the lesson and tap their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from bot.words.keyboards import Verb
from jetkiz.demo.families import Family, Manner, buttons, show_children
from jetkiz.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class _Quiz:
    """A quiz that a child answers today."""

    person: str
    student: int
    lesson: int
    questions: int

    @property
    def key(self) -> str:
        """What makes every act of this quiz happen once."""
        return f"{self.person}:{self.student}:{self.lesson}:quiz"


def answer_quizzes(
    stage: Stage, families: list[Family], day: date, quizzes: Mapping[int, int]
) -> int:
    """Open the day's lessons that have a quiz and answer it; return how many were answered.

    ``quizzes`` says how many questions each has. A phone answers for one child after the other.
    """
    on_day = stage.memory["lesson_days"]
    todays = {lesson: count for lesson, count in quizzes.items() if on_day[lesson] == day}
    if not todays:
        return 0
    show_children(stage, families, day)
    queues = [_todays(stage, family, todays) for family in families]
    for together in zip_longest(*queues):
        _answer(stage, [one for one in together if one])
    return sum(map(len, queues))


def _todays(stage: Stage, family: Family, quizzes: Mapping[int, int]) -> list[_Quiz]:
    if family.manner != Manner.DILIGENT:
        return []
    shown = {
        press.numbers
        for _, press, _ in buttons(stage, family.person)
        if press.verb == Verb.OPEN and press.numbers[1] in quizzes
    }
    return [
        _Quiz(family.person, student, lesson, quizzes[lesson]) for student, lesson in sorted(shown)
    ]


def _answer(stage: Stage, together: Sequence[_Quiz]) -> None:
    """Let phones answer beside each other, question by question."""
    for verb in (Verb.OPEN, Verb.QUIZ):
        for one in together:
            _press(stage, one, verb)
        stage.converse()
    for number in range(max(one.questions for one in together)):
        for one in together:
            if number < one.questions:
                # Nobody knows everything: the first answer shown is right now and then.
                stage.people.vote(one.person, [0], key=f"{one.key}:{number}")
        stage.converse()


def _press(stage: Stage, one: _Quiz, verb: Verb) -> None:
    """Press the newest button with this verb for this lesson."""
    for message, press, data in reversed(list(buttons(stage, one.person))):
        if press.verb == verb and press.numbers[:2] == (one.student, one.lesson):
            stage.people.press_data(one.person, data, message, key=f"{one.key}:{verb}")
            return
