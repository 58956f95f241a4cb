"""How what homes send is sealed: nobody reads it from the disk without the school's key file.

AES-256-GCM over the whole file, bound to its name. The key file lies apart from the data; its first
line names files, the others are keys, the newest first. Keys of earlier times stay in it, so that
old backups open.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BEGINNING: Final = b"JETKIZ-SEALED-1\n"
_KEY: Final = 32
_NUMBER: Final = 8
SEEN: Final = "k"
HEAD: Final = len(BEGINNING) + _NUMBER
"""So many bytes of a sealed file tell with which key it was sealed."""
_NONCE: Final = 12
_TAG: Final = 16
_NAMES: Final = "names"


class KeyFileError(JetkizError):
    """The key file is not there, or not the one: what is sealed waits until it is put back."""


class TamperedError(JetkizError):
    """What lies there is not what was sealed under this name."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a school: one that names files, and those that seal them, the newest first."""

    names: bytes
    sealing: tuple[bytes, ...]

    def name(self, content: bytes) -> str:
        """Return the name of a content: who has no key cannot tell which content it is."""
        return hmac.new(self.names, content, hashlib.sha256).hexdigest()

    def hash_of_code(self, code: str) -> str:
        """Return what is kept of a code: who has no key cannot try all codes that there are."""
        key = hmac.new(self.names, b"jetkiz codes", hashlib.sha256).digest()
        return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()

    def fingerprint(self, digest: str) -> str:
        """Return what a content with this SHA-256 is known by, where only its coming is noted.

        It begins with a letter that no hash has, so that the two are never taken for each other.
        """
        told = hmac.new(self.names, b"seen " + digest.encode(), hashlib.sha256)
        return f"{SEEN}{told.hexdigest()[len(SEEN) :]}"

    def text(self) -> str:
        """Return what stands in the key file: the key that names, then those that seal."""
        lines = [f"{_NAMES} {self.names.hex()}", *(one.hex() for one in self.sealing)]
        return "".join(f"{line}\n" for line in lines)

    def with_new(self) -> "Keys":
        """Return the keys with one more, which seals from now on."""
        return Keys(self.names, (secrets.token_bytes(_KEY), *self.sealing))


def new_keys() -> Keys:
    """Make the first keys of a school."""
    return Keys(secrets.token_bytes(_KEY), (secrets.token_bytes(_KEY),))


def parse_keys(text: str, file: Path) -> Keys:
    """Read the lines of a key file."""
    try:
        first, *others = text.split("\n")
        word, names = first.split(" ")
        keys = Keys(bytes.fromhex(names), tuple(bytes.fromhex(one) for one in others if one))
    except ValueError as error:
        raise _damaged(file) from error
    lengths = {len(one) for one in (keys.names, *keys.sealing)}
    if word != _NAMES or lengths != {_KEY} or not keys.sealing:
        raise _damaged(file)
    return keys


def _damaged(file: Path) -> KeyFileError:
    return KeyFileError(
        N_("The key file {file} is damaged."),
        N_("Put your copy of the key file in its place."),
        file=file,
    )


def seal(keys: Keys, name: str, content: bytes) -> bytes:
    """Return a content sealed under its name with the newest key."""
    key = keys.sealing[0]
    nonce = secrets.token_bytes(_NONCE)
    head = BEGINNING + _number(key)
    return head + nonce + _cipher(key).encrypt(nonce, content, head + name.encode())


def _cipher(key: bytes) -> "AESGCM":
    """Load the library only for a file that is sealed: 7 MB that a sender of words never needs."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key)


def unseal(keys: Keys, name: str, sealed: bytes) -> bytes:
    """Return what was sealed under a name; refuse what is changed, cut off or of another key."""
    key = key_of(keys, name, sealed)
    if len(sealed) < HEAD + _NONCE + _TAG:
        raise _tampered(name)
    head, rest = sealed[:HEAD], sealed[HEAD:]
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    try:
        return _cipher(key).decrypt(rest[:_NONCE], rest[_NONCE:], head + name.encode())
    except InvalidTag as error:
        raise _tampered(name) from error


def key_of(keys: Keys, name: str, sealed: bytes) -> bytes:
    """Return the key with which a file was sealed, as its first bytes tell; refuse another's."""
    if not sealed.startswith(BEGINNING) or len(sealed) < HEAD:
        raise _tampered(name)
    number = sealed[len(BEGINNING) : HEAD]
    key = next((one for one in keys.sealing if _number(one) == number), None)
    if key is None:
        raise KeyFileError(
            N_("The stored file {name} was sealed with another key than the key file holds."),
            N_("Put the key file back that belongs to this data."),
            name=name[:12],
        )
    return key


def is_sealed_with_newest(keys: Keys, sealed: bytes) -> bool:
    """Whether a sealed file needs no sealing anew after the key was changed."""
    return sealed.startswith(BEGINNING + _number(keys.sealing[0]))


def _tampered(name: str) -> TamperedError:
    """Return the refusal of a file that is not what was sealed."""
    return TamperedError(
        N_("The stored file {name} is damaged or was changed."),
        N_("Restore the folder files from the last backup."),
        name=name[:12],
    )


def _number(key: bytes) -> bytes:
    """Return which key it is without telling anything of it."""
    return hashlib.sha256(b"jetkiz key number" + key).digest()[:_NUMBER]
