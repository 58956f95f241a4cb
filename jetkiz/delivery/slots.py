"""How lessons of a week become slots, and channels become stored numbers.

A slot is a lesson's place in the student's week, 0 to 62: sixty-three fit a signed 64-bit number.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason

MOST_SLOTS: Final = 63

# Stored in templates for ever: add at the end, never renumber.
CHANNEL_NUMBERS: Final = {
    "telegram": 1,
    "broadcast": 2,
    "post": 3,
    "in_person": 4,
    "duty_class": 5,
}
_CHANNEL_NAMES: Final = {number: name for name, number in CHANNEL_NUMBERS.items()}


def lessons_hash(lessons: Sequence[int]) -> str:
    """Name a curriculum by its lessons in order."""
    return hashlib.sha256(",".join(map(str, lessons)).encode()).hexdigest()


def mask_of(slots: Iterable[int]) -> int:
    """Return the bitmap in which exactly these slots are set."""
    mask = 0
    for slot in slots:
        mask |= 1 << slot
    return mask


def slots_of(mask: int) -> list[int]:
    """Return the slots that are set, lowest first."""
    return [slot for slot in range(mask.bit_length()) if mask >> slot & 1]


def encode(choices: Sequence[Choice]) -> tuple[bytes, bytes]:
    """Turn choices into the two byte rows of a template: channels and reasons."""
    channels = bytes(CHANNEL_NUMBERS[c.channel] if c.channel else 0 for c in choices)
    return channels, bytes(c.reason for c in choices)


def encode_fallbacks(fallbacks: Sequence[str | None]) -> bytes:
    """Turn second ways by slot into a byte row; no row at all where no lesson has one."""
    if not any(fallbacks):
        return b""
    return bytes(CHANNEL_NUMBERS[name] if name else 0 for name in fallbacks)


def decode_fallbacks(row: bytes) -> tuple[str | None, ...]:
    """Turn a byte row back into second ways by slot; empty where no lesson has one."""
    return tuple(_CHANNEL_NAMES.get(number) for number in row)


def decode(channels: bytes, reasons: bytes) -> tuple[Choice, ...]:
    """Turn the two byte rows of a template back into choices."""
    return tuple(
        Choice(_CHANNEL_NAMES.get(number), ChoiceReason(reason))
        for number, reason in zip(channels, reasons, strict=True)
    )
