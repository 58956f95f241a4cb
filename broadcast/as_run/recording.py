"""What a log changes: good news wins, whichever file comes later, and every file counts once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from broadcast.as_run.model import AiredAs, AsRun, Outcome
from broadcast.as_run.settling import Settled, settle
from broadcast.plan.model import AiringStatus
from broadcast.problem.model import Problem
from broadcast.revisions import read_kept, read_published
from broadcast.tables import airing
from jetkiz.errors import JetkizError

_STATUS: Final = {
    Outcome.AIRED: AiringStatus.AIRED,
    Outcome.SHORT: AiringStatus.SHORT,
    # Nobody found it at its hour; when it ran instead is kept beside it.
    Outcome.MOVED: AiringStatus.MISSED,
    Outcome.MISSED: AiringStatus.MISSED,
}
_RANKS: Final = (Outcome.MISSED, Outcome.MOVED, Outcome.SHORT, Outcome.AIRED)
_GONE: Final = (AiringStatus.MOVED, AiringStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was new in a log: airings that stand otherwise now, and lessons of students."""

    changed: tuple[str, ...] = ()
    settled: Settled = field(default_factory=Settled)


def record(
    connection: Connection, week: str, as_run: AsRun, now: datetime, problem: Problem | None = None
) -> Recorded:
    """Write down what became of airings, and receipts for every student whose lesson it was.

    The same again changes nothing; what ran once has run, whatever a later log says.
    ``problem`` is that of the timetable in force, read where it is not given.
    """
    c = airing.c
    query = select(airing).where(c.week == week, c.status.not_in(_GONE))
    rows = {row.code: row for row in connection.execute(query)}
    said = [(rows[one.airing], one) for one in as_run.outcomes if one.airing in rows]
    better = [(row, one) for row, one in said if _rank(one.outcome) > _rank(known_outcome(row))]
    _write(connection, [_values(row, one) for row, one in better], now)
    lessons = {row.lesson_id for row, _ in said}
    settled = settle(connection, week, lessons, problem or _problem(connection, week), now)
    return Recorded(tuple(one.airing for _, one in better), settled)


def _problem(connection: Connection, week: str) -> Problem | None:
    try:
        kept = read_published(connection, week) or read_kept(connection, week)
    except JetkizError:
        return None
    return kept.problem


def known_outcome(row: Any) -> Outcome | None:
    """Return what is known to have become of a kept airing."""
    if row.status == AiringStatus.MISSED:
        return Outcome.MOVED if row.actual_start else Outcome.MISSED
    if row.status in {AiringStatus.AIRED, AiringStatus.SHORT}:
        return Outcome(row.status)
    return None


def _rank(outcome: Outcome | None) -> int:
    return -1 if outcome is None else _RANKS.index(outcome)


def _values(row: Any, one: AiredAs) -> dict[str, Any]:
    return {
        "number": row.id,
        "new_status": _STATUS[one.outcome],
        "new_start": one.start,
        "new_minutes": one.minutes,
    }


def _write(connection: Connection, values: list[Mapping[str, Any]], now: datetime) -> None:
    if not values:
        return
    statement = (
        update(airing)
        .where(airing.c.id == bindparam("number"))
        .values(
            status=bindparam("new_status"),
            actual_start=bindparam("new_start"),
            actual_minutes=bindparam("new_minutes"),
            changed_at=now,
        )
    )
    connection.execute(statement, values)
