"""Turns the HTML of a message into the text a person sees and the formatting around it."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import ApiRefusal, bad_request

KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
ENTITY_TYPES = {
    *KINDS.values(),
    "expandable_blockquote",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
    "text_mention",
}
CHARACTER = re.compile(r"&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?", re.IGNORECASE)
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
START = re.compile(r"<([^\s>/][^\s>]*)")
END = re.compile(r"</([^\s>]*)\s*(>?)")
ATTRIBUTE = re.compile(r"\s*([^\s=>]*)\s*(=?)\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.\-]*))")
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?![\w/<>]))"
    r"|(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)])"
    r"|(?P<email>[\w.+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,})"
)


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Text without markup, entities counted in UTF-16 units as Telegram does."""

    text: str
    entities: list[Json]


@dataclass(frozen=True, slots=True)
class OpenTag:
    """A tag that waits for its end."""

    name: str
    start: int
    arguments: dict[str, str]


@dataclass(slots=True)
class Reading:
    """How far an HTML text has been read."""

    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    open: list[OpenTag] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def put(self, piece: str) -> None:
        self.text.append(piece)
        self.length += utf16_length(piece)

    def byte_offset(self, position: int) -> int:
        return len(self.source[:position].encode())

    def refuse(self, words: str, position: int) -> ApiRefusal:
        return bad_request(
            f"can't parse entities: {words} at byte offset {self.byte_offset(position)}"
        )


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_html(source: str) -> FormattedText:
    reading = Reading(source)
    while reading.at < len(source):
        if source[reading.at] == "&":
            read_character(reading)
        elif source.startswith("</", reading.at):
            close_tag(reading)
        elif source[reading.at] == "<":
            open_tag(reading)
        else:
            stop = min(
                place
                for place in (
                    source.find("<", reading.at),
                    source.find("&", reading.at),
                    len(source),
                )
                if place >= 0
            )
            reading.put(source[reading.at : stop])
            reading.at = stop
    if reading.open:
        raise bad_request(
            "can't parse entities: Can't find end tag corresponding to start tag "
            f'"{reading.open[-1].name}"'
        )
    return FormattedText("".join(reading.text), reading.entities)


def read_character(reading: Reading) -> None:
    match = CHARACTER.match(reading.source, reading.at)
    if match is None:
        reading.put("&")
        reading.at += 1
        return
    by_hex, by_number, by_name = match.groups()
    code = int(by_hex, 16) if by_hex else int(by_number or 0)
    usable = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    reading.put(NAMED[by_name.lower()] if by_name else chr(code) if usable else match.group())
    reading.at = match.end()


def open_tag(reading: Reading) -> None:
    begin = reading.at
    match = START.match(reading.source, begin)
    if match is None or match.end() == len(reading.source):
        raise reading.refuse("Unclosed start tag", begin)
    name = match.group(1).lower()
    if name not in KINDS:
        raise reading.refuse(f'Unsupported start tag "{name}"', begin)
    reading.at = match.end()
    arguments = dict(read_attributes(reading, name, begin))
    if name == "span" and arguments.get("class") != "tg-spoiler":
        raise reading.refuse('Tag "span" must have class "tg-spoiler"', begin)
    reading.open.append(OpenTag(name, reading.length, arguments))


def read_attributes(reading: Reading, tag: str, begin: int) -> Iterator[tuple[str, str]]:
    source = reading.source
    while True:
        while reading.at < len(source) and source[reading.at].isspace():
            reading.at += 1
        if reading.at >= len(source):
            raise reading.refuse(f'Unclosed start tag "{tag}"', begin)
        if source[reading.at] == ">":
            reading.at += 1
            return
        match = ATTRIBUTE.match(source, reading.at)
        name, equal = (match.group(1), match.group(2)) if match else ("", "")
        if not match or not name:
            raise reading.refuse(f'Empty attribute name in the tag "{tag}"', begin)
        value = next((html.unescape(part) for part in match.groups()[2:] if part), "")
        if not equal:
            if (tag, name) != ("blockquote", "expandable"):
                raise reading.refuse(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin
                )
            reading.at += len(name)
        else:
            reading.at = match.end()
        yield name.lower(), value


def close_tag(reading: Reading) -> None:
    begin = reading.at
    if not reading.open:
        raise reading.refuse("Unexpected end tag", begin)
    match = END.match(reading.source, begin)
    if match is None or not match.group(2):
        raise reading.refuse("Unclosed end tag", begin)
    tag = reading.open.pop()
    found = match.group(1).lower()
    if found and found != tag.name:
        raise bad_request(
            f"can't parse entities: Unmatched end tag at byte offset "
            f'{reading.byte_offset(begin)}, expected "</{tag.name}>", found "</{found}>"'
        )
    reading.at = match.end()
    if reading.length > tag.start:
        note_entity(reading, tag)


def note_entity(reading: Reading, tag: OpenTag) -> None:
    inner = "".join(reading.text).encode("utf-16-le")[2 * tag.start :].decode("utf-16-le")
    kind = entity_of(tag, inner)
    place = {"offset": tag.start, "length": reading.length - tag.start}
    if kind is None:
        return
    last = reading.entities[-1] if reading.entities else {}
    if tag.name == "pre" and last.get("type") == "code" and place.items() <= last.items():
        code = reading.entities.pop()
        kind |= {"language": code["language"]} if "language" in code else {}
    reading.entities.append(kind | place)


def entity_of(tag: OpenTag, inner: str) -> Json | None:
    if tag.name == "a":
        address = tag.arguments.get("href") or inner
        return {"type": "text_link", "url": address} if looks_like_address(address) else None
    return {"type": kind_of(tag)} | details_of(tag)


def kind_of(tag: OpenTag) -> str:
    if tag.name == "blockquote" and "expandable" in tag.arguments:
        return "expandable_blockquote"
    return KINDS[tag.name]


def details_of(tag: OpenTag) -> Json:
    given = tag.arguments
    language = given.get("class", "").removeprefix("language-")
    if tag.name == "code" and language:
        return {"language": language}
    if tag.name == "tg-emoji":
        return {"custom_emoji_id": given.get("emoji-id", "")}
    if tag.name == "tg-time":
        moment = given.get("unix", "")
        form = {"date_time_format": given.get("format", "")}
        return {"unix_time": int(moment) if moment.isdecimal() else 0} | form
    return {}


def looks_like_address(address: str) -> bool:
    return bool(re.fullmatch(r"(https?|tg|mailto|ton):\S+", address)) or (
        bool(re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", address))
    )


def checked(text: str, entities: Any) -> list[Json]:
    length = utf16_length(text)
    if not isinstance(entities, list) or not all(is_entity(one, length) for one in entities):
        raise bad_request("can't parse MessageEntity")
    return entities


def is_entity(entity: Any, length: int) -> bool:
    """A kind with a place inside the text."""
    if not isinstance(entity, dict) or str(entity.get("type")) not in ENTITY_TYPES:
        return False
    if entity["type"] == "date_time" and type(entity.get("unix_time")) is not int:
        return False
    begin, size = entity.get("offset"), entity.get("length")
    if not isinstance(begin, int) or not isinstance(size, int):
        return False
    return 0 <= begin <= begin + size <= length


def trimmed(formatted: FormattedText) -> FormattedText:
    """Telegram cuts white space at both ends and moves the entities along."""
    cut = utf16_length(formatted.text) - utf16_length(formatted.text.lstrip())
    text = formatted.text.strip()
    length = utf16_length(text)
    moved = []
    for entity in formatted.entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, length)
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return FormattedText(text, moved)


def found_entities(formatted: FormattedText) -> FormattedText:
    """Commands, links and addresses are marked even without markup, as Telegram marks them."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in formatted.entities
        if entity["type"] in {"code", "pre", "text_link"}
    ]
    found: list[Json] = []
    for match in FOUND.finditer(formatted.text):
        start = utf16_length(formatted.text[: match.start()])
        stop = start + utf16_length(match.group())
        if not any(start < end and begin < stop for begin, end in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": stop - start})
    ordered = sorted(formatted.entities + found, key=lambda e: (e["offset"], -e["length"]))
    return FormattedText(formatted.text, ordered)
