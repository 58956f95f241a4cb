"""Whether a timetable may leave the house: stricter than the tools of the trade.

The reference validator of the guide format lets overlaps, a stop before its start and
missing time zones pass, so this check, not that one, stands before every export.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from broadcast.model import Airing, Programme, TvChannel, Window
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


def faults(
    airings: Sequence[Airing],
    programmes: Mapping[int, Programme],
    channels: Sequence[TvChannel],
) -> list[str]:
    """Return everything wrong with a timetable, in plain words; nothing found is an empty list."""
    by_key = {channel.key: channel for channel in channels}
    found: list[str] = []
    for one in airings:
        channel, programme = by_key.get(one.channel), programmes.get(one.lesson)
        if channel is None:
            found.append(f"airing of lesson {one.lesson}: channel {one.channel} does not exist")
        elif programme is None:
            found.append(f"airing on {one.channel}: lesson {one.lesson} does not exist")
        else:
            found += [f"{programme.code}: {fault}" for fault in _own(one, programme, channel)]
    return found + _overlaps(airings) + _doubled_grades(airings, programmes)


def _own(one: Airing, programme: Programme, channel: TvChannel) -> list[str]:
    if one.start.tzinfo is None:
        return ["the start has no time zone"]
    local = one.start.astimezone(ZoneInfo(channel.zone))
    checks = {
        "is not longer than nothing": one.minutes > 0,
        "is shorter than the lesson": one.minutes >= programme.minutes,
        "is on another day than the lesson": local.date() == programme.day,
        f"language {programme.language} is not on {channel.key}": programme.language
        in channel.languages,
        "leaves the hours of the channel": _inside(one, channel, local.date()),
    }
    return [fault for fault, holds in checks.items() if not holds]


def _inside(one: Airing, channel: TvChannel, day: date) -> bool:
    return channel.is_open_on(day) and any(
        _moment(day, window, channel, end=False) <= one.start
        and one.end <= _moment(day, window, channel, end=True)
        for window in channel.windows
    )


def _moment(day: date, window: Window, channel: TvChannel, *, end: bool) -> datetime:
    clock = window.end if end else window.start
    return datetime.combine(day, clock, ZoneInfo(channel.zone)).astimezone(UTC)


def _overlaps(airings: Sequence[Airing]) -> list[str]:
    ordered = sorted(airings, key=lambda a: (a.channel, a.start.isoformat()))
    return [
        f"{after.channel}: lessons {before.lesson} and {after.lesson} overlap"
        for before, after in pairwise(ordered)
        if before.channel == after.channel and _begins_before(after, before)
    ]


def _begins_before(after: Airing, before: Airing) -> bool:
    return after.start.replace(tzinfo=UTC) < before.end.replace(tzinfo=UTC)


def _doubled_grades(airings: Sequence[Airing], programmes: Mapping[int, Programme]) -> list[str]:
    on_air: dict[tuple[str, int, datetime], int] = defaultdict(int)
    for one in airings:
        programme = programmes.get(one.lesson)
        for grade in programme.grades if programme else ():
            on_air[programme.language if programme else "", grade, one.start] += 1
    return [
        f"grade {grade} ({language}) has {count} lessons at {start:%d %H:%M}"
        for (language, grade, start), count in on_air.items()
        if count > 1
    ]


def refuse_faults(
    airings: Sequence[Airing],
    programmes: Mapping[int, Programme],
    channels: Sequence[TvChannel],
) -> None:
    """Raise when the timetable has a fault: nothing faulty is exported."""
    found = faults(airings, programmes, channels)
    if found:
        raise JetkizError(
            N_("The timetable has {n} faults, the first: {fault}."),
            N_("Make it again with: jetkiz timetable make WEEK."),
            n=len(found),
            fault=found[0],
        )
