"""Which thirty lessons a grade and language has in the drawn week, and which of them TV shows."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from jetkiz.lessons.model import LessonKind
from scheduler.nation.population import LANGUAGES
from scheduler.nation.problem import LessonRow

LESSONS_A_WEEK: Final = 30
DAYS: Final = 5

ON_TV: Final = ("kk", "ru")
"""Languages of the two TV channels that carried lessons in 2020; the others have none."""

AIRED: Final = 17
"""Lessons of a week that TV can show: 3000 in a quarter of 8 weeks for 22 grades of two languages
(egemen.kz 236633)."""

KINDS: Final = (LessonKind.TEXT, LessonKind.PICTURES, LessonKind.VIDEO, LessonKind.PRACTICE)
YOUNG: Final = (9, 9, 3, 9)
OLD: Final = (13, 3, 3, 11)
LAST_YOUNG: Final = 4
"""Lessons of each kind a week, up to grade 4 and above. Assumed."""

SIDES: Final = {
    LessonKind.TEXT: (1, 3),
    LessonKind.PICTURES: (2, 4),
    LessonKind.VIDEO: (1, 1),
    LessonKind.PRACTICE: (1, 2),
}
"""Fewest and most printed sides. Assumed."""

WEIGHTS: Final = (0.8, 1.0, 1.0, 1.2)
WITH_TASK: Final = 0.7
_STREAM: Final = 1_000_000


def program_of(language: str, grade: int) -> str:
    """Name the lessons of a grade in a language."""
    return f"{language}-{grade:02}"


def draw_lessons(grades: list[int], seed: int) -> tuple[LessonRow, ...]:
    """Draw the lessons of every grade and language; equal seeds give equal lessons."""
    programs = [(language, grade) for language in LANGUAGES for grade in grades]
    found = [
        row
        for number, (language, grade) in enumerate(programs)
        for row in _program(number, language, grade, seed)
    ]
    return tuple(found)


def _program(number: int, language: str, grade: int, seed: int) -> Iterator[LessonRow]:
    chance = np.random.default_rng([seed, _STREAM, number])
    counts = YOUNG if grade <= LAST_YOUNG else OLD
    kinds = chance.permutation(np.repeat(np.arange(len(KINDS)), counts))
    aired = _aired(kinds, chance) if language in ON_TV else frozenset()
    for slot, kind in enumerate(KINDS[code] for code in kinds):
        yield LessonRow(
            number=number * LESSONS_A_WEEK + slot + 1,
            code=f"{program_of(language, grade)}-{slot + 1:02}",
            program=program_of(language, grade),
            slot=slot,
            day=slot * DAYS // LESSONS_A_WEEK + 1,
            kind=kind,
            weight=float(chance.choice(WEIGHTS)),
            has_task=bool(chance.random() < WITH_TASK),
            sides=int(chance.integers(*SIDES[kind], endpoint=True)),
            is_aired=slot in aired,
        )


def _aired(kinds: np.ndarray, chance: np.random.Generator) -> frozenset[int]:
    """Films come first: who sees none of them on TV may see none at all."""
    is_film = kinds == KINDS.index(LessonKind.VIDEO)
    order = np.argsort(chance.random(len(kinds)) - is_film, kind="stable")
    return frozenset(order[:AIRED].tolist())
