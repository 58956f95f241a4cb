"""How a message names a file of ours: by its hash, until Telegram has given it a number."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

_PREFIX: Final = "stored:"
_FIELDS: Final = ("photo", "document", "audio", "voice", "video")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the file store, as a message of this kind: photo, document, audio, voice, video."""

    kind: str
    sha256: str
    name: str


def reference(sha256: str, name: str) -> str:
    """Return what a payload says in the place of a file."""
    return f"{_PREFIX}{sha256}:{name}"


# Which request takes a file, under which name of the payload, and how the file is called.
_FORMS: Final = {
    "image/jpeg": ("sendPhoto", "photo", "jpg"),
    "image/png": ("sendPhoto", "photo", "png"),
    "audio/ogg": ("sendVoice", "voice", "ogg"),
    "audio/mp4": ("sendAudio", "audio", "m4a"),
    "image/heic": ("sendDocument", "document", "heic"),
    "application/pdf": ("sendDocument", "document", "pdf"),
    "video/mp4": ("sendDocument", "document", "mp4"),
    "text/plain": ("sendDocument", "document", "txt"),
}


def as_message(media_type: str, place: int) -> tuple[str, str, str]:
    """Return method, field and name for a file; the name tells a place and nothing else."""
    method, field, ending = _FORMS.get(media_type, ("sendDocument", "document", "docx"))
    return method, field, f"{place}.{ending}"


def files_in(payload: Mapping[str, Any]) -> list[StoredFile]:
    """Return the files that a payload names, in the order of the message."""
    return [file for file, _ in _places(payload)]


def _places(payload: Mapping[str, Any]) -> Iterator[tuple[StoredFile, Any]]:
    for kind in _FIELDS:
        if _names_file(payload.get(kind)):
            yield _read(kind, payload[kind]), None
    for place, item in enumerate([*payload.get("media", ()), *_rich_media(payload)]):
        if _names_file(item["media"]):
            yield _read(item["type"], item["media"]), place


def _rich_media(message: Mapping[str, Any]) -> list[Any]:
    """Return the pictures of a rich message; they stand between its paragraphs, never inside."""
    blocks = (message.get("rich_message") or {}).get("blocks", ())
    return [block["photo"] for block in blocks if block.get("type") == "photo"]


def _names_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_PREFIX)


def _read(kind: str, value: str) -> StoredFile:
    _, sha256, name = value.split(":", 2)
    return StoredFile(kind, sha256, name)


def filled(payload: Mapping[str, Any], numbers: Mapping[StoredFile, str]) -> dict[str, Any]:
    """Put Telegram's numbers, or the names of attached parts, in the place of our files."""
    ready = dict(payload)
    if "media" in ready:
        ready["media"] = [dict(item) for item in ready["media"]]
    if "rich_message" in ready:
        ready["rich_message"] = deepcopy(ready["rich_message"])
    media = [*ready.get("media", ()), *_rich_media(ready)]
    for file, place in _places(payload):
        if place is None:
            ready[file.kind] = numbers[file]
        else:
            media[place]["media"] = numbers[file]
    return ready


def numbers_in(payload: Mapping[str, Any], result: Any) -> dict[StoredFile, str]:
    """Read from an answer the numbers that Telegram gave to our files."""
    messages = result if isinstance(result, list) else [result]
    if isinstance(result, dict) and "rich_message" in result:
        messages = [{"photo": sizes} for sizes in _rich_media(result)]
    found = {}
    for file, place in _places(payload):
        at = place or 0
        message = messages[at] if at < len(messages) else None
        media = message.get(file.kind) if isinstance(message, dict) else None
        # A photo comes in several sizes; each has a number, the last is the largest.
        largest = media[-1] if isinstance(media, list) and media else media
        if isinstance(largest, dict) and "file_id" in largest:
            found[file] = str(largest["file_id"])
    return found
