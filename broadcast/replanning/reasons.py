"""Why a lesson that lost its hour finds no other: the first rule that leaves no hour."""

from typing import Any

from broadcast.replanning.cells import bits, cells
from broadcast.replanning.conditions import broken_by
from broadcast.replanning.placing import Need, starts, venues
from broadcast.replanning.week import Place, Week
from jetkiz.i18n import N_

NO_CHANNEL = N_("no other channel reaches its students in their language")
TOO_LATE = N_("the next lesson of its subject begins before it could be aired")
IS_OVER = N_(
    "the hours of its channels that suit the age of its students are over or begin too soon"
)
NO_HOURS = N_("no hours of its channels are left that suit the age of its students")
NO_AIR = N_("all hours left before the next lesson of its subject are taken")
NO_PAUSE = N_("its students would be taught something else at once, or without a break")

TOO_MANY = N_(
    "{lessons} lost lessons compete for {places} places on the air:"
    " the next lessons of their subjects begin too soon for more"
)
CONDITION = N_("the condition {condition} leaves it no hour")


def why(week: Week, need: Need) -> tuple[str, dict[str, Any]]:
    """Return the message id of the reason, and what fills its places."""
    found = list(venues(week, need))
    if not found:
        return NO_CHANNEL, {}
    reached = [0, 0, 0, 0]
    stream = week.ground.streams[need.lesson.stream]
    for venue in found:
        channel, length = venue.channel.id, venue.length
        first, last = week.bounds(need.lesson, channel)
        of_age = venue.starts & week.ground.age_starts(stream, channel, length)
        open_hours = of_age & cells(week.edge, week.row.count)
        in_time = open_hours & cells(first, last - length + 1)
        on_air = in_time & week.free(channel, length, soft=False)
        for step, mask in enumerate((of_age, open_hours, in_time, on_air)):
            reached[step] += mask.bit_count()
    for count, reason in zip(reached, (NO_HOURS, IS_OVER, TOO_LATE, NO_AIR), strict=True):
        if not count:
            return reason, {}
    condition = "" if need.is_repeat else _condition(week, need)
    return (CONDITION, {"condition": condition}) if condition else (NO_PAUSE, {})


def _condition(week: Week, need: Need) -> str:
    """Return the first condition that an hour would break which has nothing else against it."""
    if need.lesson.id not in week.ground.conditions:
        return ""
    for venue in venues(week, need):
        for cell in bits(starts(week, need, venue, soft=False)):
            place = Place(venue.channel.id, cell, venue.length)
            if not week.breaks(need.lesson, place):
                return broken_by(week, need.lesson, place)
    return ""
