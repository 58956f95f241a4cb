"""Who comes first among equals: a hash of the number, which has nothing to do with who it is."""

from hashlib import blake2b


def tie_of(number: int) -> int:
    """Return what decides between equals, always the same for the same number."""
    return int.from_bytes(blake2b(str(number).encode(), digest_size=8).digest(), "big")
