"""What the sample teachers do: they look at the oldest work first and write a few words."""

import hashlib
from typing import Final

from sqlalchemy import Connection

from jetkiz.demo.stage import Stage
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.returns import read_waiting
from jetkiz.roster.register import read_students

TEACHER: Final = "sandugash"

# Words a teacher would write; they are content of the sample school, in the students' languages.
_WORDS: Final = {
    "kk": {
        "5": "Өте жақсы! Барлығын дұрыс орындадың.",
        "4": "Жақсы. Соңғы тапсырманы тағы бір рет қарап шық.",
        "3": "Жарайсың, тырыстың. 2-тапсырманы қайта орындап көр.",
    },
    "ru": {
        "5": "Отлично! Всё выполнено верно.",
        "4": "Хорошо. Посмотри ещё раз последнее задание.",
        "3": "Молодец, что старался. Попробуй ещё раз задание 2.",
    },
}
_MARKS: Final = ("5", "4", "5", "3", "4")


def mark_the_queue(stage: Stage, leave: int = 0) -> int:
    """Mark handed-in work, oldest first, but for the newest ``leave``; return how many works."""
    with stage.workplace.database.write() as connection:
        queue = read_waiting(connection)
        waiting = queue[: len(queue) - leave]
        languages = {one.id: one.language for one in read_students(connection)}
        for work in waiting:
            _mark(connection, stage, work, languages.get(work.student, "kk"))
    return len(waiting)


def _mark(connection: Connection, stage: Stage, work: HomeworkReturn, language: str) -> None:
    dice = hashlib.sha256(f"{work.student}:{work.lesson}".encode()).digest()[0]
    mark = _MARKS[dice % len(_MARKS)]
    key = f"demo:{work.student}:{work.lesson}:{work.version}"
    marking = Marking(work.id, mark, _WORDS[language][mark], TEACHER, key)
    give_feedback(connection, marking, stage.clock())
