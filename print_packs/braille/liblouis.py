"""How print becomes raised dots: the tables of liblouis for Kazakh, Russian and English.

The Kazakh table marks its letters in a way of its own, so that the table of signs has to stand
before it; otherwise these letters would stay letters of print. Whatever stays one is refused.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

PROGRAM: Final = "lou_translate"
TABLES: Final = {
    "kk": "ru-brf.dis,kk.utb",
    "ru": "ru-brf.dis,ru-litbrl.ctb",
    "en": "ru-brf.dis,en-ueb-g1.ctb",
}
_CELLS: Final = frozenset(map(chr, range(0x20, 0x60)))
_KAZAKH: Final = re.compile("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
# How the program shows a character that its table lacks.
_UNKNOWN: Final = re.compile("'\u2873X([0-9A-F]{4,6})'")
# The program reads lines into a space of 2,047 signs.
_LONGEST: Final = 400
_PATIENCE: Final = 120.0


def table_of(word: str, language: str) -> str:
    """Return whose letters a word is written in: a Kazakh name in a Russian lesson is Kazakh."""
    if _KAZAKH.search(word):
        return "kk"
    if _CYRILLIC.search(word):
        return language if language in {"kk", "ru"} else "ru"
    return language if language in TABLES else "en"


@dataclass(slots=True)
class Liblouis:
    """The program that translates; it is asked once for many lines of a table."""

    program: str
    _unknown: dict[tuple[str, str], bool] = field(default_factory=dict)

    def cells(self, texts: Sequence[str], language: str) -> list[str]:
        """Return lines as Braille cells, one ASCII sign each; spaces stay between the words.

        Raises JetkizError for characters that have no cells: see ``unknown``.
        """
        pieces = [
            (number, table, part)
            for number, text in enumerate(texts)
            for table, words in groupby(text.split(), lambda word: table_of(word, language))
            for part in _portions(words)
        ]
        found: list[list[str]] = [[] for _ in texts]
        done: dict[str, list[str]] = {}
        for table in {table for _, table, _ in pieces}:
            asked = [part for _, its, part in pieces if its == table]
            done[table] = self._ask(asked, table)[::-1]
        for number, table, _ in pieces:
            found[number].append(done[table].pop())
        lines = [" ".join(parts) for parts in found]
        _check(lines)
        return lines

    def unknown(self, characters: Iterable[str], language: str) -> list[str]:
        """Return the characters for which the table of their letters has no cells."""
        wanted = [one for one in dict.fromkeys(characters) if not one.isspace()]
        for table in TABLES:
            new = [
                one
                for one in wanted
                if table_of(one, language) == table and (table, one) not in self._unknown
            ]
            for one, cells in zip(new, self._ask(new, table), strict=True):
                self._unknown[table, one] = not cells.strip() or not _CELLS.issuperset(cells)
        return [one for one in wanted if self._unknown[table_of(one, language), one]]

    def _ask(self, lines: Sequence[str], table: str) -> list[str]:
        if not lines:
            return []
        try:
            run = subprocess.run(  # noqa: S603 - the program that was found, and our own tables
                [self.program, "--forward", TABLES[table]],
                input="".join(f"{line}\n" for line in lines).encode(),
                capture_output=True,
                check=True,
                timeout=_PATIENCE,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise JetkizError(
                N_("The program {program} could not translate into Braille."),
                N_("Install it again with its tables: apt install liblouis-bin liblouis-data."),
                program=PROGRAM,
            ) from error
        answered = run.stdout.decode("utf-8", "replace").split("\n")[:-1]
        if len(answered) != len(lines):
            raise JetkizError(
                N_("The program {program} could not translate into Braille."),
                N_("Install it again with its tables: apt install liblouis-bin liblouis-data."),
                program=PROGRAM,
            )
        return answered


def find_liblouis() -> Liblouis:
    """Return the translator; where it is not installed, a sentence says how to get it."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise JetkizError(
            N_("Braille needs the program {program}, which is not installed."),
            N_("On Debian and Ubuntu: apt install liblouis-bin liblouis-data."),
            program=PROGRAM,
        )
    return Liblouis(program)


def _portions(words: Iterable[str]) -> list[str]:
    """Put words together into lines that the program can read."""
    lines: list[str] = []
    for word in words:
        for part in (word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST)):
            if lines and len(lines[-1]) + len(part) < _LONGEST:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
    return lines


def _check(lines: Iterable[str]) -> None:
    whole = " ".join(lines)
    strange = [chr(int(code, 16)) for code in _UNKNOWN.findall(whole)]
    strange += sorted(set(_UNKNOWN.sub("", whole)) - _CELLS)
    if strange:
        raise JetkizError(
            N_("Some characters have no Braille: {characters}."),
            N_("Write them as words in the lesson."),
            characters=" ".join(strange),
        )
