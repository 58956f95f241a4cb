"""Where pictures, homework and packs lie: by the hash of their content, never overwritten."""

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.forgotten_files import remember
from jetkiz.storage.key_file import KeyFile
from jetkiz.storage.sealing import (
    HEAD,
    KeyFileError,
    Keys,
    TamperedError,
    is_sealed_with_newest,
    key_of,
    seal,
    unseal,
)
from jetkiz.storage.whole_files import UnwritableError, write_whole

log = logging.getLogger(__name__)

SEALED: Final = ".sealed"
_STORED: Final = re.compile(r"[0-9a-f]{64}(\.sealed)?")
# One damaged file among them, or one of another school, does not speak for all.
_LOOKED_AT: Final = 5


class UnreadableError(JetkizError):
    """A stored file is there and cannot be read now: it goes well when the disk is mended."""

    def __init__(self, digest: str, error: OSError) -> None:
        super().__init__(
            N_("A stored file cannot be read ({digest}): {reason}."),
            N_("Check the disk, and that you may read the folder files; nothing is lost."),
            digest=digest[:12],
            reason=error.strerror,
        )
        self.digest = digest


class MissingFileError(JetkizError):
    """A stored file is away: it may come back with its disk, or with a backup."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            N_("A stored file is missing ({digest})."),
            N_("Restore the folder files from the last backup."),
            digest=digest[:12],
        )
        self.digest = digest


class FileStore:
    """Files by the hash of their content: the same twice is one file, a half one never counts.

    What comes from homes is sealed, and its name is a keyed hash; lessons lie as they are.
    """

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.folder = folder
        self.keys = KeyFile(key_file or folder.with_name(f"{folder.name}.key"))
        self._read: Keys | None = None
        self._stamp: tuple[int, int, int] | None = None

    def put(self, content: bytes) -> str:
        """Keep a lesson's ``content`` and return its SHA-256 as 64 hex digits."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if not place.exists():
            write_whole(place, content)
        return digest

    def put_sealed(self, content: bytes) -> str:
        """Keep what came from a home, sealed; return its name, 64 hex digits as well."""
        keys = self._writing_keys()
        name = keys.name(content)
        place = self.sealed_path(name)
        if not _touched(place):
            write_whole(place, seal(keys, name, content))
        return name

    def fingerprint(self, digest: str) -> str:
        """Return what nobody but this school knows a content by, of which the SHA-256 is this."""
        return self._writing_keys().fingerprint(digest)

    def _writing_keys(self) -> Keys:
        """Where sealed files are and the key is not, no second key is made: it would part them."""
        stamp = self.keys.stamp()
        if stamp is None and not self.has_sealed():
            return self.keys.read_or_make()
        return self._current(stamp)

    def _current(self, stamp: tuple[int, int, int] | None) -> Keys:
        """Return the keys as they stand: another process may have changed them meanwhile."""
        if self._read is None or stamp is None or stamp != self._stamp:
            keys = self.keys.read()
            self.require_fitting(keys)
            self._read, self._stamp = keys, stamp
        return self._read

    def require_fitting(self, keys: Keys) -> None:
        """Refuse keys that open nothing of what lies here: with them a second store would begin."""
        refused: JetkizError | None = None
        for place in islice(self._sealed(), _LOOKED_AT):
            try:
                key_of(keys, _name(place), _readable_head(place))
            except FileNotFoundError:
                continue
            except UnreadableError as error:
                refused = refused or error
            except (KeyFileError, TamperedError) as error:
                refused = error
            else:
                return
        if refused:
            raise refused

    def hash_of_code(self, code: str) -> str:
        """Return what the database keeps of a code; the key to it lies apart from the database."""
        return self._writing_keys().hash_of_code(code)

    def change_key(self) -> None:
        """Make a new key and seal with it from now on; the old ones stay beside it."""
        self.keys.replace(self._writing_keys().with_new())

    def _sealed(self) -> Iterator[Path]:
        return self.folder.glob(f"??/*{SEALED}")

    def has_sealed(self) -> bool:
        """Whether anything lies here that needs the key."""
        return next(self._sealed(), None) is not None

    def get(self, digest: str) -> bytes:
        """Return the content with this hash or name."""
        try:
            return self.unsealed(digest, self.sealed_path(digest).read_bytes())
        except FileNotFoundError:
            return self._plain(digest)
        except OSError as error:
            raise UnreadableError(digest, error) from error

    def unsealed(self, name: str, sealed: bytes) -> bytes:
        """Open a sealed file."""
        return unseal(self._current(self.keys.stamp()), name, sealed)

    def _plain(self, digest: str) -> bytes:
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise MissingFileError(digest) from error
        except OSError as error:
            raise UnreadableError(digest, error) from error

    def seal_plain(self, digest: str) -> bool:
        """Seal a file that lies open, under the name it has; False when it is sealed or away."""
        plain, place = self.path(digest), self.sealed_path(digest)
        if not plain.exists():
            return False
        if not place.exists():
            write_whole(place, seal(self._writing_keys(), digest, plain.read_bytes()))
        plain.unlink()
        return True

    def seal_anew(self) -> int:
        """Seal every sealed file with the newest key; return how many were sealed with another.

        One that does not open is left as it is; one that is forgotten meanwhile stays so.
        """
        keys = self._current(None)
        return sum(self._seal_anew(keys, place) for place in sorted(self._sealed()))

    def _seal_anew(self, keys: Keys, place: Path) -> bool:
        name = _name(place)
        try:
            if is_sealed_with_newest(keys, head_of(place)):
                return False
            anew = seal(keys, name, unseal(keys, name, place.read_bytes()))
        except FileNotFoundError:
            return False
        except OSError as error:
            log.warning("stored_file_does_not_open error=%s", UnreadableError(name, error))
            return False
        except (TamperedError, KeyFileError) as error:
            log.warning("stored_file_does_not_open error=%s", error)
            return False
        return write_whole(place, anew, only_over=True)

    def forget(self, names: Iterable[str], today: date) -> None:
        """Delete files for good; copies elsewhere lose them when they are brought up to date."""
        gone = sorted(set(names))
        try:
            if gone:
                remember(self.folder, gone, today)
            for name in gone:
                self.delete(name)
        except OSError as error:
            raise UnwritableError(self.folder, error) from error

    def delete(self, name: str) -> None:
        """Delete a file here alone."""
        for place in (self.sealed_path(name), self.path(name)):
            place.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether a file lies here, sealed or open."""
        return self.sealed_path(name).exists() or self.path(name).exists()

    def stored(self) -> Iterator[Path]:
        """Return all that lies here whole."""
        return (one for one in sorted(self.folder.glob("??/*")) if _STORED.fullmatch(one.name))

    def sealed_before(self, moment: datetime) -> set[str]:
        """Return the sealed files that were last written or brought before a moment."""
        return {_name(place) for place in self._sealed() if _is_older(place, moment)}

    def is_older(self, name: str, moment: datetime) -> bool:
        """Whether a sealed file was last written or brought before a moment."""
        return _is_older(self.sealed_path(name), moment)

    def is_brought_since(self, name: str, moment: datetime) -> bool:
        """Whether a sealed file is there and was written or brought at a moment or after it."""
        return self.sealed_path(name).exists() and not self.is_older(name, moment)

    def sweep_halves(self, before: datetime | None = None) -> int:
        """Delete what was left half written by a power cut; return how many files."""
        halves = [one for one in self.folder.glob("??/*") if not _STORED.fullmatch(one.name)]
        old = [one for one in halves if before is None or _is_older(one, before)]
        for place in old:
            place.unlink(missing_ok=True)
        return len(old)

    def path(self, digest: str) -> Path:
        """Return where the plain content with this hash lies."""
        return self.folder / digest[:2] / digest

    def sealed_path(self, name: str) -> Path:
        """Return where the sealed content of this name lies."""
        return self.folder / name[:2] / f"{name}{SEALED}"


def _name(place: Path) -> str:
    return place.name.removesuffix(SEALED)


def head_of(place: Path) -> bytes:
    """Return as much of a sealed file as tells its key."""
    with place.open("rb") as file:
        return file.read(HEAD)


def _readable_head(place: Path) -> bytes:
    try:
        return head_of(place)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreadableError(_name(place), error) from error


def _is_older(place: Path, moment: datetime) -> bool:
    try:
        return place.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _touched(place: Path) -> bool:
    """Let a file that is there count as new: who brought it again may not have named it yet."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    except OSError:
        return place.exists()
    return True
