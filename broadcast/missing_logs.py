"""Which broadcaster's log has not come by the evening, in the words a coordinator is told."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from broadcast.as_run.reporting import hour_of_logs, read_air_days
from broadcast.problem.model import Problem
from broadcast.revisions import published_revision, read_kept
from jetkiz.calendar.school_weeks import week_of
from jetkiz.channel import MissingLog
from jetkiz.errors import JetkizError

LOOK_BACK: Final = timedelta(days=3)
"""A computer that is off over the weekend tells of Friday on Monday; older is told no more."""

Problems = MutableMapping[tuple[str, int], Problem]


def missing_logs(
    connection: Connection, setting: str, now: datetime, known: Problems
) -> list[MissingLog]:
    """Return what should be known of the last days and is not, by channel and day.

    ``setting`` is the hour of the logs: one that cannot be understood is told by the doctor and
    where it is looked at. ``known`` keeps the published problems between two questions.
    """
    try:
        by = hour_of_logs(setting)
    except JetkizError:
        return []
    weeks = sorted({week_of((now - LOOK_BACK).date()), week_of(now.date())})
    in_force = {week: published_revision(connection, week) for week in weeks}
    wanted = {(week, number) for week, number in in_force.items() if number is not None}
    for key in known.keys() - wanted:
        del known[key]
    found = []
    for week, number in sorted(wanted):
        if (week, number) not in known:
            known[week, number] = read_kept(connection, week, number).problem
        for one in read_air_days(connection, week, known[week, number], by, now):
            if one.since and one.since > now - LOOK_BACK:
                silent = len(one.silent)
                log = MissingLog(one.channel.name, one.day, silent, one.planned, one.since)
                found.append(log)
    return found
