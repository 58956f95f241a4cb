"""How one week goes for all homes: the first way, what is known by evening, the second, returns.

Morning: the power is on or not. Then lessons are aired and sent, packs lie at the post office or
not. In the evening what is known to have failed goes another way, while there is room for it.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.rules.channel_choice import LESSON, PER_TENGE
from scheduler.simulator.events import Events
from scheduler.simulator.hidden import Hidden
from scheduler.simulator.parameters import Parameters
from scheduler.simulator.room import days_of, whole, within_caps, within_room
from scheduler.solver.rates import DAYS
from scheduler.solver.uses import Takes, by_pool, takes_of
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Cap, Longs, Reals, Role, WeekArrays

MESSENGER = "telegram"
TELEVISION = "broadcast"
POST = "post"


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One try at each lesson [N, W]: whether it came, failed with a sign, or was heard of."""

    channel: Bytes
    came: Bools
    lost: Bools
    heard: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """A week as it went: both tries, work that came back [N, W], and tenge spent.

    ``tenge`` is all money, ``paper`` that of packs; both are (first ways, second ways).
    """

    first: Way
    second: Way
    returned: Bools
    tenge: tuple[float, float]
    paper: tuple[float, float]

    @property
    def received(self) -> Bools:
        """Where a lesson came at all."""
        return self.first.came | self.second.came


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What is the same for every policy of one week."""

    week: WeekArrays
    hidden: Hidden
    events: Events
    numbers: Parameters


def live(world: World, channel: Bytes, second: Bytes, room: Reals | None) -> Lived:
    """Let a week go by; ``second`` [N, W] are the second ways, ``room`` [P] what is left for them.

    Without ``room`` every second way that is due is taken.
    """
    week, draws = world.week, world.events.draws
    came = _comes(world, channel, _luck(world, channel))
    lost = _lost(world, channel, came)
    first = Way(channel, came, lost, came & _is_heard(world, channel, draws.heard))
    due = np.where(lost & _in_the_evening(week, channel), second, NOTHING).astype(np.int8)
    taken, spent = _taken(week, channel, due, room)
    again = _comes(world, taken, _by_day(week, draws.second))
    other = Way(
        taken,
        again,
        _lost(world, taken, again),
        again & _is_heard(world, taken, draws.heard_second),
    )
    returned = _returned(world, first, other)
    plan = takes_of(whole(week), channel)
    return Lived(
        first=_answered(first, returned & came),
        second=_answered(other, returned & again & ~came),
        returned=returned,
        tenge=(tenge_of(week, plan), sum(tenge_of(week, one) for one in spent)),
        paper=(paper_of(week, plan), sum(paper_of(week, one) for one in spent)),
    )


def _answered(way: Way, returned: Bools) -> Way:
    """Work that came back tells that the lesson did."""
    return Way(way.channel, way.came, way.lost, way.heard | returned)


def _column(week: WeekArrays, name: str) -> int:
    return week.channels.index(name) if name in week.channels else len(week.channels)


def _by_day(week: WeekArrays, of_day: Reals | Bools) -> Reals:
    """Spread something by student and day [N, 5] over the slots [N, W]."""
    return np.take_along_axis(np.asarray(of_day), np.maximum(days_of(week), 0), axis=1)


def _luck(world: World, channel: Bytes) -> Reals:
    """Return the draw that decides for each lesson: one a pack, one a day's message, one a film."""
    week, draws = world.week, world.events.draws
    found = _by_day(week, draws.digest)
    for column, role in enumerate(week.role):
        if role == Role.PACK:
            found = np.where(channel == column, draws.pack[:, None], found)
        elif role == Role.SEAT:
            found = np.where(channel == column, _by_day(week, draws.attend), found)
    return np.where(channel == _column(week, TELEVISION), draws.watch, found)


def chance_of(week: WeekArrays, reach: Reals, channel: Bytes) -> Reals:
    """Return the chance [N, W] of the channel that each lesson has; 0 without one."""
    wide = np.broadcast_to(reach, (len(reach), week.slots, reach.shape[2]))
    taken = np.take_along_axis(wide, np.maximum(channel, 0)[:, :, None].astype(np.int64), axis=2)
    return np.where(channel == NOTHING, 0.0, taken[:, :, 0])


def _comes(world: World, channel: Bytes, luck: Reals) -> Bools:
    is_good = luck < chance_of(world.week, world.hidden.reach, channel)
    found: Bools = is_good & ~_hindered(world, channel)
    return found


def _hindered(world: World, channel: Bytes) -> Bools:
    """Return where an event of the week keeps a lesson from arriving, whoever waits for it."""
    week, events = world.week, world.events
    school = week.students.school
    no_power = _by_day(week, events.cut[school]).astype(np.bool_)
    odds = world.numbers.events.messenger_lost_in_a_cut
    waits = no_power & (_by_day(week, events.draws.wait) < odds)
    on_phone = channel == _column(week, MESSENGER)
    on_tv = channel == _column(week, TELEVISION)
    by_post = channel == _column(week, POST)
    dark = events.dark[week.region[school]][:, None] | _dropped(world)
    found: Bools = (
        (on_phone & (events.blocked[:, None] | waits))
        | (on_tv & (dark | no_power))
        | (by_post & events.late[school][:, None])
    )
    return found


def _dropped(world: World) -> Bools:
    lessons = whole(world.week).lessons
    found: Bools = world.events.dropped[lessons] & (lessons != NOTHING)
    return found


def _lost(world: World, channel: Bytes, came: Bools) -> Bools:
    """Return where a failure leaves a sign: refused, not aired, not fetched, not there."""
    week, events, seen = world.week, world.events, world.numbers.seen
    draws, school = events.draws, week.students.school
    is_seen = _by_day(week, draws.seen) < seen.messenger_failed
    region = week.region[school]
    dark = (events.dark & events.dark_seen)[region][:, None]
    dropped = _dropped(world) & (_by_day(week, draws.seen) < seen.airing_dropped)
    lost = (channel == _column(week, MESSENGER)) & (events.blocked[:, None] | is_seen)
    lost |= (channel == _column(week, TELEVISION)) & (dark | dropped)
    for column, role in enumerate(week.role):
        if role == Role.PACK:
            lost |= (channel == column) & (draws.told < seen.pack_failed)[:, None]
        elif role == Role.SEAT:
            lost |= channel == column
    found: Bools = lost & ~came & (channel != NOTHING)
    return found


def _in_the_evening(week: WeekArrays, channel: Bytes) -> Bools:
    """Return where a failure is known on the day itself; who misses a pack says so too late."""
    in_time = np.flatnonzero(week.role != Role.PACK)
    found: Bools = np.isin(channel, in_time) & (channel != NOTHING)
    return found


def _is_heard(world: World, channel: Bytes, draw: Reals) -> Bools:
    rates = [world.numbers.heard.of(name) for name in world.week.channels]
    found: Bools = draw < np.array([*rates, 0.0])[channel]
    return found


def _returned(world: World, first: Way, second: Way) -> Bools:
    week = world.week
    by = np.where(first.came, first.channel, np.where(second.came, second.channel, NOTHING))
    likely = chance_of(week, world.hidden.answer[:, None, :], by.astype(np.int8))
    return has_task(week) & (world.events.draws.answer < likely)


def has_task(week: WeekArrays) -> Bools:
    """Return which lessons [N, W] ask for something that comes back."""
    lessons = whole(week).lessons
    asks: Bools = np.asarray(week.lessons.marking.any(axis=1))
    found: Bools = asks[lessons] & (lessons != NOTHING)
    return found


def _taken(
    week: WeekArrays, channel: Bytes, due: Bytes, room: Reals | None
) -> tuple[Bytes, list[Takes]]:
    """Take second ways evening by evening while there is room, and count what they use."""
    if room is None:
        return due, [takes_of(whole(week), due)]
    found, spent, left = np.full_like(due, NOTHING), [], room.copy()
    on_phone = channel == _column(week, MESSENGER)
    days = days_of(week)
    for day in range(DAYS):
        tonight = np.where(days == day, due, NOTHING).astype(np.int8)
        by_phone = tonight == _column(week, MESSENGER)
        fits = within_caps(
            week, by_phone, Cap.PHONE, on_phone | (found == _column(week, MESSENGER))
        )
        tonight[by_phone & ~fits] = NOTHING
        tonight = within_room(week, tonight, left)
        takes = takes_of(whole(week), tonight)
        left -= by_pool(week, takes)
        spent.append(takes)
        found = np.where(tonight != NOTHING, tonight, found)
    return found, spent


def tenge_of(week: WeekArrays, takes: Takes) -> float:
    """Return the tenge of all that is taken."""
    seats: Longs = takes.seats * week.tariff.seat
    return paper_of(week, takes) + float(seats.sum()) / (LESSON * PER_TENGE)


def paper_of(week: WeekArrays, takes: Takes) -> float:
    """Return the tenge of packs and pages."""
    paper = takes.packs * week.tariff.pack + takes.sides * week.tariff.side
    return float(paper.sum()) / (LESSON * PER_TENGE)
