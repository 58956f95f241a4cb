"""Which reason each choice of a plan is given: ``reasons`` student by student."""

from typing import NamedTuple

import numpy as np

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.solver.kernel.books import Whole
from scheduler.solver.kernel.facts import ROLE, STEP
from scheduler.solver.kernel.jit import allocating, compiled, whole
from scheduler.solver.kernel.options import Scene, Sheet, lacks_of, new_sheet, scene_of
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Counts, Ints, Longs, Role

_FREE = int(Role.FREE)
_TEACHER = int(ChoiceReason.TEACHER)
_NOT_ASKED_YET = int(ChoiceReason.NOT_ASKED_YET)
_ONLY_CHANNEL = int(ChoiceReason.ONLY_CHANNEL)
_ONLY_IN_TIME = int(ChoiceReason.ONLY_IN_TIME)
_SECOND_BEST = int(ChoiceReason.SECOND_BEST)
_KEPT = int(ChoiceReason.KEPT)
_ASKED_FOR = int(ChoiceReason.ASKED_FOR)
_CHEAPER = int(ChoiceReason.CHEAPER)
_BEST_VALUE = int(ChoiceReason.BEST_VALUE)
_CUTOFF_PASSED = int(ChoiceReason.CUTOFF_PASSED)
_NO_VARIANT = int(ChoiceReason.NO_VARIANT)
_UNKNOWN_PROFILE = int(ChoiceReason.UNKNOWN_PROFILE)
_NO_CHANNEL_FITS = int(ChoiceReason.NO_CHANNEL_FITS)


class Telling(NamedTuple):
    """What the reasons ask for beside the plan.

    ``used_up`` [k, 2] are the bit and the reason of each resource, the first that fits wins;
    ``wish`` [N] is the channel asked for, or one -1 for all; ``is_unknown`` [N], ``is_barred``
    [N, W] see ``reasons.Strangers``.
    """

    used_up: Longs
    wish: Bytes
    wished: int
    is_unknown: Bools
    is_barred: Bools


@allocating
def tell(
    world: Whole,
    telling: Telling,
    rows: tuple[int, int],
    found: Counts,
) -> None:
    """Write the reasons [n, W] of the students from one row to another."""
    about, shared = world.about, world.shared
    sheet = new_sheet(len(about.terms), about.steps.shape[2], shared.pools.shape[1])
    bonus = np.empty(len(about.terms), dtype=np.int64)
    for row in range(rows[0], rows[1]):
        _tell_one(world, telling, sheet, bonus, row, found[row - rows[0]])


@compiled
def _tell_one(
    world: Whole, telling: Telling, sheet: Sheet, bonus: Longs, row: int, found: Counts
) -> None:
    """Write the reasons [W] of one student."""
    about, people = world.about, world.people
    scene = scene_of(world, sheet, row)
    own = about.programs[people.program[row]]
    for slot in range(len(found)):
        reason = whole(0)
        if own[slot] != NOTHING:
            lesson = about.lessons[own[slot]]
            at = slot if people.chance.shape[1] > 1 else 0
            possible = _possible(lesson, people.chance[row, at], len(about.terms))
            if scene.now[slot] == NOTHING:
                reason = _why_none(scene, telling, row, slot, possible)
            elif people.has_decided and people.decided[row, slot] != NOTHING:
                reason = whole(_TEACHER)
            elif telling.is_unknown[row]:
                reason = whole(_NOT_ASKED_YET)
            else:
                previous = whole(people.previous[row * people.has_previous, slot])
                wish = whole(telling.wish[row if len(telling.wish) > 1 else 0])
                offered = (previous, about.kept, wish, telling.wished)
                reason = _why_this(scene, slot, possible, offered, bonus)
        found[slot] = reason


@compiled
def _possible(lesson: Longs, chance: "Longs", channels: int) -> int:
    """Return how many channels reach the home at all, in time or not."""
    count = 0
    for channel in range(channels):
        step = lesson[STEP + channel]
        if (step > 0 or step < -1) and chance[channel] > 0:
            count += 1
    return count


@compiled
def _why_none(scene: Scene, telling: Telling, row: int, slot: int, possible: int) -> int:
    lacking = 0
    for channel in range(len(scene.terms)):
        if scene.nets[channel, slot] > IMPOSSIBLE:
            lacking |= lacks_of(scene, slot, channel)
    for one in range(len(telling.used_up)):
        if lacking & telling.used_up[one, 0]:
            return int(telling.used_up[one, 1])
    if possible > 0:
        return whole(_CUTOFF_PASSED)
    if telling.is_barred[row, slot]:
        return whole(_NO_VARIANT)
    return whole(_UNKNOWN_PROFILE if telling.is_unknown[row] else _NO_CHANNEL_FITS)


@compiled
def _why_this(
    scene: Scene, slot: int, possible: int, offered: tuple[int, int, int, int], bonus: Longs
) -> int:
    """Compare the chosen option with those that could be had."""
    now = whole(scene.now[slot])
    on_time, open_to, is_second = _rivals(scene, slot, max(offered[1], offered[3]))
    found = _BEST_VALUE
    if open_to != 1 << now:
        found = _why_rather(scene, slot, open_to, offered, bonus)
    if is_second:
        found = _SECOND_BEST
    if on_time == 1:
        found = _ONLY_IN_TIME
    if possible == 1:
        found = _ONLY_CHANNEL
    return whole(found)


@compiled
def _why_rather(
    scene: Scene, slot: int, open_to: int, offered: tuple[int, int, int, int], bonus: Longs
) -> int:
    """Return what decided for the chosen option among those that can be had."""
    previous, kept, wish, wished = offered
    nets, now = scene.nets[:, slot], whole(scene.now[slot])
    found = _BEST_VALUE
    for channel in range(len(bonus)):
        bonus[channel] = -scene.cost[channel, slot]
    if _loses(nets, open_to, now, bonus):
        found = _CHEAPER
    bonus[:] = 0
    bonus[now] = wished
    if wish == now and _loses(nets, open_to, now, bonus):
        found = _ASKED_FOR
    bonus[now] = kept
    if previous == now and _loses(nets, open_to, now, bonus):
        found = _KEPT
    return found


@compiled
def _rivals(scene: Scene, slot: int, most_bonus: int) -> tuple[int, int, bool]:
    """Return how many options are in time, which can be had, as bits, and if a better one lacks."""
    nets, now = scene.nets, whole(scene.now[slot])
    on_time, open_to, is_second = 0, 0, False
    for channel in range(len(scene.terms)):
        net = nets[channel, slot]
        if net == IMPOSSIBLE:
            continue
        on_time += 1
        if channel != now and net + scene.cost[channel, slot] < nets[now, slot] - most_bonus:
            # Worse even without its cost and without a bonus of the other: it decides nothing.
            continue
        is_full = scene.closed[channel] and scene.terms[now, ROLE] == _FREE
        if channel == now or not (is_full or lacks_of(scene, slot, channel)):
            open_to |= 1 << channel
        elif net > nets[now, slot]:
            is_second = True
    return on_time, open_to, is_second


@compiled
def _loses(nets: Ints, open_to: int, now: int, bonus: Longs) -> bool:
    """Return whether another option that can be had is better once the bonuses are taken off."""
    own = nets[now] - bonus[now]
    for channel in range(len(bonus)):
        if channel == now or not open_to >> channel & 1:
            continue
        worth = nets[channel] - bonus[channel]
        if worth > own or (worth == own and channel < now):
            return True
    return False
