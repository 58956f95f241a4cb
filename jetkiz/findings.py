"""What was found when somebody looked for what would go wrong: a sentence with a remedy."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding matters."""

    GOOD = "ok"  # nothing to do
    NOTE = "--"  # something will not work that may not be wanted
    FAULT = "!!"  # something will go wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in words with named places."""

    level: Level
    sentence: str
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def good(sentence: str, **facts: Any) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(Level.GOOD, sentence, "", facts)


def note(sentence: str, remedy: str, **facts: Any) -> Finding:
    """Return a finding that may be wanted as it is."""
    return Finding(Level.NOTE, sentence, remedy, facts)


def fault(sentence: str, remedy: str, **facts: Any) -> Finding:
    """Return a finding that has to be put right."""
    return Finding(Level.FAULT, sentence, remedy, facts)
