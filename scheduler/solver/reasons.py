"""Which reason each choice of a plan is given, for all lessons at once.

The order is that of ``scheduler/rules/choice_reasons.py``, which says the same for one lesson.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.rules.choice_reasons import USED_UP
from scheduler.solver.judging import ORDER, Judged, judge
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.standing import Standing
from scheduler.solver.uses import blocks_of
from scheduler.solver.week_arrays import NOTHING, Bools, Counts, Ints

NO_LESSON: Final = 0


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """What is known of homes [N] and lessons [N, W] that no channel reaches."""

    is_unknown: Bools
    is_barred: Bools


def reasons_of(standing: Standing, strangers: Strangers) -> Counts:
    """Return the reason [N, W] of every choice, 0 where there is no lesson."""
    week = standing.week
    found = np.zeros((week.students.count, week.slots), dtype=np.uint8)
    for block in blocks_of(week):
        found[block.rows] = _reasons(standing, block, strangers)
    return found


def _reasons(standing: Standing, block: Block, strangers: Strangers) -> Counts:
    week = standing.week
    chosen = standing.channel[block.rows]
    judged = judge(standing, block)
    unknown = strangers.is_unknown[block.rows, None]
    possible = _possible(block)
    on_time = np.sum([net > IMPOSSIBLE for net in judged.net], axis=0)
    decided = np.zeros(chosen.shape, dtype=np.bool_)
    if len(week.students.decided):
        decided = week.students.decided[block.rows] != NOTHING
    for_channel = _first(
        [
            (decided, ChoiceReason.TEACHER),
            (np.broadcast_to(unknown, chosen.shape), ChoiceReason.NOT_ASKED_YET),
            (possible == 1, ChoiceReason.ONLY_CHANNEL),
            (np.asarray(on_time == 1), ChoiceReason.ONLY_IN_TIME),
            *_among_rivals(block, judged, chosen),
        ],
        ChoiceReason.BEST_VALUE,
    )
    for_none = _first(
        [
            *_used_up(judged),
            (possible > 0, ChoiceReason.CUTOFF_PASSED),
            (strangers.is_barred[block.rows], ChoiceReason.NO_VARIANT),
            (np.broadcast_to(unknown, chosen.shape), ChoiceReason.UNKNOWN_PROFILE),
        ],
        ChoiceReason.NO_CHANNEL_FITS,
    )
    found = np.where(chosen == NOTHING, for_none, for_channel)
    return np.where(block.lessons == NOTHING, NO_LESSON, found).astype(np.uint8)


def _first(cases: Sequence[tuple[Bools, ChoiceReason]], otherwise: ChoiceReason) -> Counts:
    conditions = [case for case, _ in cases]
    values = [np.uint8(reason) for _, reason in cases]
    return np.select(conditions, values, np.uint8(otherwise)).astype(np.uint8)


def _possible(block: Block) -> Ints:
    """Return how many channels reach the home at all [n, W], in time or not."""
    week = block.week
    found = np.zeros((block.count, week.slots), dtype=np.int32)
    for column in range(len(week.channels)):
        # Worth nothing even at certainty: the channel has no form for the lesson.
        has_form = week.lessons.step[block.lessons, column] > 0
        found += has_form & (week.students.chance[block.rows, :, column] > 0)
    return found


def _among_rivals(
    block: Block, judged: Judged, chosen: "np.typing.NDArray[np.int8]"
) -> list[tuple[Bools, ChoiceReason]]:
    """Return the reasons that compare the chosen option with those that could be had."""
    better = np.zeros(chosen.shape, dtype=np.bool_)
    for column, net in enumerate(judged.net):
        lacking = (judged.lacks[column] != 0) & (net > IMPOSSIBLE)
        better |= lacking & (net > judged.own)
    kept = _bonus_of_keeping(block)
    wishes = _bonus_of_wishes(block)
    cheap = [-cost for cost in judged.cost]
    return [
        (better, ChoiceReason.SECOND_BEST),
        (_decides(judged, chosen, kept), ChoiceReason.KEPT),
        (_decides(judged, chosen, wishes), ChoiceReason.ASKED_FOR),
        (_loses_without(judged, chosen, cheap), ChoiceReason.CHEAPER),
    ]


def _bonus_of_keeping(block: Block) -> list[Ints]:
    people = block.week.students
    shape = (block.count, block.week.slots)
    if not len(people.previous):
        return [np.zeros(shape, dtype=np.int32) for _ in block.week.channels]
    return [
        np.where(people.previous[block.rows] == column, block.week.kept, 0).astype(np.int32)
        for column in range(len(block.week.channels))
    ]


def _bonus_of_wishes(block: Block) -> list[Ints]:
    week = block.week
    shape = (block.count, week.slots)
    if not len(week.students.wish):
        return [np.zeros(shape, dtype=np.int32) for _ in week.channels]
    wish = week.students.wish[block.rows, None]
    return [
        np.broadcast_to(np.where(wish == column, week.wished, 0), shape).astype(np.int32)
        for column in range(len(week.channels))
    ]


def _decides(judged: Judged, chosen: "np.typing.NDArray[np.int8]", bonus: list[Ints]) -> Bools:
    """Return where the chosen option has a bonus and would not win without bonuses."""
    own = np.zeros(chosen.shape, dtype=np.bool_)
    for column, added in enumerate(bonus):
        own |= (chosen == column) & (added > 0)
    return own & _loses_without(judged, chosen, bonus)


def _loses_without(
    judged: Judged, chosen: "np.typing.NDArray[np.int8]", bonus: list[Ints]
) -> Bools:
    """Return where another option that can be had is better once the bonuses are taken off."""
    best = np.full(chosen.shape, -(2**62), dtype=np.int64)
    winner = np.full(chosen.shape, NOTHING, dtype=np.int8)
    for column, net in enumerate(judged.net):
        worth = net.astype(np.int64) - bonus[column]
        can_be_had = (judged.lacks[column] == 0) & (net > IMPOSSIBLE)
        better = can_be_had & (worth > best)
        best = np.where(better, worth, best)
        winner[better] = column
    return np.asarray(winner != chosen)


def _used_up(judged: Judged) -> list[tuple[Bools, ChoiceReason]]:
    lacking = np.zeros_like(judged.own)
    for column, lacks in enumerate(judged.lacks):
        lacking |= np.where(judged.net[column] > IMPOSSIBLE, lacks, 0)
    return [
        ((lacking & (1 << ORDER.index(resource))) != 0, reason)
        for resource, reason in USED_UP.items()
    ]
