"""A file made to do harm costs no time, no memory and no secret, whatever it is built of."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.receiving.attachments import media_type_of, sheets_in
from jetkiz.homework.model import BrokenError
from jetkiz.homework.quality import UnreadableError, look_at
from jetkiz.homework.stripping import stripped
from tests.cpu_time import costing_less_than

PLACE = b"53.2144"
MADE = b"\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8"
NO_MORE_SECONDS = 0.4


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def empty_pieces(items: int = 2000) -> bytes:
    """A HEIC picture whose items have 65,535 pieces each that take no room."""
    rows = b"".join(struct.pack(">HHHH", n % 65_536, 0, 0, 65_535) for n in range(items))
    iloc = box(b"iloc", b"\1\0\0\0\0\0", struct.pack(">H", items), rows)
    told = box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", 2, 0, b"Exif"), b"\0")
    iinf = box(b"iinf", b"\0\0\0\0\0\1", told)
    return box(b"ftyp", b"heic") + box(b"meta", b"\0\0\0\0", iinf, iloc)


def blanked_again_and_again() -> bytes:
    """Pieces that all name the same eight megabytes."""
    told = box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0")
    row = struct.pack(">HHHH", 1, 0, 0, 4000) + struct.pack(">II", 0, 8_000_000) * 4000
    iloc = box(b"iloc", b"\1\0\0\0\x44\0", struct.pack(">H", 1), row)
    meta = box(b"meta", b"\0\0\0\0", box(b"iinf", b"\0\0\0\0\0\1", told), iloc)
    return box(b"ftyp", b"heic") + meta + box(b"mdat", bytes(8_100_000))


def boxes_in_boxes(depth: int = 100_000) -> bytes:
    """A film of boxes that each hold the next; the last ends where all end."""
    sizes = range(8 * depth, 0, -8)
    return box(b"ftyp", b"isom") + b"".join(struct.pack(">I4s", n, b"moov") for n in sizes)


def jpeg_with(*parts: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "JPEG")
    return b"\xff\xd8" + b"".join(parts) + out.getvalue()[2:]


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pieces without size": ("image/heic", empty_pieces),
    "the same blanked often": ("image/heic", blanked_again_and_again),
    "boxes in boxes": ("video/mp4", boxes_in_boxes),
    "boxes in a picture's boxes": ("image/heic", boxes_in_boxes),
    "boxes beside boxes": ("video/mp4", lambda: box(b"free") * 120_000),
    "parts of a photo": ("image/jpeg", lambda: jpeg_with(b"\xff\xfe\0\2" * 20_000)),
    "scans of a photo": ("image/jpeg", lambda: jpeg_with(b"\xff\xda\0\2\0" * 20_000)),
    "parts of a png": ("image/png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(700_000)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_before_it_costs_anything(kind: str) -> None:
    media_type, build = HOSTILE[kind]
    content = build()
    with costing_less_than(NO_MORE_SECONDS), pytest.raises(BrokenError):
        stripped(content, media_type)


@pytest.mark.parametrize(
    "document", [b"/Count 1 " * 400_000, b"/Type /Pages " * 300_000, b"/Type" + b" " * 3_000_000]
)
def test_a_hostile_pdf_is_counted_at_once(document: bytes) -> None:
    with costing_less_than(NO_MORE_SECONDS):
        assert sheets_in(document) == 1


def test_points_that_look_like_parts_cost_no_time() -> None:
    photo = jpeg_with()
    start = photo.index(b"\xff\xda")
    dense = photo[: start + 14] + b"\xff\0" * 3_000_000 + b"\xff\xd9" + PLACE
    with costing_less_than(NO_MORE_SECONDS):
        assert stripped(dense, "image/jpeg") == dense[: -len(PLACE)]


@pytest.mark.parametrize(
    ("brand", "others", "media_type"),
    [
        *((one, b"", "image/heic") for one in (b"heic", b"heix", b"heim", b"heis", b"hevm")),
        (b"mif1", b"heicmif1", "image/heic"),
        (b"mif1", b"mif1avif", ""),
        (b"avif", b"mif1", ""),
        (b"avis", b"", ""),
        *((one, b"", "video/mp4") for one in (b"isom", b"iso6", b"mp42", b"qt  ", b"3gp5")),
        (b"M4A ", b"isommp42", "audio/mp4"),
        (b"crx ", b"isom", ""),
        (b"jp2 ", b"", ""),
    ],
)
def test_only_known_films_sounds_and_pictures_are_taken(
    brand: bytes, others: bytes, media_type: str
) -> None:
    assert media_type_of(box(b"ftyp", brand, bytes(4), others)) == media_type


def test_what_lies_behind_the_brands_is_no_brand() -> None:
    picture = box(b"ftyp", b"mif1", bytes(4), b"heic") + box(b"mdat", b"avif")
    assert media_type_of(picture) == "image/heic"


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("kind", [b"mvhd", b"tkhd", b"mdhd"])
def test_a_film_does_not_say_when_it_was_made(kind: bytes, version: int) -> None:
    times = MADE * (version + 1)
    told = box(kind, bytes([version, 1, 2, 3]), times, b"how long")
    kept = stripped(box(b"moov", box(b"trak", box(b"mdia", told))), "video/mp4")
    assert MADE not in kept
    assert kept.endswith(bytes([version, 1, 2, 3]) + bytes(len(times)) + b"how long")
    for short in range(len(told)):
        cut = box(b"moov", box(kind, told[8:][:short], b""))
        assert len(stripped(cut, "video/mp4")) == len(cut)


def test_filling_before_a_part_is_allowed_and_left_out() -> None:
    filled = jpeg_with(b"\xff\xff\xff\xfe\0\6" + b"note", b"\xff" * 9)
    assert stripped(filled, "image/jpeg") == stripped(jpeg_with(), "image/jpeg")


# Parts that hold a secret, and parts without which the picture is none.
TELLING = {b"udta", b"uuid", b"free", b"skip"}
INTO = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf")
leaves = st.builds(
    box,
    st.sampled_from([*TELLING, b"tkhd", b"mdat", b"meta"]),
    st.sampled_from([b"", b"\0\0\0\0" + PLACE, PLACE, b"\0\0\0\0" + box(b"udta", PLACE)]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, parts: box(kind, *parts), st.sampled_from(INTO), st.lists(inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(trees, max_size=6), st.data())
def test_a_film_of_any_build_keeps_its_length_and_loses_its_place(
    parts: list[bytes], data: st.DataObject
) -> None:
    film = box(b"ftyp", b"isom") + b"".join(parts)
    kept = stripped(film, "video/mp4")
    assert len(kept) == len(film)
    assert stripped(kept, "video/mp4") == kept
    telling = (b"udta", b"uuid", b"skip", b"meta")
    # Only in the pictures themselves nothing can be looked for.
    if b"mdat" not in film and b"tkhd" not in film:
        assert not any(kind in kept for kind in telling)
        assert PLACE not in kept
    spoiled = bytearray(film)
    place = data.draw(st.integers(8, len(film) - 1))
    spoiled[place] = data.draw(st.integers(0, 255))
    for media_type in ("video/mp4", "image/heic"):
        try:
            kept = stripped(bytes(spoiled), media_type)
        except BrokenError:
            continue
        assert len(kept) == len(film)


def part(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


camera = st.builds(
    part,
    st.sampled_from([0xE0, 0xE1, 0xE2, 0xED, 0xEF, 0xFE]),
    st.sampled_from([PLACE, b"Exif\0\0MM\0*" + PLACE, b"Exif\0\0" + PLACE, b"FPXR\0" + PLACE]),
)
filling = st.integers(0, 3).map(lambda count: b"\xff" * count)
points = st.lists(
    st.sampled_from([b"\x12", b"\xff\0", b"\xff\xd0", b"\xff\xff\0"]), max_size=6
).map(b"".join)


@given(st.data())
def test_a_photo_of_any_build_loses_its_place(data: st.DataObject) -> None:
    table = part(0xDB, b"a table")
    pieces = [b"\xff\xd8"]
    for _ in range(data.draw(st.integers(0, 5))):
        pieces += [data.draw(filling), data.draw(st.one_of(camera, st.just(table)))]
    for _ in range(data.draw(st.integers(1, 3))):
        pieces += [data.draw(filling), part(0xDA, b"how"), data.draw(points)]
        pieces += [data.draw(st.one_of(camera, st.just(b"")))]
    photo = b"".join([*pieces, b"\xff\xd9", PLACE])
    kept = stripped(photo, "image/jpeg")
    assert PLACE not in kept
    assert kept.count(b"how") == photo.count(b"how")
    assert kept.count(b"a table") == photo.count(b"a table")
    assert stripped(kept, "image/jpeg") == kept


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


sizes = st.sampled_from([1, 7, 0x7FFF_FFFF, 0xFFFF_FFFF])
heads = st.builds(
    lambda *values: struct.pack(">IIBBBBB", *values),
    st.integers(1, 60) | sizes,
    st.integers(1, 60) | sizes,
    st.sampled_from([1, 2, 4, 8, 16, 3]),
    st.sampled_from([0, 2, 3, 4, 6, 5]),
    *(st.integers(0, 1),) * 3,
)
drawings = st.binary(max_size=300).map(zlib.compress) | st.binary(max_size=60)
kinds = [b"IDAT", b"PLTE", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"pHYs", b"acTL"]
chunks = st.builds(
    chunk,
    st.sampled_from([*kinds, b"fcTL", b"fdAT", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"]),
    st.binary(max_size=40) | drawings,
)


@given(heads, drawings, st.lists(chunks, max_size=5), st.lists(chunks, max_size=3))
def test_a_png_of_any_build_is_measured_or_refused(
    head: bytes, drawing: bytes, before: list[bytes], behind: list[bytes]
) -> None:
    parts = [chunk(b"IHDR", head), *before, chunk(b"IDAT", drawing), *behind, chunk(b"IEND", b"")]
    picture = stripped(b"\x89PNG\r\n\x1a\n" + b"".join(parts), "image/png")
    assert not any(kind in picture for kind in (b"tEXt", b"zTXt", b"iTXt", b"tIME"))
    try:
        look = look_at(picture)
    except UnreadableError:
        return
    assert look.longest <= 60


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_a_photo_spoiled_anywhere_is_measured_or_refused(
    garbage: bytes, place: int, value: int
) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).save(out, "JPEG", progressive=True)
    spoiled = bytearray(out.getvalue())
    spoiled[place % len(spoiled)] = value
    for content in (bytes(spoiled), bytes(spoiled[:place]) + garbage + bytes(spoiled[place:])):
        try:
            assert look_at(stripped(content, "image/jpeg")).longest > 0
        except (UnreadableError, BrokenError):
            continue


@given(st.binary(max_size=60), st.integers(0, 200), st.binary(max_size=8))
def test_any_packed_file_is_judged_without_a_fault(name: bytes, place: int, spoil: bytes) -> None:
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    entry = struct.pack(
        *("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0),
        *(len(name), 0, 0, 0, 0, 0, 0),
    )
    entry += name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(head), 0)
    packed = bytearray(head + entry + end)
    packed[4 + place : 4 + place + len(spoil)] = spoil
    assert media_type_of(bytes(packed)) in {
        "",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
