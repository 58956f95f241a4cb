"""What every part of the program is given to work with: settings, database, files, clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jetkiz.config import Settings
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


def open_workplace(settings: Settings, clock: Clock = wall_clock) -> Workplace:
    """Open the database and the file store that the settings name."""
    from jetkiz.storage.database import Database  # noqa: PLC0415 - help needs no database layer

    return Workplace(settings, Database(settings.url), FileStore(settings.data / "files"), clock)
