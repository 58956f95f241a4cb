"""Which file a message brings, and whether it is one that can be homework.

What a file is, its first bytes decide, not its name.
"""

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from bot.telegram.telegram_api import LARGEST_DOWNLOAD
from jetkiz.homework.model import BrokenError
from jetkiz.homework.quality import Hint, UnreadableError, hints, look_at
from jetkiz.homework.sheets_in_chats import FoundSheets
from jetkiz.homework.stripping import stripped
from jetkiz.storage.files import FileStore

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
)
# What a film, a sound or a picture made of boxes says it is; other kinds are not ours to clean.
_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIC_OR_OTHER: Final = {b"mif1", b"msf1"}
_AVIF: Final = {b"avif", b"avis"}
_FILM: Final = re.compile(
    rb"iso[m1-9a-c]|mp4[12]|avc1|M4V[ HP]|qt  |3g[prsegh2][1-9a-i]|mmp4|MSNV|f4v |dash"
)
_SOUND: Final = {b"M4A ", b"M4B ", b"M4P "}
# What a hostile packed file makes its reader raise; not to be implemented is a RuntimeError.
_BROKEN_ZIP: Final = (
    *(zipfile.BadZipFile, ValueError, LookupError, OSError, EOFError, struct.error, RuntimeError),
)
_LOOKED_AT: Final = {"image/jpeg", "image/png"}
_PAGES: Final = re.compile(rb"/Type\s{0,20}/Pages\b")
_COUNT: Final = re.compile(rb"/Count\s{1,20}(\d{1,4})\b")
# A long document keeps its pages in groups, each with its own count.
_MOST_GROUPS: Final = 200
_NEAR: Final = 2000
_MOST_SHEETS: Final = 999
_OTHERS: Final = ("document", "voice", "audio", "video", "video_note")


class Trouble(StrEnum):
    """Why a file cannot be taken."""

    TOO_LARGE = "too_large"  # Telegram gives bots no more than 20 MB
    LOST = "lost"  # Telegram names it and does not hand it out
    WRONG_TYPE = "wrong_type"  # neither picture, PDF, Word, sound nor film
    BROKEN = "broken"  # it says what it is and does not hold together, or is far too wide


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
    """A file that lies in the file store, or the reason why it does not.

    ``paper`` holds the printed answer sheets that it shows, for whoever files them.
    """

    unique_id: str
    sha256: str = ""
    media_type: str = ""
    trouble: Trouble | None = None
    hints: tuple[Hint, ...] = ()
    sheets: int = 1
    paper: FoundSheets | None = None


def attachment_of(message: Mapping[str, Any]) -> Attachment | None:
    """Return the file of a message; of a photo the largest size, for handwriting is small.

    None as well where Telegram's own form is broken: whoever handles the update will say so.
    """
    sizes = message.get("photo")
    try:
        if sizes:
            return _attachment(max(sizes, key=lambda one: one["width"] * one["height"]))
        found = next((message[kind] for kind in _OTHERS if message.get(kind)), None)
        return _attachment(found) if found else None
    except (KeyError, TypeError, ValueError):
        return None


def _attachment(body: Mapping[str, Any]) -> Attachment:
    return Attachment(body["file_id"], body["file_unique_id"], int(body.get("file_size") or 0))


def keep_file(files: FileStore, unique_id: str, content: bytes) -> ArrivedFile:
    """Keep what came, sealed and without place and camera, or say why it cannot be taken."""
    media_type = media_type_of(content)
    if not media_type:
        return ArrivedFile(unique_id, trouble=Trouble.WRONG_TYPE)
    try:
        clean = stripped(content, media_type)
        found = hints(look_at(clean)) if media_type in _LOOKED_AT else ()
    except (BrokenError, UnreadableError):
        return ArrivedFile(unique_id, trouble=Trouble.BROKEN)
    sheets = sheets_in(clean) if media_type == "application/pdf" else 1
    return ArrivedFile(unique_id, files.put_sealed(clean), media_type, hints=found, sheets=sheets)


def sheets_in(document: bytes) -> int:
    """Return how many pages a PDF says it has; one where it says so in a packed part only."""
    groups = islice(_PAGES.finditer(document), _MOST_GROUPS)
    near = (part for group in groups for part in _beside(document, group))
    said = (int(count) for part in near for count in _COUNT.findall(part))
    return min(max(said, default=1), _MOST_SHEETS) or 1


def _beside(document: bytes, group: re.Match[bytes]) -> tuple[bytes, bytes]:
    """Return what stands before and behind the name of a group, as far as its brackets go."""
    before = document[max(group.start() - _NEAR, 0) : group.start()]
    behind = document[group.end() : group.end() + _NEAR]
    return before.rpartition(b">")[2], behind.partition(b">")[0]


def media_type_of(content: bytes) -> str:
    """Return the media type of homework; empty when it is none that we take."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[4:8] == b"ftyp":
        return _boxed_type(content)
    return DOCX if content.startswith(b"PK\x03\x04") and _is_word(content) else ""


def _boxed_type(content: bytes) -> str:
    """Return what a file made of boxes is: picture, film or sound, by its brand."""
    brand = content[8:12]
    size = int.from_bytes(content[:4])
    others = content[16 : min(max(size, 16), _NEAR)]
    if brand in _HEIC or (brand in _HEIC_OR_OTHER and not any(one in others for one in _AVIF)):
        return "image/heic"
    if brand in _SOUND:
        return "audio/mp4"
    return "video/mp4" if _FILM.fullmatch(brand) else ""


def _is_word(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "word/document.xml" in packed.namelist()
    except _BROKEN_ZIP:
        return False
