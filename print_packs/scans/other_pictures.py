"""Which picture of a sheet is shown when the one that was shown is taken out of the work."""

from typing import Any

from sqlalchemy import Connection, select, update

from jetkiz.homework.model import SCAN
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import filed_sheet, scan_page, sheet


def show_next(connection: Connection, number: int, instead_of: int) -> bool:
    """Show the clearest other picture of a sheet in its work; False when there is none.

    Other pictures lie unseen beside the first for as long as what is taken out of work is kept.
    """
    one = connection.execute(
        select(sheet.c.serial, sheet.c.student_id, sheet.c.lesson_id).where(sheet.c.id == number)
    ).one()
    beside = _unseen(connection, one)
    c = scan_page.c
    scan = connection.execute(
        select(c.id, c.sha256)
        .where(among(c.sha256, beside), c.id != instead_of)
        .order_by(c.sharpness.desc(), c.id)
        .limit(1)
    ).first()
    if scan is None:
        return False
    shown = return_page.c.id == beside[scan.sha256]
    connection.execute(update(return_page).where(shown).values(removed=False))
    connection.execute(
        update(scan_page).where(c.id == scan.id).values(result=ScanResult.FILED.value)
    )
    row = {"sheet_id": number, "scan_id": scan.id}
    return insert_new(connection, filed_sheet, [row], ["sheet_id"]) == 1


def _unseen(connection: Connection, one: Any) -> dict[str, int]:
    """Return the unseen pictures of a sheet: the page in the newest version, by its scan."""
    c, w = return_page.c, homework_return.c
    rows = connection.execute(
        select(c.id, c.key)
        .join_from(return_page, homework_return)
        .where(w.student_id == one.student_id, w.lesson_id == one.lesson_id, c.removed)
        .where(c.key.startswith(f"{SCAN}:"))
        .order_by(w.version, c.id)
    )
    parts = ((row.id, row.key.split(":")) for row in rows)
    return {key[1]: page for page, key in parts if key[2:3] == [str(one.serial)]}
