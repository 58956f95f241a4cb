"""What is kept of a password: its Argon2id hash in the PHC form, from which nobody reads it back.

The hashes that earlier releases wrote have the same form and go on opening.
"""

import secrets
import threading
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# The second recommendation of RFC 9106, for machines with little memory.
_PASSES: Final = 3
_LANES: Final = 4
_MEMORY: Final = 64 * 1024
_SALT: Final = 16
_LENGTH: Final = 32
# Two at once with several lanes wait for each other's threads in OpenSSL 3 without end.
_turn: Final = threading.Lock()


def hashed(password: str, *, passes: int = _PASSES, memory: int = _MEMORY) -> str:
    """Return what is kept of a password."""
    made = Argon2id(
        salt=secrets.token_bytes(_SALT),
        length=_LENGTH,
        iterations=passes,
        lanes=_LANES,
        memory_cost=memory,
    )
    with _turn:
        return made.derive_phc_encoded(_letters(password))


def opens(kept: str | None, password: str) -> bool:
    """Compare a password with what is kept; where nothing is kept it takes as long all the same."""
    compared = kept or _nobody()
    try:
        with _turn:
            Argon2id.verify_phc_encoded(_letters(password), compared)
    except (InvalidKey, ValueError):
        return False
    return kept is not None


def _letters(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


@cache
def _nobody() -> str:
    return hashed(secrets.token_urlsafe())
