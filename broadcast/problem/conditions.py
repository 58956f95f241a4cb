"""Which lessons a condition is about, and which conditions are refused: those that ask nothing.

A condition is what one broadcaster asks of a timetable and others do not: a presenter who is in one
studio at a time, grade 1 before grade 9, two lessons not on one day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broadcast.problem.entries import Notes, note_unknown
from broadcast.problem.model import Condition, ConditionKind, Lesson, Problem
from jetkiz.i18n import N_

IN_TURN: Final = frozenset({ConditionKind.BEFORE, ConditionKind.BEFORE_EACH_DAY})
_AMONG_THEMSELVES: Final = frozenset({ConditionKind.APART, ConditionKind.SAME_HOUR})
_OF_KINDS: Final[Mapping[str, frozenset[ConditionKind]]] = {
    "then_lessons": IN_TURN,
    "then_streams": IN_TURN,
    "then_subjects": IN_TURN,
    "count": frozenset({ConditionKind.MOST_A_DAY, ConditionKind.MOST_AT_ONCE}),
    "days": frozenset({ConditionKind.APART}),
}
"""Which names mean something for which kinds only."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The lessons a condition is about, by their ids; ``then`` are the others of one in turn."""

    condition: Condition
    lessons: frozenset[str]
    then: frozenset[str] = frozenset()


def meant(problem: Problem) -> tuple[Meant, ...]:
    """Return each condition with the lessons it is about."""
    return tuple(
        Meant(one, frozenset(_chosen(problem, one)), frozenset(_then(problem, one)))
        for one in problem.conditions
    )


def _chosen(problem: Problem, one: Condition) -> Iterator[str]:
    if one.lessons or one.streams or one.subjects or one.sign_language:
        for lesson in problem.lessons:
            if (lesson.sign_language or not one.sign_language) and _is_named(
                lesson, one.lessons, one.streams, one.subjects
            ):
                yield lesson.id


def _then(problem: Problem, one: Condition) -> Iterator[str]:
    if one.then_lessons or one.then_streams or one.then_subjects:
        for lesson in problem.lessons:
            if _is_named(lesson, one.then_lessons, one.then_streams, one.then_subjects):
                yield lesson.id


def _is_named(
    lesson: Lesson, lessons: Iterable[str], streams: Iterable[str], subjects: Iterable[str]
) -> bool:
    return (
        (not lessons or lesson.id in lessons)
        and (not streams or lesson.stream in streams)
        and (not subjects or lesson.subject in subjects)
    )


def note_conditions(problem: Problem, notes: Notes) -> None:
    """Note conditions that ask nothing, or what cannot be."""
    known = {
        "lessons": {one.id for one in problem.lessons},
        "streams": {one.id for one in problem.streams},
        "subjects": {one.subject for one in problem.lessons},
    }
    for one in problem.conditions:
        _note_names(one, known, notes)
    for found in meant(problem):
        _note_meaning(found, notes)
        _note_turned(problem, found, notes)


def _note_names(one: Condition, known: Mapping[str, set[str]], notes: Notes) -> None:
    place = f"conditions, {one.id}"
    for where, names in known.items():
        told = {*getattr(one, where), *getattr(one, f"then_{where}")}
        note_unknown(told, names, place, where, notes)
    usual = Condition(one.id, one.kind)
    for name, kinds in _OF_KINDS.items():
        if one.kind not in kinds and getattr(one, name) != getattr(usual, name):
            notes.add(
                N_("{place}: {name} says nothing for a condition of the kind {kind}."),
                N_("Take it out; it belongs to: {kinds}."),
                place=place,
                name=name,
                kind=one.kind,
                kinds=", ".join(sorted(kinds)),
            )


def _note_meaning(found: Meant, notes: Notes) -> None:
    one = found.condition
    place = f"conditions, {one.id}"
    least = 2 if one.kind in _AMONG_THEMSELVES else 1
    if len(found.lessons) < least:
        notes.add(
            N_("{place}: it is about {count} lessons, and needs at least {least}."),
            N_("Name them with lessons, streams, subjects or sign_language."),
            place=place,
            count=len(found.lessons),
            least=least,
        )
    if one.kind in IN_TURN and not found.then:
        notes.add(
            N_("{place}: it does not say before which lessons."),
            N_("Name them with then_lessons, then_streams or then_subjects."),
            place=place,
        )
    for lesson in sorted(found.lessons & found.then):
        notes.add(
            N_("{place}: {lesson} would have to be over before it begins."),
            N_("Name it on one side only."),
            place=place,
            lesson=lesson,
        )


def _note_turned(problem: Problem, found: Meant, notes: Notes) -> None:
    """Note what turns the order of a subject round; only the first lesson of each is told."""
    if found.condition.kind is not ConditionKind.BEFORE:
        return
    last = {
        (one.stream, one.subject): one
        for one in sorted(problem.lessons, key=lambda one: one.seq)
        if one.id in found.lessons
    }
    told = set()
    for one in sorted(problem.lessons, key=lambda one: one.seq):
        before = last.get((one.stream, one.subject))
        if one.id in found.then and before and one.seq < before.seq and before.id not in told:
            told.add(before.id)
            notes.add(
                N_("{place}: {lesson} before {other} turns the order of their subject round."),
                N_("Correct the condition, or the seq of the lessons."),
                place=f"conditions, {found.condition.id}",
                lesson=before.id,
                other=one.id,
            )
