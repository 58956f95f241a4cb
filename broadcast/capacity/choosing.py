"""Which lessons are aired when not all can be: the planner's values first, then the policy.

With values the lessons that are worth most a minute come first, and those without a value last.
Without, first graders and then exam grades come first; all others take turns, those whose
students have no other channel before the rest, so that no grade is left with nothing. Within a
stream the weight of a lesson counts, then whether it has an interpreter of sign language (who needs
one has nothing else on the air), then its place in its subject.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from broadcast.capacity.rooms import Place, Rooms, rooms_of, taken
from broadcast.plan.model import Unplaced
from broadcast.problem.model import Lesson, Policy, Problem, Stream
from broadcast.problem.open_hours import slot_minutes
from jetkiz.i18n import N_

NO_HOURS: Final = N_("No channel lends hours for it on its day.")
FULL: Final = N_("The hours of its channels are full.")
DAY_LIMIT: Final = N_("Its students have {limit} lessons on the air on every day already.")
LONG_SIT: Final = N_("It lasts {minutes} minutes, and its students need a break after {limit}.")
ONE_A_DAY: Final = N_("There are more lessons of {subject} than days, and one a day is aired.")

Order = tuple[int, float, float, str, float, int, str]


def chosen(problem: Problem) -> tuple[Problem, tuple[Unplaced, ...]]:
    """Return the problem with the lessons that fit, and the others with the reason.

    Only minutes are counted; what fits in minutes may still have no place in the timetable.
    """
    lessons, unplaced, _ = choose(problem)
    return replace(problem, lessons=lessons), unplaced


def choose(problem: Problem) -> tuple[tuple[Lesson, ...], tuple[Unplaced, ...], Rooms]:
    """Return the lessons that fit, the others with the reason, and the rooms they fill."""
    rooms = rooms_of(problem)
    _take_fixed(problem, rooms)
    fixed = {one.lesson for one in problem.fixed if not one.is_repeat}
    fitting = set(fixed)
    unplaced = []
    full: set[tuple[str, int | None, int]] = set()
    for lesson in in_order_of_worth(problem):
        if lesson.id in fixed:
            continue
        hindrance = _limit(lesson, rooms, problem.policy)
        # Rooms only become fuller: what was refused once is refused without looking.
        kind = (lesson.stream, lesson.day, lesson.minutes)
        if hindrance is None and kind not in full:
            places = _places(lesson, rooms)
            if places:
                fitting.add(lesson.id)
                for place in places:
                    place.take(taken(lesson.minutes, place.room.channel))
                _count(lesson, rooms)
                continue
            full.add(kind)
        unplaced.append(Unplaced(lesson.id, *(hindrance or (FULL, {}))))
    kept = tuple(one for one in problem.lessons if one.id in fitting)
    return kept, tuple(sorted(unplaced, key=lambda one: one.lesson)), rooms


def in_order_of_worth(problem: Problem) -> list[Lesson]:
    """Return the lessons, those that are aired first when air is short at the front."""
    streams = {one.id: one for one in problem.streams}
    turns = _turns(problem.lessons)
    return sorted(
        problem.lessons,
        key=lambda one: _order(one, streams[one.stream], turns[one.id], problem.policy),
    )


def _turns(lessons: Iterable[Lesson]) -> dict[str, int]:
    """Return for each lesson how many of its stream come before it."""
    by_stream: dict[str, list[Lesson]] = defaultdict(list)
    for one in lessons:
        by_stream[one.stream].append(one)
    return {
        lesson.id: turn
        for found in by_stream.values()
        for turn, lesson in enumerate(sorted(found, key=_within_stream))
    }


def _within_stream(one: Lesson) -> tuple[float, bool, int, str, str]:
    return -one.weight, not one.sign_language, one.seq, one.subject, one.id


def _order(one: Lesson, stream: Stream, turn: int, policy: Policy) -> Order:
    if one.value is not None:
        return 0, -one.value / one.minutes, -one.weight, one.subject, one.seq, turn, one.id
    alone = stream.alone / stream.students if stream.students else 0.0
    if not set(policy.first_grades).isdisjoint(stream.grades):
        return 1, turn, -alone, stream.id, 0, turn, one.id
    if not set(policy.exam_grades).isdisjoint(stream.grades):
        return 2, turn, -alone, stream.id, 0, turn, one.id
    return 3, turn, -alone, stream.id, 0, turn, one.id


def _take_fixed(problem: Problem, rooms: Rooms) -> None:
    lessons = {one.id: one for one in problem.lessons}
    for fixed in problem.fixed:
        lesson = lessons[fixed.lesson]
        for room in rooms.by_channel[fixed.channel]:
            if room.day == fixed.day and room.span[0] <= fixed.start < room.span[1]:
                room.take_at(fixed.start, taken(lesson.minutes, room.channel))
        if not fixed.is_repeat:
            _count(replace(lesson, day=fixed.day), rooms)


def _places(lesson: Lesson, rooms: Rooms) -> list[Place]:
    """Return a place for each first run that a lesson needs, or none at all.

    Of the places with room the one with most of it is taken, so that days fill evenly.
    """
    found = []
    day = lesson.day
    for part in rooms.reaches[lesson.stream].parts:
        best, most = None, 0
        for place in part:
            room = place.room
            if day is None or day == room.day:
                free = place.free()
                if free > most and free >= slot_minutes(lesson.minutes, room.channel):
                    best, most = place, free
        if best is None:
            return []
        found.append(best)
    return found


def _count(lesson: Lesson, rooms: Rooms) -> None:
    """Count a lesson for its stream: on its day, and among those of all days."""
    for day in {lesson.day, None}:
        rooms.lessons[lesson.stream, day] += 1
        rooms.minutes[lesson.stream, day] += lesson.minutes
        rooms.subjects[lesson.stream, lesson.subject, day] += 1


def _limit(lesson: Lesson, rooms: Rooms, policy: Policy) -> tuple[str, dict[str, Any]] | None:
    """Say which limit of its stream hinders a lesson; on which day it would be is not decided."""
    reach = rooms.reaches[lesson.stream]
    limit, longest = reach.stream.per_day_max, reach.stream.max_run
    if longest and lesson.minutes > longest:
        return LONG_SIT, {"minutes": lesson.minutes, "limit": longest}
    for day, days in ((None, len(reach.day_minutes)), (lesson.day, 1)):
        if days == 0 or (day is not None and day not in reach.day_minutes):
            return NO_HOURS, {}
        if policy.one_a_day and rooms.subjects[lesson.stream, lesson.subject, day] >= days:
            return ONE_A_DAY, {"subject": lesson.subject}
        if limit and rooms.lessons[lesson.stream, day] >= limit * days:
            return DAY_LIMIT, {"limit": limit}
        if rooms.minutes[lesson.stream, day] + lesson.minutes > reach.minutes_of(day):
            return FULL, {}
        if lesson.day is None:
            break
    return None
