"""How Markdown of a lesson is read: tables, no HTML, and formulas between dollar signs.

A dollar begins a formula only where no space follows it, and ends one only where no space stands
before it and no digit after it: "5 $ and 6 $" is money. Behind a formula may stand how it is read
aloud: $x^2${"x squared"}.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

FORMULA: Final = "formula"
ANSWER: Final = "answer"
"""A fence that hides what is in it until somebody wants to see it: ```answer Жауабы"""
SPOKEN: Final = "spoken"
"""Where a formula's token keeps the words with which its teacher has it read aloud."""
_SPOKEN: Final = re.compile(r'\{"([^"\n]{0,600})"\}')
DISPLAYED: Final = "$$"
"""The markup of a formula that stands on a line of its own."""


@cache
def markdown(*, html: bool = False) -> MarkdownIt:
    """Return the reader; ``html`` marks raw HTML instead of taking it as text."""
    reader = MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])
    reader.inline.ruler.before("escape", FORMULA, _formula)
    reader.core.ruler.push("picture_names", _name_pictures)
    reader.core.ruler.push("empty_headings", _drop_empty_headings)
    return reader


def _name_pictures(state: StateCore) -> None:
    """Give pictures the names that files have; the library writes them as addresses, %D0%B0.jpg."""
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("src", unquote(str(child.attrGet("src") or "")))


def _drop_empty_headings(state: StateCore) -> None:
    """A lone # is no heading: a screen reader would announce one and say nothing."""
    said: list[Token] = []
    for token in state.tokens:
        if token.type == "heading_close" and said[-1].type == "inline" and not said[-1].content:
            del said[-2:]
        else:
            said.append(token)
    state.tokens = said


def answer_label(info: str) -> str | None:
    """Return the teacher's word before a hidden answer; None for any other fence."""
    return info.removeprefix(ANSWER).strip() or "?" if info.startswith(ANSWER) else None


def formulas_in(text: str) -> list[str]:
    """Return the formulas of a line of words."""
    return [piece for piece, sign in _pieces(text) if sign]


def with_formulas(text: str, write: Callable[[str], str]) -> str:
    """Return a line of words with every formula written anew."""
    return "".join(write(piece) if sign else piece for piece, sign in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut words into pieces: formulas with their sign, and what lies between them."""
    begun = place = 0
    while (place := text.find("$", place)) >= 0:
        sign = _sign_at(text, place)
        end = _end(text, place + len(sign), sign)
        if end < 0 or text[place - 1 : place] == "\\":
            place += 1
            continue
        yield text[begun:place], ""
        yield text[place + len(sign) : end], sign
        begun = place = _after_words(text, end + len(sign))
    yield text[begun:], ""


def _formula(state: StateInline, silent: bool) -> bool:
    """Take a formula out of a paragraph before anything in it is read as Markdown."""
    sign = _sign_at(state.src, state.pos)
    end = _end(state.src, state.pos + len(sign), sign) if sign else -1
    if end < 0:
        return False
    after = end + len(sign)
    if not silent:
        token = state.push(FORMULA, "", 0)
        token.content = " ".join(state.src[state.pos + len(sign) : end].split())
        token.markup = sign
        words = _SPOKEN.match(state.src, after)
        token.meta = {SPOKEN: " ".join(words[1].split())} if words else {}
    state.pos = _after_words(state.src, after)
    return True


def _after_words(text: str, place: int) -> int:
    """Return where the text goes on behind the words of a formula."""
    words = _SPOKEN.match(text, place)
    return words.end() if words else place


def _sign_at(text: str, place: int) -> str:
    if not text.startswith("$", place):
        return ""
    return "$$" if text.startswith("$$", place) else "$"


def _end(text: str, start: int, sign: str) -> int:
    """Return where the closing sign stands; -1 when there is none."""
    if sign == "$" and text[start : start + 1].isspace():
        return -1
    place = text.find("$", start)
    while place >= 0 and not _closes(text, start, place, sign):
        place = text.find("$", place + 1)
    return place


def _closes(text: str, start: int, place: int, sign: str) -> bool:
    if place == start or text[place - 1] == "\\" or not text.startswith(sign, place):
        return False
    after = text[place + len(sign) : place + len(sign) + 1]
    return sign == "$$" or not (text[place - 1].isspace() or after.isdigit())
