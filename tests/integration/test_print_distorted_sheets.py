"""A sample of what `make bench` does with hundreds: spoilt sheets are read, strange ones never."""

from itertools import islice
from pathlib import Path

import pytest

from benchmarks.distorted_sheets import GROUPS, Drawn, spoilt, strangers
from benchmarks.printed_sheets import serials_of
from print_packs.issuer import read_issuer
from print_packs.scans.page_reader import PageReader
from tests.scan_desk import PrintedSchool


@pytest.fixture(scope="module")
def drawn(printed_school: PrintedSchool) -> list[Drawn]:
    issuer = read_issuer(printed_school.folder / "keys")
    serials = serials_of(issuer, printed_school.sheets)
    return [
        Drawn(picture, serial)
        for picture, serial in zip(printed_school.sheets, serials, strict=True)
    ]


def test_spoilt_sheets_of_every_group_are_read_as_what_they_are(
    drawn: list[Drawn], printed_school: PrintedSchool, tmp_path: Path
) -> None:
    reader = PageReader(read_issuer(printed_school.folder / "keys"))
    found = {}
    for one in spoilt(drawn, 3, 1):
        (tmp_path / "page").write_bytes(one.content)
        serials = {s.serial for p in reader.pages(tmp_path / "page") for s in p.sheets}
        assert serials <= set(one.serials), one.group
        found[one.group] = serials == set(one.serials)

    assert set(found) == set(GROUPS)
    assert found["clean"]
    assert found["fax"]
    assert sum(found.values()) >= len(found) - 2


def test_forged_foreign_and_strange_codes_are_never_filed(
    drawn: list[Drawn], printed_school: PrintedSchool, tmp_path: Path
) -> None:
    issuer = read_issuer(printed_school.folder / "keys")
    reader = PageReader(issuer)
    for content in islice(strangers(issuer, drawn, 5), 2):
        (tmp_path / "page").write_bytes(content)
        (page,) = reader.pages(tmp_path / "page")
        assert page.sheets == ()
