"""Nothing tells where a page was made, and the page looks the same: byte for byte where it can."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps
from PIL.PngImagePlugin import PngInfo

from jetkiz.homework.model import BrokenError
from jetkiz.homework.stripping import stripped

PLACE = b"53.2144"
# A photo gets at most so many bytes that say which side is up.
ORIENTATION = 64
SECRET = (PLACE, b"Samsung", b"2026:01:26", b"GPS")


def drawn(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """A picture that looks different from every side."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.paste("red", (0, 0, size[0] // 3, size[1] // 4))
    return picture


def exif(way_up: int) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = way_up
    found[0x010F] = "Samsung"
    found[0x0132] = "2026:01:26 08:00:00"
    found.get_ifd(0x8825).update({1: "N", 2: (53.0, 12.0, 51.84), 27: PLACE})
    return found


def jpeg(way_up: int = 1, **more: object) -> bytes:
    out = io.BytesIO()
    drawn().save(out, "JPEG", exif=exif(way_up), comment=b"GPS " + PLACE, **more)
    return out.getvalue()


def with_xmp(content: bytes) -> bytes:
    xmp = b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>" + PLACE
    iptc = b"Photoshop 3.0\0" + PLACE
    parts = [(0xE1, xmp), (0xED, iptc), (0xE2, b"FPXR\0" + PLACE)]
    more = b"".join(struct.pack(">BBH", 0xFF, k, len(b) + 2) + b for k, b in parts)
    return content[:2] + more + content[2:]


def upright(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def assert_same_picture(before: bytes, after: bytes) -> None:
    assert ImageChops.difference(upright(before), upright(after)).getbbox() is None


@pytest.mark.parametrize("way_up", range(1, 9))
@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_loses_place_and_camera_and_stays_the_right_way_up(
    way_up: int, more: dict[str, object]
) -> None:
    photo = with_xmp(jpeg(way_up, **more)) + b"behind the picture " + PLACE
    assert all(secret in photo for secret in (PLACE, b"Samsung"))
    kept = stripped(photo, "image/jpeg")
    assert not any(secret in kept for secret in SECRET)
    assert_same_picture(photo, kept)
    assert stripped(kept, "image/jpeg") == kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert dict(opened.getexif()) == ({} if way_up == 1 else {0x0112: way_up})


def test_a_picture_that_tells_nothing_is_kept_byte_for_byte() -> None:
    for kind in ("JPEG", "PNG"):
        out = io.BytesIO()
        drawn().save(out, kind)
        assert stripped(out.getvalue(), f"image/{kind.lower()}") == out.getvalue()


def test_the_colours_of_a_profile_stay() -> None:
    profile = b"a colour profile" * 20
    with Image.open(io.BytesIO(stripped(jpeg(icc_profile=profile), "image/jpeg"))) as opened:
        assert opened.info["icc_profile"] == profile


def png(way_up: int) -> bytes:
    told = PngInfo()
    told.add_text("Location", PLACE.decode())
    told.add_itxt("XML:com.adobe.xmp", f"<exif:GPSLatitude>{PLACE.decode()}")
    out = io.BytesIO()
    drawn().save(out, "PNG", pnginfo=told, exif=exif(way_up))
    return out.getvalue()


@pytest.mark.parametrize("way_up", [1, 6])
def test_a_png_loses_what_was_written_beside_the_picture(way_up: int) -> None:
    photo = png(way_up) + PLACE
    kept = stripped(photo, "image/png")
    assert not any(secret in kept for secret in SECRET)
    assert_same_picture(photo, kept)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def film() -> bytes:
    place = box(b"\xa9xyz", b"\0\x12\x15\xc7+" + PLACE + b"+063.6246/")
    track = box(b"trak", box(b"tkhd", b"head"), box(b"udta", PLACE), box(b"mdia", b""))
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 8) + b"pictures"
    told = box(b"meta", b"com.apple.quicktime.location.ISO6709" + PLACE)
    return (
        box(b"ftyp", b"mp42")
        + box(b"moov", box(b"mvhd", b"head"), track, box(b"udta", place), told)
        + box(b"uuid", b"xmp" + PLACE)
        + long
    )


def test_a_film_loses_its_place_and_nothing_moves() -> None:
    before = film()
    kept = stripped(before, "video/mp4")
    assert PLACE not in kept
    assert len(kept) == len(before)
    assert kept.endswith(b"pictures")
    assert kept.count(b"free") == 4
    assert kept.index(b"mdat") == before.index(b"mdat")


def heic(version: int = 1) -> bytes:
    """The parts of a HEIC picture that matter here: a picture, and what the camera noted."""
    told, drawing = b"\0\0\0\6Exif\0\0" + PLACE, b"the picture itself"

    def infe(item: int, kind: bytes) -> bytes:
        return box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", item, 0, kind), b"\0")

    def iloc(place: int) -> bytes:
        rows, start = b"", place
        for item, content in ((1, drawing), (2, told)):
            method = struct.pack(">H", 0) if version else b""
            number = struct.pack(">I" if version == 2 else ">H", item)
            rows += number + method + struct.pack(">HHII", 0, 1, start, len(content))
            start += len(content)
        count = struct.pack(">I" if version == 2 else ">H", 2)
        return box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0]), count, rows)

    def whole(place: int) -> bytes:
        items = box(b"iinf", b"\0\0\0\0\0\2", infe(1, b"hvc1"), infe(2, b"Exif"))
        return box(b"ftyp", b"heic") + box(b"meta", b"\0\0\0\0", items, iloc(place))

    return whole(len(whole(0)) + 8) + box(b"mdat", drawing, told)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_heic_picture_loses_what_the_camera_noted(version: int) -> None:
    before = heic(version)
    kept = stripped(before, "image/heic")
    assert PLACE in before
    assert PLACE not in kept
    assert kept == before.replace(b"\0\0\0\6Exif\0\0" + PLACE, bytes(10 + len(PLACE)))


def test_what_cannot_be_cleaned_is_kept_as_it_came() -> None:
    for media_type in ("application/pdf", "audio/ogg", ""):
        assert stripped(PLACE, media_type) == PLACE


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/heic", "video/mp4"])
@given(st.data())
def test_whatever_is_broken_is_said_and_never_a_fault(media_type: str, data: st.DataObject) -> None:
    whole = {
        "image/jpeg": with_xmp(jpeg(6)),
        "image/png": png(6),
        "image/heic": heic(),
        "video/mp4": film(),
    }[media_type]
    spoiled = bytearray(whole[: data.draw(st.integers(8, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = stripped(bytes(spoiled), media_type)
    except BrokenError:
        return
    assert 0 < len(kept) <= len(spoiled) + ORIENTATION


def test_the_sample_photos_are_still_the_same_pictures() -> None:
    root = Path(__file__).parents[2] / "jetkiz" / "demo" / "lessons"
    for file in sorted(root.rglob("*.jpg"))[:3]:
        content = file.read_bytes()
        assert_same_picture(content, stripped(content, "image/jpeg"))
