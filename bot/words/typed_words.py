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
    "questions": ("questions", "сұрақтар", "вопросы"),
    "status": ("status", "бот күйі", "күйі", "состояние", "состояние бота", "статус"),
    "undelivered": ("undelivered", "жетпегендер", "не доставлено", "недоставленное"),
    "resend": ("resend", "send again", "қайта жіберу", "отправить снова", "отправить ещё раз"),
    "emergency": ("emergency", "шұғыл хабар", "срочное сообщение"),
}
_AROUND: Final = " \t\n.,!?…«»\"'"
# What follows these words belongs to the command.
_BEGINNINGS: Final = tuple(f"{word} " for word in _WORDS["emergency"])
COMMAND_OF: Final = {word: name for name, words in _WORDS.items() for word in words}


def command_of(text: str) -> str:
    """Return the command that a text means; empty when it means none."""
    return COMMAND_OF.get(plain(text), "")


def plain(text: str) -> str:
    """Write words as they are compared: small, without what stands around them."""
    return " ".join(text.casefold().strip(_AROUND).split())


def as_command(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update in which typed words that mean a command are that command."""
    message = update.get("message") or {}
    said = str(message.get("text") or "")
    name, rest = command_of(said), ""
    if plain(said).startswith(_BEGINNINGS):
        name, rest = _parted(said)
    if not name:
        return dict(update)
    entity = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
    command = {"text": f"/{name} {rest}".strip(), "entities": [entity]}
    return {**update, "message": {**message, **command}}


def _parted(said: str) -> tuple[str, str]:
    """Return an emergency's command and the message behind it, as it was written."""
    said = said.lstrip(_AROUND)
    words = said.split(maxsplit=2)
    length = next(n for n in (1, 2) if command_of(" ".join(words[:n])) == "emergency")
    return "emergency", said.split(maxsplit=length)[length]
