"""Which filed pages bubbles can be read from: the upright picture, and where its codes lie."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import Connection, select

from jetkiz.codes import Corner
from jetkiz.homework.model import SCAN
from jetkiz.homework.tables import return_page
from jetkiz.storage.files import FileStore
from jetkiz.storage.many_values import among
from print_packs.scans.sheet_place import Placed, Points, fitted
from print_packs.tables import filed_sheet, scan_page, sheet


@dataclass(frozen=True, slots=True)
class FiledPage:
    """A sheet that was filed: whose, which, by which scan, and the stored picture of it.

    ``placed`` says where the codes lie in the whole upright picture and how millimetres of the
    sheet become its points; None where the picture shows several sheets and was cut.
    """

    scan: int
    sheet: int
    serial: int
    student: int
    lesson: int
    page: int
    stored: str
    placed: Placed | None

    def picture(self, files: FileStore) -> Image.Image:
        """Return the picture, upright. It was opened once in the limited process and held."""
        with Image.open(io.BytesIO(files.get(self.stored))) as image:
            upright = ImageOps.exif_transpose(image)
            upright.load()
            return upright


def read_filed(
    connection: Connection,
    *,
    scans: Iterable[int] | None = None,
    students: Iterable[int] | None = None,
    after: int = 0,
) -> Iterator[FiledPage]:
    """Return the shown pages of filed sheets, by scans or students or those after a scan."""
    f, c, s, p = filed_sheet.c, scan_page.c, sheet.c, return_page.c
    query = (
        select(c.id, c.sha256, c.codes, s.id.label("sheet"), s.serial, s.student_id, s.lesson_id)
        .add_columns(s.page)
        .join_from(filed_sheet, scan_page)
        .join(sheet, s.id == f.sheet_id)
        .where(c.id > after)
        .order_by(c.id, s.id)
    )
    if scans is not None:
        query = query.where(among(c.id, scans))
    if students is not None:
        query = query.where(among(s.student_id, students))
    rows = connection.execute(query).all()
    keys = {f"{SCAN}:{row.sha256}:{row.serial}": row for row in rows}
    stored = dict(connection.execute(select(p.key, p.sha256).where(among(p.key, keys))).all())
    for key, row in keys.items():
        if stored.get(key):
            yield FiledPage(
                scan=row.id,
                sheet=row.sheet,
                serial=row.serial,
                student=row.student_id,
                lesson=row.lesson_id,
                page=row.page,
                stored=stored[key],
                placed=upright_place(row.codes, row.serial),
            )


def upright_place(codes: Mapping[str, Any] | None, serial: int) -> Placed | None:
    """Return where a sheet's codes lie after its picture was turned upright."""
    found = (codes or {}).get("sheets", {})
    if codes is None or list(found) != [str(serial)]:
        return None
    wide, high = codes["size"]
    corners = {Corner(int(at)): _points(points) for at, points in found[str(serial)].items()}
    lying = fitted(serial, corners)
    turned = {
        corner: _turned_points(points, lying.turn, wide, high) for corner, points in corners.items()
    }
    return fitted(serial, turned)


def _points(told: Any) -> Points:
    a, b, c, d = ((float(x), float(y)) for x, y in told)
    return a, b, c, d


def _turned_points(points: Points, turn: int, wide: float, high: float) -> Points:
    a, b, c, d = (_turned(point, turn, wide, high) for point in points)
    return a, b, c, d


def _turned(point: tuple[float, float], turn: int, wide: float, high: float) -> tuple[float, float]:
    """Return where a point lies after a turn of the picture to the left."""
    x, y = point
    match turn:
        case 90:
            return y, wide - x
        case 180:
            return wide - x, high - y
        case 270:
            return high - y, x
    return x, y
