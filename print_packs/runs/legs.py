"""How old each leg of the way is, from the printer to the home and back, and which is the slowest.

Printed, handed over, received, come back, marked, sent back: what has not happened yet is as old as
the step before it. Everything is computed from what is written down anyway.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, Select, String, cast, func, literal, select

from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, consignment, receipt
from jetkiz.homework.feedback import consignment_key
from jetkiz.homework.model import ReturnState
from jetkiz.homework.tables import feedback, homework_return
from jetkiz.i18n import N_
from jetkiz.roster.tables import household, household_identity
from print_packs.model import GONE
from print_packs.runs.composing import PAPER
from print_packs.tables import feedback_place, pack, print_run, sheet

DAY: Final = 86_400.0


class Leg(StrEnum):
    """A part of the way; its name is the step with which it ends."""

    HANDED_OVER = "handed_over"  # from the printer to the post or the carrier
    RECEIVED = "received"  # until somebody signed, or the sheets were back
    RETURNED = "returned"  # until the sheets were scanned
    MARKED = "marked"  # until the teacher gave a mark
    SENT_BACK = "sent_back"  # until the mark was printed or sent


LEG_WORDS: Final = {
    Leg.HANDED_OVER: N_("from the printer to the post"),
    Leg.RECEIVED: N_("from the post to the home"),
    Leg.RETURNED: N_("from the home back to the school"),
    Leg.MARKED: N_("on the teacher's desk"),
    Leg.SENT_BACK: N_("with the mark on the way home"),
}
_PACK_LEGS: Final = frozenset({Leg.HANDED_OVER, Leg.RECEIVED})


@dataclass(frozen=True, slots=True)
class Way:
    """The moments of one task of one child, or of a pack without tasks; None has not happened.

    ``steps`` are printed, handed over, received, come back, marked, sent back. ``pack`` is the
    number of the envelope: what happens to it happens to all that is in it.
    """

    pack: int
    home: str
    office: str
    steps: tuple[datetime | None, ...]
    is_answered: bool = True

    def begun(self, leg: Leg) -> datetime | None:
        """Return when a leg began, or None if it has not, or if nothing is to come back."""
        at = _ORDER.index(leg)
        if at > 1 and not self.is_answered:
            return None
        if at == 2:
            # A simple letter is signed for by nobody: its way back begins when it left.
            return self.steps[2] or self.steps[1]
        return self.steps[at]

    def ended(self, leg: Leg) -> datetime | None:
        """Return when a leg ended; whatever came later proves it, too."""
        later = (one for one in self.steps[_ORDER.index(leg) + 1 :] if one)
        return next(later, None)


_ORDER: Final = tuple(Leg)


@dataclass(frozen=True, slots=True)
class LegAge:
    """How long a leg takes, in days: what has ended, and what still goes on."""

    leg: Leg
    done: int
    waiting: int
    middle: float
    """Half of all took, or have waited, no longer than this."""
    oldest: float
    """How long the longest that has not ended has waited; 0 if nothing waits."""


def ages(ways: Iterable[Way], now: datetime) -> list[LegAge]:
    """Return the age of each leg that has begun for anything, in their order."""
    known = list(ways)
    return [one for leg in Leg if (one := _age(known, leg, now))]


def _age(ways: Sequence[Way], leg: Leg, now: datetime) -> LegAge | None:
    units = _envelopes(ways) if leg in _PACK_LEGS else ways
    done: list[float] = []
    waiting: list[float] = []
    for one in units:
        begun, ended = one.begun(leg), one.ended(leg)
        if begun:
            days = max(0.0, ((ended or now) - begun).total_seconds() / DAY)
            (done if ended else waiting).append(days)
    if not done and not waiting:
        return None
    oldest = max(waiting, default=0.0)
    return LegAge(leg, len(done), len(waiting), median([*done, *waiting]), oldest)


def _envelopes(ways: Iterable[Way]) -> list[Way]:
    """Put together what is known of each envelope: one sheet that is back proves it arrived."""
    packs: dict[int, list[Way]] = defaultdict(list)
    for one in ways:
        packs[one.pack].append(one)
    return [replace(inside[0], steps=_earliest(inside)) for inside in packs.values()]


def _earliest(ways: Sequence[Way]) -> tuple[datetime | None, ...]:
    steps = zip(*(one.steps for one in ways), strict=True)
    return tuple(min((at for at in step if at), default=None) for step in steps)


def slowest(found: Sequence[LegAge]) -> LegAge | None:
    """Return the leg that takes longest; of two alike the one on which more waits."""
    return max(found, key=lambda one: (one.middle, one.waiting), default=None)


def by_group(ways: Iterable[Way], group: str, now: datetime) -> list[tuple[str, LegAge]]:
    """Return the slowest leg of each home or office, the slowest group first."""
    groups: dict[str, list[Way]] = {}
    for one in ways:
        groups.setdefault(one.home if group == "home" else one.office, []).append(one)
    found = [(name, slowest(ages(some, now))) for name, some in sorted(groups.items())]
    told = [(name, one) for name, one in found if one]
    return sorted(told, key=lambda each: -max(each[1].middle, each[1].oldest))


def read_ways(connection: Connection, week: str, school: int | None = None) -> list[Way]:
    """Return the ways of all that was printed for a week, of one school or of all."""
    own = _own_homes(week, school)
    homes = _homes(connection, own)
    evidence = _evidence(connection, week, own)
    works = _works(connection, week, own)
    c, s = pack.c, sheet.c
    rows = connection.execute(
        select(c.id, c.consignment, c.household_id, print_run.c.made_at, s.student_id, s.lesson_id)
        .join_from(pack, print_run, print_run.c.id == c.run_id)
        .outerjoin(sheet, (s.pack_id == c.id) & (s.page == 1))
        .where(c.week == week, c.held_back == "", print_run.c.is_ready)
        # What is gone waits no longer: its lessons go another way.
        .where(c.household_id.in_(own), c.state.not_in(GONE))
        .order_by(c.id, s.id)
    )
    return [_way(row, homes[row.household_id], evidence, works) for row in rows]


def _own_homes(week: str, school: int | None) -> Select[Any]:
    """Return which homes have paper in a week; of a school, nothing of another one is read."""
    query = select(pack.c.household_id).where(pack.c.week == week).distinct()
    if school is None:
        return query
    at_home = household.c.id == pack.c.household_id
    return query.join_from(pack, household, at_home).where(household.c.school_id == school)


def _way(
    row: Any,
    home: tuple[str, str],
    evidence: Mapping[tuple[str, int], datetime],
    works: Mapping[tuple[int, int], Sequence[datetime | None]],
) -> Way:
    name = row.consignment.partition(":p")[0]
    posted = evidence.get((name, int(State.DISPATCHED)))
    signed = evidence.get((name, int(State.DELIVERED)))
    work = works.get((row.student_id, row.lesson_id), (None, None, None))
    steps = (row.made_at, posted, signed, *work)
    return Way(row.id, home[0], home[1], steps, is_answered=row.student_id is not None)


def _homes(connection: Connection, own: Select[Any]) -> dict[int, tuple[str, str]]:
    c = household.c
    query = (
        select(c.id, c.sourced_id, household_identity.c.address)
        .join_from(household, household_identity)
        .where(c.id.in_(own))
    )
    return {
        row.id: (row.sourced_id, str((row.address or {}).get("index6") or "–"))
        for row in connection.execute(query)
    }


def _evidence(
    connection: Connection, week: str, own: Select[Any]
) -> dict[tuple[str, int], datetime]:
    """Return the first moment at which each pack was handed over and signed for."""
    c = receipt.c
    rows = connection.execute(
        select(c.consignment, c.state, func.min(c.at).label("at"))
        .where(
            c.week == week,
            c.channel.in_(PAPER),
            c.state.in_([int(State.DISPATCHED), int(State.DELIVERED)]),
            c.consignment.in_(_consignments(week, own)),
        )
        .group_by(c.consignment, c.state)
    )
    return {(row.consignment, row.state): row.at for row in rows}


def _consignments(week: str, own: Select[Any]) -> Select[Any]:
    c = consignment.c
    on_paper = c.week == week, c.channel.in_(PAPER)
    return select(c.key).where(*on_paper, c.household_id.in_(own))


def _works(
    connection: Connection, week: str, own: Select[Any]
) -> dict[tuple[int, int], tuple[datetime | None, ...]]:
    """Return of each work on paper when it came back, was marked and went home again."""
    r, f, place = homework_return.c, feedback.c, feedback_place.c
    first_mark = (
        select(f.return_id, func.min(f.id).label("number"), func.min(f.at).label("at"))
        .where(f.mark != "")
        .group_by(f.return_id)
        .subquery()
    )
    key = consignment_key(0)[:-1]
    sent = (
        select(consignment.c.key, batch.c.handed_at)
        .join_from(consignment, batch, batch.c.id == consignment.c.batch_id)
        .where(consignment.c.key.startswith(key))
        .subquery()
    )
    on_paper = select(sheet.c.student_id, sheet.c.lesson_id).join_from(sheet, pack)
    in_the_week = on_paper.where(pack.c.week == week, pack.c.household_id.in_(own))
    wanted = in_the_week.distinct().subquery()
    rows = connection.execute(
        select(
            r.student_id,
            r.lesson_id,
            func.min(r.handed_in_at).label("returned"),
            func.min(first_mark.c.at).label("marked"),
            func.min(func.coalesce(place.at, sent.c.handed_at)).label("sent"),
        )
        .join_from(
            homework_return,
            wanted,
            (wanted.c.student_id == r.student_id) & (wanted.c.lesson_id == r.lesson_id),
        )
        .outerjoin(first_mark, first_mark.c.return_id == r.id)
        .outerjoin(feedback_place, place.feedback_id == first_mark.c.number)
        .outerjoin(sent, sent.c.key == literal(key) + cast(first_mark.c.number, String))
        .where(r.state != int(ReturnState.DRAFT))
        .group_by(r.student_id, r.lesson_id)
    )
    return {(row.student_id, row.lesson_id): (row.returned, row.marked, row.sent) for row in rows}
