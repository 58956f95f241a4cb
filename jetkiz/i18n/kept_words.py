"""How a sentence is kept: as message id and facts, so that each reader has it in their language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jetkiz.errors import JetkizError
from jetkiz.i18n.catalogues import Translator

Fact = str | int | float | tuple["Words", ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence and a remedy with named places; a fact may be words that are translated too."""

    sentence: str
    remedy: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @classmethod
    def of(cls, error: JetkizError) -> "Words":
        """Return the words of a refusal."""
        facts = {name: _plain(value) for name, value in error.facts.items()}
        return cls(error.sentence, error.remedy, facts)

    def said(self, t: Translator) -> str:
        """Say it in the reader's language."""
        facts = {
            name: "; ".join(one.said(t) for one in value) if isinstance(value, tuple) else value
            for name, value in self.facts.items()
        }
        return t.error(JetkizError(self.sentence, self.remedy, **facts))

    def document(self) -> dict[str, Any]:
        """Return it as a column keeps it; ``read`` gives the same words back."""
        facts = {
            name: [one.document() for one in value] if isinstance(value, tuple) else value
            for name, value in self.facts.items()
        }
        return {"sentence": self.sentence, "remedy": self.remedy, "facts": facts}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Words":
        """Return the words that a column keeps."""
        facts = {
            name: tuple(map(cls.read, value)) if isinstance(value, list) else value
            for name, value in kept["facts"].items()
        }
        return cls(kept["sentence"], kept["remedy"], facts)


def all_said(words: Iterable[Words], t: Translator) -> list[str]:
    """Say each in the reader's language."""
    return [one.said(t) for one in words]


def _plain(value: Any) -> str | int | float:
    return value if isinstance(value, (str, int, float)) else str(value)
