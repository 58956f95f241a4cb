"""A scanned page says neither where it was made nor, to whoever has the disk, whose it is."""

import hashlib
from dataclasses import replace

from PIL import Image
from sqlalchemy import String, cast, select, update

from jetkiz.homework.returns import read_returns
from jetkiz.homework.sealing_earlier import seal_earlier
from jetkiz.homework.tables import return_page
from jetkiz.storage.workplace import Workplace
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import scan_page
from tests.scan_desk import PrintedSchool, as_bytes, results, scan, waiting_picture

FILED, DUPLICATE = ScanResult.FILED, ScanResult.DUPLICATE


def photo_of(sheet: Image.Image) -> bytes:
    """A sheet as a phone photographs it, with the place."""
    camera = Image.Exif()
    camera[0x010F] = "Samsung"
    return as_bytes(sheet, exif=camera, comment=b"GPS 53.2144")


def told(workplace: Workplace) -> str:
    """All that columns say of scanned pages."""
    with workplace.database.read() as connection:
        scans = connection.execute(select(cast(scan_page.c.sha256, String))).all()
        pages = connection.execute(select(return_page.c.key, return_page.c.sha256)).all()
    return f"{scans} {pages}"


def test_a_page_is_kept_without_its_place_and_known_by_no_plain_hash(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    photo = photo_of(printed_school.sheets[0])
    assert results(scan(scan_desk, a__jpg=photo)) == [FILED]
    with scan_desk.database.read() as connection:
        [work] = read_returns(connection)
    kept = scan_desk.files.get(work.pages[0].sha256)
    assert b"Samsung" not in kept
    assert b"53.2144" not in kept
    for content in (photo, kept):
        assert hashlib.sha256(content).hexdigest() not in told(scan_desk)
    assert results(scan(scan_desk, a__jpg=photo)) == [DUPLICATE]


def test_a_picture_for_a_person_does_not_tell_its_place(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    assert results(scan(scan_desk, a__jpg=photo_of(Image.effect_noise((900, 900), 90)))) == [
        ScanResult.UNREADABLE
    ]
    assert b"53.2144" not in waiting_picture(scan_desk)
    assert printed_school.sheets


def as_in_an_earlier_release(workplace: Workplace, photos: list[bytes]) -> None:
    """Know pages by their plain hash, as before."""
    with workplace.database.write() as connection:
        for photo in photos:
            plain = hashlib.sha256(photo).hexdigest()
            hidden = workplace.files.fingerprint(plain)
            connection.execute(
                update(scan_page).where(scan_page.c.sha256 == hidden).values(sha256=plain)
            )
            rows = connection.execute(select(return_page.c.id, return_page.c.key)).all()
            for row in rows:
                change = update(return_page).where(return_page.c.id == row.id)
                connection.execute(change.values(key=row.key.replace(hidden, plain)))


def test_pages_of_an_earlier_release_are_known_again_and_hidden_by_the_command(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    photos = [photo_of(sheet) for sheet in printed_school.sheets[:2]]
    files = {f"p{number}__jpg": photo for number, photo in enumerate(photos)}
    assert results(scan(scan_desk, **files)) == [FILED, FILED]
    before = told(scan_desk)
    as_in_an_earlier_release(scan_desk, photos)
    assert hashlib.sha256(photos[0]).hexdigest() in told(scan_desk)
    assert results(scan(scan_desk, **files)) == [DUPLICATE, DUPLICATE]
    for _ in range(2):
        seal_earlier(scan_desk)
        assert told(scan_desk) == before
    assert results(scan(scan_desk, **files)) == [DUPLICATE, DUPLICATE]


def test_two_schools_know_the_same_page_by_different_words(scan_desk: Workplace) -> None:
    other = replace(scan_desk, files=type(scan_desk.files)(scan_desk.settings.data / "other"))
    digest = hashlib.sha256(b"a copied solution").hexdigest()
    mine, theirs = (one.files.fingerprint(digest) for one in (scan_desk, other))
    assert mine != theirs
    assert len(mine) == len(theirs) == 64
    assert mine == scan_desk.files.fingerprint(digest)
