"""Every postal number that a document, a screen or a help text shows is one that can be typed."""

import re
from pathlib import Path

from print_packs.s10.numbers import validate
from print_packs.s10.ranges import read_ends
from tools import sizes

NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?(?:\d[ -]?){9}[A-Z]{2}(?![A-Z0-9])")
# What is shown to be refused: page or file, then the number.
WRONG_ON_PURPOSE: frozenset[tuple[str, str]] = frozenset()
PLACES = ("docs", "changes", *sizes.ROOTS)
KINDS = (".md", ".html", ".po", ".py", ".toml")


def shown(text: str) -> list[str]:
    return [found.group() for found in NUMBER.finditer(text)]


def everything_shown() -> list[tuple[str, str]]:
    files = [file for place in PLACES for file in Path(place).rglob("*") if file.suffix in KINDS]
    return [
        (str(file), number)
        for file in sorted({*files, Path("README.md")})
        for number in shown(file.read_text("utf-8"))
    ]


def test_numbers_are_found_however_they_are_written() -> None:
    text = "RR473124829KZ or RR 473 124 838 KZ, not XRR473124829KZ and not RR47312482KZ"
    assert shown(text) == ["RR473124829KZ", "RR 473 124 838 KZ"]


def test_every_number_shown_would_be_taken() -> None:
    found = everything_shown()
    assert len({file for file, _ in found}) > 5, "documents, screens and catalogues show some"
    wrong = {(file, number) for file, number in found if validate(number, country=None)}
    assert wrong == WRONG_ON_PURPOSE


def test_the_roll_of_the_guide_is_the_same_in_both_lines() -> None:
    guide = Path("docs/howto/postage.md").read_text("utf-8")
    lines = re.findall(r"post numbers add ([A-Z0-9 ]+?)(?: +--| +#|\n)", guide)
    rolls = [read_ends(line.split()) for line in lines]
    assert len(rolls) == 2
    assert rolls[0] == rolls[1]
