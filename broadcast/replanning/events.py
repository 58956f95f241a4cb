"""What can come between a published timetable and the air, and what it leaves of the hours.

The same event told twice closes hours that are closed already: nothing follows from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from broadcast.problem.model import Channel, Hours, Problem
from broadcast.problem.moments import day_end, local_place, moment
from broadcast.problem.open_hours import slot_minutes, without
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


@dataclass(frozen=True, slots=True)
class Closing:
    """A time on a channel, in UTC, at which no lesson can be aired."""

    channel: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Preempted:
    """Something else is aired on these channels from a moment to another, in UTC."""

    channels: tuple[str, ...]
    start: datetime
    end: datetime
    why: str = ""

    @property
    def key(self) -> str:
        """What tells this event from others: told twice, it is the same."""
        names = ",".join(sorted(self.channels))
        return f"preempted {names} {_stamp(self.start)} {_stamp(self.end)}"


@dataclass(frozen=True, slots=True)
class DroppedDay:
    """Channels, or all channels of a language, have no hours on a day counted from 0."""

    day: int
    channels: tuple[str, ...] = ()
    language: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """What tells this event from others."""
        return f"dropped-day {self.language or ','.join(sorted(self.channels))} {self.day}"


@dataclass(frozen=True, slots=True)
class NewWindow:
    """A channel lends more hours, for first runs or for repeats and make-up airings alone."""

    channel: str
    hours: Hours
    is_for_repeats: bool = False

    @property
    def key(self) -> str:
        """What tells this event from others."""
        days = ",".join(map(str, self.hours.days))
        return f"new-window {self.channel} {days} {self.hours.start} {self.hours.end}"


@dataclass(frozen=True, slots=True)
class MovedMatch:
    """A pre-emption that itself was moved: its old hours are free again, the new ones are gone."""

    old: Preempted
    new: Preempted

    @property
    def key(self) -> str:
        """What tells this event from others."""
        return f"moved-match {self.old.key} {self.new.key}"


@dataclass(frozen=True, slots=True)
class Missed:
    """The log of the air says what was not aired or cut off: nothing of it has to be typed."""

    key: ClassVar[str] = "missed"


Event = Preempted | DroppedDay | NewWindow | MovedMatch | Missed


def closings(problem: Problem, event: Event) -> tuple[Closing, ...]:
    """Return the times that an event takes from the air."""
    if isinstance(event, Preempted):
        return tuple(Closing(one, event.start, event.end) for one in event.channels)
    if isinstance(event, DroppedDay):
        return tuple(_whole_day(problem, one, event.day) for one in _dropped(problem, event))
    if isinstance(event, MovedMatch):
        return closings(problem, event.new)
    return ()


def opens_hours(event: Event) -> bool:
    """Return whether lessons that had no place may find one now."""
    return isinstance(event, NewWindow | MovedMatch)


def applied(problem: Problem, event: Event) -> Problem:
    """Return the problem as the event leaves it; raises ``JetkizError`` for what is not there."""
    refuse_unknown(problem, event)
    changed = {one.id: one for one in problem.channels}
    if isinstance(event, NewWindow):
        changed[event.channel] = _widened(changed[event.channel], event)
    if isinstance(event, MovedMatch):
        for one in closings(problem, event.old):
            changed[one.channel] = _reopened(problem, changed[one.channel], one)
    for one in closings(problem, event):
        lender = changed[one.channel] = _closed(problem, changed[one.channel], one)
        for window in _agreed(problem, lender, one):
            changed[window.channel] = _widened(changed[window.channel], window)
    channels = tuple(_unless_same(one, changed[one.id]) for one in problem.channels)
    return _without_agreed(replace(problem, channels=channels))


def _without_agreed(problem: Problem) -> Problem:
    """Return the problem without agreements about hours that are closed now."""
    channels = {one.id: one for one in problem.channels}
    minutes = {one.id: one.minutes for one in problem.lessons}
    kept = []
    for one in problem.fixed:
        channel = channels[one.channel]
        end = one.start + slot_minutes(minutes[one.lesson], channel)
        slot = Hours((one.day,), one.start, end)
        if not any(_meet(slot, hours) for hours in channel.blocked):
            kept.append(one)
    return problem if len(kept) == len(problem.fixed) else replace(problem, fixed=tuple(kept))


def refuse_unknown(problem: Problem, event: Event) -> None:
    """Raise ``JetkizError`` for a channel, a day or a time that the problem does not have."""
    parts = (event.old, event.new) if isinstance(event, MovedMatch) else (event,)
    for part in parts:
        _refuse_unnamed(problem, part)
    _refuse_other_days(problem, event)


def _refuse_unnamed(problem: Problem, event: Preempted | DroppedDay | NewWindow | Missed) -> None:
    refuse_unknown_channels(problem, _named(problem, event))
    if isinstance(event, Preempted) and event.start >= event.end:
        raise JetkizError(
            N_("What comes between ends before it begins."),
            N_("Give the beginning first, then the end, both with their day."),
        )


def refuse_unknown_channels(problem: Problem, names: Iterable[str]) -> None:
    """Raise ``JetkizError`` for a channel that the problem does not have."""
    known = [one.id for one in problem.channels]
    for channel in names:
        if channel not in known:
            raise JetkizError(
                N_("There is no channel {channel}."),
                N_("Name one of these: {channels}."),
                channel=channel,
                channels=", ".join(known),
            )


def _refuse_other_days(problem: Problem, event: Event) -> None:
    """Refuse what touches no planned day; a match may leave the week, or come into it."""
    days: Iterable[int] = ()
    is_outside = False
    if isinstance(event, DroppedDay):
        days = (event.day,)
    elif isinstance(event, NewWindow):
        days = event.hours.days
    elif isinstance(event, Preempted):
        is_outside = not _is_planned(problem, event)
    elif isinstance(event, MovedMatch):
        is_outside = not (_is_planned(problem, event.old) or _is_planned(problem, event.new))
    if is_outside or any(not 0 <= day < problem.meta.days for day in days):
        last = problem.meta.first_day + timedelta(days=problem.meta.days - 1)
        raise JetkizError(
            N_("That day is not planned here."),
            N_("Name a day from {first} to {last}."),
            first=problem.meta.first_day,
            last=last,
        )


def _is_planned(problem: Problem, event: Preempted) -> bool:
    channels = {one.id: one for one in problem.channels}
    return any(hours_of(problem, channels[one.channel], one) for one in closings(problem, event))


def _named(problem: Problem, event: Preempted | DroppedDay | NewWindow | Missed) -> tuple[str, ...]:
    if isinstance(event, Missed):
        return ()
    if isinstance(event, NewWindow):
        return (event.channel,)
    if isinstance(event, Preempted):
        return event.channels
    found = _dropped(problem, event)
    if not found:
        raise JetkizError(
            N_("No channel carries lessons in {language}."),
            N_("Name a language or a channel of this timetable."),
            language=event.language,
        )
    return found


def _dropped(problem: Problem, event: DroppedDay) -> tuple[str, ...]:
    if event.channels:
        return event.channels
    return tuple(one.id for one in problem.channels if event.language in one.languages)


def _whole_day(problem: Problem, name: str, day: int) -> Closing:
    channel = next(one for one in problem.channels if one.id == name)
    start = moment(problem, channel, day, channel.day_start)
    return Closing(name, start, moment(problem, channel, day, day_end(channel)))


def hours_of(problem: Problem, channel: Channel, closing: Closing) -> list[Hours]:
    """Return a time as hours of the days of a channel; one over midnight is two."""
    first, _ = local_place(problem, channel, closing.start)
    last, _ = local_place(problem, channel, closing.end - timedelta(minutes=1))
    edges = [moment(problem, channel, day, channel.day_start) for day in range(first, last + 2)]
    found = []
    for number, (start, end) in enumerate(pairwise(edges), first):
        if 0 <= number < problem.meta.days:
            begin = _minute(problem, channel, number, max(start, closing.start))
            until = _minute(problem, channel, number, min(end, closing.end))
            found.append(Hours((number,), begin, until))
    return found


def _minute(problem: Problem, channel: Channel, day: int, at: datetime) -> int:
    """Return a minute of a day of a channel; its end is not yet the next day."""
    number, minute = local_place(problem, channel, at)
    return minute if number == day else minute + (number - day) * 24 * 60


def _closed(problem: Problem, channel: Channel, closing: Closing) -> Channel:
    new = _beside(hours_of(problem, channel, closing), channel.blocked)
    return replace(channel, blocked=(*channel.blocked, *new)) if new else channel


def _agreed(problem: Problem, lender: Channel, closing: Closing) -> list[NewWindow]:
    """Return the hours of plan B on the days of a closing: open for make-up airings alone."""
    days = {hours.days[0] for hours in hours_of(problem, lender, closing)}
    return [
        NewWindow(one.channel, replace(one.hours, days=shared), is_for_repeats=True)
        for one in lender.reserves
        if (shared := tuple(day for day in one.hours.days if day in days))
    ]


def _reopened(problem: Problem, channel: Channel, closing: Closing) -> Channel:
    """Take away what such a closing added; hours that are shut every week stay shut."""
    free = hours_of(problem, channel, closing)
    kept = tuple(one for one in channel.blocked if len(one.days) > 1 or _beside([one], free))
    return replace(channel, blocked=kept)


def _unless_same(before: Channel, after: Channel) -> Channel:
    """Keep a channel whose hours are only listed in another order."""
    return (
        before
        if set(before.blocked) == set(after.blocked)
        and replace(after, blocked=before.blocked) == before
        else after
    )


def _widened(channel: Channel, event: NewWindow) -> Channel:
    daily = [replace(event.hours, days=(day,)) for day in event.hours.days]
    if event.is_for_repeats:
        new = _beside(daily, (*channel.windows, *channel.repeat_windows))
        return replace(channel, repeat_windows=(*channel.repeat_windows, *new)) if new else channel
    new = _beside(daily, channel.windows)
    if not new:
        return channel
    # Hours never overlap: what was lent for repeats is lent for first runs as well now.
    touched = [one for one in channel.repeat_windows if any(_meet(one, hours) for hours in new)]
    left = tuple(one for one in channel.repeat_windows if one not in touched)
    parts = _beside([replace(one, days=(day,)) for one in touched for day in one.days], new)
    return replace(channel, windows=(*channel.windows, *new), repeat_windows=(*left, *parts))


def _beside(daily: Sequence[Hours], known: Sequence[Hours]) -> list[Hours]:
    """Return what hours of single days add to known ones: hours never overlap."""
    found = []
    for one in daily:
        taken = sorted((other.start, other.end) for other in known if one.days[0] in other.days)
        left = without([(one.start, one.end)], taken)
        found += [replace(one, start=start, end=end) for start, end in left]
    return found


def _meet(one: Hours, other: Hours) -> bool:
    shared = set(one.days) & set(other.days)
    return bool(shared) and one.start < other.end and other.start < one.end


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")
