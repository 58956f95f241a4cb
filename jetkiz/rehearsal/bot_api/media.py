"""Stores files as Telegram does: a photo in several sizes, everything under an id to send again."""

import base64
import hashlib
import io
import mimetypes
from dataclasses import asdict
from typing import Any

from PIL import Image, UnidentifiedImageError

from jetkiz.rehearsal.bot_api.parameters import Upload
from jetkiz.rehearsal.state.limits import Limits
from jetkiz.rehearsal.state.model import Event, EventKind, FileKind, Json, StoredFile
from jetkiz.rehearsal.state.refusals import ApiRefusal, bad_request
from jetkiz.rehearsal.state.world import World

SMALLER_SIDES = (90, 320, 800, 1280)
ID_STARTS = {
    FileKind.PHOTO: "AgACAgIAAxk",
    FileKind.DOCUMENT: "BQACAgIAAxk",
    FileKind.AUDIO: "CQACAgIAAxk",
    FileKind.VOICE: "AwACAgIAAxk",
    FileKind.VIDEO: "BAACAgIAAxk",
    FileKind.ANIMATION: "CgACAgIAAxk",
    FileKind.VIDEO_NOTE: "DQACAgIAAxk",
}
USUAL_MIME = {
    FileKind.PHOTO: "image/jpeg",
    FileKind.DOCUMENT: "application/octet-stream",
    FileKind.AUDIO: "audio/mpeg",
    FileKind.VOICE: "audio/ogg",
    FileKind.VIDEO: "video/mp4",
    FileKind.ANIMATION: "video/mp4",
    FileKind.VIDEO_NOTE: "video/mp4",
}
FAMILIES = {FileKind.AUDIO: "audio/", FileKind.VOICE: "audio/", FileKind.VIDEO: "video/"}
TYPE_NAMES = {FileKind.VOICE: "VoiceNote", FileKind.VIDEO_NOTE: "VideoNote"}


class Storing:
    """The files of one call: knows the next free number, collects what is to be recorded."""

    def __init__(self, world: World, limits: Limits) -> None:
        self.world = world
        self.limits = limits
        self.events: list[Event] = []
        self.stored: set[str] = set()

    def reference(self, kind: FileKind, given: Any, upload: Upload | None, extra: Json) -> Json:
        """The media of a message: an upload, or a file that Telegram knows already."""
        if upload is not None:
            return self.photo(upload) if kind == FileKind.PHOTO else self.other(kind, upload, extra)
        if not given:
            raise bad_request(f"there is no {kind} in the request")
        return self.known(kind, str(given))

    def known(self, kind: FileKind, file_id: str) -> Json:
        if file_id.startswith("attach://"):
            raise bad_request("wrong file identifier/HTTP URL specified")
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self.world.files.get(file_id)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if file.kind != kind:
            raise bad_request(f"can't use file of type {type_name(file.kind)} as {type_name(kind)}")
        return as_media(self.world.sizes_of(file))

    def other(self, kind: FileKind, upload: Upload, extra: Json) -> Json:
        self.check_size(upload)
        guessed = mimetypes.guess_type(upload.name)[0]
        family = FAMILIES.get(kind, "")
        mime = guessed if guessed and guessed.startswith(family) else USUAL_MIME[kind]
        kept = Upload(upload.name, mime, upload.content)
        return as_media([self.keep(kind, kept, extra, self.next_number)])

    def photo(self, upload: Upload) -> Json:
        self.check_size(upload)
        if len(upload.content) > self.limits.photo_bytes:
            raise bad_request(
                f"file of size {len(upload.content)} bytes is too big for a photo; "
                f"the maximum size is {self.limits.photo_bytes} bytes"
            )
        sizes = []
        group = self.next_number
        for content, width, height in photo_sizes(upload.content):
            kept = Upload("", "image/jpeg", content)
            sides = {"width": width, "height": height}
            sizes.append(self.keep(FileKind.PHOTO, kept, sides, group))
        return as_media(sizes)

    def check_size(self, upload: Upload) -> None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > self.limits.upload_bytes:
            raise ApiRefusal(413, "Request Entity Too Large")

    @property
    def next_number(self) -> int:
        return len(self.world.files) + len(self.events) + 1

    def keep(self, kind: FileKind, upload: Upload, extra: Json, group: int) -> StoredFile:
        number = self.next_number
        sha256 = hashlib.sha256(upload.content).hexdigest()
        file = StoredFile(
            file_id=file_id(self.world.bot.user_id, kind, number, sha256),
            kind=kind,
            number=number,
            group=group,
            sha256=sha256,
            size=len(upload.content),
            mime=upload.mime,
            name=upload.name or None,
            extra=extra,
        )
        new = sha256 not in self.world.contents and sha256 not in self.stored
        self.stored.add(sha256)
        kept = base64.b64encode(upload.content).decode() if new else None
        facts = {"file": asdict(file), "content": kept}
        self.events.append(Event(EventKind.FILE_STORED, facts))
        return file


def file_id(bot_id: int, kind: FileKind, number: int, sha256: str) -> str:
    """Long and opaque like Telegram's; the same file sent twice gets two ids."""
    made = hashlib.sha256(f"{bot_id} {kind} {number} {sha256}".encode()).digest()
    return ID_STARTS[kind] + base64.urlsafe_b64encode(made).decode().rstrip("=")


def type_name(kind: FileKind) -> str:
    return TYPE_NAMES.get(kind, kind.capitalize())


def as_media(files: list[StoredFile]) -> Json:
    kind = files[0].kind
    references = [file.as_reference() for file in files]
    return {kind.value: references if kind == FileKind.PHOTO else references[0]}


def photo_sizes(content: bytes) -> list[tuple[bytes, int, int]]:
    """Smaller sizes first; the largest is the sender's own picture, untouched if it is a JPEG."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height, is_jpeg = *picture.size, picture.format == "JPEG"
            check_sides(width, height)
            picture.draft("RGB", (SMALLER_SIDES[-1], SMALLER_SIDES[-1]) if is_jpeg else (0, 0))
            whole = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    sizes = []
    for side in SMALLER_SIDES:
        if side < max(width, height):
            small = whole.copy()
            small.thumbnail((side, side))
            sizes.append((as_jpeg(small), *small.size))
    sizes.append((content if is_jpeg else as_jpeg(whole), width, height))
    return sizes


def check_sides(width: int, height: int) -> None:
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def as_jpeg(picture: Image.Image) -> bytes:
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=87)
    return sink.getvalue()
