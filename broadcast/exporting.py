"""Which files a broadcaster gets for a week, all made from one object and checked before."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from broadcast.airings import read_airings, read_programmes, revisions
from broadcast.checking import refuse_faults
from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_workbook import as_workbook
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.checking_xmltv import refuse_faulty_guide
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import export_rows, withdrawn_rows
from broadcast.plan_of_week import plan_of_week
from broadcast.tv_channels import read_tv_channels
from jetkiz.storage.whole_files import write_whole

NAME = "timetable"


def export_week(connection: Connection, week: str, folder: Path, now: datetime) -> list[Path]:
    """Check the timetable of a week and write it in every format; return the files."""
    channels = read_tv_channels(folder)
    programmes = {one.lesson: one for one in read_programmes(connection, week)}
    airings = read_airings(connection, week)
    refuse_faults(airings, programmes, channels)
    kept = plan_of_week(airings, programmes, channels, revisions(connection, week))
    rows = export_rows(*kept)
    contents = {
        ".xml": as_xmltv(rows),
        ".csv": as_playlist(rows, playlist_layout("jetkiz", folder)),
        ".xlsx": as_workbook(rows),
        ".ics": as_calendar([*rows, *withdrawn_rows(*kept)], now),
    }
    refuse_faulty_guide(contents[".xml"])
    files = [folder / "broadcast" / week / f"{NAME}{ending}" for ending in contents]
    for file, content in zip(files, contents.values(), strict=True):
        write_whole(file, content)
    return files
