"""What the quiz of a lesson may hold: questions with options of which some are right.

The file kk.quiz.toml stands beside kk.md. The limits are those of a quiz on a phone.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jetkiz.i18n import N_
from jetkiz.lessons.lesson_text import check_formulas, check_letters
from jetkiz.lessons.markup.plain_formulas import with_plain_formulas
from jetkiz.lessons.model import Question
from jetkiz.roster.reading.findings import Findings, Place

MOST_QUESTIONS: Final = 20
LONGEST_QUESTION: Final = 280
# A letter stands before each, and a quiz on a phone takes 100.
LONGEST_OPTION: Final = 96
LONGEST_EXPLANATION: Final = 200
OPTIONS: Final = range(2, 11)
_KNOWN: Final = frozenset({"text", "options", "right", "explanation"})


def read_quiz(home: Path, shown: str, language: str, findings: Findings) -> tuple[Question, ...]:
    """Read and check the quiz of a lesson in one language; empty when there is none."""
    name = f"{language}.quiz.toml"
    if not (home / name).exists():
        return ()
    place = Place(f"{shown}/{name}")
    table = _load(home / name, place, findings)
    if table is None:
        return ()
    listed = table.get("question")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_QUESTIONS:
        findings.error(
            place,
            N_("The quiz has no questions, or too many."),
            N_("Write from 1 to {most} questions, each under [[question]]."),
            most=MOST_QUESTIONS,
        )
        return ()
    read = [
        _question(values, Place(place.file, None, f"question {number}"), findings)
        for number, values in enumerate(listed, 1)
    ]
    return tuple(one for one in read if one)


def _load(file: Path, place: Place, findings: Findings) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        findings.error(
            place,
            N_("The quiz cannot be read: {reason}."),
            N_("Texts stand in quotation marks; save the file as UTF-8."),
            reason=str(error)[:120],
        )
        return None


def _question(values: object, place: Place, findings: Findings) -> Question | None:
    if not isinstance(values, dict):
        findings.error(place, N_("This is no question."), N_("Begin it with [[question]]."))
        return None
    for name in sorted(values.keys() - _KNOWN):
        findings.warn(
            Place(place.file, None, f"{place.column} {name}"),
            N_("There is no such entry; it was not read."),
            N_("Known entries are: {known}."),
            known=", ".join(sorted(_KNOWN)),
        )
    text = _words(values, "text", LONGEST_QUESTION, place, findings)
    options = _options(values.get("options"), place, findings)
    right = _right(values.get("right"), options, place, findings) if options else ()
    explanation = _words(values, "explanation", LONGEST_EXPLANATION, place, findings)
    return Question(text, options, right, explanation) if text and options and right else None


def _words(
    values: Mapping[str, Any], name: str, most: int, place: Place, findings: Findings
) -> str:
    said = values.get(name, "")
    here = Place(place.file, None, f"{place.column} {name}")
    words = _plain(said, here, findings) if isinstance(said, str) else ""
    if not isinstance(said, str) or len(words) > most or (not words and name == "text"):
        remedy = N_("Write a text of at most {most} letters.")
        findings.error(here, N_("This value does not fit here."), remedy, most=most)
        return ""
    return words


def _plain(said: str, place: Place, findings: Findings) -> str:
    check_formulas(place, said, findings)
    check_letters(place, said, findings)
    return with_plain_formulas(" ".join(said.split()))


def _options(said: object, place: Place, findings: Findings) -> tuple[str, ...]:
    here = Place(place.file, None, f"{place.column} options")
    listed = said if isinstance(said, list) else []
    options = tuple(_plain(one, here, findings) for one in listed if isinstance(one, str))
    fits = len(options) == len(listed) and len(options) in OPTIONS
    if fits and len(set(options)) == len(options) and all(map(_is_option, options)):
        return options
    findings.error(
        here,
        N_("These options do not fit a quiz."),
        N_("Write {least} to {most} different options of at most {letters} letters."),
        least=OPTIONS[0],
        most=OPTIONS[-1],
        letters=LONGEST_OPTION,
    )
    return ()


def _is_option(option: str) -> bool:
    return 0 < len(option) <= LONGEST_OPTION


def _right(
    said: object, options: Sequence[str], place: Place, findings: Findings
) -> tuple[int, ...]:
    """Return the places of the right options; they are written out, so that none is miscounted."""
    listed = said if isinstance(said, list) else [said]
    words = [with_plain_formulas(" ".join(one.split())) for one in listed if isinstance(one, str)]
    if words and len(words) == len(listed) and set(words) <= set(options):
        return tuple(sorted({options.index(one) for one in words}))
    findings.error(
        Place(place.file, None, f"{place.column} right"),
        N_("The right answer is none of the options."),
        N_('Write it as among the options: right = ["5"]; several may be right.'),
    )
    return ()
