"""Which TV and radio channels carry lessons, and where they are received: the list of the school.

The hours they lend in a week are told by ``broadcast.problem.channels_file``.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from broadcast.problem.channels_file import channels_of_week
from broadcast.problem.model import Channel, Meta
from jetkiz.roster.regions import REGIONS

# Any week: names, regions and zones are the same in all.
_ANY: Final = Meta("any", "Asia/Almaty", date(2026, 1, 5), 7)


def read_tv_channels(folder: Path | None = None) -> list[Channel]:
    """Return the channels of ``channels.toml`` in the data folder, or those that are shipped.

    A channel without ``regions`` is received everywhere. A file with faults is refused with them.
    """
    found = channels_of_week(folder, _ANY, tuple(REGIONS))
    everywhere = len(REGIONS)
    return [replace(one, regions=()) if len(one.regions) == everywhere else one for one in found]
