"""Which file a message brings, and whether it is one that can be homework.

What a file is, its first bytes decide, not its name.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.telegram.telegram_api import LARGEST_DOWNLOAD

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
)
_HEIC: Final = {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}
_OTHERS: Final = ("document", "voice", "audio", "video", "video_note")


class Trouble(StrEnum):
    """Why a file cannot be taken."""

    TOO_LARGE = "too_large"  # Telegram gives bots no more than 20 MB
    LOST = "lost"  # Telegram names it and does not hand it out
    WRONG_TYPE = "wrong_type"  # neither picture, PDF, Word, sound nor film


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message as Telegram names it."""

    file_id: str
    unique_id: str
    size: int

    @property
    def is_too_large(self) -> bool:
        """True when Telegram would not hand it to a bot."""
        return self.size > LARGEST_DOWNLOAD


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file that lies in the file store, or the reason why it does not."""

    unique_id: str
    sha256: str = ""
    media_type: str = ""
    trouble: Trouble | None = None


def attachment_of(message: Mapping[str, Any]) -> Attachment | None:
    """Return the file of a message; of a photo the largest size, for handwriting is small."""
    sizes = message.get("photo")
    if sizes:
        return _attachment(max(sizes, key=lambda one: one["width"] * one["height"]))
    found = next((message[kind] for kind in _OTHERS if message.get(kind)), None)
    return _attachment(found) if found else None


def _attachment(body: Mapping[str, Any]) -> Attachment:
    return Attachment(body["file_id"], body["file_unique_id"], int(body.get("file_size") or 0))


def media_type_of(content: bytes) -> str:
    """Return the media type of homework; empty when it is none that we take."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:12] in _HEIC else "video/mp4"
    return DOCX if content.startswith(b"PK\x03\x04") and _is_word(content) else ""


def _is_word(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "word/document.xml" in packed.namelist()
    except zipfile.BadZipFile:
        return False
