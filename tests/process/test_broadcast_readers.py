"""A full week in libraries for Node that we did not write: every airing comes out of each."""

import html
import json
import subprocess
from pathlib import Path

import pytest

from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.rows import export_rows
from tests.broadcast_export_weeks import PUBLISHED, ZONE_CHANGE, full_week
from tests.node_packages import installed
from tools import system_tools

SOURCES = Path(__file__).parents[1] / "foreign_readers"

pytestmark = pytest.mark.needs("node", "npm")


def test_every_airing_of_a_week_is_read_back(tmp_path: Path) -> None:
    """Over the change of the zone, where an hour of the clock comes twice."""
    rows = export_rows(*full_week(ZONE_CHANGE))
    guide, calendar = tmp_path / "guide.xml", tmp_path / "week.ics"
    guide.write_bytes(as_xmltv(rows))
    calendar.write_bytes(as_calendar(rows, PUBLISHED))
    node = system_tools.find("node") or "node"
    told = subprocess.run(
        [node, "read.mjs", str(guide), str(calendar)],
        cwd=installed(SOURCES),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    iptv, epg, events = (json.loads(line) for line in told)

    def moment(at: object) -> str:
        return f"{at:%Y-%m-%dT%H:%M:%S.000Z}"

    moments = [[moment(row.airing.start), moment(row.airing.end)] for row in rows]
    # This library hands the marks of XML on as they are.
    assert [[html.unescape(str(cell)) for cell in one[:5]] for one in iptv] == [
        [row.guide_id, *times, one[3], row.title]
        for row, times, one in zip(rows, moments, epg, strict=True)
    ]
    assert [one[:3] for one in epg] == [
        [row.guide_id, *times] for row, times in zip(rows, moments, strict=True)
    ]
    assert [one[6] for one in iptv] == [row.is_repeat for row in rows]
    assert [one[:5] for one in events] == [
        [f"airing-{row.airing.id}@jetkiz", *times, f"{name[3]}: {row.title}", row.airing.sequence]
        for row, times, name in zip(rows, moments, epg, strict=True)
    ]
    assert {one[5] for one in events} == {"CONFIRMED"}
