"""The product's own answer sheets, spoilt as scanners, phones and children spoil them; seeded.

Eight groups as hard as those the design was measured on. A sheet knows its true serial, so that
misfiling shows. All is drawn: no paper was printed, folded, posted and scanned for it.
"""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from jetkiz.codes import Corner, SheetCode, encode
from jetkiz.demo.handwriting import write_line
from print_packs.issuer import Issuer

MM = 200 / 25.4


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A picture, the serials of the sheets in it, and the group it belongs to."""

    group: str
    content: bytes
    serials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer sheet of the product at 200 dpi, and its serial."""

    picture: Image.Image
    serial: int


def drawn_pages(pack: Path, pages: Sequence[int]) -> list[Image.Image]:
    """Return pages of a pack as pictures at 200 dpi."""
    document = pypdfium2.PdfDocument(pack)
    try:
        return [document[page].render(scale=200 / 72, grayscale=True).to_pil() for page in pages]
    finally:
        document.close()


def spoilt(sheets: Sequence[Drawn], seed: int, per_group: int) -> Iterator[Spoilt]:
    """Yield ``per_group`` pictures of each group."""
    for group, make in GROUPS.items():
        for number in range(per_group):
            chance = random.Random(f"{seed}:{group}:{number}")
            yield make(group, chance, [chance.choice(sheets), chance.choice(sheets)])


Make = Callable[[str, random.Random, Sequence[Drawn]], Spoilt]


def _written(sheet: Drawn, chance: random.Random) -> Image.Image:
    picture = sheet.picture.convert("RGB")
    pen = ImageDraw.Draw(picture)
    for line in range(chance.randrange(3, 12)):
        y = (62 + 14 * line) * MM
        write_line(pen, (24 * MM, y, chance.uniform(90, 180) * MM), chance)
    return picture.convert("L")


def _noise(picture: Image.Image, chance: random.Random, strength: float) -> Image.Image:
    grain = np.random.default_rng(chance.randrange(1 << 30))
    pixels = np.asarray(picture, dtype=np.float32)
    pixels = pixels + grain.normal(0, strength, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _shadow(picture: Image.Image, chance: random.Random) -> Image.Image:
    light = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270)))
    low = chance.randrange(70, 130)
    light = light.resize(picture.size).point(lambda value: low + value * (255 - low) // 255)
    return ImageChops.multiply(picture, light)


def _aslant(picture: Image.Image, chance: random.Random, most: float) -> Image.Image:
    edge = picture.width // 9
    table = Image.new("L", (picture.width + 2 * edge, picture.height + 2 * edge), 90)
    table.paste(picture, (edge, edge))
    wide, high = table.size
    quad = []
    for x, y in ((0, 0), (0, high), (wide, high), (wide, 0)):
        quad += [
            x + chance.uniform(-most, most / 3) * wide * (1 if not x else -1),
            y + chance.uniform(-most, most / 3) * high * (1 if not y else -1),
        ]
    bicubic = Image.Resampling.BICUBIC
    return table.transform(table.size, Image.Transform.QUAD, quad, bicubic, fillcolor=90)


def _curled(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A sheet that does not lie flat: rows are shifted along a slow wave."""
    high, far = chance.uniform(4, 14), chance.uniform(0.6, 1.3)
    pixels = np.asarray(picture)
    rows = np.arange(pixels.shape[1])
    shift = (high * np.sin(rows / pixels.shape[1] * np.pi * far)).astype(int)
    return Image.fromarray(
        np.stack([np.roll(pixels[:, at], shift[at]) for at in rows], axis=1).astype(np.uint8)
    )


def _toner(picture: Image.Image, chance: random.Random) -> Image.Image:
    pixels = np.asarray(picture).copy()
    grain = np.random.default_rng(chance.randrange(1 << 30))
    pixels[grain.random(pixels.shape) < 0.04] = 250
    for _ in range(3):
        at = chance.randrange(pixels.shape[1])
        pixels[:, at : at + 2] = 245
    return Image.fromarray(pixels)


def _damaged(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Hurt each corner by itself: a stain, a crease or pen strokes, or it is covered."""
    hurt = picture.copy()
    pen = ImageDraw.Draw(hurt)
    for left, top in ((176, 8), (8, 262), (180, 262)):
        box = [round(one * MM) for one in (left, top, left + 24, top + 26)]
        if chance.random() < 0.25:
            _stain(hurt, box, chance)
        if chance.random() < 0.25:
            y = chance.uniform(box[1], box[3])
            pen.line((box[0] - 90, y, box[2] + 90, y + chance.uniform(-40, 40)), 130, width=4)
        if chance.random() < 0.25:
            for _ in range(3):
                ends = [chance.uniform(box[n % 2], box[2 + n % 2]) for n in range(4)]
                pen.line(ends, 40, width=4)
        if chance.random() < 0.1:
            pen.rectangle(box, 200)
    return hurt


def _stain(picture: Image.Image, box: Sequence[int], chance: random.Random) -> None:
    mask = Image.new("L", picture.size, 255)
    pen = ImageDraw.Draw(mask)
    x, y = chance.uniform(box[0], box[2]), chance.uniform(box[1], box[3])
    size = chance.uniform(3, 6) * MM
    pen.ellipse((x - size, y - size, x + size, y + size), fill=chance.randrange(40, 130))
    picture.paste(ImageChops.multiply(picture, mask.filter(ImageFilter.GaussianBlur(3))))


def _turned(picture: Image.Image, chance: random.Random, most: float) -> Image.Image:
    angle = chance.uniform(-most, most) + chance.choice((0, 0, 90, 180, 270))
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=252)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _sized(picture: Image.Image, longest: int) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    return copy


def _photo(picture: Image.Image, chance: random.Random, longest: int) -> Image.Image:
    seen = _aslant(_curled(picture, chance), chance, 0.05)
    seen = seen.rotate(chance.uniform(-12, 12), Image.Resampling.BICUBIC, fillcolor=90)
    seen = _sized(_shadow(seen, chance), longest)
    soft = seen.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.1)))
    return _noise(soft, chance, chance.uniform(4, 14))


def _clean(group: str, chance: random.Random, sheets: Sequence[Drawn]) -> Spoilt:
    picture = _written(sheets[0], chance).rotate(
        chance.uniform(-1, 1), Image.Resampling.BICUBIC, fillcolor=252
    )
    picture = picture.rotate(180) if chance.random() < 0.3 else picture
    return Spoilt(group, _jpeg(_noise(picture, chance, 3), 75), (sheets[0].serial,))


def _hard(dpi: int, quality: int) -> Make:
    def make(group: str, chance: random.Random, sheets: Sequence[Drawn]) -> Spoilt:
        picture = _toner(_damaged(_written(sheets[0], chance), chance), chance)
        picture = _sized(_turned(picture, chance, 4), round(2339 * dpi / 200))
        soft = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0, 0.7)))
        return Spoilt(group, _jpeg(_noise(soft, chance, 6), quality), (sheets[0].serial,))

    return make


def _fax(group: str, chance: random.Random, sheets: Sequence[Drawn]) -> Spoilt:
    picture = _sized(_turned(_written(sheets[0], chance), chance, 2), 1754)
    out = io.BytesIO()
    _noise(picture, chance, 12).point(lambda value: 255 * (value > 150)).convert("1").save(
        out, "TIFF", compression="group4"
    )
    return Spoilt(group, out.getvalue(), (sheets[0].serial,))


def _phone(longest: int, *, is_hurt: bool = False) -> Make:
    def make(group: str, chance: random.Random, sheets: Sequence[Drawn]) -> Spoilt:
        picture = _written(sheets[0], chance)
        picture = _damaged(picture, chance) if is_hurt else picture
        seen = _photo(picture, chance, longest)
        return Spoilt(group, _jpeg(seen, chance.choice((45, 60, 75))), (sheets[0].serial,))

    return make


def _company(group: str, chance: random.Random, sheets: Sequence[Drawn]) -> Spoilt:
    """Cut through, two in one photo, or beside a strange code."""
    first, second = (_written(one, chance) for one in sheets)
    kind = chance.randrange(3)
    if kind == 0:
        part = first.crop((0, first.height // 3, first.width, first.height))
        return Spoilt(group, _jpeg(_photo(part, chance, 1600), 70), (sheets[0].serial,))
    if kind == 1:
        both = Image.new("L", (first.width * 2 + 60, first.height), 90)
        both.paste(first, (0, 0))
        both.paste(second, (first.width + 60, 0))
        serials = tuple(dict.fromkeys(one.serial for one in sheets))
        return Spoilt(group, _jpeg(_photo(both, chance, 2560), 70), serials)
    first.paste(code_picture("HTTPS://BILIM.KZ", 8), (500, 1500))
    return Spoilt(group, _jpeg(_photo(first, chance, 1600), 70), (sheets[0].serial,))


GROUPS: dict[str, Make] = {
    "clean": _clean,
    "hard_150": _hard(150, 60),
    "hard_200": _hard(200, 35),
    "fax": _fax,
    "phone_1280": _phone(1280),
    "phone_2560": _phone(2560),
    "phone_hurt": _phone(1280, is_hurt=True),
    "company": _company,
}


def code_picture(text: str, scale: int) -> Image.Image:
    """Return a code with white around."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    image = memoryview(code.to_image(scale=scale))
    return Image.frombytes("L", image.shape[::-1], image.tobytes())


def strangers(issuer: Issuer, sheets: Sequence[Drawn], seed: int) -> Iterator[bytes]:
    """Yield pages that must never be filed: forged seals, other issuers, wifi and addresses.

    Each lies where a code of ours would, on a sheet of ours.
    """
    chance = random.Random(seed)
    for number in range(24):
        serial = chance.choice(sheets).serial if number % 2 else chance.randrange(1 << 36)
        forged = SheetCode(issuer.version, issuer.number, serial, Corner.TOP_RIGHT)
        other = SheetCode(1, (issuer.number + 1 + number) % (1 << 14), serial, Corner.TOP_RIGHT)
        text = (
            encode(forged, {issuer.version: b"stolen"}),
            encode(other, issuer.keys if 1 in issuer.keys else {1: b"theirs"}),
            "WIFI:S:SCHOOL;P:SECRET;;",
            "HTTPS://BILIM.KZ/X",
        )[number % 4]
        page = Image.new("L", (1654, 2339), 252)
        page.paste(chance.choice(sheets).picture.crop((0, 400, 1654, 1900)), (0, 400))
        page.paste(code_picture(text, 7), (1400, 60))
        yield _jpeg(_photo(page, chance, 1800) if number % 3 else page, 70)
