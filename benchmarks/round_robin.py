"""The week as a desk lays it out by hand: one lesson of each grade in turn, grade after grade.

The baseline of broadcast_solver.py: every language fills its channels slot by slot. Order within
a subject and lessons a day are kept; brothers and sisters are not thought of.
"""

from collections import defaultdict
from typing import Any


def round_robin(problem: Any) -> list[Any]:
    """Return first runs of a week of equal lessons whose windows are alike."""
    airings: list[Any] = []
    channels = defaultdict(list)
    for channel in problem.channels:
        channels[channel.languages[0]].append(channel)
    for language, lent in sorted(channels.items()):
        hours = lent[0].windows[0]
        streams = sorted(
            (one for one in problem.streams if one.language == language),
            key=lambda one: (one.grades, one.variant),
        )
        queues = [_days(problem, stream.id, len(hours.days)) for stream in streams]
        for day in hours.days:
            airings += _day(problem, lent, [queue[day] for queue in queues], day)
    return airings


def _days(problem: Any, stream: str, days: int) -> list[list[Any]]:
    """Deal the lessons of a stream over the days, those of one subject on different days."""
    lessons = sorted(
        (one for one in problem.lessons if one.stream == stream),
        key=lambda one: (one.subject, one.seq),
    )
    dealt: list[list[Any]] = [[] for _ in range(days)]
    for number, lesson in enumerate(lessons):
        dealt[number % days].append(lesson)
    return dealt


def _day(problem: Any, lent: list[Any], queues: list[list[Any]], day: int) -> list[Any]:
    """Take one lesson of each grade in turn; a slot is full when every channel has one."""
    from broadcast.plan.model import PlannedAiring
    from broadcast.problem.moments import moment

    longest = max(len(queue) for queue in queues)
    turns = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
    start = lent[0].windows[0].start
    found = []
    for number, lesson in enumerate(turns):
        slot, place = divmod(number, len(lent))
        channel = lent[place]
        at = moment(problem, channel, day, start + slot * lesson.minutes)
        number_of_airing = f"rr-{channel.id}-{day}-{slot}"
        found.append(PlannedAiring(number_of_airing, lesson.id, channel.id, at, lesson.minutes))
    return found
