"""Which typed words mean a command, in three languages: nobody has to know a slash."""

from collections.abc import Mapping
from typing import Any, Final

_WORDS: Final = {
    "start": ("start", "бастау", "начать"),
    "today": ("today", "бүгін", "бүгінгі сабақтар", "сегодня", "уроки сегодня"),
    "week": ("week", "апта", "осы апта", "неделя", "эта неделя"),
    "homework": (
        "homework",
        "үй жұмысы",
        "үй тапсырмасы",
        "тапсырма",
        "тапсырмалар",
        "домашняя работа",
        "домашнее задание",
        "домашка",
        "задание",
        "задания",
    ),
    "send": ("send", "жіберу", "отправить"),
    "children": ("children", "балалар", "балаларым", "дети", "мои дети"),
    "ask": ("ask", "question", "сұрау", "сұрақ", "спросить", "вопрос"),
    "settings": ("settings", "баптау", "баптаулар", "настройка", "настройки"),
    "language": ("language", "тіл", "язык"),
    "help": ("help", "көмек", "помощь"),
    "privacy": ("privacy", "құпиялық", "конфиденциальность"),
    "mydata": ("my data", "mydata", "менің деректерім", "деректерім", "мои данные"),
    "stop": ("stop", "тоқта", "тоқтату", "стоп"),
}
COMMAND_OF: Final = {word: name for name, words in _WORDS.items() for word in words}


def command_of(text: str) -> str:
    """Return the command that a text means; empty when it means none."""
    return COMMAND_OF.get(plain(text), "")


def plain(text: str) -> str:
    """Write words as they are compared: small, without what stands around them."""
    return " ".join(text.casefold().strip(" \t\n.,!?…«»\"'").split())


def as_command(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update in which typed words that mean a command are that command."""
    message = update.get("message") or {}
    name = command_of(str(message.get("text") or ""))
    if not name:
        return dict(update)
    entity = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
    command = {"text": f"/{name}", "entities": [entity]}
    return {**update, "message": {**message, **command}}
