"""How many students need sign language, and which of their lessons on TV have no interpreter.

What is told names no child: a stream with fewer than five such students is told together with all
others that have fewer, and with one that has more until they are five.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from broadcast.problem.model import SMALL_CELL, Medium, Problem, Stream
from jetkiz.i18n import N_, Translator

Cells = Mapping[tuple[str, int], int]
"""How many students need sign language, by language and grade."""


@dataclass(frozen=True, slots=True)
class Interpreted:
    """Streams that are told together: their students who need sign language, their lessons.

    ``unsigned`` are the lessons without an interpreter, of ``lessons`` in all.
    """

    streams: tuple[str, ...]
    students: int
    lessons: int
    unsigned: tuple[str, ...]

    @property
    def is_small(self) -> bool:
        """True when the number itself would tell too much."""
        return self.students < SMALL_CELL


def interpreted(problem: Problem, cells: Cells) -> tuple[Interpreted, ...]:
    """Return who needs an interpreter of whom it may be told; streams of one group are the last."""
    shown = [one for one in problem.streams if one.medium is Medium.TV]
    alone = [one for one in shown if _students([one], cells) >= SMALL_CELL]
    alone.sort(key=lambda one: (-_students([one], cells), one.id))
    rest = [one for one in shown if one not in alone]
    while alone and 0 < _students(rest, cells) < SMALL_CELL:
        rest.append(alone.pop())
    found = [_interpreted(problem, [one], cells) for one in alone]
    found.sort(key=lambda one: one.streams)
    if _students(rest, cells):
        found.append(_interpreted(problem, rest, cells))
    return tuple(found)


def _students(streams: Iterable[Stream], cells: Cells) -> int:
    keys = {(one.language, grade) for one in streams for grade in one.grades}
    return sum(cells.get(key, 0) for key in keys)


def _interpreted(problem: Problem, streams: Sequence[Stream], cells: Cells) -> Interpreted:
    names = tuple(sorted(one.id for one in streams))
    lessons = [one for one in problem.lessons if one.stream in names]
    unsigned = tuple(one.id for one in lessons if not one.sign_language)
    return Interpreted(names, _students(streams, cells), len(lessons), unsigned)


def interpreted_lines(found: Sequence[Interpreted], t: Translator) -> list[str]:
    """Say it in sentences, with the lessons that have no interpreter."""
    return [line for one in found for line in _lines(one, t, is_rest=one is not found[0])]


def _lines(one: Interpreted, t: Translator, *, is_rest: bool) -> list[str]:
    facts: dict[str, object] = {
        "n": one.students,
        "left": len(one.unsigned),
        "lessons": one.lessons,
    }
    if one.is_small:
        words = N_(
            "Fewer than five students need sign language; "
            "{left} of {lessons} lessons on TV have no interpreter."
        )
    elif len(one.streams) == 1:
        facts["stream"] = one.streams[0]
        words = N_(
            "{stream}: {n} students need sign language; "
            "{left} of {lessons} lessons on TV have no interpreter."
        )
    elif is_rest:
        words = N_(
            "All others together: {n} students need sign language; "
            "{left} of {lessons} lessons on TV have no interpreter."
        )
    else:
        words = N_(
            "{n} students need sign language; "
            "{left} of {lessons} lessons on TV have no interpreter."
        )
    named = [t(N_("  Without one: {lessons}"), lessons=", ".join(one.unsigned))]
    return [t(words, **facts), *(named if one.unsigned else [])]
