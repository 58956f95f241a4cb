"""How long a child has to wait between the lessons of a day, and in how many blocks they come."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import Problem, Stream


@dataclass(frozen=True, slots=True)
class Idle:
    """Minutes of waiting of all streams and days, as lessons of the usual length, and blocks."""

    minutes: int
    slots: int
    blocks: int


def idle(problem: Problem, airings: Iterable[PlannedAiring]) -> Idle:
    """Return the waiting between first runs; a break that is wanted is no waiting."""
    streams = {one.id: one for one in problem.streams}
    zones = {one.id: ZoneInfo(one.zone) for one in problem.channels}
    begins = {one.id: one.day_start for one in problem.channels}
    lessons = {one.id: one for one in problem.lessons}
    days: dict[tuple[str, date], list[PlannedAiring]] = defaultdict(list)
    for one in airings:
        if one.stands and one.kind == AiringKind.FIRST:
            local = one.start.astimezone(zones[one.channel])
            early = local.hour * 60 + local.minute < begins[one.channel]
            day = date.fromordinal(local.toordinal() - early)
            days[lessons[one.lesson].stream, day].append(one)
    waits = [_waits(streams[stream], of_day) for (stream, _), of_day in days.items()]
    minutes = sum(wait for of_day in waits for wait in of_day)
    usual = Counter(one.minutes for one in problem.lessons).most_common(1)
    blocks = sum(1 + sum(wait > 0 for wait in of_day) for of_day in waits)
    return Idle(minutes, round(minutes / usual[0][0]) if usual else 0, blocks)


def _waits(stream: Stream, of_day: list[PlannedAiring]) -> list[int]:
    """Return the gaps of a day beyond the break that the stream asks for."""
    wanted = stream.break_min if stream.max_run else 0
    ordered = sorted(of_day, key=lambda one: one.start)
    gaps = []
    end = ordered[0].end
    for _, one in pairwise(ordered):
        gap = int((one.start - end).total_seconds() // 60)
        gaps.append(gap if gap > wanted else 0)
        end = max(end, one.end)
    return gaps
