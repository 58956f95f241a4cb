"""Who seals the codes of this school: a number and keys, made once and kept in a file.

The file lies beside the database and not in it: a copy of the database cannot seal sheets.
"""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jetkiz.codes import MOST_ISSUERS, Corner, SheetCode, encode
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

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


def _make(place: Path) -> None:
    data = {
        "issuer": 1 + secrets.randbelow(MOST_ISSUERS - 1),
        "version": 1,
        "keys": {"1": secrets.token_hex(32)},
    }
    draft = place.with_name(f"{FILE}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(json.dumps(data, indent=1), "ascii")
        draft.chmod(0o600)
        # A second process that makes the file at the same moment must not replace it.
        with suppress(FileExistsError):
            place.hardlink_to(draft)
    except OSError as error:
        raise JetkizError(
            N_("The keys of the sheet codes cannot be kept: {file}: {reason}."),
            N_("Free some space or ask for the right to write there, then repeat."),
            file=place,
            reason=error.strerror,
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
