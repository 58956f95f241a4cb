"""Which second way stands ready for each lesson of a simulated week, by the rule of real plans."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from jetkiz.calendar.school_weeks import parse_week, school_days
from jetkiz.calendar.useful_days import last_useful_day
from scheduler.nation.channel_terms import channel_terms
from scheduler.rules.fallback_choice import arrives_after
from scheduler.simulator.room import whole
from scheduler.solver import offers
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Longs, Role, WeekArrays

ON_THE_AIR: Final = "tv"

# Far below any worth, and a side of paper can still be taken off.
_NEVER: Final = -(2**40)


@dataclass(frozen=True, slots=True)
class TakesOver:
    """How a channel can take over: what it fails with, what it needs before it arrives."""

    failure_domain: str
    is_paper: bool
    lead_days: int
    can_take_over: bool = True


def shipped_terms() -> dict[str, TakesOver]:
    """Return the terms of the channels that the drawn nation has."""
    return {
        one.name: TakesOver(
            one.failure_domain, one.role == "pack", one.lead_days, one.screen != ON_THE_AIR
        )
        for one in channel_terms()
    }


def second_ways(
    week: WeekArrays, name: str, channel: Bytes, terms: Mapping[str, TakesOver]
) -> Bytes:
    """Return the second way [N, W] of each lesson, or -1; ``name`` is the week's."""
    # Staying with last week's channel is worth nothing when the first way has failed.
    none_before = np.zeros((0, week.slots), dtype=np.int8)
    asked = replace(week, students=replace(week.students, previous=none_before))
    block = whole(asked)
    pages = offers.sides(block)
    found = np.full(channel.shape, NOTHING, dtype=np.int8)
    most = np.full(channel.shape, _NEVER, dtype=np.int64)
    for column, own in enumerate(week.channels):
        terms_of = terms[own]
        if not terms_of.can_take_over:
            continue
        worth = offers.gross(block, column).astype(np.int64) - _cost(week, column, pages)
        apart = [terms[other].failure_domain != terms_of.failure_domain for other in week.channels]
        is_apart = np.array([*apart, False])[channel]
        fits = is_apart & _in_time(week, name, terms_of) & (worth > offers.IMPOSSIBLE // 2)
        if week.role[column] == Role.SEAT:
            # A seat is for a week: for one lesson only those come who sit there anyway.
            fits &= (channel == column).any(axis=1)[:, None]
        better = fits & (worth > most)
        found[better], most[better] = column, worth[better]
    return found


def _cost(week: WeekArrays, column: int, pages: "np.typing.NDArray[np.int32]") -> Longs:
    if week.role[column] != Role.PACK:
        return np.zeros(pages.shape, dtype=np.int64)
    found: Longs = week.tariff.pack[column] + pages * week.tariff.side[column]
    return found


def _in_time(week: WeekArrays, name: str, terms: TakesOver) -> Bools:
    """Return the lessons [N, W] that a channel still brings when it starts in the evening."""
    monday = parse_week(name)
    days = school_days(name)
    open_on = np.zeros(len(week.lessons.day), dtype=np.bool_)
    for day in days:
        arrives = arrives_after(day, is_paper=terms.is_paper, lead_days=terms.lead_days)
        in_time = arrives <= last_useful_day(name, day, None)
        open_on[week.lessons.day == (day - monday).days] = in_time
    lessons = whole(week).lessons
    found: Bools = open_on[lessons] & (lessons != NOTHING)
    return found
