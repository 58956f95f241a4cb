"""Which lesson is aired when: blocks by grade, in the order of the lessons, what fits first.

A family with several children waits least when a grade's lessons stand together. On one
channel of a language nothing clashes. What does not fit is named, never dropped in silence.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.model import Airing, Capacity, Programme, Timetable, TvChannel
from jetkiz.i18n import N_

NO_CHANNEL = N_("no TV channel airs lessons in this language on this day")
NO_ROOM = N_("the hours of the channel are full on this day")

# First graders cannot read yet; grades 9 and 11 sit examinations.
FIRST_GRADES = frozenset({1, 9, 11})


# A value of nothing still comes before no value at all.
_KNOWN = 1e-9

# What a planner says of a lesson on the air, by code and language.
Values = Mapping[tuple[str, str], float]


def make_timetable(
    week: str,
    programmes: Sequence[Programme],
    channels: Sequence[TvChannel],
    values: Values | None = None,
) -> Timetable:
    """Place the lessons of a week; the same input gives the same timetable.

    With ``values`` those that are worth most on the air are placed first where hours are short;
    a lesson without a value comes after all that have one.
    """
    wishes: dict[tuple[str, date], list[Programme]] = defaultdict(list)
    unplaced: list[tuple[int, str]] = []
    by_key = {channel.key: channel for channel in channels}
    for one in sorted(programmes, key=lambda p: (p.day, p.code, p.language)):
        home = _channel_for(one, channels)
        if home is None:
            unplaced.append((one.lesson, NO_CHANNEL))
        else:
            wishes[home.key, one.day].append(one)
    airings: list[Airing] = []
    capacity: list[Capacity] = []
    for (key, day), wished in sorted(wishes.items()):
        channel = by_key[key]
        free = sum(window.minutes for window in channel.windows)
        total = sum(_slot_minutes(one, channel) for one in wished)
        capacity.append(Capacity(key, day, free, total))
        placed, left = _place_day(wished, channel, day, values or {})
        airings += placed
        unplaced += [(one.lesson, NO_ROOM) for one in left]
    return Timetable(week, tuple(airings), tuple(unplaced), tuple(capacity))


def _channel_for(one: Programme, channels: Sequence[TvChannel]) -> TvChannel | None:
    fitting = (c for c in channels if one.language in c.languages and c.is_open_on(one.day))
    return next(fitting, None)


def _slot_minutes(one: Programme, channel: TvChannel) -> int:
    return -(-one.minutes // channel.grid_minutes) * channel.grid_minutes


def _place_day(
    wished: Sequence[Programme], channel: TvChannel, day: date, values: Values
) -> tuple[list[Airing], list[Programme]]:
    chosen, left = _what_fits(wished, channel, values)
    starts = iter(_starts(chosen, channel, day))
    airings = []
    for one in chosen:
        start = next(starts)
        if start is None:
            left.append(one)
        else:
            airings.append(Airing(one.lesson, channel.key, start, _slot_minutes(one, channel)))
    return airings, left


def _what_fits(
    wished: Sequence[Programme], channel: TvChannel, values: Values
) -> tuple[list[Programme], list[Programme]]:
    """Choose by value and urgency while there is room, then put the chosen into blocks."""
    room = sum(window.minutes for window in channel.windows)
    chosen, left = [], []
    for one in sorted(wished, key=lambda p: (_worthlessness(p, channel, values), _urgency(p))):
        minutes = _slot_minutes(one, channel)
        if minutes <= room:
            room -= minutes
            chosen.append(one)
        else:
            left.append(one)
    return sorted(chosen, key=_block), left


def _worthlessness(one: Programme, channel: TvChannel, values: Values) -> float:
    """Order by value for each minute of air: two short lessons may be worth more than a long."""
    value = values.get((one.code, one.language))
    return 0.0 if value is None else -(value + _KNOWN) / _slot_minutes(one, channel)


def _urgency(one: Programme) -> tuple[bool, float, str]:
    return (FIRST_GRADES.isdisjoint(one.grades), -one.weight, one.code)


def _block(one: Programme) -> tuple[int, tuple[int, ...], int, str]:
    return (min(one.grades), one.grades, one.order, one.code)


def _starts(chosen: Sequence[Programme], channel: TvChannel, day: date) -> list[datetime | None]:
    zone = ZoneInfo(channel.zone)
    windows = [
        (
            datetime.combine(day, window.start, zone).astimezone(UTC),
            datetime.combine(day, window.end, zone).astimezone(UTC),
        )
        for window in channel.windows
    ]
    free = [start for start, _ in windows]
    starts: list[datetime | None] = []
    for one in chosen:
        length = timedelta(minutes=_slot_minutes(one, channel))
        place = next((n for n, (_, end) in enumerate(windows) if free[n] + length <= end), None)
        starts.append(None if place is None else free[place])
        if place is not None:
            free[place] += length
    return starts
