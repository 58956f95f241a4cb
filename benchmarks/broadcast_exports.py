"""How long the files of a week of 1,000 airings take: medians of five runs in one process."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

WEEK, RUNS = 1000, 5


def run(record: Callable[..., None]) -> None:
    """Measure each format; the words of a language are read before, as a running console has."""
    from broadcast.export.as_calendar import as_calendar
    from broadcast.export.as_ffplayout import as_ffplayout
    from broadcast.export.as_json_ld import as_json_ld
    from broadcast.export.as_workbook import as_workbook
    from broadcast.export.as_xmltv import as_xmltv
    from broadcast.export.channel_page import channel_page
    from broadcast.export.checking_xmltv import guide_faults
    from broadcast.export.issue import Issue
    from broadcast.export.playlist import as_playlist, playlist_layout
    from broadcast.export.rows import export_rows
    from broadcast.export.week_page import week_page
    from tests.broadcast_export_weeks import ALMATY, MONDAY, PUBLISHED, full_week

    problem, plan = full_week(airings=WEEK)
    rows = export_rows(problem, plan)
    guide, plain = as_xmltv(rows), playlist_layout("jetkiz")
    issue = Issue(MONDAY, 7, ALMATY, 1, PUBLISHED)
    grade = [row for row in rows if row.stream.id == "kk-1"]
    channel = replace(problem.channels[0])
    ways: dict[str, Callable[[], object]] = {
        "broadcast.xmltv_1000_s": lambda: as_xmltv(export_rows(problem, plan)),
        "broadcast.xmltv_check_1000_s": lambda: guide_faults(guide),
        "broadcast.playlist_1000_s": lambda: as_playlist(rows, plain),
        "broadcast.workbook_1000_s": lambda: as_workbook(rows),
        "broadcast.calendar_1000_s": lambda: as_calendar(rows, PUBLISHED),
        "broadcast.json_ld_1000_s": lambda: as_json_ld(rows),
        "broadcast.ffplayout_week_s": lambda: as_ffplayout(problem.meta, channel, rows),
        "broadcast.grade_page_s": lambda: week_page(grade, 1, "kk", issue),
        "broadcast.channel_page_s": lambda: channel_page(channel, rows, "kk", issue),
    }
    for name, write in ways.items():
        record(name=name, value=median(write), unit="s")


def median(write: Callable[[], object]) -> float:
    """Return the median of some runs, after one that nobody counts."""
    write()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        write()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
