"""What became of the pages that came back, and which of them a person must look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection, func, select

from jetkiz.roster.tables import student
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.rendering import page
from jetkiz.web.visits import look
from print_packs.scans.scan_results import RESULT_WORDS, ScanResult
from print_packs.tables import scan_page, sheet


@dataclass(frozen=True, slots=True)
class ScanDesk:
    """What the page shows."""

    counts: Mapping[ScanResult, int]


def read_scan_desk(connection: Connection, who: Viewer) -> ScanDesk:
    """Count the pages that show a sheet of the school's, by what became of them."""
    c = scan_page.c
    rows = connection.execute(
        select(c.result, func.count())
        .join_from(scan_page, sheet, sheet.c.serial == c.serial)
        .join(student, student.c.id == sheet.c.student_id)
        .where(student.c.school_id == who.school)
        .group_by(c.result)
    )
    counts = {ScanResult(result): count for result, count in rows}
    return ScanDesk({one: counts[one] for one in ScanResult if one in counts})


async def show(request: web.Request) -> web.StreamResponse:
    """Show what became of the pages."""
    found = await look(request, read_scan_desk, only_coordinators(request))
    return page(request, "scan_desk.html", found=found, result_words=RESULT_WORDS)
