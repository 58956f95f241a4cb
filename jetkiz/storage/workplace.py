"""What every part of the program is given to work with: settings, database, files, clock."""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.files import FileStore

if TYPE_CHECKING:
    from jetkiz.storage.database import Database

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workplace:
    """Settings, database, files and clock; a rehearsal gives its own clock."""

    settings: Settings
    database: "Database"
    files: FileStore
    clock: Clock = wall_clock


def use_shipped_zones() -> None:
    """Take time zones from the package tzdata, never from the operating system.

    The system comes first otherwise, and one from before 2024 puts every lesson in
    Kazakhstan an hour off.
    """
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()


def open_workplace(settings: Settings, clock: Clock = wall_clock) -> Workplace:
    """Open the database and the file store that the settings name."""
    from jetkiz.storage.database import Database  # noqa: PLC0415 - help needs no database layer

    use_shipped_zones()
    _require_zone(settings.zone)
    files = FileStore(settings.data / "files", settings.keys)
    return Workplace(settings, Database(settings.url), files, clock)


def _require_zone(name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise JetkizError(
            N_("There is no time zone {zone}."),
            N_("Set zone to a name such as Asia/Almaty or Asia/Qostanay."),
            zone=name,
        ) from error
