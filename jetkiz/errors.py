"""What a person is told when something cannot be done, and what to do about it."""

from collections.abc import Sequence
from typing import Any

__all__ = ["JetkizError", "SeveralFaultsError"]


class JetkizError(Exception):
    """A refusal in words: what is wrong, and what the reader can do.

    ``sentence`` and ``remedy`` are message ids of the catalogues with named places,
    filled from ``facts`` after translation.
    """

    def __init__(self, sentence: str, remedy: str = "", **facts: Any) -> None:
        super().__init__(sentence, remedy, facts)
        self.sentence = sentence
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        """Return the English words; screens translate sentence and remedy themselves."""
        return " ".join(part.format(**self.facts) for part in (self.sentence, self.remedy) if part)


class SeveralFaultsError(JetkizError):
    """Several refusals of one input, told together: who mends the first would meet the next.

    ``faults`` are those that are told, with a sentence and a remedy each; ``n`` of the facts
    counts all.
    """

    def __init__(
        self, sentence: str, remedy: str, faults: Sequence[JetkizError], **facts: Any
    ) -> None:
        super().__init__(sentence, remedy, **facts)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the English words, a line a fault."""
        return "\n".join([super().__str__(), *(f"- {one}" for one in self.faults)])
