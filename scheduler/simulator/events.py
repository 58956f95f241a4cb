"""What happens in one week whatever was planned: power, airings, transmitters, post, blocked chats.

All policies live through the same weeks: the same draw decides for each of them, so that what
differs between them is the policy and not luck.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.simulator.parameters import Parameters
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import Bools, Longs, Reals, WeekArrays


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Even draws from 0 to 1 that are held against chances.

    By student and day [N, 5]: ``digest`` of the messenger, ``attend`` of the duty class, ``second``
    of whatever takes over, ``wait`` of a message without power, ``seen`` of a failure. By student
    and slot [N, W]: ``watch``, ``heard``, ``heard_second``, ``answer``. One a home: ``pack`` [N],
    ``told`` [N] of a lost pack.
    """

    digest: Reals
    attend: Reals
    second: Reals
    wait: Reals
    seen: Reals
    watch: Reals
    heard: Reals
    heard_second: Reals
    answer: Reals
    pack: Reals
    told: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What happens: ``blocked`` [N] chats, ``dropped`` [L] airings, ``cut`` [S, 5] power.

    ``dark`` [regions] have no television, ``dark_seen`` [regions] say so; ``late`` [S] are packs of
    an office.
    """

    blocked: Bools
    dropped: Bools
    dark: Bools
    dark_seen: Bools
    cut: Bools
    late: Bools
    draws: Draws


def draw_events(
    week: WeekArrays, blocked: Bools, numbers: Parameters, chance: np.random.Generator
) -> Events:
    """Draw a week; an office of the post serves one school's homes."""
    odds, schools, regions = numbers.events, len(week.school), len(week.regions)
    cut = np.where(week.is_rural, odds.power_cut_a_day_rural, odds.power_cut_a_day_urban)
    late = np.where(week.is_rural, odds.late_post_rural, odds.late_post_urban)
    return Events(
        blocked=blocked,
        dropped=chance.random(len(week.lessons.day)) < odds.airing_dropped,
        dark=chance.random(regions) < odds.transmitter_down_a_week,
        dark_seen=chance.random(regions) < numbers.seen.transmitter_down,
        cut=chance.random((schools, DAYS)) < cut[:, None],
        late=chance.random(schools) < late,
        draws=_draws(week, chance),
    )


def _draws(week: WeekArrays, chance: np.random.Generator) -> Draws:
    count = week.students.count
    days, slots = (count, DAYS), (count, week.slots)
    home = homes_of(week)
    homes = int(home.max(initial=-1)) + 1
    return Draws(
        digest=chance.random(days),
        attend=chance.random(days),
        second=chance.random(days),
        wait=chance.random(days),
        seen=chance.random(days),
        watch=chance.random(slots),
        heard=chance.random(slots),
        heard_second=chance.random(slots),
        answer=chance.random(slots),
        pack=chance.random(homes)[home],
        told=chance.random(homes)[home],
    )


def homes_of(week: WeekArrays) -> Longs:
    """Number the homes of the students [N] from 0."""
    own = week.students.household
    return np.cumsum(np.append(0, own[1:] != own[:-1])) if len(own) else own


def next_blocked(blocked: Bools, numbers: Parameters, chance: np.random.Generator) -> Bools:
    """Return who has blocked the bot a week later; everybody draws, whether linked or not."""
    draw = chance.random(len(blocked))
    leaves = draw < numbers.events.bot_blocked_a_week
    comes_back = draw < numbers.events.bot_back_a_week
    found: Bools = np.where(blocked, ~comes_back, leaves)
    return found
