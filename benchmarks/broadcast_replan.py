"""What an hour lost on the air costs: seconds until there is an answer, and what families relearn.

A planned week of 600 lessons (and one of 2,400) is published; half an hour before, an hour falls
out on all channels. The peer pushes everything later until a pause takes it up, as is done by
hand. Beside it: six hours of one channel, and a whole day of one language. The best of five runs
counts, for the machine does other work as well.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

RUNS: Final = 5
TUESDAY: Final = 1
TOLD: Final = timedelta(minutes=30)


def run(record: Callable[..., None]) -> None:
    """Plan, lose hours, repair; refuse a repair that breaks a promise."""
    from tests.broadcast_problems import week_600, week_2400

    week, plan = published(week_600())
    lost = hour_on_all(week)
    found, seconds = repaired(week, plan, lost)
    record(name="broadcast.preempt_s", value=seconds, unit="s")
    moved, pushed = others_moved(found, plan), ripple(week, plan, lost)
    changed = len(found.changes)
    peer = f"everything later: {pushed} moved, {changed} changes here"
    ratio = changed / pushed
    record(name="broadcast.preempt_moved", value=moved, unit="first runs", peer=peer, ratio=ratio)
    six = six_hours(week)
    found, seconds = repaired(week, plan, six)
    record(name="broadcast.half_day_s", value=seconds, unit="s")
    record(name="broadcast.half_day_moved", value=others_moved(found, plan), unit="first runs")
    record(name="broadcast.half_day_repeats", value=repeats_lost(found), unit="repeats")
    found, seconds = repaired(week, plan, whole_day(week))
    record(name="broadcast.full_day_s", value=seconds, unit="s")
    record(name="broadcast.full_day_unplaced", value=len(found.unplaced), unit="lessons")
    week, plan = published(week_2400())
    _, seconds = repaired(week, plan, hour_on_all(week))
    record(name="broadcast.preempt_2400_s", value=seconds, unit="s")


def published(week: Any) -> tuple[Any, Any]:
    """Return a week with its plan, as families have it."""
    from broadcast.plan.model import AiringStatus
    from broadcast.solver.solving import solve

    plan = solve(week)
    airings = tuple(replace(one, status=AiringStatus.PUBLISHED) for one in plan.airings)
    return week, replace(plan, revision=1, airings=airings)


def repaired(week: Any, plan: Any, event: Any) -> tuple[Any, float]:
    """Return the repair and the seconds of the fastest run; hold it against the checker."""
    from broadcast.checker.checking import refuse_faults
    from broadcast.checker.revisions import revision_faults
    from broadcast.replanning.repairing import repair

    now = at(week, TUESDAY, 10) - TOLD
    runs = [timed(partial(repair, week, plan, event, now)) for _ in range(RUNS)]
    found = runs[0][0]
    refuse_faults(found.problem, found.plan)
    if revision_faults(week, plan, found.plan, now):
        raise ValueError("a repair that does not keep what families were told")
    return found, min(seconds for _, seconds in runs)


def hour_on_all(week: Any) -> Any:
    """Return an hour of Tuesday morning, lost on all channels."""
    from broadcast.replanning.events import Preempted

    names = tuple(one.id for one in week.channels)
    return Preempted(names, at(week, TUESDAY, 10), at(week, TUESDAY, 11))


def six_hours(week: Any) -> Any:
    """Return six hours of Tuesday, lost on one channel."""
    from broadcast.replanning.events import Preempted

    return Preempted((week.channels[0].id,), at(week, TUESDAY, 10), at(week, TUESDAY, 16))


def whole_day(week: Any) -> Any:
    """Return Wednesday without one language."""
    from broadcast.replanning.events import DroppedDay

    return DroppedDay(TUESDAY + 1, language=week.channels[0].languages[0])


def at(week: Any, day: int, hour: int) -> datetime:
    """Return an hour of the first channel."""
    from broadcast.problem.moments import moment

    return moment(week, week.channels[0], day, hour * 60)


def others_moved(found: Any, plan: Any) -> int:
    """Return how many first runs moved that had not lost their hour."""
    from broadcast.replanning.changes import ChangeKind

    if found.plan is plan:
        raise ValueError("a repair that changed nothing")
    return sum(one.kind == ChangeKind.MOVED for one in found.changes)


def repeats_lost(found: Any) -> int:
    """Return how many repeats fell out."""
    from broadcast.replanning.changes import ChangeKind

    return sum(one.kind == ChangeKind.DROPPED_REPEAT for one in found.changes)


def ripple(week: Any, plan: Any, event: Any) -> int:
    """Return how many first runs move when each channel pushes all that follows later."""
    return sum(_pushed(week, plan, event, channel) for channel in event.channels)


def _pushed(week: Any, plan: Any, event: Any, channel: str) -> int:
    from broadcast.plan.model import AiringKind

    lent = next(one for one in week.channels if one.id == channel)
    queue = sorted(
        (one.start, one.minutes)
        for one in plan.airings
        if one.channel == channel and one.kind == AiringKind.FIRST and one.end > event.start
    )
    moved, free = 0, event.end
    for start, minutes in queue:
        if start >= free:
            break
        free = _next(week, lent, free, minutes) + timedelta(minutes=minutes)
        moved += 1
    return moved


def _next(week: Any, channel: Any, free: datetime, minutes: int) -> datetime:
    """Return the first time from which a lesson lies in the hours for first runs."""
    for start, end in _windows(week, channel):
        begin = max(start, free)
        if begin + timedelta(minutes=minutes) <= end:
            return begin
    return free


def _windows(week: Any, channel: Any) -> Iterable[tuple[datetime, datetime]]:
    from broadcast.problem.moments import moment

    return sorted(
        (moment(week, channel, day, one.start), moment(week, channel, day, one.end))
        for one in channel.windows
        for day in one.days
    )


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Do something; return what came of it and the seconds it took."""
    began = time.perf_counter()
    found = act()
    return found, time.perf_counter() - began
