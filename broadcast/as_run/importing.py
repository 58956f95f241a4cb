"""How a broadcaster's log comes in: all of it or nothing, and the same file twice as once."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from broadcast.as_run.matching import match
from broadcast.as_run.model import DRIFT, AsRun, LogLine, LogProfile, Outcome
from broadcast.as_run.naming import channel_names
from broadcast.as_run.reading import read_log
from broadcast.as_run.recording import Recorded, record
from broadcast.as_run.tables import as_run_file
from broadcast.problem.model import Problem
from broadcast.revisions import Kept, read_kept, read_published, take_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new

_NAMED = 5
_SEEN = frozenset({Outcome.AIRED, Outcome.SHORT, Outcome.MOVED})
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file as it was brought: ``name`` may hold its day, ``channel`` is whose log it is.

    ``trust_clock`` takes its hours as they are written.
    """

    content: bytes
    name: str = ""
    channel: str = ""
    trust_clock: bool = False


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """When the same file was read first, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a log said, what was new in it, and whether it was read before."""

    as_run: AsRun
    recorded: Recorded
    before: ReadBefore | None = None


def log_file(path: Path, channel: str = "", *, trust_clock: bool = False) -> LogFile:
    """Read a file from a disk; one that cannot be opened is a sentence."""
    try:
        return LogFile(path.read_bytes(), plain_name(path.name), channel, trust_clock)
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name, and save it as CSV in UTF-8."),
            file=path,
            reason=error.strerror,
        ) from error


def plain_name(name: str) -> str:
    """Return what a file is called, without the bytes of other code pages and signs of control.

    A sender or a disk may name it by anything; no database and no page can hold such letters.
    """
    return "".join(one if one.isprintable() else "?" for one in name)[:_LONGEST_NAME]


def look_into(kept: Kept, file: LogFile, profile: LogProfile, now: datetime) -> AsRun:
    """Say what a log says of the timetable in force, without writing anything down."""
    named = replace(file, channel=file.channel or _of_name(kept.problem, file.name))
    lines = read_log(file.content, profile, named.name, named.channel)
    if not lines:
        raise _fits_nothing(kept.head.week)
    _refuse_not_asked(kept.problem, file.channel, lines)
    found = match(kept.problem, kept.plan, lines, profile, trust_clock=file.trust_clock)
    if not found.outcomes:
        _refuse(kept, lines)
    _refuse_to_come(kept, found, now)
    return found


def _refuse_to_come(kept: Kept, found: AsRun, now: datetime) -> None:
    """What has not been yet was not aired: the file is a playlist, or a clock here is wrong."""
    planned = {one.id: one.start for one in kept.plan.airings}
    hours = [one.start or planned[one.airing] for one in found.outcomes if one.outcome in _SEEN]
    ahead = [hour for hour in hours if hour > now + DRIFT]
    if ahead:
        raise JetkizError(
            N_("The log has lessons as aired that are still to come: {n}, to {last} UTC."),
            N_("A playlist is no log: bring what was aired, afterwards. Nothing was changed."),
            n=len(ahead),
            last=f"{max(ahead):%Y-%m-%d %H:%M}",
        )


def _refuse_not_asked(problem: Problem, asked: str, lines: Sequence[LogLine]) -> None:
    """A log whose lines all name other channels than the one it was brought for is a mistake."""
    known = channel_names(problem)
    said = {line.channel for line in lines if line.channel}
    there = {known[name.casefold()].id for name in said if name.casefold() in known}
    mine = known.get(asked.casefold())
    if mine and there and mine.id not in there:
        raise JetkizError(
            N_("This is the log of another channel: {channels}."),
            N_("Bring the log of {asked}, or leave the channel out. Nothing was changed."),
            channels=", ".join(sorted(said)[:_NAMED]),
            asked=mine.name,
        )


def _of_name(problem: Problem, name: str) -> str:
    """A file may bear the name of its channel, set off from the rest of its name."""
    said = name.casefold()
    there = {
        channel.id
        for word, channel in channel_names(problem).items()
        if re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", said)
    }
    return there.pop() if len(there) == 1 else ""


def import_log(
    connection: Connection, week: str, file: LogFile, profile: LogProfile, by: str, now: datetime
) -> Imported:
    """Read a log, match it with the timetable in force, and record what became of the airings.

    ``by`` is who brought it. A file that cannot be used changes nothing at all.
    """
    take_week(connection, week)
    kept = read_published(connection, week) or read_kept(connection, week)
    as_run = look_into(kept, file, profile, now)
    recorded = record(connection, week, as_run, now, kept.problem)
    sha256 = hashlib.sha256(file.content).hexdigest()
    row: dict[str, Any] = {"week": week, "sha256": sha256, "profile": profile.id, "name": file.name}
    row |= {"lines": sum(len(one.lines) for one in as_run.outcomes) + len(as_run.unknown)}
    row |= {"said": counts(as_run), "read_at": now, "read_by": by}
    is_new = insert_new(connection, as_run_file, [row], ["week", "sha256", "profile"])
    return Imported(as_run, recorded, None if is_new else _before(connection, row))


def counts(as_run: AsRun) -> dict[str, int]:
    """Return how many airings had which outcome, and how many lines fit none."""
    found = {str(one): len(as_run.of(one)) for one in Outcome}
    return found | {"unknown": len(as_run.unknown)}


def _before(connection: Connection, row: dict[str, Any]) -> ReadBefore:
    c = as_run_file.c
    query = select(c.read_at, c.read_by).where(
        *(c[name] == row[name] for name in ("week", "sha256", "profile"))
    )
    found = connection.execute(query).one()
    return ReadBefore(found.read_at, found.read_by)


def _refuse(kept: Kept, lines: Sequence[LogLine]) -> None:
    """Say why not one line of a file fits: another channel, another week, or neither is named."""
    week, problem = kept.head.week, kept.problem
    known = channel_names(problem)
    named = {line.channel for line in lines if line.channel}
    if named and not any(name.casefold() in known for name in named):
        raise JetkizError(
            N_("This is the log of another channel: {channels}."),
            N_("The timetable of {week} is aired on {ours}. Nothing was changed."),
            channels=", ".join(sorted(named)[:_NAMED]),
            week=week,
            ours=", ".join(one.name for one in problem.channels),
        )
    days = sorted({line.start.date() for line in lines if line.start})
    first = problem.meta.first_day
    last = first + timedelta(days=problem.meta.days - 1)
    spare = timedelta(days=1)
    if days and not any(first - spare <= day <= last + spare for day in days):
        raise JetkizError(
            N_("This is the log of another week: {days}."),
            N_("Week {week} is {first} to {last}. Nothing was changed."),
            days=f"{days[0]} - {days[-1]}" if len(days) > 1 else str(days[0]),
            week=week,
            first=first,
            last=last,
        )
    if not named and len(problem.channels) > 1 and any(line.start for line in lines):
        raise JetkizError(
            N_("The log does not say of which channel it is."),
            N_("Name it with --channel: {ours}. Nothing was changed."),
            ours=", ".join(one.id for one in problem.channels),
        )
    raise _fits_nothing(week)


def _fits_nothing(week: str) -> JetkizError:
    return JetkizError(
        N_("Not one line of this log fits an airing of week {week}."),
        N_("Look whether it is the right week and the right profile. Nothing was changed."),
        week=week,
    )
