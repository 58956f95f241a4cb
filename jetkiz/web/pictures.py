"""How homework is shown: small enough for a phone, and without what a camera adds."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# Longest side in points of the screen: in a list, on a phone, to read small writing.
SIZES: Final = {"small": 200, "middle": 900, "whole": 2000}
QUALITY: Final = 82


def resized(content: bytes, longest: int) -> bytes:
    """Return a JPEG upright and at most ``longest`` on a side; place and camera are left out."""
    try:
        with warnings.catch_warnings():
            # A picture that unpacks to gigabytes is refused like one that is broken.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _resized(content, longest)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise JetkizError(
            N_("This page cannot be shown as a picture."),
            N_("Ask the student to photograph it again."),
        ) from error


def _resized(content: bytes, longest: int) -> bytes:
    with Image.open(io.BytesIO(content)) as opened:
        # Reads a large photo at the nearest smaller scale: ten times faster for a thumbnail.
        opened.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((longest, longest))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
