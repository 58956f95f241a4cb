"""Reads a request's parameters from JSON, a form or a multipart body alike, and checks them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from jetkiz.rehearsal.state.refusals import ApiRefusal, bad_request

HALF_LETTER = b"\\ud"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one call; what is absent or empty counts as not given."""

    values: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        raise bad_request(f"parameter {name} must be a string")

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if value is None or not value.strip():
            return None
        try:
            return int(value)
        except ValueError as error:
            raise bad_request(f"parameter {name} must be an integer") from error

    def flag(self, name: str) -> bool:
        return (self.text(name) or "").strip().lower() in {"true", "1", "yes"}

    def structure(self, name: str) -> Any:
        """An object or list, given as such or as JSON text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def upload(self, name: str, reference: object) -> Upload | None:
        """The file in the field itself, or the part that attach:// names."""
        if isinstance(reference, str) and reference.startswith("attach://"):
            return self.uploads.get(reference.removeprefix("attach://"))
        return self.uploads.get(name)


async def read_parameters(request: web.Request) -> Parameters:
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values |= await read_json(request)
        elif request.can_read_body:
            for name, field_value in (await request.post()).items():
                if isinstance(field_value, FileField):
                    uploads[free_name(name, uploads)] = read_upload(field_value)
                elif isinstance(field_value, str):
                    values[name] = field_value
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiRefusal(413, "Request Entity Too Large") from error
    except (ValueError, LookupError) as error:
        raise bad_request("can't parse the request body") from error
    return Parameters(values, uploads)


async def read_json(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    try:
        values = json.loads(body) if body.strip() else {}
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object: an object is expected")
    if HALF_LETTER in body.lower():
        check_letters(values)
    return values


def check_letters(values: Any) -> None:
    """Half of a letter beyond the basic plane is no text: the real server refuses it too."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def read_upload(part: FileField) -> Upload:
    with part.file:
        return Upload(part.filename, part.content_type, part.file.read())


def free_name(name: str, taken: Mapping[str, Upload]) -> str:
    """A page sends several files in one field; each is kept."""
    return name if name not in taken else f"{name} {len(taken) + 1}"
