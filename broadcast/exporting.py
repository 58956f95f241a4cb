"""Which files a broadcaster gets for a week, all made from one object and checked before."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from broadcast.checker.checking import refuse_faults
from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_workbook import as_workbook
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.checking_xmltv import refuse_faulty_guide
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import export_rows, withdrawn_rows
from broadcast.plan.model import Plan
from broadcast.problem.model import Problem
from broadcast.revisions import read_kept, require_published
from jetkiz.storage.whole_files import write_whole

NAME = "timetable"


def export_week(
    connection: Connection, week: str, folder: Path, revision: int | None = None
) -> list[Path]:
    """Check the timetable in force, or a revision, and write it in every format; return the files.

    The same revision gives the same bytes whenever it is written.
    """
    if revision is None:
        kept = require_published(connection, week)
    else:
        kept = read_kept(connection, week, revision)
    at = kept.head.published_at or kept.head.made_at
    return write_files(kept.problem, kept.plan, at, folder / "broadcast" / week, folder)


def write_files(
    problem: Problem, plan: Plan, at: datetime, into: Path, data: Path | None = None
) -> list[Path]:
    """Write a checked plan in every format into a folder; own profiles lie in ``data``."""
    refuse_faults(problem, plan)
    rows = export_rows(problem, plan)
    contents = {
        ".xml": as_xmltv(rows),
        ".csv": as_playlist(rows, playlist_layout("jetkiz", data)),
        ".xlsx": as_workbook(rows),
        ".ics": as_calendar([*rows, *withdrawn_rows(problem, plan)], at),
    }
    refuse_faulty_guide(contents[".xml"])
    files = [into / f"{NAME}{ending}" for ending in contents]
    for file, content in zip(files, contents.values(), strict=True):
        write_whole(file, content)
    return files
