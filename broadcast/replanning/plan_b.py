"""What happens to each channel's lessons when the channel falls out for a day: told beforehand.

A pre-emption is a normal event. Where its answer is known before, it can be printed beside the
timetable, and nobody has to hear of it in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broadcast.plan.model import Plan, Unplaced
from broadcast.problem.model import Problem
from broadcast.problem.moments import local_place
from broadcast.replanning.changes import Change
from broadcast.replanning.events import DroppedDay, refuse_unknown_channels
from broadcast.replanning.repairing import repair


@dataclass(frozen=True, slots=True)
class PlanB:
    """What changes when a channel has no hours on a day; ``is_agreed`` when it has reserves."""

    channel: str
    day: int
    changes: tuple[Change, ...]
    unplaced: tuple[Unplaced, ...]
    is_agreed: bool


def plan_b(
    problem: Problem, plan: Plan, now: datetime, wanted: str | None = None
) -> Iterator[PlanB]:
    """Yield plan B of each channel, or of one, for each day on which lessons are to come."""
    if wanted is not None:
        refuse_unknown_channels(problem, (wanted,))
    for channel in problem.channels:
        if wanted not in {None, channel.id}:
            continue
        ahead = (one for one in plan.airings if one.channel == channel.id and one.start > now)
        days = {local_place(problem, channel, one.start)[0] for one in ahead if one.stands}
        for day in sorted(days):
            event = DroppedDay(day, channels=(channel.id,))
            found = repair(problem, plan, event, now)
            if found.changes:
                agreed = bool(channel.reserves)
                yield PlanB(channel.id, day, found.changes, found.unplaced, agreed)
