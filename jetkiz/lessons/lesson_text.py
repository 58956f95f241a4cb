"""What the text of a lesson may hold: Markdown without raw HTML, pictures that are described."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from markdown_it.token import Token

from jetkiz.fonts.letters import missing
from jetkiz.i18n import N_
from jetkiz.lessons.markup.formulas import FormulaError, read_formula
from jetkiz.lessons.markup.markdown import (
    FORMULA,
    SPOKEN,
    answer_label,
    formulas_in,
    markdown,
)
from jetkiz.lessons.markup.plain_formulas import with_plain_formulas
from jetkiz.lessons.markup.spoken_formulas import LONGEST, spoken_formula
from jetkiz.roster.reading.findings import Findings, Place


@dataclass(frozen=True, slots=True)
class PictureInText:
    """A picture as the text names it."""

    name: str
    description: str
    row: int


# Words that say of every picture the same, and so of none what it shows.
_SAYS_NOTHING: Final = frozenset(
    {"image", "img", "picture", "photo", "pic", "сурет", "фото", "фотосурет"}
    | {"картинка", "рисунок", "изображение", "иллюстрация"}
)
_OWN_WORDS: Final = '$x^2${"x squared"}'


def check_text(
    place: Place, text: str, findings: Findings, language: str = "kk"
) -> list[PictureInText]:
    """Refuse what cannot be printed, sent and read aloud; return the pictures."""
    if not text.strip():
        findings.error(place, N_("The text is empty."), N_("Write it, or delete the file."))
        return []
    check_letters(place, text, findings)
    pictures = []
    for token, row in _tokens(markdown(html=True).parse(text), 1):
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
        elif token.type == FORMULA:
            _check_formula(here, token.content, findings)
            _check_read_aloud(here, token, language, findings)
    return pictures


def check_letters(place: Place, text: str, findings: Findings) -> None:
    """Refuse characters that paper would lose: before a print run there is nobody to ask."""
    unknown = missing(text)
    if unknown:
        row = text[: text.find(unknown[0])].count("\n") + 1
        findings.error(
            Place(place.file, None if place.column else row, place.column, " ".join(unknown)),
            N_("No font has these characters: they cannot be printed."),
            N_("Replace them, as an emoji by a word."),
        )


def _check_read_aloud(place: Place, token: Token, language: str, findings: Findings) -> None:
    """A formula is words to those who do not see it: there must be some, and not too many."""
    own = str(token.meta.get(SPOKEN, ""))
    words = own or spoken_formula(token.content, language)
    here = Place(place.file, place.row, "", token.content[:40])
    if not words:
        findings.error(
            here,
            N_("The formula cannot be read aloud."),
            N_("Write its words behind it, as in {example}."),
            example=_OWN_WORDS,
        )
    elif not own and len(words.split()) > LONGEST:
        findings.warn(
            here,
            N_("Read aloud, the formula is hard to follow: {words}"),
            N_("Write shorter words behind it, as in {example}."),
            example=_OWN_WORDS,
            words=words,
        )


def check_formulas(place: Place, text: str, findings: Findings) -> None:
    """Refuse formulas in a line of plain words, as in a title or a task, that nobody can set."""
    for latex in formulas_in(text):
        _check_formula(place, latex, findings)


def _check_formula(place: Place, latex: str, findings: Findings) -> None:
    try:
        read_formula(latex)
    except FormulaError as error:
        findings.error(
            Place(place.file, place.row, place.column, error.piece or latex[:40]),
            error.sentence,
            N_("The page write-a-lesson lists what formulas may hold; a lone $ is written \\$."),
        )


def _check_described(place: Place, picture: PictureInText, findings: Findings) -> None:
    if not picture.description:
        findings.error(
            Place(place.file, place.row, "", picture.name),
            N_("The picture has no description."),
            N_("Write what it shows between the brackets: ![A boy at a door](img/01.jpg)."),
        )
    elif _says_nothing(picture):
        findings.error(
            Place(place.file, place.row, "", picture.description),
            N_("The description does not say what the picture shows."),
            N_("Write what it shows between the brackets: ![A boy at a door](img/01.jpg)."),
        )


def _says_nothing(picture: PictureInText) -> bool:
    words = picture.description.casefold()
    file = PurePosixPath(picture.name.casefold())
    return words in {file.name, file.stem, str(file)} or words.strip("№ .0123456789") in {
        "",
        *_SAYS_NOTHING,
    }


def _tokens(tokens: list[Token], row: int) -> Iterator[tuple[Token, int]]:
    """Give every token with the row of its block, and what stands in hidden answers."""
    first = row
    for token in tokens:
        row = token.map[0] + first if token.map else row
        yield token, row
        if token.type == "fence" and answer_label(token.info) is not None:
            yield from _tokens(markdown(html=True).parse(token.content), row + 1)
        if token.children and token.type != "image":
            yield from _tokens(token.children, row)


def begins_with_title(text: str, title: str) -> bool:
    """Whether a text's own first heading is the title of its lesson: it is not shown twice."""
    return text.lstrip().startswith("# ") and first_heading(text) == title


def first_heading(text: str) -> str:
    """Return the title that the text begins with, or an empty text."""
    tokens = markdown(html=True).parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return with_plain_formulas(following.content.strip())
    return ""
