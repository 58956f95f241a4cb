"""Which airing each line of a log is of: by our number, house number, title, and then by the hour.

Where a log contradicts itself, an airing ran: the second line may be of another studio.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.as_run.aligning import aligned
from broadcast.as_run.model import (
    DRIFT,
    AsRun,
    Clue,
    LogLine,
    LogProfile,
    OtherClock,
    Said,
)
from broadcast.as_run.naming import Names, channel_names, names_of
from broadcast.as_run.studio_clocks import Heard, set_right
from broadcast.as_run.verdicts import RAN, Proof, gaps, verdicts
from broadcast.plan.model import AiringStatus, Plan, PlannedAiring
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_of, local_place

# A lesson that is named may have been aired at another hour of the day, or on another day.
_FARTHER: Final = (DRIFT, timedelta(hours=12), timedelta(days=14))
_GONE: Final = frozenset({AiringStatus.MOVED, AiringStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class _Air:
    """One channel with its airings in their order, and the lines of the log that are of it."""

    problem: Problem
    channel: Channel
    airings: Sequence[PlannedAiring]
    lines: Sequence[LogLine]
    names: Names
    lessons: frozenset[str]


@dataclass(slots=True)
class _Found:
    """What was found so far."""

    proofs: dict[str, list[Proof]] = field(default_factory=lambda: defaultdict(list))
    unknown: set[int] = field(default_factory=set)
    clocks: list[OtherClock] = field(default_factory=list)
    days: set[tuple[str, date]] = field(default_factory=set)

    def note(self, line: LogLine, clue: Clue, airing: str, heard: Heard | None = None) -> None:
        at = heard.at if heard else None
        self.proofs[airing].append(Proof(line.number, line.said, clue, at, line.seconds))


def match(
    problem: Problem,
    plan: Plan,
    lines: Sequence[LogLine],
    profile: LogProfile,
    *,
    trust_clock: bool = False,
) -> AsRun:
    """Say what became of each airing that a log speaks of.

    ``trust_clock`` takes the hours as they are written, whole hours off or not. What the log
    neither names nor covers is not in the answer: silence proves nothing.
    """
    airings = sorted(
        (one for one in plan.airings if one.status not in _GONE),
        key=lambda one: (one.start, one.id),
    )
    names = names_of(problem, airings, lines)
    found = _Found()
    by_channel = _by_channel(problem, names, lines, found)
    for channel in problem.channels:
        there = [one for one in airings if one.channel == channel.id]
        lessons = frozenset(one.lesson for one in there)
        air = _Air(problem, channel, there, by_channel.get(channel.id, ()), names, lessons)
        _match_channel(air, profile, found, trust_clock=trust_clock)
    minutes = {one.id: one.minutes for one in problem.lessons}
    return AsRun(
        tuple(verdicts(airings, minutes, found.proofs)),
        tuple(sorted(found.unknown)),
        tuple(found.clocks),
        tuple(sorted(found.days)),
    )


def _by_channel(
    problem: Problem, names: Names, lines: Sequence[LogLine], found: _Found
) -> dict[str, list[LogLine]]:
    """Sort lines by channel; what names an airing and no hour is proof enough as it stands."""
    known = channel_names(problem)
    only = problem.channels[0] if len(problem.channels) == 1 else None
    sorted_out: dict[str, list[LogLine]] = defaultdict(list)
    for line in lines:
        airing = names.airing(line) if line.airing else None
        channel = known.get(line.channel.casefold()) if line.channel else only
        if line.airing and airing is None:
            found.unknown.add(line.number)
        elif airing and line.start is None:
            found.note(line, Clue.AIRING, airing.id)
        elif airing:
            sorted_out[airing.channel].append(line)
        elif channel is None:
            found.unknown.add(line.number)
        else:
            sorted_out[channel.id].append(line)
    return sorted_out


def _match_channel(air: _Air, profile: LogProfile, found: _Found, *, trust_clock: bool) -> None:
    by_number = {line.number: line for line in air.lines}
    heard = [_heard(line, air) for line in air.lines]
    if not trust_clock:
        heard = set_right(heard, _starts(air.airings))
    found.clocks += _other_clocks(air.channel.id, heard)
    named = [one for one in heard if one.lesson]
    free = [one for one in heard if not one.lesson and not one.is_foreign]
    for is_run in (True, False):
        of_kind = [one for one in named if (by_number[one.number].said in RAN) == is_run]
        _match_named(of_kind, air, by_number, found)
    _match_by_hour(free, air, by_number, found)
    if not profile.is_complete:
        found.unknown |= {one.number for one in heard if one.is_foreign}
    days = _days(air, heard)
    found.days |= {(air.channel.id, day) for day in days}
    if profile.is_complete and any(one.id in found.proofs for one in air.airings):
        _note_gaps(air, days, by_number, found)


def _heard(line: LogLine, air: _Air) -> Heard:
    at = _moment(line, air)
    airing = air.names.airing(line) if line.airing else None
    if airing:
        return Heard(line.number, at, airing.lesson, Clue.AIRING)
    named = air.names.lesson(line)
    if named and named[0] in air.lessons:
        return Heard(line.number, at, *named)
    return Heard(line.number, at, is_foreign=named is not None or air.names.is_foreign(line))


def _moment(line: LogLine, air: _Air) -> datetime:
    start = line.start or datetime.min.replace(tzinfo=UTC)
    if start.tzinfo:
        return start.astimezone(UTC)
    if line.is_of_day and start.hour * 60 + start.minute < air.channel.day_start:
        start += timedelta(days=1)
    return start.replace(tzinfo=ZoneInfo(air.channel.zone)).astimezone(UTC)


def _starts(airings: Sequence[PlannedAiring]) -> dict[str, list[datetime]]:
    starts: dict[str, list[datetime]] = defaultdict(list)
    for one in airings:
        starts[one.lesson].append(one.start)
        starts[""].append(one.start)
    return starts


def _other_clocks(channel: str, heard: Iterable[Heard]) -> list[OtherClock]:
    off = [one for one in heard if one.hours]
    counts = Counter(one.hours for one in off)
    return [
        OtherClock(channel, hours, count, min(one.number for one in off if one.hours == hours))
        for hours, count in sorted(counts.items())
    ]


def _match_named(
    heard: Sequence[Heard], air: _Air, by_number: dict[int, LogLine], found: _Found
) -> None:
    """Give each line of a lesson the nearest of its airings, near ones first."""
    lessons: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        if one.clue is Clue.AIRING:
            airing = air.names.airing(by_number[one.number])
            found.note(by_number[one.number], one.clue, airing.id if airing else "", one)
        else:
            lessons[one.lesson].append(one)
    for lesson, lines in lessons.items():
        airings = [one for one in air.airings if one.lesson == lesson]
        for one, airing in _named_pairs(lines, airings):
            if airing is None:
                found.unknown.add(one.number)
            else:
                found.note(by_number[one.number], one.clue, airing.id, one)


def _named_pairs(
    heard: Sequence[Heard], airings: Sequence[PlannedAiring]
) -> list[tuple[Heard, PlannedAiring | None]]:
    by_time: dict[datetime, PlannedAiring] = {}
    for limit in _FARTHER:
        free = [one for one in airings if one not in by_time.values()]
        times = sorted({one.at for one in heard if one.at not in by_time})
        for n, m in aligned(times, [one.start for one in free], limit):
            by_time[times[n]] = free[m]
    return [(one, by_time.get(one.at) or _part_of(one, airings)) for one in heard]


def _part_of(heard: Heard, airings: Sequence[PlannedAiring]) -> PlannedAiring | None:
    """Return the airing of which a line is a further part, after a break."""
    return next((one for one in airings if one.start - DRIFT <= heard.at <= one.end + DRIFT), None)


def _match_by_hour(
    heard: Sequence[Heard], air: _Air, by_number: dict[int, LogLine], found: _Found
) -> None:
    """Pair what only has an hour with all airings of the channel: as many as fit in their order."""
    telling = [one for one in heard if by_number[one.number].said is not Said.NOTHING]
    times = sorted({one.at for one in telling})
    pairs = dict(aligned(times, [one.start for one in air.airings], DRIFT))
    by_time = {times[n]: air.airings[m] for n, m in pairs.items()}
    for one in telling:
        airing = by_time.get(one.at)
        if airing is None:
            found.unknown.add(one.number)
        else:
            found.note(by_number[one.number], Clue.TIME, airing.id, one)


def _days(air: _Air, heard: Iterable[Heard]) -> dict[date, list[Heard]]:
    days: dict[date, list[Heard]] = defaultdict(list)
    for one in heard:
        number, _ = local_place(air.problem, air.channel, one.at)
        days[day_of(air.problem, number)].append(one)
    return days


def _note_gaps(
    air: _Air, days: dict[date, list[Heard]], by_number: dict[int, LogLine], found: _Found
) -> None:
    planned: dict[date, list[PlannedAiring]] = defaultdict(list)
    for one in air.airings:
        planned[day_of(air.problem, local_place(air.problem, air.channel, one.start)[0])].append(
            one
        )
    for day, heard in days.items():
        ran = sorted(one.at for one in heard if by_number[one.number].said in RAN)
        for airing in gaps(planned[day], found.proofs, ran):
            found.proofs[airing].append(Proof(0, Said.MISSED, Clue.GAP))
