"""What a problem says that cannot all be true: more alone than there are, an order that days undo.

Each of these would be planned without a word, and the families would find out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from broadcast.problem.entries import Notes
from broadcast.problem.hours import days_text
from broadcast.problem.model import FixedAiring, Lesson, Problem, Stream
from broadcast.problem.moments import moment
from jetkiz.i18n import N_
from jetkiz.roster.reading.cells import HIGHEST_GRADE

Agreed = tuple[datetime, Lesson, FixedAiring]


def note_contradictions(problem: Problem, notes: Notes) -> None:
    """Note what cannot be true together."""
    lessons_of = Counter(one.stream for one in problem.lessons)
    for stream in problem.streams:
        _note_counts(stream, notes)
        _note_day(stream, lessons_of[stream.id], notes)
    for number, home in enumerate(problem.homes, 1):
        for name, count in Counter(home.streams).items():
            if count > 1:
                notes.add(
                    N_("{place}: the stream {name} stands there twice."),
                    N_("Name it once: how many children there are is said by children."),
                    place=f"homes {number}",
                    name=name,
                )
    _note_signs(problem, notes)
    for lessons in _subjects(problem):
        _note_seqs(lessons, notes)
        _note_days(problem, lessons, notes)
    _note_agreed(problem, notes)


def _note_counts(one: Stream, notes: Notes) -> None:
    place = f"streams, {one.id}"
    if one.alone > one.students:
        notes.add(
            N_("{place}: {alone} of {students} students are reached by nothing else."),
            N_("alone counts some of the students: correct one of the two numbers."),
            place=place,
            alone=one.alone,
            students=one.students,
        )
    for grade in one.grades:
        if grade > HIGHEST_GRADE:
            notes.add(
                N_("{place}: there is no grade {grade}."),
                N_("Grades are 0 to {most}; 0 is the year before school."),
                place=place,
                grade=grade,
                most=HIGHEST_GRADE,
            )


def _note_day(one: Stream, own: int, notes: Notes) -> None:
    place = f"streams, {one.id}"
    if own and one.per_day_min > own:
        notes.add(
            N_("{place}: {least} lessons a day are wanted at least, and it has {own} in all."),
            N_("Lower per_day_min, or add the lessons that are missing."),
            place=place,
            least=one.per_day_min,
            own=own,
        )
    if one.per_day_max and one.per_day_min > one.per_day_max:
        notes.add(
            N_("{place}: at least {least} lessons a day, and at most {most}."),
            N_("Lower per_day_min, or raise per_day_max; 0 sets no limit."),
            place=place,
            least=one.per_day_min,
            most=one.per_day_max,
        )


def _note_signs(problem: Problem, notes: Notes) -> None:
    """Note names that no line of a table can hold: they would break the files of others."""
    names = [
        *(("regions", name) for name in problem.regions),
        *(("channels", one.id) for one in problem.channels),
        *(("streams", one.id) for one in problem.streams),
        *(("lessons", one.id) for one in problem.lessons),
        *(("conditions", one.id) for one in problem.conditions),
        *((f"lessons, {one.id!r}", one.subject) for one in problem.lessons),
    ]
    for place, name in dict.fromkeys(names):
        if not name.isprintable():
            notes.add(
                N_("{place}: the name {name} holds a line break or a sign that nobody sees."),
                N_("Write it in one line, of letters, digits and signs."),
                place=place,
                name=repr(name),
            )


def _subjects(problem: Problem) -> Iterator[list[Lesson]]:
    """Yield the lessons of each subject of each stream in their order."""
    found: dict[tuple[str, str], list[Lesson]] = defaultdict(list)
    for one in problem.lessons:
        found[one.stream, one.subject].append(one)
    for _, lessons in sorted(found.items()):
        yield sorted(lessons, key=lambda one: (one.seq, one.id))


def _note_seqs(lessons: list[Lesson], notes: Notes) -> None:
    for before, after in pairwise(lessons):
        if before.seq == after.seq and before.id != after.id:
            notes.add(
                N_("{place}: it has the seq {seq} of its subject, and so has {other}."),
                N_("Number the lessons of a subject in the order in which they are taught."),
                place=f"lessons, {after.id}",
                seq=after.seq,
                other=before.id,
            )


def _note_days(problem: Problem, lessons: list[Lesson], notes: Notes) -> None:
    tied = [one for one in lessons if one.day is not None]
    for before, after in pairwise(tied):
        if before.seq < after.seq and (before.day or 0) > (after.day or 0):
            day = days_text((after.day or 0,), problem.meta)
            _note_order(notes, f"lessons, {after.id}", before.id, day)


def _note_order(notes: Notes, lesson: str, before: str, day: str) -> None:
    notes.add(
        N_("{place}: it is tied to {day}, before {other}, which comes first in its subject."),
        N_("Correct the day of one of the two, or their seq."),
        place=lesson,
        other=before,
        day=day,
    )


def _note_agreed(problem: Problem, notes: Notes) -> None:
    """Note first runs that are agreed on another day than theirs, or in another order."""
    lessons = {one.id: one for one in problem.lessons}
    channels = {one.id: one for one in problem.channels}
    runs: dict[tuple[str, str], list[Agreed]] = defaultdict(list)
    for one in problem.fixed:
        lesson, channel = lessons.get(one.lesson), channels.get(one.channel)
        if one.is_repeat or lesson is None or channel is None:
            continue
        if lesson.day not in {None, one.day}:
            notes.add(
                N_("{place}: it is agreed for {day}, and the lesson is tied to {other}."),
                N_("Take out the day of the lesson, or correct one of the two."),
                place=f"fixed, {one.lesson}",
                day=days_text((one.day,), problem.meta),
                other=days_text((lesson.day or 0,), problem.meta),
            )
        at = moment(problem, channel, one.day, one.start)
        runs[lesson.stream, lesson.subject].append((at, lesson, one))
    regions = {one.id: frozenset(one.regions) for one in problem.channels}
    for _, found in sorted(runs.items()):
        for after, before in _turned(found, regions):
            day = days_text((after.day,), problem.meta)
            _note_order(notes, f"fixed, {after.lesson}", before.lesson, day)


def _turned(
    found: Sequence[Agreed], regions: Mapping[str, frozenset[str]]
) -> Iterator[tuple[FixedAiring, FixedAiring]]:
    """Yield pairs of one audience of which the later lesson is agreed before the earlier one."""
    for at, lesson, one in found:
        for other, before, where in found:
            is_heard = not regions[one.channel].isdisjoint(regions[where.channel])
            if before.seq < lesson.seq and other > at and is_heard:
                yield one, where
