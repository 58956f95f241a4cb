"""What would go wrong with the key of sealed homework, found before it does."""

from collections.abc import Iterator
from pathlib import Path

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Finding, fault, good, note
from jetkiz.i18n import N_
from jetkiz.storage.files import FileStore


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
        key.read()
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
