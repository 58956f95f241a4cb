"""A pack as the product prints it, whose answer sheets are spoilt and read back."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from benchmarks.distorted_sheets import Drawn, drawn_pages
from jetkiz.codes import SheetCode, Standing, judge
from jetkiz.demo.handwriting import answer_sheets
from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from print_packs.issuer import Issuer, read_issuer
from print_packs.scans.code_reader import read_codes
from tests.print_school import printed, workplace_in


def printed_sheets(folder: Path) -> tuple[Issuer, list[Drawn]]:
    """Print the sample school's week; return the issuer and its answer sheets with serials."""
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    upgrade(database)
    printed(workplace_in(folder, database), pages=2)
    database.close()
    issuer = read_issuer(folder / "keys")
    pictures = [
        picture
        for pack in sorted((folder / "packs").rglob("h*.pdf"))
        for picture in drawn_pages(pack, [one.page for one in answer_sheets(pack)])
    ]
    serials = serials_of(issuer, pictures)
    return issuer, [Drawn(*both) for both in zip(pictures, serials, strict=True)]


def serials_of(issuer: Issuer, pictures: Sequence[Image.Image]) -> list[int]:
    """Read what clean drawings say: it is what the sheets are."""
    found = []
    for picture in pictures:
        codes = read_codes(picture, issuer.number).codes
        [serial] = {code.serial for one in codes if (code := judged(one.text, issuer))}
        found.append(serial)
    return found


def judged(text: str, issuer: Issuer) -> SheetCode | None:
    """Return a code of the issuer."""
    standing, code = judge(text, issuer.number, issuer.keys)
    return code if standing == Standing.OURS else None
