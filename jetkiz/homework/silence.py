"""When work that nobody handed in counts as handed in: after half an hour with no sign of life."""

from datetime import datetime, tzinfo

from sqlalchemy import Connection, case, func, or_, select

from jetkiz.homework.model import SILENCE, HomeworkReturn, ReturnState
from jetkiz.homework.returns import hand_in, read_returns
from jetkiz.homework.tables import homework_return, return_page


def seal_silent_drafts(
    connection: Connection, quiet_since: datetime, zone: tzinfo, now: datetime
) -> list[HomeworkReturn]:
    """Hand in the drafts to which nothing was added since ``quiet_since``; return them.

    A note or another order is a sign of life as well. Late is what came after the due day; a page
    of that evening is sealed after midnight, in time.
    """
    c, p = homework_return.c, return_page.c
    # A page that was taken out again is a sign of life, but does not make the rest late.
    kept = func.max(case((~p.removed, p.at)))
    newest = (
        select(p.return_id, func.max(p.at).label("at"), kept.label("kept"))
        .where(p.return_id.in_(select(c.id).where(c.state == ReturnState.DRAFT)))
        .group_by(p.return_id)
        .having(kept.is_not(None))
        .subquery()
    )
    silent = connection.execute(
        select(c.student_id, c.lesson_id, newest.c.kept)
        .join_from(homework_return, newest, newest.c.return_id == c.id)
        .where(c.state == ReturnState.DRAFT, newest.c.at <= quiet_since)
        .where(or_(c.touched_at.is_(None), c.touched_at <= quiet_since))
        .order_by(c.id)
    ).all()
    sealed = [
        hand_in(
            connection,
            row.student_id,
            row.lesson_id,
            row.kept.astimezone(zone).date(),
            now,
            "silence",
        )
        for row in silent
    ]
    return [one for one in sealed if one]


def read_sealed_by_silence(connection: Connection, since: datetime) -> list[HomeworkReturn]:
    """Return what was handed in since a moment only because nothing more came for half an hour."""
    c, p = homework_return.c, return_page.c
    ended = [state for state in ReturnState if state != ReturnState.DRAFT]
    rows = connection.execute(
        select(c.id, c.handed_in_at, c.touched_at, func.max(p.at).label("last"))
        .join_from(homework_return, return_page, p.return_id == c.id)
        .where(c.state.in_(ended), c.handed_in_at >= since)
        .group_by(c.id, c.handed_in_at, c.touched_at)
    )
    numbers = [
        row.id
        for row in rows
        if row.handed_in_at - max(row.last, row.touched_at or row.last) >= SILENCE
    ]
    return read_returns(connection, numbers=numbers)
