"""Which TV and radio channels carry lessons, in which language and hours."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.model import WEEKDAYS, TvChannel, Window
from broadcast.problem.channels_file import channels_text
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.regions import REGIONS

_GUIDE_ID = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")


def read_tv_channels(folder: Path | None = None) -> list[TvChannel]:
    """Return the channels of ``channels.toml`` in the data folder, or those that are shipped."""
    return parse_channels(*channels_text(folder))


def parse_channels(text: str, source: str) -> list[TvChannel]:
    """Read channels from TOML; a mistake is named with the channel it stands in."""
    try:
        channels = [_channel(one) for one in tomllib.loads(text)["channel"]]
        _refuse_doubles(channels)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise JetkizError(
            N_("The list of TV channels {source} cannot be read: {reason}."),
            N_("Compare it with the file that is shipped with Jetkiz (broadcast/data)."),
            source=source,
            reason=repr(error),
        ) from error
    return channels


def _channel(found: dict[str, Any]) -> TvChannel:
    if not _GUIDE_ID.fullmatch(found["xmltv_id"]):
        raise ValueError(f"xmltv_id {found['xmltv_id']} does not look like balapan.kz")
    strange = set(found["days"]) - set(WEEKDAYS)
    if strange:
        raise ValueError(f"{', '.join(sorted(strange))}: days are {', '.join(WEEKDAYS)}")
    if int(found["grid_minutes"]) < 1:
        raise ValueError(f"grid_minutes of {found['key']} is less than 1")
    return TvChannel(
        key=found["key"],
        name=found["name"],
        kind=found["kind"],
        xmltv_id=found["xmltv_id"],
        languages=tuple(found["languages"]),
        zone=ZoneInfo(found["zone"]).key,
        days=tuple(found["days"]),
        windows=_windows(found["windows"]),
        grid_minutes=int(found["grid_minutes"]),
        regions=_regions(found.get("regions", [])),
    )


def _regions(found: Sequence[str]) -> tuple[str, ...]:
    """Regions by the first two digits of KATO; a list left out means the whole country."""
    strange = [one for one in found if one not in REGIONS]
    if strange:
        raise ValueError(f"{strange[0]} is no region: write two digits, as in 39 for Kostanay")
    return tuple(found)


def _refuse_doubles(channels: Sequence[TvChannel]) -> None:
    for names in ([one.key for one in channels], [one.xmltv_id for one in channels]):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands there twice")


def _windows(texts: Sequence[str]) -> tuple[Window, ...]:
    """Hours in their order; hours that overlap would air two lessons at once."""
    # Hours that name days of their own are read by the planning of a week alone.
    usual = (text for text in texts if text[:1].isdigit() and text[4:5] != "-")
    windows = sorted(map(_window, usual), key=lambda one: one.start)
    for before, after in pairwise(windows):
        if after.start < before.end:
            raise ValueError(f"hours from {before.start:%H:%M} and {after.start:%H:%M} overlap")
    return tuple(windows)


def _window(text: str) -> Window:
    start, _, end = text.partition("-")
    window = Window(time.fromisoformat(start), time.fromisoformat(end))
    if window.minutes <= 0:
        raise ValueError(f"{text} ends before it begins")
    return window
