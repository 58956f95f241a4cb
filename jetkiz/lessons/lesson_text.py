"""What the text of a lesson may hold: Markdown without raw HTML, pictures that are described."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Place

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass(frozen=True, slots=True)
class PictureInText:
    """A picture as the text names it."""

    name: str
    description: str
    row: int


def check_text(place: Place, text: str, findings: Findings) -> list[PictureInText]:
    """Refuse what cannot be printed, sent and read aloud; return the pictures."""
    if not text.strip():
        findings.error(place, N_("The text is empty."), N_("Write it, or delete the file."))
        return []
    pictures = []
    for token, row in _tokens(_MARKDOWN.parse(text), 1):
        here = Place(place.file, row)
        if token.type in {"html_block", "html_inline"}:
            findings.error(
                Place(place.file, row, "", token.content.strip()),
                N_("Raw HTML is not allowed: it cannot be printed or sent."),
                N_("Write Markdown; a < alone is written \\<."),
            )
        elif token.type == "image":
            picture = PictureInText(str(token.attrGet("src")), token.content.strip(), row)
            pictures.append(picture)
            _check_described(here, picture, findings)
    return pictures


def _check_described(place: Place, picture: PictureInText, findings: Findings) -> None:
    if not picture.description:
        findings.error(
            Place(place.file, place.row, "", picture.name),
            N_("The picture has no description."),
            N_("Write what it shows between the brackets: ![A boy at a door](img/01.jpg)."),
        )


def _tokens(tokens: list[Token], row: int) -> Iterator[tuple[Token, int]]:
    """Give every token with the row of its block."""
    for token in tokens:
        row = token.map[0] + 1 if token.map else row
        yield token, row
        if token.children and token.type != "image":
            yield from _tokens(token.children, row)


def first_heading(text: str) -> str:
    """Return the title that the text begins with, or an empty text."""
    tokens = _MARKDOWN.parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return following.content.strip()
    return ""
