"""Which weeks are published at this moment, and since when nothing in them is known anew."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from broadcast.revisions import RevisionState
from broadcast.tables import airing, timetable


@dataclass(frozen=True, slots=True)
class Standing:
    """The timetable in force of a week; ``known_at`` moves when an airing of it falls out, too."""

    revision: int
    known_at: datetime | None


def read_standing(connection: Connection, since: str) -> dict[str, Standing]:
    """Return every published week; what was aired is looked at from the week ``since`` on.

    Older weeks are told as they were published: nobody waits for their airings any more.
    """
    a, t = airing.c, timetable.c
    latest = select(a.week, func.max(a.changed_at)).where(a.week >= since).group_by(a.week)
    known = {row[0]: row[1] for row in connection.execute(latest)}
    in_force = select(t.week, t.revision, t.published_at).where(t.state == RevisionState.PUBLISHED)
    return {
        row.week: Standing(row.revision, known.get(row.week) or row.published_at)
        for row in connection.execute(in_force.order_by(t.week))
    }


def weeks_with_timetables(connection: Connection) -> list[str]:
    """Return every week that has a timetable, be it a draft, the oldest first."""
    c = timetable.c
    return list(connection.scalars(select(c.week).distinct().order_by(c.week)))
