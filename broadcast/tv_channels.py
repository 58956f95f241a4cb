"""Which TV and radio channels carry lessons, in which language and hours."""

import re
import tomllib
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any

from broadcast.model import TvChannel, Window
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FILE_NAME = "channels.toml"
_GUIDE_ID = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")


def read_tv_channels(folder: Path | None = None) -> list[TvChannel]:
    """Return the channels of ``channels.toml`` in the data folder, or those that are shipped."""
    own = folder / FILE_NAME if folder else None
    if own and own.is_file():
        return parse_channels(own.read_text("utf-8-sig"), str(own))
    shipped = resources.files("broadcast") / "data" / FILE_NAME
    return parse_channels(shipped.read_text("utf-8"), FILE_NAME)


def parse_channels(text: str, source: str) -> list[TvChannel]:
    """Read channels from TOML; a mistake is named with the channel it stands in."""
    try:
        found = tomllib.loads(text)["channel"]
        return [_channel(one) for one in found]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise JetkizError(
            N_("The list of TV channels {source} cannot be read: {reason}."),
            N_("Compare it with the file that is shipped with Jetkiz (broadcast/data)."),
            source=source,
            reason=repr(error),
        ) from error


def _channel(found: dict[str, Any]) -> TvChannel:
    if not _GUIDE_ID.fullmatch(found["xmltv_id"]):
        raise ValueError(f"xmltv_id {found['xmltv_id']} does not look like balapan.kz")
    return TvChannel(
        key=found["key"],
        name=found["name"],
        kind=found["kind"],
        xmltv_id=found["xmltv_id"],
        languages=tuple(found["languages"]),
        zone=found["zone"],
        days=tuple(found["days"]),
        windows=tuple(_window(one) for one in found["windows"]),
        grid_minutes=int(found["grid_minutes"]),
    )


def _window(text: str) -> Window:
    start, _, end = text.partition("-")
    window = Window(time.fromisoformat(start), time.fromisoformat(end))
    if window.minutes <= 0:
        raise ValueError(f"{text} ends before it begins")
    return window
