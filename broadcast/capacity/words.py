"""What the report of capacity says to a person who plans the air."""

from collections.abc import Mapping
from typing import Any

from broadcast.capacity.report import Capacity, ChannelRoom, StreamRoom
from jetkiz.i18n import N_, Translator
from jetkiz.roster.regions import REGIONS


def capacity_lines(capacity: Capacity, t: Translator) -> list[str]:
    """Return the report in sentences: the whole, each channel, each stream that is cut short."""
    return [
        _whole(capacity, t),
        *(line for one in capacity.channels for line in _channel(one, t)),
        *(_stream(one, t) for one in capacity.streams if one.left),
    ]


def _whole(capacity: Capacity, t: Translator) -> str:
    if not capacity.unplaced:
        return t(
            N_("All {n} lessons fit; {fill} % of the air is filled."),
            n=capacity.lessons,
            fill=round(100 * capacity.fill),
        )
    return t(
        N_(
            "{left} of {n} lessons do not fit: {minutes} minutes of air are missing. "
            "Ask for more hours, shorten lessons, or let these go another way."
        ),
        left=len(capacity.unplaced),
        n=capacity.lessons,
        minutes=capacity.missing_minutes,
    )


def _channel(one: ChannelRoom, t: Translator) -> list[str]:
    lines = [
        t(
            N_(
                "{channel}: {used} of {usable} minutes for first runs are filled ({fill} %); "
                "{blocked} are blocked, {repeats} more are for repeats alone."
            ),
            channel=one.name,
            used=one.used,
            usable=one.usable,
            fill=round(100 * one.fill),
            blocked=one.blocked,
            repeats=one.repeats,
        )
    ]
    if not one.usable:
        lines.append(
            t(N_("{channel} lends no hours for first runs in this week."), channel=one.name)
        )
    elif not one.has_slack:
        words = (
            N_("{channel} is full: what falls out can only be made up in the hours for repeats.")
            if one.repeats
            else N_(
                "{channel} is full, and no evening is lent: what falls out is lost. Ask for one."
            )
        )
        lines.append(t(words, channel=one.name))
    return lines


def _stream(one: StreamRoom, t: Translator) -> str:
    return t(
        N_("{stream}: {fitting} of {n} lessons fit, {left} do not."),
        stream=one.stream,
        fitting=one.fitting_lessons,
        n=one.lessons,
        left=one.left,
    )


def unplaced_line(lesson: str, reason: str, facts: Mapping[str, Any], t: Translator) -> str:
    """Say of a lesson that it is not aired, and why."""
    return t(N_("Not on the air: {lesson}. {reason}"), lesson=lesson, reason=t(reason, **facts))


def unreached_line(stream: str, region: str, t: Translator) -> str:
    """Say of students of a region that no channel brings them their lessons."""
    found = REGIONS.get(region)
    names = (found.russian if t.language == "ru" else found.kazakh) if found else region
    return t(
        N_("{stream}: no channel reaches its students in {region}; they get it another way."),
        stream=stream,
        region=names,
    )
