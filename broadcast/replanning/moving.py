"""What follows when a person moves one airing: what makes room, where that goes, or why not.

Nothing is moved that breaks a promise of the timetable: the refusal says which.
"""

from datetime import datetime, timedelta

from broadcast.plan.model import AiringKind, Plan, PlannedAiring
from broadcast.problem.model import Problem
from broadcast.replanning.draft import Draft, Moments
from broadcast.replanning.events import refuse_unknown_channels
from broadcast.replanning.greedy import place_all
from broadcast.replanning.ground import Ground
from broadcast.replanning.placing import Need, Option, useless_repeats
from broadcast.replanning.promises import refuse_broken
from broadcast.replanning.repairing import Begun, Repaired, finish
from broadcast.replanning.week import Held, Place, Week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

BY_HAND = "by hand"


def move(
    problem: Problem, plan: Plan, airing: str, channel: str, start: datetime, now: datetime
) -> Repaired:
    """Return the next revision with one airing elsewhere, and all that follows as its changes.

    ``start`` and ``now`` are aware. What stands there makes room: a lesson gets another hour, a
    repeat gets one or falls out. Raises ``JetkizError`` with the first promise that would break.
    """
    frozen = now + timedelta(minutes=problem.policy.freeze_min)
    moved = _wanted(plan, airing, frozen)
    refuse_unknown_channels(problem, (channel,))
    begun = Begun(problem, plan, problem, (moved,), Moments(now, frozen), Ground(problem))
    draft = begun.draft()
    place = _place(draft.week, moved, channel, start)
    lesson = draft.week.ground.lessons[moved.lesson]
    need = Need(moved, lesson, is_first=moved.kind == AiringKind.FIRST)
    others = _making_room(draft.week, place)
    runs = [one for one in others if not one.is_repeat]
    useless = () if need.is_repeat else useless_repeats(draft.week, lesson, place)
    dropped = {one.id for one in (*others, *useless) if one.is_repeat and not one.is_kept}
    for one in runs:
        draft.week.take(one)
    draft.settle(need, Option(0.0, place, tuple(sorted(dropped))))
    _place_others(draft, runs)
    draft.place_repeats()
    found = finish(begun, draft, BY_HAND)
    refuse_broken(plan, found, problem, now)
    return found


def _wanted(plan: Plan, airing: str, frozen: datetime) -> PlannedAiring:
    found = next((one for one in plan.airings if one.id == airing), None)
    if found is None:
        raise JetkizError(
            N_("There is no airing {airing}."),
            N_("Look at the timetable again: it may have changed meanwhile."),
            airing=airing,
        )
    if not found.stands:
        raise JetkizError(
            N_("Airing {airing} does not stand on the air any more."),
            N_("Look at the timetable again: it may have changed meanwhile."),
            airing=airing,
        )
    if found.start < frozen:
        raise JetkizError(
            N_("{lesson} begins too soon, or has begun: it cannot be moved any more."),
            N_("What fell out is reported with: jetkiz timetable change."),
            lesson=found.lesson,
        )
    return found


def _place(week: Week, moved: PlannedAiring, channel: str, start: datetime) -> Place:
    first = week.row.before(start)
    if week.row.time(first) != start or not week.ground.shape(channel).grid >> first & 1:
        raise JetkizError(
            N_("Airings of {channel} begin at full steps of {minutes} minutes."),
            N_("Choose a time on the grid of the channel."),
            channel=channel,
            minutes=week.ground.channels[channel].grid_min,
        )
    lesson = week.ground.lessons[moved.lesson]
    return Place(channel, first, week.length(lesson, week.ground.channels[channel], moved.minutes))


def _making_room(week: Week, place: Place) -> list[Held]:
    """Return what stands there; what has begun, is about to, or was agreed makes no room."""
    gap = week.ground.shape(place.channel).gap
    row = week.on_channel[place.channel]
    near = {row[cell] for cell in range(place.cell - gap, place.end + gap) if cell in row}
    found = sorted(near, key=lambda one: one.id)
    for one in found:
        if one.is_kept:
            raise JetkizError(
                N_("{lesson} on {channel} stands there and cannot make room."),
                N_("It begins too soon or is agreed. Choose another time."),
                lesson=one.airing.lesson,
                channel=place.channel,
            )
    return found


def _place_others(draft: Draft, runs: list[Held]) -> None:
    lessons = draft.week.ground.lessons
    needs = [Need(one.airing, lessons[one.airing.lesson]) for one in runs]
    for need in place_all(draft, needs):
        raise JetkizError(
            N_("{lesson} stands there, and there is no other hour for it."),
            N_("Choose another time, or cancel that airing first."),
            lesson=need.lesson.id,
        )
