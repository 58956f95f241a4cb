"""What becomes of the airings of a week when another plan takes over: each keeps its number.

What is known to have happened is never written over by a plan.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from broadcast.plan.model import AiringStatus, Plan, PlannedAiring
from broadcast.problem.lesson_ids import lesson_id
from broadcast.problem.model import Medium
from broadcast.tables import airing
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.tables import lesson
from jetkiz.storage.bulk_load import insert_new

OUTCOMES: Final = frozenset({AiringStatus.AIRED, AiringStatus.SHORT, AiringStatus.MISSED})
"""What only a log of what was aired can say."""

_PLACE: Final = ("lesson_id", "channel", "start", "minutes", "kind", "supersedes")


def mirror_plan(
    connection: Connection, week: str, plan: Plan, now: datetime, *, is_published: bool = False
) -> Sequence[str]:
    """Write the airings of a plan as they stand from now on; return the codes that changed.

    An airing that the plan no longer has is cancelled. The same plan again changes nothing.
    """
    numbers = _lesson_numbers(connection, week)
    known = {
        row.code: row for row in connection.execute(select(airing).where(airing.c.week == week))
    }
    wanted = {one.id: _values(one, numbers, is_published=is_published) for one in plan.airings}
    fresh = [
        {"week": week, "code": code, "changed_at": now, **values}
        for code, values in wanted.items()
        if code not in known
    ]
    insert_new(connection, airing, fresh, ["week", "code"])
    changed = _changed(known, wanted)
    if changed:
        _write(connection, changed, now)
    codes = {row.id: code for code, row in known.items()}
    return sorted([str(one["code"]) for one in fresh] + [codes[number] for number in changed])


def _lesson_numbers(connection: Connection, week: str) -> dict[str, int]:
    """Return the lessons of a week by the ids that problems have for them."""
    c = lesson.c
    rows = connection.execute(select(c.id, c.code, c.language).where(c.week == week)).all()
    return {lesson_id(row.code, row.language, medium): row.id for row in rows for medium in Medium}


def _values(
    one: PlannedAiring, numbers: Mapping[str, int], *, is_published: bool
) -> dict[str, Any]:
    number = numbers.get(one.lesson)
    if number is None:
        raise JetkizError(
            N_("The timetable airs {lesson}, which is no lesson of this week."),
            N_("Make the timetable anew, or bring the lesson in again."),
            lesson=one.lesson,
        )
    is_new = is_published and one.status == AiringStatus.PLANNED
    return {
        "lesson_id": number,
        "channel": one.channel,
        "start": one.start,
        "minutes": one.minutes,
        "kind": one.kind,
        "supersedes": one.supersedes,
        "status": AiringStatus.PUBLISHED if is_new else one.status,
        "sequence": one.sequence,
    }


def _changed(
    known: Mapping[str, Any], wanted: Mapping[str, Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Return what the rows that change shall say, by their number."""
    found = {}
    for code, row in known.items():
        if row.status in OUTCOMES:
            continue
        values = dict(wanted.get(code) or _gone(row))
        values["sequence"] = max(values["sequence"], row.sequence + _has_moved(row, values))
        if any(getattr(row, name) != value for name, value in values.items()):
            found[row.id] = values
    return found


def _gone(row: Any) -> dict[str, Any]:
    away = row.status in {AiringStatus.CANCELLED, AiringStatus.MOVED}
    status = row.status if away else AiringStatus.CANCELLED
    return {name: getattr(row, name) for name in _PLACE} | {"status": status, "sequence": 0}


def _has_moved(row: Any, values: Mapping[str, Any]) -> bool:
    away = {AiringStatus.CANCELLED, AiringStatus.MOVED}
    return (row.channel, row.start, row.minutes, row.status in away) != (
        values["channel"],
        values["start"],
        values["minutes"],
        values["status"] in away,
    )


def _write(connection: Connection, changed: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    names = next(iter(changed.values()))
    statement = (
        update(airing)
        .where(airing.c.id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in names} | {"changed_at": now})
    )
    connection.execute(
        statement,
        [
            {"number": number} | {f"new_{name}": value for name, value in values.items()}
            for number, values in changed.items()
        ],
    )


def outcomes(connection: Connection, week: str) -> dict[str, AiringStatus]:
    """Return what is known to have become of the airings of a week, by their codes."""
    c = airing.c
    query = select(c.code, c.status).where(c.week == week, c.status.in_(OUTCOMES))
    return {row.code: AiringStatus(row.status) for row in connection.execute(query)}
