"""What would go wrong with the key of sealed homework, found before it does."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.exc import DatabaseError

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Finding, fault, good, note
from jetkiz.i18n import N_
from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.key_file import KeyFile
from jetkiz.storage.schema import require_file
from jetkiz.storage.sealing import KeyFileError

# Of codes that are given out only keyed hashes are kept; what says that one opens something yet.
_CODES: Final = (
    ("link_code", column("uses_left") > 0),
    ("staff_code", column("used_at").is_(None)),
)


def check_keys(settings: Settings) -> Iterator[Finding]:
    """Find a key that is lost, lies with what it opens, or that others may read."""
    store = FileStore(settings.data / "files", settings.keys)
    key, place = store.keys, settings.keys.absolute()
    for folder in (settings.data, Path(settings.backup_folder or settings.data)):
        if place.is_relative_to(folder.absolute()):
            yield fault(
                N_("The key file {file} lies with what it opens, in {folder}."),
                N_("Move it elsewhere and set key_file: whoever copies the folder has both."),
                file=key.place,
                folder=folder,
            )
            break
    if not key.place.exists() and not store.has_sealed():
        yield note(
            N_("There is no key file yet; the first homework makes it: {file}."),
            N_("Then keep a copy of it, apart from the backups."),
            file=key.place,
        )
        return
    try:
        store.require_fitting(key.read())
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
        return
    if key.is_open_to_others():
        yield fault(
            N_("Others on this computer may read the key file {file}."),
            N_("Run: chmod 600 {file}"),
            file=key.place,
        )
    else:
        yield good(N_("Homework is sealed; keep a copy of {file} elsewhere."), file=key.place)


def check_codes(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Find codes that are given out while their key is away; a database that is away says so."""
    try:
        require_file(settings.url)
        database = Database(settings.url)
    except JetkizError:
        return
    try:
        with database.read() as connection:
            require_key_of_codes(connection, KeyFile(settings.keys), now)
    except KeyFileError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
    except (JetkizError, DatabaseError):
        return
    finally:
        database.close()


def require_key_of_codes(connection: Connection, key: KeyFile, now: datetime) -> None:
    """Refuse to go on silently: a new key would be made, and no code on paper be known by it."""
    count = 0 if key.place.exists() else _open_codes(connection, now)
    if count:
        raise KeyFileError(
            N_("The key file {file} is missing: without it {n} codes given out may open nothing."),
            N_("Put it back there before Jetkiz starts, or give out new codes."),
            file=key.place,
            n=count,
        )


def _open_codes(connection: Connection, now: datetime) -> int:
    there = set(inspect(connection).get_table_names())
    is_open = column("expires_at", UtcDateTime) > now, column("revoked_at").is_(None)
    queries = [
        select(func.count()).select_from(table(name)).where(is_unused, *is_open)
        for name, is_unused in _CODES
        # The database may be of an earlier release.
        if name in there
    ]
    return sum(connection.scalar(query) or 0 for query in queries)
