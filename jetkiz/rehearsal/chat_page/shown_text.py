"""Shows a message's formatting in the browser: bold is bold, a link is a link, markup is text."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from markupsafe import Markup, escape

from jetkiz.rehearsal.state.model import Json

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "spoiler": "mark",
}
LINKS = ("https://", "http://", "tg:", "mailto:")


def rich_text(text: str, entities: Sequence[Json], zone: tzinfo | None = None) -> Markup:
    """Entities open and close at UTF-16 places; the innermost closes first."""
    units = text.encode("utf-16-le")
    shown = [entity for entity in entities if tags_of(entity, units, zone) is not None]
    places = sorted({0, len(units) // 2, *(p for entity in shown for p in ends(entity))})
    pieces: list[Markup] = []
    for begin, stop in pairwise(places):
        piece = escape(units[2 * begin : 2 * stop].decode("utf-16-le", "replace"))
        around = [e for e in shown if ends(e)[0] <= begin and stop <= ends(e)[1]]
        for entity in sorted(around, key=lambda e: e["length"]):
            opening, closing = tags_of(entity, units, zone) or (Markup(), Markup())
            piece = opening + piece + closing
        pieces.append(piece)
    return Markup().join(pieces)


def ends(entity: Json) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def tags_of(entity: Json, units: bytes, zone: tzinfo | None) -> tuple[Markup, Markup] | None:
    kind = entity["type"]
    if kind in TAGS:
        tag = TAGS[kind]
        return Markup("<{}>").format(tag), Markup("</{}>").format(tag)
    begin, stop = ends(entity)
    address = entity.get("url") or units[2 * begin : 2 * stop].decode("utf-16-le", "replace")
    if kind in {"text_link", "url"} and address.startswith(LINKS):
        link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">').format(address)
        return link, Markup("</a>")
    if kind == "date_time":
        return moment_tags(entity["unix_time"], zone)
    return None


def moment_tags(unix: int, zone: tzinfo | None) -> tuple[Markup, Markup] | None:
    """A point in time, told in the reader's own zone when one looks closer."""
    try:
        moment = datetime.fromtimestamp(unix, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    told = moment.strftime("%d.%m.%Y %H:%M")
    form = Markup('<time datetime="{}" title="{}">')
    return form.format(moment.isoformat(), told), Markup("</time>")
