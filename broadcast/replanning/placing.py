"""Where a lesson that lost its hour may be aired instead, and which of these hours is best.

A place that costs no repeat always comes before one that does; among them the hour nearest to the
old one wins at which the fewest homes want another lesson on their only set.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import GRID, Channel, Lesson
from broadcast.replanning.cells import bits, cells, meets
from broadcast.replanning.conditions import broken_by
from broadcast.replanning.week import Held, Place, Week

REPEAT: Final = 200.0
"""What a repeat that is given up costs."""
TAKEN_OVER: Final = 150.0
"""What it costs that a repeat takes over: one showing less, but no new hour to be learnt."""
MOVED: Final = 1_000.0
"""What another first run costs that has to make room: families were told its hour."""
FARTHEST: Final = 60.0
CLASH: Final = 80.0
EARLIER: Final = 40.0
"""Whom the change does not reach in time misses what is aired before its hour."""
AN_HOUR: Final = 0.5


@dataclass(frozen=True, slots=True)
class Need:
    """A lesson that wants an hour; ``airing`` is the one that lost it.

    A first run keeps to the hours for first runs and to days that have room for one more; what
    makes good a lost one may stand wherever there is air.
    """

    airing: PlannedAiring
    lesson: Lesson
    is_first: bool = False

    @property
    def is_repeat(self) -> bool:
        """True when a repeat is to be placed anew."""
        return self.airing.kind == AiringKind.REPEAT


@dataclass(frozen=True, slots=True)
class Option:
    """A place with its cost; ``dropped`` repeats make room, ``promoted`` is one that stands there.

    A repeat that is promoted becomes the make-up airing at its own hour.
    """

    cost: float
    place: Place
    dropped: tuple[str, ...] = ()
    promoted: str = ""

    @property
    def rank(self) -> tuple[float, int, str]:
        """What options are ordered by."""
        return self.cost, self.place.cell, self.place.channel


@dataclass(frozen=True, slots=True)
class Venue:
    """A channel that may carry a lesson, and from which cells its hours allow it."""

    channel: Channel
    length: int
    starts: int


def options(week: Week, need: Need, *, soft: bool) -> list[Option]:
    """Return the places for a lesson, the best first; ``soft`` spares all repeats of others."""
    share = week.ground.shares(need.lesson.stream)
    found: list[Option] = []
    for venue in venues(week, need):
        for cell in bits(starts(week, need, venue, soft=soft)):
            place = Place(venue.channel.id, cell, venue.length)
            option = _option(week, need, place, share)
            if option:
                found.append(option)
    if not need.is_repeat:
        found += _promotions(week, need, share)
    return sorted(plan_b_first(week, need, found), key=lambda one: one.rank)


def room(week: Week, need: Need) -> int:
    """Return at how many cells a lesson could begin without harm to anything else."""
    return sum(starts(week, need, one, soft=True).bit_count() for one in venues(week, need))


def venues(week: Week, need: Need) -> Iterator[Venue]:
    """Yield the channels that reach everybody who waits, with their hours."""
    ground, lesson = week.ground, need.lesson
    for channel in ground.reaching(lesson, need.airing.channel):
        length = week.length(lesson, channel, need.airing.minutes)
        shape = ground.shape(channel.id)
        yield Venue(channel, length, shape.starts(length, is_first=need.is_first))


def starts(week: Week, need: Need, venue: Venue, *, soft: bool) -> int:
    """Return the cells of a channel at which a lesson may begin by every rule but breaks."""
    lesson, channel = need.lesson, venue.channel.id
    first, last = _between(week, need, channel)
    found = venue.starts & cells(first, last - venue.length + 1)
    if not found:
        return 0
    stream = week.ground.streams[lesson.stream]
    found &= week.ground.age_starts(stream, channel, venue.length)
    found &= week.free(channel, venue.length, soft=soft)
    found &= ~meets(week.parallel(lesson, channel, soft=soft), venue.length)
    if found and need.is_first:
        found &= ~week.shut_days(lesson, channel)
    return found


def _between(week: Week, need: Need, channel: str) -> tuple[int, int]:
    first, last = week.bounds(need.lesson, channel)
    if not need.is_repeat:
        return first, last
    runs = [
        one.place.end
        for one in week.runs(need.lesson.id)
        if week.heard_with(one, need.lesson.stream, channel)
    ]
    # A repeat of what was never aired would be no repeat.
    return (max(first, *runs), last) if runs else (0, 0)


def _option(week: Week, need: Need, place: Place, share: dict[str, float]) -> Option | None:
    if week.breaks(need.lesson, place):
        return None
    if not need.is_repeat and broken_by(week, need.lesson, place):
        return None
    given_up = _in_the_way(week, need, place)
    if any(not one.is_soft for one in given_up):
        return None
    dropped = tuple(sorted(one.id for one in given_up))
    cost = _cost(week, need, place, share) + REPEAT * len(dropped)
    return Option(cost, place, dropped)


def _in_the_way(week: Week, need: Need, place: Place) -> set[Held]:
    """Return the repeats that make room, and those that are no use any more."""
    gap = week.ground.shape(place.channel).gap
    row = week.on_channel[place.channel]
    found = {row[cell] for cell in range(place.cell - gap, place.end + gap) if cell in row}
    found |= set(_parallel_repeats(week, need.lesson, place))
    return found if need.is_repeat else found | set(useless_repeats(week, need.lesson, place))


def _parallel_repeats(week: Week, lesson: Lesson, place: Place) -> Iterator[Held]:
    ground, mask = week.ground, place.mask
    for stream in ground.sharing(lesson.stream):
        for channel in ground.channels:
            masks = week.heard.get((stream, channel))
            if not masks or not (masks[0] | masks[1]) & mask:
                continue
            if ground.audience(stream, channel).isdisjoint(
                ground.audience(lesson.stream, place.channel)
            ):
                continue
            row = week.on_channel[channel]
            for cell in range(place.cell, place.end):
                one = row.get(cell)
                if one and week.ground.lessons[one.airing.lesson].stream == stream:
                    yield one


def useless_repeats(week: Week, lesson: Lesson, place: Place) -> Iterator[Held]:
    """Yield repeats that stand before the first run, or after the next lesson of the subject."""
    own = () if lesson.id in week.missed else week.repeats(lesson.id)
    for one in own:
        if one.place.cell < place.end and week.heard_with(one, lesson.stream, place.channel):
            yield one
    for other in week.ground.subjects[lesson.stream, lesson.subject]:
        if other.seq >= lesson.seq:
            continue
        for one in week.repeats(other.id):
            if one.place.end > place.cell and week.heard_with(one, lesson.stream, place.channel):
                yield one


def _promotions(week: Week, need: Need, share: dict[str, float]) -> Iterator[Option]:
    """Yield the repeats of a lesson that can be its make-up airing where they stand."""
    lesson, stream = need.lesson, need.lesson.stream
    waiting = week.ground.audience(stream, need.airing.channel)
    for one in week.repeats(lesson.id):
        place = one.place
        if not waiting <= week.ground.audience(stream, place.channel):
            continue
        first, last = week.bounds(lesson, place.channel)
        # What is about to begin may still become the make-up: its hour stays.
        first = min(first, place.cell) if one.is_kept else first
        if place.cell < first or place.end > last or broken_by(week, lesson, place):
            continue
        dropped = set(useless_repeats(week, lesson, place)) - {one}
        if all(other.is_soft for other in dropped):
            names = tuple(sorted(other.id for other in dropped))
            cost = _cost(week, need, place, share) + REPEAT * len(names) + TAKEN_OVER
            yield Option(cost, place, names, promoted=one.id)


def plan_b_first(week: Week, need: Need, found: list[Option]) -> list[Option]:
    """Keep only the hours agreed beforehand when some of them are free on the day itself."""
    lost = need.airing.channel
    reserves = week.ground.channels[lost].reserves
    if not reserves or need.is_repeat:
        return found
    today = week.ground.shape(lost).day_mask(week.place_of(need.airing).cell)
    agreed = [
        (one.channel, room & today)
        for one in reserves
        for room in week.ground.shape(one.channel).open((one.hours,))
    ]
    kept = [
        one
        for one in found
        if not (one.dropped or one.promoted)
        and any(one.place.channel == name and not one.place.mask & ~room for name, room in agreed)
    ]
    return kept or found


def _cost(week: Week, need: Need, place: Place, share: dict[str, float]) -> float:
    """Return what an hour costs, always less than a repeat."""
    apart = abs(place.cell - week.row.before(need.airing.start)) * GRID / 60
    clash = 0.0
    if share:
        lessons = week.ground.lessons
        for row in week.on_channel.values():
            for cell in range(place.cell, place.end):
                one = row.get(cell)
                if one:
                    clash += share.get(lessons[one.airing.lesson].stream, 0.0)
    early = EARLIER if place.cell < week.row.before(need.airing.start) else 0.0
    return early + min(FARTHEST, AN_HOUR * apart) + min(CLASH, CLASH * clash / place.length)
