"""Which timetable of a week is in force: drafts are kept, one is published, none is ever edited."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select, update

from broadcast.checker.checking import refuse_faults
from broadcast.checker.model import FaultKind
from broadcast.checker.revisions import revision_faults
from broadcast.mirroring import mirror_plan, outcomes
from broadcast.plan.model import AiringStatus, Plan, PlannedAiring
from broadcast.plan.reading import read_plan
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import Problem
from broadcast.problem.reading import read_problem
from broadcast.problem.writing import problem_bytes
from broadcast.tables import timetable, timetable_input
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.turns import take_turn


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"  # only the school sees it
    PUBLISHED = "published"  # families and broadcasters have it
    SUPERSEDED = "superseded"  # a newer one was published in its place


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of the history of a week's timetable; ``parent`` 0 means made anew."""

    week: str
    revision: int
    parent: int
    state: RevisionState
    input_sha256: str
    made_at: datetime
    made_by: str
    published_at: datetime | None
    published_by: str | None
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision with what it was made from and what was decided.

    The airings of ``plan`` stand as they are known to stand now: published, aired, missed.
    """

    head: Revision
    problem: Problem
    plan: Plan

    @property
    def state(self) -> RevisionState:
        """Where the revision stands."""
        return self.head.state

    @property
    def revision(self) -> int:
        """Its number within the week, from 1."""
        return self.head.revision


def keep_draft(
    connection: Connection, week: str, problem: Problem, plan: Plan, now: datetime, by: str = ""
) -> int:
    """Keep a plan as the next revision of its week; return the number of the revision.

    The same plan again is the same revision. What was made from a published timetable names it
    as ``plan.parent``; while nothing is published, the newest draft is what is planned.
    """
    take_week(connection, week)
    source = problem_bytes(problem)
    sha256 = hashlib.sha256(source).hexdigest()
    newest = _newest(connection, week)
    number = newest.revision + 1 if newest else 1
    before = _before(connection, week, plan.parent) or newest
    settled = _settled(replace(plan, input_sha256=sha256), before, number)
    if newest is not None and _is_kept(newest, settled, sha256):
        return int(newest.revision)
    insert_new(connection, timetable_input, [{"sha256": sha256, "problem": source.decode()}])
    row = {"week": week, "revision": number, "parent": plan.parent, "made_at": now, "made_by": by}
    row |= {"state": RevisionState.DRAFT, "input_sha256": sha256, "report": dict(plan.report)}
    connection.execute(timetable.insert().values(row | {"plan": plan_bytes(settled).decode()}))
    if published_revision(connection, week) is None:
        mirror_plan(connection, week, settled, now)
    return number


def take_week(connection: Connection, week: str) -> None:
    """Wait until nobody else changes the timetable of a week, or what is known of its airings.

    A log and a new revision write the same rows: one that was read before the other would undo it.
    """
    take_turn(connection, f"timetable:{week}")


def _before(connection: Connection, week: str, parent: int) -> Any:
    query = _rows(week).where(timetable.c.revision == parent)
    return connection.execute(query).one_or_none() if parent else None


def _is_kept(newest: Any, settled: Plan, sha256: str) -> bool:
    same = plan_bytes(replace(settled, revision=newest.revision)).decode()
    known = (newest.state, newest.input_sha256, newest.parent, newest.plan)
    return known == (RevisionState.DRAFT, sha256, settled.parent, same)


def _settled(plan: Plan, before: Any, number: int) -> Plan:
    """Return a plan as a revision: the number of changes of an airing never goes back.

    Calendars take a smaller number for an older message and would show the old hour.
    """
    old = read_plan(before.plan.encode()).airings if before else ()
    known = {one.id: one for one in old}
    airings = tuple(_counted(one, known.get(one.id)) for one in plan.airings)
    return replace(plan, revision=number, airings=airings)


def _counted(one: PlannedAiring, before: PlannedAiring | None) -> PlannedAiring:
    if before is None:
        return one
    moved = (one.channel, one.start, one.minutes, one.stands) != (
        before.channel,
        before.start,
        before.minutes,
        before.stands,
    )
    return replace(one, sequence=max(one.sequence, before.sequence + moved))


def _rows(week: str) -> Select[Any]:
    return select(timetable).where(timetable.c.week == week).order_by(timetable.c.revision)


def _newest(connection: Connection, week: str) -> Any:
    query = _rows(week).order_by(None).order_by(timetable.c.revision.desc()).limit(1)
    return connection.execute(query).one_or_none()


def published_revision(connection: Connection, week: str) -> int | None:
    """Return the number of the revision that is in force."""
    query = select(timetable.c.revision).where(
        timetable.c.week == week, timetable.c.state == RevisionState.PUBLISHED
    )
    return connection.scalar(query)


def read_revisions(connection: Connection, week: str) -> list[Revision]:
    """Return the history of a week's timetable, the oldest first; plans are not read."""
    wanted = [one for one in timetable.c if one.name not in {"id", "plan"}]
    return [_head(row) for row in connection.execute(_rows(week).with_only_columns(*wanted))]


def _head(row: Any) -> Revision:
    return Revision(
        week=row.week,
        revision=row.revision,
        parent=row.parent,
        state=RevisionState(row.state),
        input_sha256=row.input_sha256,
        made_at=row.made_at,
        made_by=row.made_by,
        published_at=row.published_at,
        published_by=row.published_by,
        report=row.report,
    )


def read_kept(connection: Connection, week: str, revision: int | None = None) -> Kept:
    """Return a revision of a week, or the newest; one that is not there is refused."""
    return _kept(connection, _row(connection, week, revision))


def _row(connection: Connection, week: str, revision: int | None) -> Any:
    if revision is None:
        row = _newest(connection, week)
    else:
        query = _rows(week).where(timetable.c.revision == revision)
        row = connection.execute(query).one_or_none()
    if row is None:
        raise no_timetable(week) if revision is None else _no_revision(week, revision)
    return row


def read_published(connection: Connection, week: str) -> Kept | None:
    """Return the revision that is in force; None while nothing is published."""
    number = published_revision(connection, week)
    return None if number is None else read_kept(connection, week, number)


def read_announced(connection: Connection, week: str, revision: int) -> tuple[PlannedAiring, ...]:
    """Return the airings as families first heard of them; none if that was this revision."""
    query = _rows(week).where(timetable.c.published_at.is_not(None)).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None or row.revision == revision:
        return ()
    return read_plan(row.plan.encode()).airings


def require_published(connection: Connection, week: str) -> Kept:
    """Return the timetable in force; a week without one is refused with what to do."""
    kept = read_published(connection, week)
    if kept is not None:
        return kept
    if not _newest(connection, week):
        raise no_timetable(week)
    raise JetkizError(
        N_("The timetable of week {week} is a draft: nobody outside has it yet."),
        N_("Publish it first with: jetkiz timetable publish {week}."),
        week=week,
    )


def no_timetable(week: str) -> JetkizError:
    """Return the refusal of a week that has no timetable yet."""
    return JetkizError(
        N_("There is no timetable for week {week}."),
        N_("Make one with: jetkiz timetable make {week}."),
        week=week,
    )


def _no_revision(week: str, revision: int) -> JetkizError:
    return JetkizError(
        N_("The timetable of week {week} has no revision {revision}."),
        N_("Look at them with: jetkiz timetable revisions {week}."),
        week=week,
        revision=revision,
    )


def _kept(connection: Connection, row: Any) -> Kept:
    query = select(timetable_input.c.problem).where(timetable_input.c.sha256 == row.input_sha256)
    problem = read_problem(connection.scalars(query).one().encode())
    return Kept(_head(row), problem, _plan(connection, row))


def _plan(connection: Connection, row: Any) -> Plan:
    known = outcomes(connection, row.week)
    plan = read_plan(row.plan.encode())
    is_published = row.state == RevisionState.PUBLISHED
    airings = [
        replace(one, status=known.get(one.id) or _status(one, is_published=is_published))
        for one in plan.airings
    ]
    return replace(plan, airings=tuple(airings))


def _status(one: PlannedAiring, *, is_published: bool) -> AiringStatus:
    is_new = one.status == AiringStatus.PLANNED
    return AiringStatus.PUBLISHED if is_published and is_new else one.status


def publish(
    connection: Connection, week: str, revision: int, by: str, now: datetime
) -> Sequence[str]:
    """Put a draft in force; return the codes of the airings that changed for people.

    The same revision again changes nothing. A draft that was made from another timetable than
    the one in force is refused: somebody else has published meanwhile. So is one with faults,
    whoever kept it, and one that has lain until what it moves is too near.
    """
    take_week(connection, week)
    row = _row(connection, week, revision)
    head = _head(row)
    if head.state == RevisionState.PUBLISHED:
        return ()
    now_in_force = published_revision(connection, week) or 0
    if head.state == RevisionState.SUPERSEDED or _basis(connection, head) != now_in_force:
        raise JetkizError(
            N_("Revision {revision} of week {week} cannot be published: {current} is in force."),
            N_("Look at it with: jetkiz timetable show {week}. Make your change there again."),
            week=week,
            revision=revision,
            current=now_in_force,
        )
    kept = _kept(connection, row)
    refuse_faults(kept.problem, kept.plan)
    if now_in_force:
        _refuse_too_late(read_kept(connection, week, now_in_force), kept, now)
    c = timetable.c
    here = update(timetable).where(c.week == week)
    connection.execute(
        here.where(c.revision == now_in_force).values(state=RevisionState.SUPERSEDED)
    )
    connection.execute(
        here.where(c.revision == revision).values(
            state=RevisionState.PUBLISHED, published_at=now, published_by=by
        )
    )
    return mirror_plan(connection, week, kept.plan, now, is_published=True)


def _refuse_too_late(before: Kept, kept: Kept, now: datetime) -> None:
    """Refuse a draft that moves what families look for now; over which drafts it came is no matter.

    It kept every promise when it was made, and the hours have gone on since.
    """
    found = revision_faults(kept.problem, before.plan, kept.plan, now)
    broken = [one for one in found if one.kind != FaultKind.PARENT]
    if broken:
        raise JetkizError(
            broken[0].sentence,
            N_("Nothing was published. Drop this draft and make the change anew."),
            **broken[0].facts,
        )


def _basis(connection: Connection, head: Revision) -> int:
    """Return the timetable for people that a draft was made from, over drafts between; 0: none."""
    history = {one.revision: one for one in read_revisions(connection, head.week)}
    while head.parent in history and history[head.parent].state == RevisionState.DRAFT:
        head = history[head.parent]
    return head.parent
