"""Who seals the codes of this school: a number and keys, made once and kept in a file.

The file lies beside the database and not in it: a copy of the database cannot seal sheets.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jetkiz.codes import MOST_ISSUERS, MOST_VERSIONS, Corner, SheetCode, encode
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import put_in_place, sync_folder

FILE: Final = "sheet_codes.json"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer's number, its keys by version, and the version that seals new sheets."""

    number: int
    keys: Mapping[int, bytes]
    version: int

    def codes(self, serial: int) -> dict[Corner, str]:
        """Return the codes of a sheet, one for each corner."""
        return {
            corner: encode(SheetCode(self.version, self.number, serial, corner), self.keys)
            for corner in Corner
        }


def read_issuer(folder: Path, *, may_make: bool = True) -> Issuer:
    """Return the issuer whose keys lie in ``folder``, making it the first time.

    Where sheets are out already it may not be made: new keys would know none of them.
    """
    place = folder / FILE
    if not place.exists():
        if not may_make:
            raise JetkizError(
                N_("The keys of the sheet codes are gone ({file}), but sheets are out."),
                N_("Put the folder keys of the last backup back: new keys know no old sheet."),
                file=place,
            )
        _make(place)
    try:
        data = json.loads(place.read_text("ascii"))
        keys = {int(version): bytes.fromhex(key) for version, key in data["keys"].items()}
        issuer = Issuer(int(data["issuer"]), keys, int(data["version"]))
        issuer.codes(0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise JetkizError(
            N_("The file with the keys of the sheet codes cannot be read: {file}."),
            N_("Restore it from a copy. Without it, sheets that are out cannot be recognised."),
            file=place,
        ) from error
    return issuer


def change_key(folder: Path, *, drops_oldest: bool = False) -> Issuer:
    """Make a key that seals new sheets from now on; sheets that are out stay readable.

    A sheet names its key by one of eight numbers. The ninth key takes the number of the oldest:
    sheets of that one are strange from then on, so it has to be asked for.
    """
    old = read_issuer(folder, may_make=False)
    version = (old.version + 1) % MOST_VERSIONS
    if version in old.keys and not drops_oldest:
        raise JetkizError(
            N_("There are {n} keys of sheet codes, and no more fit: the oldest would be dropped."),
            N_("When its sheets no longer come back, repeat with --drop-oldest."),
            n=len(old.keys),
        )
    keys = {**old.keys, version: secrets.token_bytes(32)}
    place = folder / FILE
    data = {
        "issuer": old.number,
        "version": version,
        "keys": {str(number): key.hex() for number, key in sorted(keys.items())},
    }
    with _draft(place, data) as draft:
        put_in_place(draft, place)
    return read_issuer(folder, may_make=False)


def _make(place: Path) -> None:
    data = {
        "issuer": 1 + secrets.randbelow(MOST_ISSUERS - 1),
        "version": 1,
        "keys": {"1": secrets.token_hex(32)},
    }
    with _draft(place, data) as draft, suppress(FileExistsError):
        # A second process that makes the file at the same moment must not replace it.
        place.hardlink_to(draft)
        sync_folder(place.parent)


@contextmanager
def _draft(place: Path, data: Mapping[str, object]) -> Iterator[Path]:
    """Lay the keys on the disk beside their place, for nobody else to read, until they have it."""
    draft = place.with_name(f"{FILE}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    except OSError as error:
        raise _unkept(place, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _unkept(place: Path, error: OSError) -> JetkizError:
    return JetkizError(
        N_("The keys of the sheet codes cannot be kept: {file}: {reason}."),
        N_("Free some space or ask for the right to write there, then repeat."),
        file=place,
        reason=error.strerror,
    )
