"""What a person types about something that came between, read as an event or refused."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from broadcast.problem.hours import hours_of
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_number
from broadcast.replanning.events import (
    DroppedDay,
    Event,
    Missed,
    MovedMatch,
    NewWindow,
    Preempted,
    refuse_unknown,
    refuse_unknown_channels,
)
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

ALL = "all"


@dataclass(frozen=True, slots=True)
class Typed:
    """The words of one event; exactly one of them is told, beside ``for_repeats``."""

    NAMES: ClassVar = ("preempt", "drop_day", "window", "move_match", "missed", "for_repeats")

    preempt: tuple[str, ...] | None = None
    drop_day: tuple[str, ...] | None = None
    window: tuple[str, ...] | None = None
    move_match: tuple[str, ...] | None = None
    missed: bool = False
    for_repeats: bool = False


def typed_event(problem: Problem, typed: Typed) -> Event:
    """Return the event; raises ``JetkizError`` when it is not clear or about what is not there."""
    words = (typed.preempt, typed.drop_day, typed.window, typed.move_match, typed.missed)
    if sum(bool(one) for one in words) != 1:
        raise JetkizError(
            N_("It is not clear what came between."),
            N_("Give one of --preempt, --drop-day, --window, --move-match and --missed."),
        )
    event = _event(problem, typed)
    refuse_unknown(problem, event)
    return event


def _event(problem: Problem, typed: Typed) -> Event:
    if typed.missed:
        return Missed()
    if typed.preempt:
        return _preempted(problem, *typed.preempt)
    if typed.drop_day:
        return _dropped(problem, *typed.drop_day)
    if typed.window:
        return _window(problem, typed.window, is_for_repeats=typed.for_repeats)
    channels, *times = typed.move_match or ()
    return MovedMatch(
        _preempted(problem, channels, *times[:2]), _preempted(problem, channels, *times[2:])
    )


def _preempted(problem: Problem, channels: str, start: str, end: str) -> Preempted:
    names = _names(problem, channels)
    known = {one.id: one for one in problem.channels}
    refuse_unknown_channels(problem, names)
    zone = known[names[0]].zone
    return Preempted(names, _moment(start, zone), _moment(end, zone))


def _names(problem: Problem, channels: str) -> tuple[str, ...]:
    if channels == ALL:
        return tuple(one.id for one in problem.channels)
    return tuple(one.strip() for one in channels.split(","))


def _moment(text: str, zone: str) -> datetime:
    """Read a day and a time; without an offset the clock of the channel is meant."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise JetkizError(
            N_("{text} is no day with a time."),
            N_("Write it as 2026-01-27T10:00, by the clock of the channel."),
            text=text,
        ) from error
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _dropped(problem: Problem, who: str, day: str) -> DroppedDay:
    number = day_number(problem, _date(day))
    languages = {language for one in problem.channels for language in one.languages}
    if who in languages:
        return DroppedDay(number, language=who)
    return DroppedDay(number, channels=_names(problem, who))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise JetkizError(
            N_("{text} is no day."), N_("Write it as 2026-01-27."), text=text
        ) from error


def _window(problem: Problem, words: tuple[str, ...], *, is_for_repeats: bool) -> NewWindow:
    name, text = words
    channel = _channel(problem, name)
    hours = hours_of(text, problem.meta, channel.day_start)
    if hours is None or not hours.days:
        raise JetkizError(
            N_("{text} are no hours."),
            N_('Write days and times, such as "wed 18:00-20:00" or "2026-01-28 18:00-20:00".'),
            text=text,
        )
    return NewWindow(name, hours, is_for_repeats=is_for_repeats)


def _channel(problem: Problem, name: str) -> Channel:
    refuse_unknown_channels(problem, (name,))
    return next(one for one in problem.channels if one.id == name)
