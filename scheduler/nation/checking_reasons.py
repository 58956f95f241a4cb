"""Whether each reason of a nation's plan is true: what is called used up really is, and so on.

Every option of a lesson is judged beside the rest of the plan, the lesson's own place given back;
the first lesson of a pack or a seat pays for it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import N_
from scheduler.model import Violation
from scheduler.nation.counting import Piece, pieces
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.program_tables import count_bits
from scheduler.rules.channel_choice import Resource
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Ints,
    Reals,
    Role,
    WeekArrays,
)

TOLERANCE: Final = 1e-6

_USED_UP: Final = {
    Resource.PRINT_PAGES: ChoiceReason.NO_PAGES,
    Resource.COPIER_PAGES: ChoiceReason.NO_PAGES,
    Resource.POST_MONEY: ChoiceReason.NO_MONEY,
    Resource.DUTY_SEATS: ChoiceReason.NO_SEATS,
    Resource.MESSAGES: ChoiceReason.NO_MESSAGES,
    Resource.MARKING: ChoiceReason.NO_MARKING,
}
_CAPS: Final = {
    Cap.HEAVY: ChoiceReason.NO_DATA,
    Cap.PHONE: ChoiceReason.NO_SCREEN_TIME,
    Cap.TV: ChoiceReason.NO_SCREEN_TIME,
}


def check_reasons(week: WeekArrays, plan: PlanArrays, room: Reals) -> list[Violation]:
    """Return one violation for each reason that is somewhere not true."""
    found: dict[int, tuple[int, int]] = {}
    bits = [_bit(_USED_UP[one]) for one in week.pools.resource]
    left = np.append(room + TOLERANCE, np.inf), np.array([*bits, 0], dtype=np.int32)
    with ThreadPoolExecutor(os.cpu_count() or 1) as desks:
        for faults in desks.map(lambda piece: _faults(piece, left), pieces(week, plan)):
            for reason, count, student in faults:
                before, first = found.get(reason, (0, student))
                found[reason] = (before + count, first)
    return [
        Violation(
            "truth",
            N_("{n} lessons have a reason that is not true: {reason}, {student} first."),
            {"n": count, "student": student, "reason": _name(reason)},
        )
        for reason, (count, student) in sorted(found.items())
    ]


def _faults(piece: Piece, left: tuple[Reals, Ints]) -> list[tuple[int, int, int]]:
    """Return the reasons that are not true in a piece: how often, and whose is the first."""
    found = []
    for reason, wrong in _Desk(piece, left).wrong():
        rows = np.flatnonzero(wrong.any(axis=1))
        if len(rows):
            student = int(piece.week.students.number[piece.rows][rows[0]])
            found.append((reason, int(np.count_nonzero(wrong)), student))
    return found


def _name(reason: int) -> str:
    return {one.value: one.name for one in ChoiceReason}.get(reason, str(reason))


def _bit(reason: ChoiceReason) -> int:
    return 1 << (reason - ChoiceReason.NO_CHANNEL_FITS)


class _Desk:
    """The options of a piece; room is asked after only where a reason speaks of it."""

    def __init__(self, piece: Piece, room: tuple[Reals, Ints]) -> None:
        self._piece, self._week = piece, piece.week
        self._room, self._bits = room
        self._columns = range(len(piece.week.channels))
        self._reason = piece.plan.reason[piece.rows]
        self._served = piece.channel != NOTHING
        self._open = [piece.is_open(column) for column in self._columns]
        self._first = [self._is_first(column) for column in self._columns]

    def wrong(self) -> Iterator[tuple[int, Bools]]:
        """Yield each reason that occurs, with the lessons [n, W] of which it is not true."""
        truths = self._truths()
        for reason in np.flatnonzero(np.bincount(self._reason.ravel())).tolist():
            said = self._reason == reason
            is_true = truths.get(reason)
            yield reason, said if is_true is None else said & ~is_true()

    def _truths(self) -> dict[int, Callable[[], Bools]]:
        """Return when each reason is true; one that is not named here never is."""
        is_lesson, served = self._piece.is_lesson, self._served
        ways, fits = self._count(self._open), self._count([self._fits(c) for c in self._columns])
        look = self._look(is_lesson & ~served)
        settled = served & ~look.improvable
        truths: dict[int, Callable[[], Bools]] = {
            0: lambda: ~is_lesson,
            ChoiceReason.TEACHER: lambda: served & self._is_decided(),
            ChoiceReason.ONLY_CHANNEL: lambda: served & (fits == 1),
            ChoiceReason.ONLY_IN_TIME: lambda: served & (ways == 1) & (fits > 1),
            ChoiceReason.BEST_VALUE: lambda: settled & ~look.beaten,
            ChoiceReason.SECOND_BEST: lambda: settled & look.better,
            ChoiceReason.CHEAPER: lambda: settled & self._costs_less(),
            ChoiceReason.KEPT: lambda: settled & self._is_kept(),
            ChoiceReason.ASKED_FOR: lambda: settled & self._is_wished(),
            ChoiceReason.NO_CHANNEL_FITS: lambda: ~served & is_lesson & (fits == 0),
            ChoiceReason.CUTOFF_PASSED: lambda: ~served & is_lesson & (fits > 0) & (ways == 0),
        }
        for reason in {*_USED_UP.values(), *_CAPS.values()}:
            bit = _bit(reason)
            truths[reason] = lambda bit=bit: look.is_blocked & (look.lacking & bit > 0)  # type: ignore[misc]
        return truths

    def _count(self, ways: list[Bools]) -> NDArray[np.int8]:
        found = np.zeros(self._served.shape, dtype=np.int8)
        for one in ways:
            found += one
        return found

    def _fits(self, column: int) -> Bools:
        """Where a channel has a form for the lesson and reaches the home, in time or not."""
        has_form: Bools = self._piece.tables.has_form[column][self._piece.program]
        return has_form & np.asarray(self._piece.chance(column) > 0)

    def _is_decided(self) -> Bools:
        decided = self._week.students.decided
        if not len(decided):
            return np.zeros_like(self._served)
        found: Bools = decided[self._piece.rows] == self._piece.channel
        return found

    def _is_kept(self) -> Bools:
        previous = self._week.students.previous
        if not len(previous):
            return np.zeros_like(self._served)
        found: Bools = previous[self._piece.rows] == self._piece.channel
        return found

    def _is_wished(self) -> Bools:
        wish = self._week.students.wish
        if not len(wish):
            return np.zeros_like(self._served)
        found: Bools = wish[self._piece.rows, None] == self._piece.channel
        return found

    def _is_first(self, column: int) -> Bools:
        """Where a lesson on a channel would be, or is, the only one of its pack or seat."""
        here, count = self._piece.at(column), count_bits(self._piece.bits_at(column))
        if self._week.role[column] == Role.PACK:
            firsts = self._piece.firsts
            sizes = np.diff(np.append(firsts, len(here)))
            count = np.repeat(np.add.reduceat(count, firsts, dtype=np.int32), sizes)
        found: Bools = count[:, None] == here
        return found

    def _net(self, column: int) -> Ints:
        """Worth less cost [n, W], the pack or seat included for the first lesson in it."""
        worth, tariff = self._piece.worth(column), self._week.tariff
        if self._week.role[column] == Role.PACK:
            sides = self._piece.sides * np.int32(tariff.side[column])
            return worth - sides - self._first[column] * np.int32(tariff.pack[column])
        if self._week.role[column] == Role.SEAT:
            return worth - self._first[column] * np.int32(tariff.seat[column])
        return worth

    def _look(self, unserved: Bools) -> "_Look":
        """Hold every open option against the chosen one."""
        channel = self._piece.channel
        nets = [self._net(column) for column in self._columns]
        own = np.zeros(channel.shape, dtype=np.int32)
        for column, net in enumerate(nets):
            # A product has no branches: many times faster than to choose.
            own += net * self._piece.at(column)
        look = _Look.nothing(unserved)
        for column, net in enumerate(nets):
            is_rival = self._open[column] & self._served
            more = is_rival & (net > own)
            waits = unserved & self._open[column]
            look.beaten |= more
            look.better |= more | is_rival & (net == own) & (column < channel)
            if more.any() or waits.any():
                lacks = self._lacks(column)
                look.improvable |= more & (lacks == 0)
                look.lacking |= lacks * waits
                look.is_blocked &= ~waits | (lacks > 0)
        return look

    def _costs_less(self) -> Bools:
        """Where another open option would have been worth as much before its cost."""
        channel = self._piece.channel
        own = np.zeros(channel.shape, dtype=np.int32)
        for column in self._columns:
            own += self._piece.worth(column) * self._piece.at(column)
        found = np.zeros(channel.shape, dtype=np.bool_)
        for column in self._columns:
            other = self._open[column] & (channel != column)
            found |= other & (self._piece.worth(column) >= own)
        return found

    def _lacks(self, column: int) -> Ints:
        """Return what is used up for a channel [n, W], a bit a reason."""
        pools, school = self._week.pools, self._piece.school
        found = np.zeros(self._served.shape, dtype=np.int32)
        for use in range(pools.of_school.shape[1]):
            pool = pools.of_school[school, use]
            # Room for the largest lesson of all is room for each.
            if (self._room[pool] >= self._most(use, column)).all():
                continue
            need = self._need(use, column)
            if need is None:
                continue
            for other in self._columns:
                given = self._need(use, other) if other != column else None
                if given is not None:
                    need = need - given * self._piece.at(other)
            short = need > self._room[pool][:, None]
            found |= short * self._bits[pool][:, None]
        return found | self._capped(column)

    def _need(self, use: int, column: int) -> Reals | None:
        """Return what a channel takes of a use [n, W]; None when it never takes any."""
        pools, piece = self._week.pools, self._piece
        side, fixed = pools.by_side[use, column], pools.by_pack[use, column]
        fixed = fixed + pools.by_seat[use, column]
        if pools.by_marking[use]:
            minutes = piece.tables.marking[column][piece.program]
            return np.asarray(minutes * pools.by_marking[use])
        if pools.message_day[use] >= 0:
            is_phone = self._week.screen[column] == Cap.PHONE
            return self._first_messages(int(pools.message_day[use])) if is_phone else None
        if not side and not fixed:
            return None
        found: Reals = self._first[column] * fixed
        return found + piece.sides * side if side else found

    def _most(self, use: int, column: int) -> float:
        """Return what a lesson on a channel takes of a use at the most."""
        pools, tables = self._week.pools, self._piece.tables
        if pools.message_day[use] >= 0:
            return 1.0
        fixed = float(pools.by_pack[use, column] + pools.by_seat[use, column])
        sides = int(max(size.max(initial=0) for size in tables.sides))
        minutes = int(tables.marking[column].max(initial=0))
        work = float(pools.by_marking[use]) * minutes
        return fixed + float(pools.by_side[use, column]) * sides + work

    def _first_messages(self, day: int) -> Reals:
        """Where a lesson would be, or is, the only one that a student is sent on a day."""
        piece = self._piece
        is_day = piece.days[day]
        alone = self._sent[:, day, None] == (piece.on_screen(Cap.PHONE) & is_day)
        return np.asarray(alone & is_day, dtype=np.float64)

    @cached_property
    def _sent(self) -> Bytes:
        return self._piece.by_day(Cap.PHONE)

    def _capped(self, column: int) -> Ints:
        """Return where the home's own phone, data or TV leaves no place for one lesson more."""
        screen = int(self._week.screen[column])
        if screen == NOTHING:
            return np.zeros(self._served.shape, dtype=np.int32)
        piece, shown = self._piece, self._piece.on_screen(Cap(screen))
        caps = self._week.students.caps[piece.rows].astype(np.int16)
        today = np.zeros(piece.channel.shape, dtype=np.int8)
        for day, count in zip(piece.days, piece.by_day(Cap(screen)).T, strict=True):
            today += day * count[:, None]
        found = _short(today - shown, caps[:, screen], _CAPS[Cap(screen)])
        if screen == Cap.PHONE:
            spent = count_bits(piece.bits_on_screen(Cap.PHONE) & piece.heavy_bits)[:, None]
            spent = spent - (shown & piece.is_heavy)
            found |= _short(spent, caps[:, Cap.HEAVY], _CAPS[Cap.HEAVY]) * piece.is_heavy
        return found


@dataclass(slots=True)
class _Look:
    """What the open options say of each lesson [n, W].

    ``beaten``: one is worth more; ``better``: that, or as much and it ranks first; ``improvable``:
    one that is worth more has room. ``lacking`` and ``is_blocked`` speak of what nothing brings.
    """

    better: Bools
    beaten: Bools
    improvable: Bools
    lacking: Ints
    is_blocked: Bools

    @classmethod
    def nothing(cls, unserved: Bools) -> "_Look":
        """Begin with nothing seen."""
        empty = np.zeros_like(unserved)
        lacking = np.zeros(unserved.shape, dtype=np.int32)
        return cls(empty, empty.copy(), empty.copy(), lacking, unserved.copy())


def _short(used: Bytes, most: NDArray[np.int16], reason: ChoiceReason) -> Ints:
    is_short = (most != NO_CAP)[:, None] & (used >= most[:, None])
    return np.asarray(is_short * np.int32(_bit(reason)))
