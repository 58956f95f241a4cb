"""Whether a nation's plan may be kept: a look that knows only the week and what was planned.

It counts everything anew, in its own way, and shares no line with the solver: a solver's books can
lie. Students are looked at in pieces of whole homes, so that the nation fits into little memory.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.i18n import N_
from scheduler.model import Violation
from scheduler.nation.checking_reasons import check_reasons
from scheduler.nation.counting import Piece, Sums, rooms, runs
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.program_tables import Bits, bits_of, count_bits
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bools, Cap, WeekArrays

# Amounts are sums of floats: a millionth of a page is no page.
TOLERANCE: Final = 1e-6
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class _Fault:
    """A rule about single lessons, and how a broken one is put into words."""

    rule: str
    sentence: str


_STRANGE: Final = _Fault("channel", N_("{n} lessons have a channel that there is not."))
_NO_LESSON: Final = _Fault("lessons", N_("{n} places without a lesson have a channel."))
_CLOSED: Final = _Fault(
    "possible", N_("{n} lessons go by a channel that cannot bring them in time: {student} first.")
)
_DECIDED: Final = _Fault(
    "decided", N_("{n} lessons do not go the way that a person decided: {student} first.")
)
_CAPS: Final = {
    Cap.HEAVY: _Fault("data", N_("{n} students have more videos than the home pays for.")),
    Cap.PHONE: _Fault("phone", N_("{n} students have more lessons a day than their phone.")),
    Cap.TV: _Fault("tv", N_("{n} students have more lessons a day than their TV.")),
}


def check_arrays(week: WeekArrays, plan: PlanArrays) -> list[Violation]:
    """Return every rule that a plan breaks; an empty list lets it be kept."""
    wanted = (week.students.count, week.slots)
    if plan.channel.shape != wanted or plan.reason.shape != wanted:
        return [Violation("shape", N_("The plan does not hold each lesson exactly once."))]
    tally, sums = _Tally(week), Sums.nothing(week)
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as desks:
        # Runs are joined in their order: the first fault stays the first.
        looked = desks.map(lambda run: _looked_at(week, run), runs(week, plan, threads))
        for own, taken in looked:
            tally.join(own)
            sums.join(taken)
    if tally.found:
        return tally.violations()
    found = [*_check_pools(week, plan, sums), *_check_sums(plan, sums)]
    return found or check_reasons(week, plan, rooms(week, sums))


def _looked_at(week: WeekArrays, run: Iterable[Piece]) -> tuple["_Tally", Sums]:
    """Look at some pieces, and add up what they take."""
    tally, sums = _Tally(week), Sums.nothing(week)
    for piece in run:
        tally.look_at(piece)
        # What does not exist cannot be added up; it is named, and that is enough.
        if not tally.found:
            sums.add(piece)
    return tally, sums


class _Tally:
    """The faults of single lessons: how many, and whose is the first."""

    def __init__(self, week: WeekArrays) -> None:
        self._week = week
        self.found: dict[_Fault, tuple[int, int]] = {}

    def violations(self) -> list[Violation]:
        """Say what was found, a line a rule."""
        return [
            Violation(fault.rule, fault.sentence, {"n": count, "student": student})
            for fault, (count, student) in self.found.items()
        ]

    def join(self, other: "_Tally") -> None:
        """Add what was found in later pieces."""
        for fault, (count, student) in other.found.items():
            before, first = self.found.get(fault, (0, student))
            self.found[fault] = (before + count, first)

    def look_at(self, piece: Piece) -> None:
        """Look at the lessons of some students."""
        channel, is_lesson = piece.channel, piece.is_lesson
        strange = (channel < NOTHING) | (channel >= len(self._week.channels))
        if self._count(_STRANGE, piece, strange):
            return
        self._count(_NO_LESSON, piece, (channel != NOTHING) & ~is_lesson)
        self._count(_CLOSED, piece, (channel != NOTHING) & is_lesson & ~piece.is_possible)
        if len(self._week.students.decided):
            decided = self._week.students.decided[piece.rows]
            self._count(_DECIDED, piece, (decided != NOTHING) & is_lesson & (channel != decided))
        self._look_at_caps(piece)

    def _look_at_caps(self, piece: Piece) -> None:
        caps = self._week.students.caps[piece.rows]
        for cap, fault in _CAPS.items():
            screen = Cap.TV if cap == Cap.TV else Cap.PHONE
            most = caps[:, cap].astype(np.int64)
            if (most == NO_CAP).all() or screen not in self._week.screen:
                continue
            shown = piece.bits_on_screen(screen)
            # What a person decided stands even where the home has too little for it.
            by_hand = self._decided(piece) & shown
            parts = [piece.heavy_bits] if cap == Cap.HEAVY else piece.day_bits
            over = np.zeros(len(most), dtype=np.bool_)
            for part in parts:
                allowed = np.maximum(most, count_bits(by_hand & part))
                over |= count_bits(shown & part) > allowed
            self._count(fault, piece, over & (most != NO_CAP))

    def _decided(self, piece: Piece) -> Bits:
        if not len(self._week.students.decided):
            return np.zeros(len(piece.channel), dtype=np.uint64)
        return bits_of(self._week.students.decided[piece.rows] != NOTHING)

    def _count(self, fault: _Fault, piece: Piece, wrong: Bools) -> bool:
        count = int(np.count_nonzero(wrong))
        if count:
            row = int(np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))[0])
            student = int(self._week.students.number[piece.rows][row])
            before, first = self.found.get(fault, (0, student))
            self.found[fault] = (before + count, first)
        return count > 0


def _check_pools(week: WeekArrays, plan: PlanArrays, sums: Sums) -> Iterator[Violation]:
    used, amount = sums.by_pool(week), week.pools.amount
    for row in np.flatnonzero(used > amount + TOLERANCE)[:MOST_SHOWN].tolist():
        yield Violation("capacity", _OVER, _facts(week, row, used))
    if plan.use.shape != used.shape or not np.allclose(plan.use, used, rtol=0, atol=1e-3):
        yield Violation("use", N_("The plan's own count of what it uses is wrong."))


_OVER: Final = N_("{resource} of {key}: the plan uses {used:.0f}, and there are {amount:.0f}.")


def _facts(week: WeekArrays, row: int, used: NDArray[np.float64]) -> dict[str, Any]:
    pools = week.pools
    return {
        "resource": pools.resource[row].value,
        "key": pools.key[row],
        "used": float(used[row]),
        "amount": float(pools.amount[row]),
    }


def _check_sums(plan: PlanArrays, sums: Sums) -> Iterator[Violation]:
    if plan.cost != sums.cost:
        yield Violation(
            "cost",
            N_("The plan says that it costs {said}; counted anew it is {found}."),
            {"said": plan.cost, "found": sums.cost},
        )
    worth = sums.worth - sums.cost
    if plan.objective != worth:
        yield Violation(
            "objective",
            N_("The plan says that it is worth {said}; counted anew it is {found}."),
            {"said": plan.objective, "found": worth},
        )
    if plan.bound < worth:
        yield Violation("bound", N_("The plan is worth more than what it calls the best possible."))
