"""What is kept of a scan is what came, nothing is lost on the way, and the clearer one is shown."""

import io
import struct
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageFilter
from PIL.TiffImagePlugin import TiffImageFile
from sqlalchemy import select, update

from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.storage.workplace import Workplace
from print_packs.scans.scan_files import scan_order
from print_packs.scans.scan_pages import pages_of
from print_packs.scans.scan_results import ScanResult
from tests.scan_desk import PrintedSchool, as_bytes, half_size, results, scan


def image_page(width: int, height: int, data: bytes, **entries: object) -> bytes:
    """A PDF page that is nothing but one picture."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        image = document.make_stream(data)
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            **entries,
        )
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def fax_of(picture: Image.Image) -> tuple[bytes, bool]:
    """The strip of a TIFF, which is CCITT group 4, and whether black is 1 in it."""
    tiff = as_bytes(picture, "TIFF", compression="group4", strip_size=1 << 30)
    with TiffImageFile(io.BytesIO(tiff)) as image:
        (at,), (size,) = image.tag_v2[273], image.tag_v2[279]
        return tiff[at : at + size], image.tag_v2[262] == 0


def fax_page(picture: Image.Image) -> bytes:
    """A page as a fax compresses it."""
    strip, black_is_1 = fax_of(picture)
    parameters = pikepdf.Dictionary(
        K=-1, Columns=picture.width, Rows=picture.height, BlackIs1=not black_is_1
    )
    return image_page(
        *picture.size,
        strip,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=1,
        Filter=pikepdf.Name.CCITTFaxDecode,
        DecodeParms=parameters,
    )


def the_page(tmp_path: Path, content: bytes) -> tuple[str, bool, Image.Image]:
    (tmp_path / "scan.pdf").write_bytes(content)
    (page,) = pages_of(tmp_path / "scan.pdf")
    return page.media_type, page.is_drawn, page.picture()


def test_a_fax_page_is_unpacked_without_loss(tmp_path: Path, printed_school: PrintedSchool) -> None:
    bits = half_size(printed_school.sheets[0]).convert("1")

    media_type, is_drawn, picture = the_page(tmp_path, fax_page(bits))

    assert (media_type, is_drawn) == ("image/png", False)
    same = picture.convert("L").tobytes() == bits.convert("L").tobytes()
    assert (
        same
        or picture.convert("L").point(lambda v: 255 - v).tobytes() == bits.convert("L").tobytes()
    )


def test_a_jpeg_2000_page_is_unpacked_without_loss(
    tmp_path: Path, printed_school: PrintedSchool
) -> None:
    grey = half_size(printed_school.sheets[0])
    packed = as_bytes(grey, "JPEG2000", irreversible=False)
    content = image_page(*grey.size, packed, Filter=pikepdf.Name.JPXDecode)

    media_type, is_drawn, picture = the_page(tmp_path, content)

    assert (media_type, is_drawn) == ("image/png", False)
    assert picture.convert("L").tobytes() == grey.tobytes()


def jbig2(bits: Image.Image) -> bytes:
    """A black-and-white picture as office scanners pack it: a page and one region (ITU-T T.88)."""
    wide, high = bits.size
    page = struct.pack(">IIIIBH", wide, high, 0, 0, 0, 0)
    # The region is coded as a fax is, with black as 1: no program is needed to make one.
    region = struct.pack(">IIIIBB", wide, high, 0, 0, 0, 1) + fax_of(ImageChops.invert(bits))[0]
    heads = (
        struct.pack(">IBBBI", n, kind, 0, 1, len(data))
        for n, kind, data in ((0, 48, page), (1, 38, region))
    )
    return b"".join(head + data for head, data in zip(heads, (page, region), strict=True))


def test_a_page_that_was_packed_as_jbig2_is_drawn_and_filed(
    scan_desk: Workplace, printed_school: PrintedSchool, tmp_path: Path
) -> None:
    bits = half_size(printed_school.sheets[0]).convert("1", dither=Image.Dither.NONE)
    content = image_page(
        *bits.size,
        jbig2(bits),
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=1,
        Filter=pikepdf.Name.JBIG2Decode,
    )

    assert the_page(tmp_path, content)[:2] == ("image/png", True)
    assert results(scan(scan_desk, office__pdf=content)) == [ScanResult.FILED]


def strips(grey: Image.Image, *, gap: float = 0) -> bytes:
    """A page that its scanner cut into three strips."""
    third = grey.height // 3
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 900))
        page, drawn, names = document.pages[0], [], pikepdf.Dictionary()
        for number in range(3):
            part = grey.crop((0, number * third, grey.width, (number + 1) * third))
            names[f"/S{number}"] = document.make_stream(
                part.tobytes(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=part.width,
                Height=part.height,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            low = 900 - (number + 1) * 280 - number * gap
            drawn.append(f"q 1 0 0 1 0 {low} cm q 595 0 0 280 0 0 cm /S{number} Do Q Q")
        page.Resources = pikepdf.Dictionary(XObject=names)
        page.Contents = document.make_stream("\n".join(drawn[::-1]).encode())
        out = io.BytesIO()
        # Compressed on the way out, as scanners do.
        document.save(out, recompress_flate=True, compress_streams=True)
        return out.getvalue()


def test_strips_that_touch_become_one_page_again(
    tmp_path: Path, printed_school: PrintedSchool
) -> None:
    grey = half_size(printed_school.sheets[0]).crop((0, 0, 1240, 1752))

    media_type, is_drawn, picture = the_page(tmp_path, strips(grey))

    assert (media_type, is_drawn) == ("image/png", False)
    assert picture.tobytes() == grey.tobytes()


def test_strips_that_lie_apart_are_drawn(tmp_path: Path, printed_school: PrintedSchool) -> None:
    grey = half_size(printed_school.sheets[0]).crop((0, 0, 1240, 1752))

    assert the_page(tmp_path, strips(grey, gap=8))[1]


@pytest.mark.parametrize(("mode", "is_drawn"), [(3, False), (0, True)])
def test_text_that_a_scanner_hid_is_no_reason_to_draw_a_page(
    tmp_path: Path, printed_school: PrintedSchool, mode: int, is_drawn: bool
) -> None:
    content = as_bytes(half_size(printed_school.sheets[0]), "PDF", quality=60)
    with pikepdf.open(io.BytesIO(content)) as document:
        page = document.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources.Font = pikepdf.Dictionary(F1=font)
        page.contents_add(f"BT /F1 9 Tf {mode} Tr 50 400 Td (read) Tj ET".encode())
        out = io.BytesIO()
        document.save(out)

    assert the_page(tmp_path, out.getvalue())[1] == is_drawn


def test_a_turned_jpeg_is_not_compressed_again(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    turned = as_bytes(printed_school.sheets[0].rotate(180), quality=80)
    scan(scan_desk, a__jpg=turned)

    with scan_desk.database.read() as connection:
        [work] = read_returns(connection)
    kept = scan_desk.files.get(work.pages[0].sha256)

    with Image.open(io.BytesIO(kept)) as ours, Image.open(io.BytesIO(turned)) as theirs:
        assert ours.getexif()[0x0112] == 3
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("first", ["misty", "clear"])
def test_of_two_pictures_of_a_sheet_the_clearer_is_shown_and_both_are_kept(
    scan_desk: Workplace, printed_school: PrintedSchool, first: str
) -> None:
    clear = printed_school.sheets[0]
    pictures = {"misty": clear.filter(ImageFilter.GaussianBlur(2.5)), "clear": clear}
    second = "clear" if first == "misty" else "misty"
    scan(scan_desk, one__jpg=as_bytes(pictures[first]))

    assert results(scan(scan_desk, two__jpg=as_bytes(pictures[second]))) == [ScanResult.DUPLICATE]

    with scan_desk.database.read() as connection:
        [work] = read_returns(connection)
        rows = connection.execute(select(return_page.c.sha256, return_page.c.removed)).all()
    assert scan_desk.files.get(work.pages[0].sha256) == as_bytes(clear)
    assert sorted(row.removed for row in rows) == [False, True]
    assert all(scan_desk.files.has(row.sha256) for row in rows)


def test_the_picture_of_marked_work_is_left_as_it_is(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    clear = printed_school.sheets[0]
    misty = as_bytes(clear.filter(ImageFilter.GaussianBlur(2.5)))
    scan(scan_desk, one__jpg=misty)
    with scan_desk.database.write() as connection:
        connection.execute(update(homework_return).values(state=int(ReturnState.MARKED)))

    scan(scan_desk, two__jpg=as_bytes(clear))

    with scan_desk.database.read() as connection:
        [work] = read_returns(connection)
    assert scan_desk.files.get(work.pages[0].sha256) == misty


def test_heic_is_filed_as_a_picture_that_every_browser_shows(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    phone = as_bytes(printed_school.sheets[0].convert("RGB"), "HEIF", quality=60)
    cat = Image.effect_mandelbrot((640, 900), (-2, -1.5, 1, 1.5), 60).convert("RGB")

    summary = scan(scan_desk, a__heic=phone, b__heic=as_bytes(cat, "HEIF", quality=60))

    assert results(summary) == [ScanResult.FILED, ScanResult.UNREADABLE]
    with scan_desk.database.read() as connection:
        [work] = read_returns(connection)
    assert work.pages[0].media_type == "image/jpeg"


def test_heic_without_its_library_is_a_sentence(
    tmp_path: Path, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.heic").write_bytes(
        as_bytes(half_size(printed_school.sheets[0]).convert("RGB"), "HEIF", quality=40)
    )
    monkeypatch.setattr("print_packs.scans.scan_pages.find_spec", lambda _: None)

    with pytest.raises(Exception, match="kind HEIC"):
        list(pages_of(tmp_path / "a.heic"))


@pytest.mark.parametrize("pages", [2, 5, 6])
def test_a_pile_that_was_turned_over_lies_in_order_again(pages: int) -> None:
    orders = [scan_order(place, pages, is_turned_over=True) for place in range(1, pages + 1)]

    fronts = (pages + 1) // 2
    assert orders[:fronts] == list(range(1, 2 * fronts, 2))
    assert orders[fronts:] == list(range(2 * (pages - fronts), 0, -2))
    assert [scan_order(n, pages, is_turned_over=False) for n in (1, pages)] == [1, pages]
