"""Rich messages: from HTML, Markdown or blocks, with the media they name, as one message."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jetkiz.rehearsal.bot_api.media import Storing
from jetkiz.rehearsal.bot_api.sending import Call, new_message, reachable_chat, said_of, sent
from jetkiz.rehearsal.state.model import FileKind, Json, Outcome
from jetkiz.rehearsal.state.refusals import bad_request
from jetkiz.rehearsal.texts.rich_blocks import MEDIA_BLOCKS, read_blocks, refused
from jetkiz.rehearsal.texts.rich_html import read_rich_html
from jetkiz.rehearsal.texts.rich_markdown import read_rich_markdown

MOST_MEDIA = 50
FORMS = ("html", "markdown", "blocks")
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS = {"voice_note": FileKind.VOICE}


def send_rich_message(call: Call) -> Outcome:
    chat = reachable_chat(call)
    storing = Storing(call.world, call.limits)
    content = rich_content(call, storing)
    return sent(call, new_message(call, chat, content), storing.events)


def rich_content(call: Call, storing: Storing) -> Json:
    given = call.parameters.structure("rich_message")
    if not isinstance(given, dict):
        raise bad_request("can't parse InputRichMessage JSON object")
    forms = [form for form in FORMS if given.get(form) is not None]
    if len(forms) != 1:
        raise refused("exactly one of html, markdown and blocks must be used")
    blocks = read_blocks(read_form(forms[0], given[forms[0]]))
    filled = Filling(call, storing, named_media(given.get("media") or [])).blocks(blocks)
    rtl = {"is_rtl": True} if given.get("is_rtl") else {}
    return {"rich_message": {"blocks": filled} | rtl}


def read_form(form: str, source: Any) -> Any:
    if form == "blocks":
        return source
    if not isinstance(source, str) or not source.strip():
        raise bad_request("message text is empty")
    return read_rich_html(source) if form == "html" else read_rich_markdown(source)


def named_media(given: Any) -> dict[str, Json]:
    if not isinstance(given, list) or len(given) > MOST_MEDIA:
        raise refused(f"at most {MOST_MEDIA} media are allowed")
    named: dict[str, Json] = {}
    for entry in given:
        fits = isinstance(entry, dict) and isinstance(entry.get("media"), dict)
        if not fits or not MEDIA_ID.fullmatch(str(entry.get("id"))):
            raise refused("a medium must have an id of 1-64 letters, digits, _ and -")
        named[str(entry["id"])] = entry["media"]
    return named


class Filling:
    """Puts stored files in the place of what the bot named or attached."""

    def __init__(self, call: Call, storing: Storing, named: dict[str, Json]) -> None:
        self.call = call
        self.storing = storing
        self.named = named

    def blocks(self, blocks: list[Json]) -> list[Json]:
        return [self.block(block) for block in blocks]

    def block(self, block: Json) -> Json:
        if block["type"] in MEDIA_BLOCKS:
            return block | self.media(block["type"], block[block["type"]])
        if "items" in block:
            items = [item | {"blocks": self.blocks(item["blocks"])} for item in block["items"]]
            return block | {"items": items}
        return block | {"blocks": self.blocks(block["blocks"])} if "blocks" in block else block

    def media(self, kind: str, given: Json) -> Json:
        item = self.named_by(str(given["source"])) if "source" in given else given
        file_kind = KINDS.get(kind) or FileKind(kind)
        reference = item.get("media")
        upload = self.call.parameters.upload("", reference)
        stored = self.storing.reference(file_kind, reference, upload, said_of(file_kind, item))
        return {kind: stored[file_kind.value]}

    def named_by(self, source: str) -> Json:
        try:
            name = parse_qs(urlsplit(source).query).get("id", [""])[0]
        except ValueError:
            name = ""
        if name not in self.named or not source.startswith("tg://"):
            raise refused(f'media "{source}" is not in the list of media')
        return self.named[name]
