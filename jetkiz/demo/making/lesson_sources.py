"""What the sample lessons are made from: other people's stories, texts and words."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class Sources:
    """The material as it was found and what we wrote around it."""

    stories: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    story_notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    text_authors: Mapping[str, str] = field(default_factory=dict)


def load_sources(folder: Path) -> Sources:
    """Read lessons.json, kk/texts.json and kk/vocabulary.json of the source folder."""
    words: dict[str, Mapping[str, Any]] = {}
    for word in _json(folder / "kk" / "vocabulary.json"):
        words.setdefault(word["kk"], word)
        words[f"{word['kk']}/{word['en']}"] = word
    return Sources(
        stories={story["id"]: story for story in _json(folder / "lessons.json")},
        texts={text["id"]: text for text in _json(folder / "kk" / "texts.json")},
        words=words,
        story_notes=_toml("stories.toml"),
        text_authors=_toml("texts.toml")["by"],
    )


def load_entries() -> list[Mapping[str, Any]]:
    """The week's lessons as written down in content/, in no particular order."""
    return [entry for name in ("primary.toml", "secondary.toml") for entry in _toml(name)["lesson"]]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))
