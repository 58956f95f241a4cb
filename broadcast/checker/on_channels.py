"""Whether an airing may stand where it stands on its channel: hours, grid, gaps, language, age."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.numbers import lost_channels
from broadcast.checker.seen import Ground, Seen, moment
from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import Channel, Medium

Intervals = Sequence[tuple[int, int]]


def channel_faults(
    ground: Ground, airings: Sequence[Seen], by_id: Mapping[str, PlannedAiring]
) -> Iterator[Fault]:
    """Yield what is wrong with single airings, then with neighbours on a channel."""
    for channel in ground.problem.channels:
        here = sorted(
            (one for one in airings if one.channel.id == channel.id),
            key=lambda one: (one.start, one.airing.id),
        )
        yield from _hours(ground, channel, here, by_id)
        for one in here:
            yield from _own(ground, one)
        yield from _neighbours(here)


def _hours(
    ground: Ground, channel: Channel, here: Iterable[Seen], by_id: Mapping[str, PlannedAiring]
) -> Iterator[Fault]:
    first = ground.intervals(channel, channel.windows)
    any_time = ground.intervals(channel, channel.windows + channel.repeat_windows)
    blocked = ground.intervals(channel, channel.blocked)
    for one in here:
        is_free = one.airing.kind == AiringKind.REPEAT or one.is_late
        if not 0 <= one.day < ground.problem.meta.days:
            yield _fault(FaultKind.OUTSIDE_DAYS, one)
        elif not _inside(one, any_time if is_free else first) and not _in_reserve(
            ground, one, by_id
        ):
            yield _fault(FaultKind.OUTSIDE_HOURS, one)
        if any(start < one.end and one.start < end for start, end in blocked):
            yield _fault(FaultKind.BLOCKED, one)


def _inside(one: Seen, hours: Intervals) -> bool:
    place = bisect_right(hours, (one.start, one.start + 10**9)) - 1
    return place >= 0 and one.end <= hours[place][1]


def _in_reserve(ground: Ground, one: Seen, by_id: Mapping[str, PlannedAiring]) -> bool:
    """True in hours agreed beforehand for a channel that fell out, for what it lost."""
    if not one.is_late:
        return False
    lost = lost_channels(one.airing, by_id)
    hours = tuple(
        reserve.hours
        for name in sorted(lost & set(ground.channels))
        for reserve in ground.channels[name].reserves
        if reserve.channel == one.channel.id
    )
    usual = one.channel.windows + one.channel.repeat_windows
    return bool(hours) and _inside(one, ground.intervals(one.channel, usual + hours))


def _own(ground: Ground, one: Seen) -> Iterator[Fault]:
    channel, stream = one.channel, one.stream
    if one.minute % channel.grid_min or one.airing.start.second or one.airing.start.microsecond:
        yield _fault(FaultKind.OFF_GRID, one, limit=channel.grid_min)
    if one.airing.minutes < one.lesson.minutes:
        yield _fault(FaultKind.TOO_SHORT, one, minutes=one.airing.minutes, limit=one.lesson.minutes)
    if stream.language not in channel.languages:
        yield _fault(FaultKind.LANGUAGE, one, limit=stream.language)
    if stream.medium != channel.medium:
        yield _fault(FaultKind.MEDIUM, one)
    elif one.lesson.needs_picture and channel.medium == Medium.RADIO:
        yield _fault(FaultKind.PICTURE, one)
    if not one.heard:
        yield _fault(FaultKind.REGION, one)
    for region in sorted(one.heard):
        if _is_wrong_hour(ground, one, region):
            yield _fault(FaultKind.AGE, one, limit=region)
            return


def _is_wrong_hour(ground: Ground, one: Seen, region: str) -> bool:
    """True when the clock of a region shows an hour before or after what suits the students."""
    zone = ZoneInfo(ground.problem.regions[region])
    day = ground.date(one.day)

    def shown(minutes: int) -> int:
        local = moment(minutes).astimezone(zone)
        return (local.date() - day).days * 1440 + local.hour * 60 + local.minute

    return shown(one.start) < one.stream.earliest or shown(one.end) > one.stream.latest


def _neighbours(here: Sequence[Seen]) -> Iterator[Fault]:
    last: Seen | None = None
    for before, after in pairwise(here):
        if last is None or before.end > last.end:
            last = before
        gap = after.start - last.end
        both = (last.airing.id, after.airing.id)
        facts = {
            "channel": after.channel.id,
            "time": after.time,
            "lesson": last.lesson.id,
            "other": after.lesson.id,
        }
        if gap < 0:
            yield Fault(FaultKind.OVERLAP, both, facts)
        elif gap < after.channel.min_gap:
            limits = {"minutes": gap, "limit": after.channel.min_gap}
            yield Fault(FaultKind.NO_GAP, both, {**facts, **limits})


def _fault(kind: FaultKind, one: Seen, **facts: object) -> Fault:
    about = {"lesson": one.lesson.id, "channel": one.channel.id, "time": one.time}
    return Fault(kind, (one.airing.id,), {**about, **facts})
