"""Scans that are meant to do harm, or broken at random: a sentence, never a crash or a hang."""

import io
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from jetkiz.errors import JetkizError
from jetkiz.limited_process import LimitedProcess, Limits
from print_packs.issuer import Issuer
from print_packs.scans.page_reader import CHILD, PageReader
from tests.hostile_scans import LONGEST, ends_of

ISSUER = Issuer(7, {1: b"key"}, 1)


def test_scans_that_were_broken_at_random_come_to_an_end_with_a_reason(tmp_path: Path) -> None:
    """The full ten thousand: make hostile."""
    ends, slowest = ends_of(36, 5, tmp_path)

    assert ends.total() == 36
    assert ends["process lost"] == 0
    assert ends["sentence"] > 0
    assert slowest < LONGEST


def bomb_of_a_page(side: int = 60_000) -> bytes:
    """A PDF of a few kilobytes whose one picture unpacks to gigabytes."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(side)) for _ in range(2_000)) + packer.flush()
        image = document.make_stream(packed)
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=side,
            Height=side,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def bomb_of_a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(out, "PNG", compress_level=9)
    return out.getvalue()


@pytest.mark.parametrize("bomb", [bomb_of_a_page, bomb_of_a_picture])
def test_a_decompression_bomb_is_put_aside_and_the_next_scan_is_read(
    tmp_path: Path, bomb: Callable[[], bytes]
) -> None:
    content = bomb()
    assert len(content) < 1_000_000
    (tmp_path / "bomb").write_bytes(content)
    Image.effect_noise((700, 900), 40).save(tmp_path / "next.png")
    with LimitedProcess(CHILD, Limits(seconds=10, megabytes=1_000)) as process:
        reader = PageReader(ISSUER, process)
        with suppress(JetkizError):
            # A page may also be drawn small, without what would not fit.
            assert [len(one.sheets) for one in reader.pages(tmp_path / "bomb")] == [0]

        assert len(list(reader.pages(tmp_path / "next.png"))) == 1
